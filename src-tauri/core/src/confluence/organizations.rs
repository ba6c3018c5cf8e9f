//! The connected account, and the organizations that it can access.

use std::collections::BTreeMap;

use super::{Confluence, Error, wire};
use crate::domain::destination::Organization;
use crate::domain::id::{AccountId, OrganizationId};

/// The person behind the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Atlassian's id.
    pub id: AccountId,
    /// The name; the e-mail address or the id where Atlassian hides it.
    pub name: String,
    /// The e-mail address, where Atlassian shows it.
    pub email: Option<String>,
}

impl wire::User {
    /// `None` for somebody whom Confluence does not know.
    pub(super) fn person(self) -> Option<Person> {
        let id = self.account_id.filter(|id| !id.is_empty())?;
        let email = Some(self.email).filter(|email| !email.is_empty());
        let name = Some(self.display_name).filter(|name| !name.is_empty()).or_else(|| email.clone());
        Some(Person { name: name.unwrap_or_else(|| id.clone()), email, id: AccountId(id) })
    }
}

/// What the connection reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reachable {
    /// Organizations with Confluence, by name.
    pub organizations: Vec<Organization>,
    /// Organizations that were granted without Confluence.
    pub without_confluence: usize,
}

impl Confluence {
    /// The organizations that the connection reaches. Atlassian lists a site once for each family of scopes, so
    /// entries are grouped by id and their scopes united; sites without a Confluence scope are left out.
    pub async fn organizations(&self) -> Result<Reachable, Error> {
        let url = self.gateway(&["oauth", "token", "accessible-resources"]);
        Ok(group(self.get(url).await?))
    }

    /// The person behind the connection.
    pub async fn me(&self) -> Result<Person, Error> {
        let me: wire::Me = self.get(self.gateway(&["me"])).await?;
        let name =
            [me.name, me.nickname, me.email.clone()].into_iter().flatten().find(|name| !name.is_empty());
        Ok(Person {
            name: name.unwrap_or_else(|| me.account_id.clone()),
            email: me.email,
            id: AccountId(me.account_id),
        })
    }
}

fn group(resources: Vec<wire::Resource>) -> Reachable {
    let mut sites: BTreeMap<String, wire::Resource> = BTreeMap::new();
    for resource in resources {
        match sites.get_mut(&resource.id) {
            Some(site) => site.scopes.extend(resource.scopes),
            None => {
                sites.insert(resource.id.clone(), resource);
            }
        }
    }
    let (with, without): (Vec<_>, Vec<_>) =
        sites.into_values().partition(|site| site.scopes.iter().any(|scope| scope.contains("confluence")));
    let mut organizations: Vec<_> = with
        .into_iter()
        .map(|site| Organization { id: OrganizationId(site.id), name: site.name, url: site.url })
        .collect();
    organizations.sort_by_key(|organization| organization.name.to_lowercase());
    Reachable { organizations, without_confluence: without.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_one_site_are_united() {
        let resource = |id: &str, scopes: &[&str]| wire::Resource {
            id: id.to_owned(),
            name: format!("Site {id}"),
            url: String::new(),
            scopes: scopes.iter().map(ToString::to_string).collect(),
        };
        let reachable = group(vec![
            resource("b", &["read:me"]),
            resource("a", &["read:jira-work"]),
            resource("b", &["write:page:confluence"]),
        ]);
        let ids: Vec<_> = reachable.organizations.iter().map(|o| o.id.as_str()).collect();
        assert_eq!(ids, ["b"], "a site counts if any of its entries has a Confluence scope");
        assert_eq!(reachable.without_confluence, 1, "and a site without Confluence is counted, not listed");
    }
}
