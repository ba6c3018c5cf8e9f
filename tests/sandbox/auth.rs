//! The authorization server: its state and its token endpoint. Single-use codes, access tokens with a lifetime of one hour,
//! rotating refresh tokens. As strict as Atlassian is known to be, with its error messages. Shows a token only to the client
//! that it was issued to. Called by the server and the gateway.

use std::collections::{BTreeSet, HashMap};

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::call::{Answer, Call};
use crate::problem::Problem;
use crate::random::Random;
use crate::site::Person;
use crate::world::Quirk;

/// Atlassian does not publish a code's life; nobody needs longer than this.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(5);
const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// A refresh token that was rotated out still works this long, for those who lost the answer.
const REUSE_INTERVAL: SignedDuration = SignedDuration::from_mins(10);
const REFRESH_LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);
const MAX_REFRESH_LIFETIME: SignedDuration = SignedDuration::from_hours(365 * 24);

/// The app as the developer console knows it.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) redirect_uris: Vec<String>,
}

/// What a person agreed to.
#[derive(Clone, Debug)]
pub(crate) struct Consent {
    /// Who agreed.
    pub(crate) person: &'static Person,
    pub(crate) scopes: Vec<String>,
    /// A person's consents add up, so this is all sites of this and of earlier ones.
    pub(crate) sites: BTreeSet<usize>,
}

/// A code on its way from consent to the token endpoint.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<String>,
    pub(crate) consent: Consent,
    pub(crate) issued: Timestamp,
}

/// A login that lasts over many tokens.
#[derive(Debug)]
struct Grant {
    consent: Consent,
    since: Timestamp,
    is_revoked: bool,
}

#[derive(Debug)]
struct Access {
    grant: usize,
    expires: Timestamp,
}

#[derive(Debug)]
struct Refresh {
    grant: usize,
    issued: Timestamp,
    rotated: Option<Timestamp>,
}

/// A pair of tokens, for tests that do not care how one logs in.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Lasts an hour.
    pub access: String,
    /// Only with the scope `offline_access`.
    pub refresh: Option<String>,
}

/// The authorization server.
#[derive(Debug)]
pub(crate) struct Auth {
    pub(crate) client: Client,
    pub(crate) random: Random,
    pub(crate) codes: HashMap<String, Code>,
    /// Codes that tokens were got for.
    spent: Vec<String>,
    /// Sites that each account gave the app in any login.
    pub(crate) sites: HashMap<&'static str, BTreeSet<usize>>,
    grants: Vec<Grant>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
}

impl Auth {
    pub(crate) fn new(client: Client, seed: u64) -> Self {
        Self {
            client,
            random: Random::new(seed),
            codes: HashMap::new(),
            spent: Vec::new(),
            sites: HashMap::new(),
            grants: Vec::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
        }
    }

