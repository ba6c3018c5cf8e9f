//! The official JSON schema of Atlassian's document format, taken out of its pinned npm package. Only the
//! archive is fetched: none of the package's many dependencies, and no script of it runs.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::read::GzDecoder;
use sha2::{Digest, Sha512};

use crate::{step, tools};

const PACKAGE: &str = "@atlaskit/adf-schema@57.7.22";
const ARCHIVE: &str = "atlaskit-adf-schema-57.7.22.tgz";
/// As `npm view @atlaskit/adf-schema@57.7.22 dist.integrity` says it.
const INTEGRITY: &str =
    "sha512-6v/cNmo2VmOmAjVKZ8lP0LhtnzlHRpnhh1wYG+TrHaa9xB/aFHv+iRGyJxb6f5fZniV7wR2AJTAwOmntwQD3cw==";
const INSIDE: &str = "package/dist/json-schema/v1/full.json";

/// Leaves the schema at `target/adf-schema/full.json`, once.
pub(crate) fn fetch() -> Result<()> {
    let schema = path();
    let directory = schema.parent().context("a file has a folder")?.to_owned();
    let stamp = directory.join("integrity");
    if schema.is_file() && fs::read_to_string(&stamp).is_ok_and(|found| found == INTEGRITY) {
        return Ok(());
    }
    step::perform("Fetch the schema of Atlassian's document format", || {
        fs::create_dir_all(&directory)?;
        let mut npm = tools::npm(&["pack", PACKAGE, "--ignore-scripts", "--silent", "--pack-destination"]);
        // Not in `ui/`: its package has nothing to do with it.
        npm.arg(&directory).current_dir(&directory).stdout(Stdio::null());
        let status = npm.status().context("npm did not start")?;
        ensure!(
            status.success(),
            "npm could not fetch {PACKAGE} ({status}): check the network and run it again"
        );
        let archive = fs::read(directory.join(ARCHIVE))?;
        fs::write(&schema, extract(&archive)?)?;
        fs::write(&stamp, INTEGRITY)?;
        println!("  {}", schema.display());
        Ok(())
    })
}

/// Where it lies.
pub(crate) fn path() -> PathBuf {
    tools::target().join("adf-schema/full.json")
}

fn extract(archive: &[u8]) -> Result<Vec<u8>> {
    let found = format!("sha512-{}", BASE64_STANDARD.encode(Sha512::digest(archive)));
    ensure!(found == INTEGRITY, "{ARCHIVE} is not the pinned one: expected {INTEGRITY}, found {found}");
    let mut archive = tar::Archive::new(GzDecoder::new(archive));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path()?.to_str() == Some(INSIDE) {
            let mut content = Vec::new();
            entry.read_to_end(&mut content)?;
            return Ok(content);
        }
    }
    anyhow::bail!("{ARCHIVE} has no {INSIDE}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_archive_is_refused() {
        let error = extract(b"something else").unwrap_err().to_string();
        assert!(error.contains("not the pinned one"), "an archive that was changed is not opened: {error}");
    }
}
