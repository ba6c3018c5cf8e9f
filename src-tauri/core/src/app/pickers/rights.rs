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

impl Pickers {
    /// What may be made in a space that somebody picked. Asked once a day.
    pub(in crate::app) async fn space_rights(&self, picked: PickedSpace) -> Result<SpaceRights, Error> {
        let PickedSpace { organization, space } = picked;
        self.0.signers.restored().await;
        let identity = self.identity(&organization)?;
        let place = (organization.clone(), space.id.clone());
        let is_known = |(who, at): &(Identity, Timestamp)| *who == identity && self.is_fresh(*at);
        if lock(&self.0.open_spaces).get(&place).is_some_and(is_known) {
            return Ok(SpaceRights::default());
        }
        let at = self.0.clock.now();
        let asking = Asking { pickers: self, organization: &organization, identity, began: at };
        let rights = asking.rights(space).await?;
        // What stands in the way may be mended in a minute, and is asked for again.
        if rights == SpaceRights::default() {
            lock(&self.0.open_spaces).insert(place, (asking.identity, at));
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
                // Who may see a space may be told nothing about it all the same.
                let found = self.asked(confluence.space(self.organization, &space.key).await)?;
                let why = || if found.is_none() { barred(Barred::Gone) } else { None };
                return Ok(SpaceRights { pages: why(), comments: why() });
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
}