    /// All that nobody else may have: the app's secret, codes that were redeemed, and every token.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let tokens = self.access.keys().chain(self.refresh.keys());
        std::iter::once(&self.client.secret).chain(&self.spent).chain(tokens).cloned().collect()
    }

    /// What the bearer of an access token may do, if it is one and still good.
    pub(crate) fn consent(&self, token: &str, now: Timestamp) -> Option<&Consent> {
        let access = self.access.get(token)?;
        let grant = self.grants.get(access.grant)?;
        (now < access.expires && !grant.is_revoked).then_some(&grant.consent)
    }

    /// A consent of somebody to these sites, and to those of earlier ones.
    pub(crate) fn consent_of(
        &mut self,
        person: &'static Person,
        scopes: Vec<String>,
        sites: &BTreeSet<usize>,
    ) -> Consent {
        let all = self.sites.entry(person.account_id).or_default();
        all.extend(sites);
        Consent { person, scopes, sites: all.clone() }
    }

    /// Starts a login, as the exchange of a code does.
    pub(crate) fn start(&mut self, consent: Consent, now: Timestamp) -> Tokens {
        self.grants.push(Grant { consent, since: now, is_revoked: false });
        self.issue(self.grants.len() - 1, now)
    }

    fn issue(&mut self, grant: usize, now: Timestamp) -> Tokens {
        let access = format!("sandbox-access-{}", self.random.word());
        self.access.insert(access.clone(), Access { grant, expires: now + ACCESS_LIFETIME });
        let may_refresh = self.grants[grant].consent.scopes.iter().any(|scope| scope == "offline_access");
        let refresh = may_refresh.then(|| {
            let token = format!("sandbox-refresh-{}", self.random.word());
            self.refresh.insert(token.clone(), Refresh { grant, issued: now, rotated: None });
            token
        });
        Tokens { access, refresh }
    }

    /// Ends the life of all access tokens; refresh tokens still work.
    pub(crate) fn expire_access(&mut self, now: Timestamp) {
        for access in self.access.values_mut() {
            access.expires = access.expires.min(now);
        }
    }

    /// The person removed the app from their account.
    pub(crate) fn revoke(&mut self) {
        for grant in &mut self.grants {
            grant.is_revoked = true;
        }
        self.sites.clear();
    }

    /// `POST /oauth/token`.
    pub(crate) fn token(
        &mut self,
        call: &Call,
        now: Timestamp,
        quirks: &BTreeSet<Quirk>,
    ) -> Result<Answer, Problem> {
        let fields = read_fields(call)?;
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        // Also without a secret, whatever PKCE says: Atlassian knows no public clients.
        let needs_secret = !(quirks.contains(&Quirk::SecretNotNeeded) && field("client_secret").is_empty());
        if field("client_id") != self.client.id
            || (needs_secret && field("client_secret") != self.client.secret)
        {
            return Err(Problem::oauth(StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized"));
        }
        let (grant, tokens) = match field("grant_type") {
            "authorization_code" => {
                let consent =
                    self.redeem(field("code"), field("redirect_uri"), field("code_verifier"), now)?;
                if quirks.contains(&Quirk::LoginsEndEachOther) {
                    self.end_logins_of(consent.person);
                }
                let tokens = self.start(consent, now);
                (self.grants.len() - 1, tokens)
            }
            "refresh_token" => self.rotate(field("refresh_token"), now, quirks)?,
            other => {
                let description = format!("Unsupported grant type: {other}");
                return Err(Problem::oauth(StatusCode::FORBIDDEN, "unsupported_grant_type", &description));
            }
        };
        let mut body = json!({
            "access_token": tokens.access,
            "expires_in": ACCESS_LIFETIME.as_secs(),
            "token_type": "Bearer",
            "scope": self.grants[grant].consent.scopes.join(" "),
        });
        if let Some(refresh) = tokens.refresh {
            body["refresh_token"] = refresh.into();
        }
        Ok(Answer::json(StatusCode::OK, &body))
    }

    fn redeem(
        &mut self,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
        now: Timestamp,
    ) -> Result<Consent, Problem> {
        let refuse = |why: &str| Problem::oauth(StatusCode::FORBIDDEN, "invalid_grant", why);
        // Taken out before it is looked at: a wrong try spends it too.
        let (text, code) =
            self.codes.remove_entry(code).ok_or_else(|| refuse("Invalid authorization code"))?;
        self.spent.push(text);
        if now >= code.issued + CODE_LIFETIME {
            return Err(refuse("Authorization code expired"));
        }
        if code.redirect_uri != redirect_uri {
            return Err(refuse("The redirect URI is not the one that was sent to authorize"));
        }
        // Atlassian lets a missing verifier pass. One that is sent must be right.
        if !verifier.is_empty() && code.challenge.as_deref() != Some(challenge(verifier).as_str()) {
            return Err(refuse("Failed to verify code verifier"));
        }
        Ok(code.consent)
    }

    /// Ends the refresh tokens of a person's logins.
    fn end_logins_of(&mut self, person: &Person) {
        let grants = &self.grants;
        self.refresh.retain(|_, refresh| grants[refresh.grant].consent.person != person);
    }

    fn rotate(
        &mut self,
        token: &str,
        now: Timestamp,
        quirks: &BTreeSet<Quirk>,
    ) -> Result<(usize, Tokens), Problem> {
        let refuse =
            || Problem::oauth(StatusCode::FORBIDDEN, "unauthorized_client", "refresh_token is invalid");
        let dead =
            || Problem::oauth(StatusCode::FORBIDDEN, "invalid_grant", "Unknown or invalid refresh token.");
        let refresh = self.refresh.get_mut(token).ok_or_else(refuse)?;
        let grant = refresh.grant;
        let login = &self.grants[grant];
        if login.is_revoked
            || now >= refresh.issued + REFRESH_LIFETIME
            || now >= login.since + MAX_REFRESH_LIFETIME
        {
            return Err(dead());
        }
        let is_late = |at: Timestamp| {
            let ends = quirks.contains(&Quirk::NoLeeway) || now >= at + REUSE_INTERVAL;
            ends && !quirks.contains(&Quirk::LeewayForEver)
        };
        if refresh.rotated.is_some_and(is_late) {
            return Err(refuse());
        }
        // The leeway runs from the first use: using it again does not lengthen it.
        refresh.rotated.get_or_insert(now);
        Ok((grant, self.issue(grant, now)))
    }
}

/// PKCE's S256.
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// The fields of a token request: JSON as documented, or a form as OAuth has it.
fn read_fields(call: &Call) -> Result<HashMap<String, String>, Problem> {
    if call.is("application/x-www-form-urlencoded") {
        return Ok(url::form_urlencoded::parse(&call.body).into_owned().collect());
    }
    let refuse = |why: &str| Problem::oauth(StatusCode::BAD_REQUEST, "invalid_request", why);
    if !call.is("application/json") {
        return Err(refuse("The body must be JSON or a form"));
    }
    let fields: HashMap<String, serde_json::Value> =
        serde_json::from_slice(&call.body).map_err(|_| refuse("The body is not a JSON object"))?;
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    Ok(fields.iter().filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect())
}
