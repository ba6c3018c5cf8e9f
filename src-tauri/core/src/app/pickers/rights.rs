//! What may be made in a space that somebody picked, so that one that takes nothing says so before anything is written.

use jiff::Timestamp;

use super::Pickers;
use super::spaces::Asking;
use crate::api::{PickedSpace, SpaceRights};
use crate::app::login::Identity;
use crate::app::{Error, lock};
use crate::confluence::{self, Rights};
use crate::domain::destination::Space;
use crate::domain::problem::{Barred, Confluence, Problem};

/// What was found out about a space, by whom and when.
pub(super) struct Known {
    identity: Identity,
    at: Timestamp,
    rights: SpaceRights,
}

impl Pickers {
    /// What may be made in a space that somebody picked. Asked once a day.
    pub(in crate::app) async fn space_rights(&self, picked: PickedSpace) -> Result<SpaceRights, Error> {
        let PickedSpace { organization, space } = picked;
        self.0.signers.restored().await;
        let identity = self.identity(&organization)?;
        let place = (organization.clone(), space.id.clone());
        let is_known = |known: &&Known| known.identity == identity && self.is_fresh(known.at);
        if let Some(known) = lock(&self.0.rights).get(&place).filter(is_known) {
            return Ok(known.rights.clone());
        }
        let at = self.0.clock.now();
        let asking = Asking { pickers: self, organization: &organization, identity, began: at };
        let rights = asking.rights(space).await?;
        // What stands in the way may be mended in a minute, and is asked for again.
        if rights == SpaceRights::default() {
            let known = Known { identity: asking.identity, at, rights: rights.clone() };
            lock(&self.0.rights).insert(place, known);
        }
        Ok(rights)
    }
}

impl Asking<'_> {
    async fn rights(&self, space: Space) -> Result<SpaceRights, Error> {
        let confluence = &self.identity.confluence;
        let barred = |barred: Barred| {
            let space = space.name.clone();
            Some(Error::from(Problem::Confluence(Confluence::Barred { space, barred })).view())
        };
        let Rights { pages, comments } = match confluence.rights(self.organization, &space.id).await {
            Ok(Some(rights)) => rights,
            Err(confluence::Error::Denied) => {
                return Ok(self.gone(&space).await?.map_or_else(SpaceRights::default, |why| SpaceRights {
                    pages: barred(why),
                    comments: barred(why),
                }));
            }
            Ok(None) | Err(confluence::Error::Refused { .. }) => return Ok(SpaceRights::default()),
            Err(error) => return Err(self.pickers.noticed(self.organization, error)),
        };
        if pages && comments {
            return Ok(SpaceRights::default());
        }
        let is_archived = self.asked(confluence.is_archived(self.organization, &space.id).await)?;
        let why = |may: bool, barred_by: Barred| {
            if may { None } else { barred(if is_archived { Barred::Archived } else { barred_by }) }
        };
        Ok(SpaceRights { pages: why(pages, Barred::NoPages), comments: why(comments, Barred::NoComments) })
    }

    /// Whether a space about which nothing is told is not there. Who may see it may be told nothing all the same.
    async fn gone(&self, space: &Space) -> Result<Option<Barred>, Error> {
        let found = self.asked(self.identity.confluence.space(self.organization, &space.key).await)?;
        Ok(found.is_none().then_some(Barred::Gone))
    }
}
