//! Connecting the servers that meetings come from: Sally, and others that speak MCP. A token is tried before it is
//! kept, and deleted the moment that the person says so.

use url::Url;

use super::Sync;
use crate::api::{ConnectServer, MeetingServer};
use crate::app::{Error, Event, words};
use crate::auth::{self, Signer, servers};
use crate::domain::id::ServerId;
use crate::domain::problem::Gone;
use crate::sources::sally;
use crate::store;

/// A server with what the person was told about it.
pub(super) type Known = store::Server;

/// Longest name of a company, in characters.
const MAX_COMPANY_LEN: usize = 100;

impl Sync {
    /// The servers that meetings come from.
    pub(in crate::app) async fn servers(&self) -> Result<Vec<MeetingServer>, Error> {
        let known = self.known_servers().await?;
        Ok(known.into_iter().map(|known| self.server_view(known)).collect())
    }

    pub(super) async fn known_servers(&self) -> Result<Vec<Known>, Error> {
        Ok(self.0.store.read(|db| db.servers().all()).await?)
    }

    /// Connects a server, if it lets the person in. One that is neither Sally's own nor connected hears nothing before the
    /// person allows it; `None` if they do not.
    pub(in crate::app) async fn connect_server(
        &self,
        wanted: ConnectServer,
    ) -> Result<Option<MeetingServer>, Error> {
        let known = self.known_servers().await?;
        let company = wanted.company.as_deref().map(str::trim).filter(|company| !company.is_empty());
        let company: Option<String> = company.map(|company| company.chars().take(MAX_COMPANY_LEN).collect());
        let (address, before, is_agreed) = match (wanted.again, wanted.address.as_deref().map(str::trim)) {
            (Some(again), _) => {
                let before = known.into_iter().find(|known| known.id == again);
                let before = before.ok_or_else(|| Error::gone(Gone::Server))?;
                (servers::parse(&before.address)?, Some(before), true)
            }
            (None, typed) => {
                let typed = typed.filter(|typed| !typed.is_empty());
                let address = typed.map_or_else(|| Ok(self.0.sally.address().clone()), servers::parse)?;
                let is_known = known.iter().any(|known| known.address == address.as_str());
                let is_agreed = is_known || address == *self.0.sally.address();
                let before = same(known, &address, company.as_deref());
                (address, before, is_agreed)
            }
        };
        let company = company.or_else(|| before.as_ref().and_then(|before| before.company.clone()));
        let signer = Signer::new(address.clone(), &wanted.token)?;
        if !is_agreed && !self.0.consent.ask(words::connect_to(address.authority())).await {
            return Ok(None);
        }
        let server = self.reach(signer.clone(), company.as_deref()).await?;
        server.end().await;

        let id = before.as_ref().map_or_else(ServerId::new, |before| before.id);
        let kept = self.0.tokens.keep(id, signer).await;
        if let Err(error) = &kept {
            tracing::warn!(%error, "the token is kept for this run only");
        }
        let known = Known {
            id,
            address: address.into(),
            company,
            remembered: kept.is_ok(),
            trouble: None,
            synced_at: before.as_ref().and_then(|before| before.synced_at),
            listed_to: before.as_ref().and_then(|before| before.listed_to),
        };
        let stored = known.clone();
        self.0.store.write(move |tx| tx.servers_mut().put(&stored)).await?;
        self.forget_last_run();
        self.tell_servers().await?;
        Ok(Some(self.server_view(known)))
    }

    /// Deletes the token of a server. Its meetings stay.
    pub(in crate::app) async fn disconnect_server(&self, id: ServerId) -> Result<(), Error> {
        self.cancel();
        self.0.tokens.forget(id).await?;
        self.0.store.write(move |tx| tx.servers_mut().delete(id)).await?;
        self.tell_servers().await
    }

    /// A connection to a server.
    pub(super) async fn reach(
        &self,
        signer: Signer,
        company: Option<&str>,
    ) -> Result<sally::Server, sally::Error> {
        let name = self.server_name(signer.address());
        let (http, clock) = (self.0.http.clone(), std::sync::Arc::clone(&self.0.clock));
        sally::Server::connect(http, signer, clock, &name, company).await
    }

    pub(super) async fn tell_servers(&self) -> Result<(), Error> {
        let servers = self.servers().await?;
        self.0.events.emit(Event::Servers(servers));
        Ok(())
    }

    /// Whether the keyring lets the app in.
    pub(in crate::app) async fn look_at_keyring(&self) -> Result<(), auth::keychain::Error> {
        self.0.tokens.look_at_keyring().await
    }

    /// Deletes the tokens of all servers.
    pub(in crate::app) async fn delete_tokens(&self) -> Result<(), auth::keychain::Error> {
        self.0.tokens.clear().await
    }

    fn server_name(&self, address: &Url) -> String {
        if address == self.0.sally.address() {
            "Sally".to_owned()
        } else {
            address.host_str().unwrap_or_default().to_owned()
        }
    }

    /// What the server at an address is called.
    pub(super) fn name_of(&self, address: &str) -> String {
        Url::parse(address).map_or_else(|_| address.to_owned(), |url| self.server_name(&url))
    }

    fn server_view(&self, known: Known) -> MeetingServer {
        let url = Url::parse(&known.address).ok();
        MeetingServer {
            id: known.id,
            name: self.name_of(&known.address),
            host: url.as_ref().map(|url| url.authority().to_owned()).unwrap_or_default(),
            address: known.address,
            company: known.company,
            synced: known.synced_at,
            remembered: known.remembered,
            trouble: known.trouble.as_ref().map(words::view),
        }
    }
}

/// The server at an address that a token is for: a person of several companies has a token of each.
fn same(known: Vec<Known>, address: &Url, company: Option<&str>) -> Option<Known> {
    let mut there = known.into_iter().filter(|known| known.address == address.as_str());
    match company {
        None => there.next(),
        Some(company) => there.find(|known| known.company.as_deref().is_none_or(|other| other == company)),
    }
}
