//! The JSON that is stored: one example of each type in `tests/schema/*.json`. The current version reads and writes them
//! unchanged; those of earlier versions (`*-before.json`) can be read.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::Path;

use sally_core::domain::account::Account;
use sally_core::domain::delivery::State;
use sally_core::domain::destination::{Destination, Target};
use sally_core::domain::draft::{Draft, ItemWords, WatchedFolder};
use sally_core::domain::problem::{self, AddressFault, McpFault, Problem, ServerPart, TokenFault};
use sally_core::domain::settings::Settings;
use sally_core::domain::site::Site;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fn examples(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name).with_extension("json");
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap()
}

/// Reads what an earlier version wrote.
fn read<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let examples = examples(name).into_iter();
    examples
        .map(|example| {
            serde_json::from_value(example.clone())
                .unwrap_or_else(|error| panic!("{name}: {error}: {example}"))
        })
        .collect()
}

/// Reads what this version writes, and writes it again.
fn kept<T: DeserializeOwned + Serialize + Debug>(name: &str) -> Vec<T> {
    let all: Vec<T> = read(name);
    for (value, example) in all.iter().zip(examples(name)) {
        assert_eq!(
            serde_json::to_value(value).unwrap(),
            example,
            "{name}: it is written as it was: {value:?}"
        );
    }
    all
}

#[test]
fn every_kind_of_stored_value_is_read_and_written_as_it_was() {
    kept::<Account>("account");
    kept::<Destination>("destination");
    kept::<Draft>("draft");
    kept::<ItemWords>("item_words");
    kept::<Settings>("settings");
    kept::<Site>("site");
    assert_eq!(kept::<State>("state"), State::ALL);
    kept::<Target>("target");
    kept::<WatchedFolder>("watched_folder");
}

#[test]
fn what_an_earlier_version_stored_is_read() {
    assert_eq!(read::<Draft>("draft-before")[0].title, "Ship it");
    let [first, second] = &read::<Settings>("settings-before")[..] else { panic!("two examples") };
    assert_eq!(*first, Settings::default(), "what is missing has its default");
    assert_eq!(second.hold_seconds, 10);
    for problem in read::<Problem>("problem-before") {
        assert!(matches!(problem, Problem::Told { .. }), "in its own words: {problem:?}");
    }
}

#[test]
fn every_problem_is_read_for_ever_after() {
    let examples: BTreeSet<String> = kept::<Problem>("problem").iter().map(Problem::code).collect();
    let named = [
        kinds::<problem::Database>("database"),
        kinds::<problem::Connection>("connection"),
        kinds::<problem::Keyring>("keyring"),
        kinds::<problem::Confluence>("confluence"),
        kinds::<problem::Network>("network"),
        kinds::<problem::Server>("server"),
        kinds::<problem::Delivery>("delivery"),
        kinds::<problem::Field>("field"),
        kinds::<problem::Link>("link"),
        kinds::<problem::Gone>("gone"),
        kinds::<problem::NotNow>("not_now"),
        kinds::<problem::Folder>("folder"),
        kinds::<problem::Program>("program"),
        kinds::<problem::Desktop>("desktop"),
        BTreeSet::from(["token".to_owned()]),
    ];
    let named: BTreeSet<String> = named.into_iter().flatten().collect();
    assert_eq!(named, examples, "tests/schema/problem.json has an example of each kind, and none of another");
    let tokens = kinds::<problem::TokenTrouble>("token");
    assert_eq!(tokens.len(), 6, "and of each trouble of a token: add the new one there");
}

/// What is inside of problems was a sentence in earlier versions, and is read as one. Any text is, so an example that is not
/// known would not be noticed: each has to be the variant that is written here.
#[test]
fn the_values_of_problems_are_read_for_ever_after() {
    let told = |words: &str| words.to_owned();
    assert_eq!(
        kept::<AddressFault>("address_fault"),
        [
            AddressFault::NotAnAddress,
            AddressFault::NotHttps,
            AddressFault::MoreThanAddress,
            AddressFault::MoreThanPath,
            AddressFault::NotAtlassian,
            AddressFault::NotSally,
            AddressFault::OnlyOneHere,
            AddressFault::NotARedirect,
            AddressFault::OtherPath,
            AddressFault::Told(told("it is not an address")),
        ]
    );
    assert_eq!(
        kept::<TokenFault>("token_fault"),
        [
            TokenFault::Empty,
            TokenFault::TooLong,
            TokenFault::BadCharacters,
            TokenFault::Told(told("it is empty")),
        ]
    );
    assert_eq!(
        kept::<McpFault>("mcp_fault"),
        [
            McpFault::Status(404),
            McpFault::NoMediaType,
            McpFault::MediaType(told("text/html")),
            McpFault::NoAnswer,
            McpFault::AnotherAnswer,
            McpFault::NoList { tool: told("list_recordings") },
            McpFault::Told(told("Unauthorized")),
        ]
    );
    assert_eq!(
        kept::<ServerPart>("server_part"),
        [ServerPart::Recordings, ServerPart::Summary, ServerPart::Told(told("a list of recordings"))]
    );
}

/// The names of an enum's variants, as serde lists them for one that it does not know.
fn kinds<T: DeserializeOwned + Debug>(group: &str) -> BTreeSet<String> {
    let unknown = serde_json::from_str::<T>("\"hologram\"").unwrap_err().to_string();
    let (_, listed) = unknown.split_once(", expected ").unwrap();
    listed.split('`').skip(1).step_by(2).map(|name| format!("{group}.{name}")).collect()
}
