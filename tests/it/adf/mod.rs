//! Documents against Atlassian's own schema: golden pairs, random documents, random Markdown and HTML.

mod golden;
mod proofs;
mod schema;
mod strategies;

pub(crate) use schema::checked;
