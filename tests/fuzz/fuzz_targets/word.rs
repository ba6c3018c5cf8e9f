//! Any text as the body of a Word document. Bytes that are changed in an archive hardly ever get past its checksums.
#![no_main]

use std::io::{Cursor, Write as _};

use libfuzzer_sys::fuzz_target;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

fuzz_target!(|body: &str| {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let written = archive
        .start_file("word/document.xml", stored)
        .and_then(|()| archive.write_all(body.as_bytes()).map_err(Into::into))
        .and_then(|()| archive.finish());
    if let Ok(archive) = written {
        let _ = sally_core::sources::files::parse("fuzzed", archive.get_ref());
    }
});
