//! Documents against Atlassian's own schema: golden pairs, random documents, random Markdown and HTML, and
//! the meetings at hand.

mod golden;
mod meetings;
mod proofs;
mod schema;
mod strategies;
