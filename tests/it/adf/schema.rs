//! Atlassian's JSON schema, as the sandbox validates with it.

use std::path::Path;
use std::sync::OnceLock;

use jsonschema::{Draft, Validator};
use sally_core::adf::Document;
use serde_json::Value;

fn validator() -> &'static Validator {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| {
        let path = std::env::var_os("SALLY_ADF_SCHEMA").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/adf-schema/full.json"),
            Into::into,
        );
        let schema = std::fs::read(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask schema` fetches it", path.display()));
        let schema: Value = serde_json::from_slice(&schema).unwrap();
        jsonschema::options().with_draft(Draft::Draft4).build(&schema).unwrap()
    })
}

/// The document as JSON, found valid, and the same after reading it again.
pub(crate) fn checked(document: &Document) -> Value {
    let json = document.to_json();
    let value: Value = serde_json::from_str(&json).unwrap();
    if let Err(error) = validator().validate(&value) {
        panic!("the schema refuses the document at {}: {error}\n{json}", error.instance_path());
    }
    let again = Document::parse(&json).unwrap_or_else(|invalid| panic!("{invalid}\n{json}"));
    assert_eq!(&again, document, "reading what was written changes nothing: {json}");
    value
}

/// Calls a function with every node and mark of a document.
pub(super) fn walk(node: &Value, see: &mut impl FnMut(&Value)) {
    see(node);
    for list in ["content", "marks"] {
        for child in node[list].as_array().into_iter().flatten() {
            walk(child, see);
        }
    }
}
