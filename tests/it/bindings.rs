//! The TypeScript bindings, generated from the wire types. Fails if the committed file is outdated; `cargo xtask bindings`
//! rewrites it.

use std::collections::BTreeMap;
use std::path::Path;

use sally_core::api::{Commands, Event};
use ts_rs::{Config, TS, TypeVisitor};

const HEAD: &str =
    "// Generated from src-tauri/core/src/api.rs by `cargo xtask bindings`; a test keeps it up to date.\n";

struct Collect<'a> {
    config: &'a Config,
    found: BTreeMap<String, String>,
}

impl TypeVisitor for Collect<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Types without a path of their own (strings, lists, identifiers written as strings) are inlined.
        if T::output_path().is_some() {
            let name = T::ident(self.config);
            if self.found.contains_key(&name) {
                return;
            }
            let docs = T::docs().unwrap_or_default();
            self.found.insert(name, format!("{docs}export {}\n", T::decl(self.config)));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

fn generate() -> String {
    let config = Config::new();
    let mut collect = Collect { config: &config, found: BTreeMap::new() };
    collect.visit::<Commands>();
    collect.visit::<Event>();
    let types: Vec<String> = collect.found.into_values().collect();
    format!("{HEAD}\n{}", types.join("\n"))
}

#[test]
fn bindings_are_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/ipc/bindings.ts");
    let generated = generate();
    if std::env::var_os("SALLY_WRITE_BINDINGS").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "the wire types changed: run `cargo xtask bindings`");
}
