//! Any bytes as a file: each importer, chosen by what they look like. The exports in `tests/meetings` are a good start.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = sally_core::sources::files::parse("fuzzed", bytes);
});
