//! Each version in the lock files is at least so many days old: most packages that somebody took over were found out within
//! a week. Asks crates.io's index and npm's registry when they were published.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;

use crate::tools;

/// At least so old. `ui/.npmrc` has it, too, for what npm is asked to add.
pub(super) const DAYS: i64 = 7;

/// A package, and its version.
type Version = (String, String);

/// Looks at all versions of both lock files.
pub(super) fn check() -> Result<()> {
    let folder = tools::target().join("audit/ages");
    let crates = crates(&fs::read_to_string(tools::root().join("Cargo.lock"))?);
    let packages = packages(&fs::read(tools::root().join("ui/package-lock.json"))?)?;
    let crates_folder = folder.join("crates");
    let packages_folder = folder.join("npm");
    fetch(&crates_folder, crates.iter().map(|(name, _)| (name.as_str(), index_of(name))))?;
    fetch(
        &packages_folder,
        packages.iter().map(|(name, _)| (name.as_str(), format!("https://registry.npmjs.org/{name}"))),
    )?;
    let mut ages = BTreeMap::new();
    for version in crates {
        let published = in_index(&fs::read_to_string(file(&crates_folder, &version.0))?, &version.1);
        ages.insert(version, published);
    }
    for version in packages {
        let published = in_registry(&fs::read(file(&packages_folder, &version.0))?, &version.1);
        ages.insert(version, published);
    }
    let (known, unknown): (Vec<_>, Vec<_>) = ages.into_iter().partition(|(_, published)| published.is_some());
    let newest = Timestamp::now() - (DAYS * 24).hours();
    let young: Vec<String> = known
        .iter()
        .filter(|(_, published)| published.is_some_and(|published| published > newest))
        .map(|((name, version), _)| format!("{name} {version}"))
        .collect();
    let nameless: Vec<String> =
        unknown.iter().map(|((name, version), _)| format!("{name} {version}")).collect();
    println!("{} versions are {DAYS} days old or older.", known.len() - young.len());
    ensure!(young.is_empty(), "younger than {DAYS} days: {}", young.join(", "));
    ensure!(nameless.is_empty(), "nobody says how old they are: {}", nameless.join(", "));
    Ok(())
}

/// What `Cargo.lock` names that comes from crates.io.
fn crates(lock: &str) -> Vec<Version> {
    let value = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    lock.split("[[package]]")
        .filter(|block| value(block, "source").is_some())
        .filter_map(|block| Some((value(block, "name")?, value(block, "version")?)))
        .collect()
}

/// What `package-lock.json` names, wherever it lies.
fn packages(lock: &[u8]) -> Result<Vec<Version>> {
    let lock: Value = serde_json::from_slice(lock)?;
    let packages = lock["packages"].as_object().context("a lock file has packages")?;
    let mut versions: Vec<Version> = packages
        .iter()
        .filter_map(|(path, package)| {
            let (_, in_folder) = path.rsplit_once("node_modules/")?;
            // An alias lies in a folder of another name.
            let name = package["name"].as_str().unwrap_or(in_folder);
            Some((name.to_owned(), package["version"].as_str()?.to_owned()))
        })
        .collect();
    versions.sort();
    versions.dedup();
    Ok(versions)
}

/// Where the index has the versions of a crate.
fn index_of(name: &str) -> String {
    let name = name.to_lowercase();
    let folder = match name.len() {
        1 => "1".to_owned(),
        2 => "2".to_owned(),
        3 => format!("3/{}", &name[..1]),
        _ => format!("{}/{}", &name[..2], &name[2..4]),
    };
    format!("https://index.crates.io/{folder}/{name}")
}

/// One line of JSON a version.
fn in_index(lines: &str, version: &str) -> Option<Timestamp> {
    let versions = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let found = versions.into_iter().find(|line| line["vers"] == version)?;
    found["pubtime"].as_str()?.parse().ok()
}

fn in_registry(document: &[u8], version: &str) -> Option<Timestamp> {
    let document: Value = serde_json::from_slice(document).ok()?;
    document["time"][version].as_str()?.parse().ok()
}

fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(name.replace('/', "+"))
}

/// All of them at once, by curl.
fn fetch<'a>(folder: &Path, addresses: impl Iterator<Item = (&'a str, String)>) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut wanted = Vec::new();
    for (name, address) in addresses {
        writeln!(wanted, "url = \"{address}\"\noutput = \"{}\"", file(folder, name).display())?;
    }
    let mut curl = Command::new("curl")
        .args(["--no-progress-meter", "--fail", "--compressed", "--retry", "3"])
        .args(["--parallel", "--parallel-max", "16", "--config", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .context("curl did not start")?;
    curl.stdin.take().context("its input was piped")?.write_all(&wanted)?;
    ensure!(curl.wait()?.success(), "curl says above what did not come");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lock_files_are_read() {
        let lock = "version = 4\n\n[[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"serde\"\n\
                    version = \"1.0.229\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
        assert_eq!(crates(lock), [("serde".to_owned(), "1.0.229".to_owned())], "ours has no source");
        let lock =
            br#"{"packages":{"":{"version":"0.1.0"},"node_modules/a/node_modules/@b/c":{"version":"2.0.0"},
                       "node_modules/other":{"name":"real","version":"3.0.0"}}}"#;
        let (inner, alias) =
            (("@b/c".to_owned(), "2.0.0".to_owned()), ("real".to_owned(), "3.0.0".to_owned()));
        assert_eq!(packages(lock).unwrap(), [inner, alias], "with the names that the registry knows");
    }

    #[test]
    fn a_version_has_a_day() {
        let lines = "{\"vers\":\"1.0.0\",\"pubtime\":\"2026-07-18T23:05:13Z\"}\n{\"vers\":\"1.0.1\"}\n";
        let day = "2026-07-18T23:05:13Z".parse().unwrap();
        assert_eq!(in_index(lines, "1.0.0"), Some(day), "as the index says");
        assert_eq!(in_index(lines, "1.0.1"), None, "a line without one is not guessed");
        let document = br#"{"time":{"created":"2020-01-01T00:00:00Z","1.0.0":"2026-07-18T23:05:13.000Z"}}"#;
        assert_eq!(in_registry(document, "1.0.0"), Some(day), "as the registry says");
        assert_eq!(
            (index_of("serde"), index_of("syn"), index_of("Inflector")),
            (
                "https://index.crates.io/se/rd/serde".to_owned(),
                "https://index.crates.io/3/s/syn".to_owned(),
                "https://index.crates.io/in/fl/inflector".to_owned()
            ),
            "by the layout of the index"
        );
    }
}
