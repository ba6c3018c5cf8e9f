//! Documents against Atlassian's JSON schema: golden files, random documents, random Markdown and HTML.

mod golden;
mod proofs;
mod schema;
mod strategies;

pub(crate) use schema::checked;
