//! The compilers, and Wine. Debian has a Rust compiler together with the sources of its standard library, which cargo
//! can build for other systems (`-Zbuild-std`), a C compiler for Windows (mingw-w64), and Wine; zig, from `PyPI`, has the
//! C headers of macOS. Debian's Rust is unpacked into a folder of its own, so that it replaces nothing.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::System;
use crate::{python, setup, step, tools};

/// What apt installs: C for Windows, Wine, what Debian's Rust loads, and Python's environments for zig.
const PACKAGES: &[&str] = &[
    "gcc",
    "libc6-dev",
    "gcc-mingw-w64-x86-64",
    "g++-mingw-w64-x86-64",
    "wine",
    "wine64",
    "libcurl4",
    "libsqlite3-0",
    "libssl3",
    "python3-venv",
];

/// What is unpacked and not installed, beside the standard library of the compiler's own version: it would take the place
/// of another Rust.
const UNPACKED: &[&str] = &[
    "rustc-web",
    "cargo-web",
    "rust-web-clippy",
    "rust-web-llvm",
    "libstd-rust-web-dev",
    "rust-web-src",
    "libllvm22",
    "libz3-4",
    "libedit2",
    "libgit2-1.5",
    "libssh2-1",
    "libhttp-parser2.9",
    "libmbedtls14",
    "libmbedx509-1",
    "libmbedcrypto7",
];

/// The package of the standard library is named after its version.
const STANDARD_LIBRARY: &str = "libstd-rust-web-dev";

/// As a line of pip's requirements, so that nothing else is taken.
const ZIG: &str =
    "ziglang==0.17.1 --hash=sha256:ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54\n";

const SCRIPTS: [(&str, &str); 2] = [("zcc", include_str!("zcc.sh")), ("zar", include_str!("zar.sh"))];

const RANDOM_NUMBERS: &str = include_str!("bcryptprimitives.c");

/// One program's tests under Wine take some minutes. A program that hangs must end.
const LIMIT_SECONDS: &str = "1500";

const WINE: &str = "/usr/lib/wine/wine64";

/// The compilers, as they lie on this machine.
pub(crate) struct Toolchain {
    folder: PathBuf,
}

impl Toolchain {
    /// Looks whether everything is there, and installs nothing.
    pub(crate) fn found() -> Option<Self> {
        let here = Self { folder: folder()? };
        here.is_whole().then_some(here)
    }

    /// Installs what is missing, and says what and where.
    pub(crate) fn set_up() -> Result<Self> {
        let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let is_amd64 = tools::answer("dpkg", &["--print-architecture"]).as_deref() == Some("amd64");
        ensure!(
            is_amd64 && system.lines().any(|line| line == "VERSION_CODENAME=bookworm"),
            "the compilers for other systems are those of Debian 12 (amd64), and this is another system"
        );
        let folder = folder().context("there is neither XDG_CACHE_HOME nor HOME to install into")?;
        fs::create_dir_all(&folder)?;
        // Two at once would take each other's half for the whole.
        let lock = File::create(folder.join("lock"))?;
        lock.lock().context("another setup cannot be waited for")?;
        let here = Self { folder };
        if !here.is_whole() {
            println!("The compilers for other systems go to {} (2.2 GB).", here.folder.display());
            here.install()?;
        }
        Ok(here)
    }

    fn is_whole(&self) -> bool {
        fs::read_to_string(self.edition()).is_ok_and(|found| found == edition()) && Path::new(WINE).is_file()
    }

    fn edition(&self) -> PathBuf {
        self.folder.join("edition")
    }

    fn root(&self) -> PathBuf {
        self.folder.join("root")
    }

    fn install(&self) -> Result<()> {
        // What is there may be half of it, or of another edition.
        fs::write(self.edition(), "")?;
        for part in ["debs", "root", "zig", "wine"].map(|name| self.folder.join(name)) {
            if part.is_dir() {
                fs::remove_dir_all(part)?;
            }
        }
        setup::install(PACKAGES)?;
        self.unpack_rust()?;
        self.compile_start()?;
        self.install_zig()?;
        self.make_wine()?;
        fs::write(self.edition(), edition())?;
        Ok(())
    }

    fn unpack_rust(&self) -> Result<()> {
        let (debs, root) = (self.folder.join("debs"), self.root());
        fs::create_dir_all(&debs)?;
        fs::create_dir_all(&root)?;
        let depends = tools::answer("apt-cache", &["depends", STANDARD_LIBRARY]).unwrap_or_default();
        let library = standard_library(&depends)
            .with_context(|| format!("apt does not know {STANDARD_LIBRARY}: run apt-get update"))?;
        let mut apt = Command::new("apt-get");
        apt.arg("download").args(UNPACKED).arg(library).current_dir(&debs);
        step::run("Fetch Debian's Rust", "Check the network, and run it again.", apt)?;
        step::perform("Unpack it", || {
            for package in debs.read_dir()? {
                let mut dpkg = Command::new("dpkg");
                dpkg.arg("--extract").arg(package?.path()).arg(&root);
                must(dpkg)?;
            }
            fs::remove_dir_all(&debs)?;
            Ok(())
        })
    }

    /// The two objects that every program for Windows begins and ends with are no part of what cargo builds.
    fn compile_start(&self) -> Result<()> {
        let rustlib = self.root().join("usr/lib/rustlib");
        let target = System::Windows.target();
        let objects = rustlib.join(target).join("lib");
        fs::create_dir_all(&objects)?;
        for name in ["rsbegin", "rsend"] {
            let mut rustc = Command::new(self.root().join("usr/bin/rustc"));
            self.debian(&mut rustc);
            rustc.args(["--target", target, "--emit=obj", "-o"]).arg(objects.join(format!("{name}.o")));
            rustc.arg(rustlib.join("src/rust/library/rtstartup").join(format!("{name}.rs")));
            must(rustc)?;
        }
        Ok(())
    }

    fn install_zig(&self) -> Result<()> {
        python::install("zig", &self.folder.join("zig"), ZIG)?;
        for (name, script) in SCRIPTS {
            let path = self.folder.join(name);
            fs::write(&path, script)?;
            let mut chmod = Command::new("chmod");
            chmod.arg("+x").arg(path);
            must(chmod)?;
        }
        // Without it, building C for macOS would ask Apple's own tools where the headers lie.
        fs::create_dir_all(self.folder.join("sdk"))?;
        Ok(())
    }

    fn make_wine(&self) -> Result<()> {
        let mut boot = self.in_wine(&self.folder, "wineboot");
        boot.arg("--init");
        step::run("Make a Windows of Wine's", "`apt-get install --reinstall wine wine64` may help.", boot)?;
        let source = self.folder.join("bcryptprimitives.c");
        fs::write(&source, RANDOM_NUMBERS)?;
        let mut gcc = Command::new("x86_64-w64-mingw32-gcc");
        gcc.args(["-shared", "-O2", "-o"]);
        gcc.arg(self.folder.join("wine/drive_c/windows/system32/bcryptprimitives.dll"));
        gcc.arg(source).arg("-ladvapi32");
        must(gcc)
    }

    /// Cargo for a system, with what it builds in a folder of its own: another compiler's output is of no use to it.
    pub(super) fn cargo(&self, system: System, verb: &str) -> Command {
        let mut cargo = tools::cargo_at(&self.root().join("usr/bin/cargo"));
        self.debian(&mut cargo);
        cargo.env("CARGO_TARGET_DIR", tools::target().join("cross"));
        match system {
            System::Windows => {
                // The library that looks for WebView2 lies one folder above the tests.
                let libraries = tools::target().join("cross").join(system.target()).join("debug");
                let wine = self.in_wine(&libraries, WINE);
                cargo.arg(format!("--config=target.{}.runner={}", system.target(), toml(&wine)));
            }
            System::Macos => {
                cargo.env("CC_aarch64_apple_darwin", self.folder.join("zcc"));
                cargo.env("CXX_aarch64_apple_darwin", self.folder.join("zcc"));
                cargo.env("AR_aarch64_apple_darwin", self.folder.join("zar"));
                cargo.env("SDKROOT", self.folder.join("sdk"));
            }
        }
        cargo.args([verb, "--locked", "-Zbuild-std", "--target", system.target()]);
        cargo
    }

    /// A stable cargo builds a standard library where it is told that it may.
    fn debian(&self, command: &mut Command) {
        let bin = self.root().join("usr/bin");
        let before = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(std::iter::once(bin.clone()).chain(env::split_paths(&before)));
        command
            .env("PATH", path.unwrap_or(before))
            .env("LD_LIBRARY_PATH", self.root().join("usr/lib/x86_64-linux-gnu"))
            .env("RUSTC", bin.join("rustc"))
            .env("RUSTDOC", bin.join("rustdoc"))
            .env("RUSTC_BOOTSTRAP", "1");
        for name in ["RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"] {
            command.env_remove(name);
        }
    }

    /// A program in the Windows of Wine's, with the libraries of a folder. It must not see those of Debian's Rust.
    fn in_wine(&self, libraries: &Path, program: &str) -> Command {
        let mut prefix = OsString::from("WINEPREFIX=");
        prefix.push(self.folder.join("wine"));
        let mut command = Command::new("env");
        command.args(["--unset=LD_LIBRARY_PATH", "WINEARCH=win64", "WINEDEBUG=-all"]).arg(prefix);
        command.arg(format!("WINEPATH=Z:{}", libraries.display()).replace('/', "\\"));
        command.args(["timeout", LIMIT_SECONDS, program]);
        command
    }
}

/// Below the person's cache, since every clone can use it.
fn folder() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))?;
    Some(cache.join("sally-desktop-cross"))
}

/// Changes with all that a folder is made from, so that an older one is made anew.
fn edition() -> String {
    let recipe = format!("{PACKAGES:?}{UNPACKED:?}{ZIG}{SCRIPTS:?}{RANDOM_NUMBERS}");
    BASE64_STANDARD.encode(Sha256::digest(recipe))
}

fn must(mut command: Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("{program} did not start"))?;
    if !status.success() {
        bail!("{program} failed ({status})");
    }
    Ok(())
}

/// The name of the standard library's package among what another one depends on.
fn standard_library(depends: &str) -> Option<&str> {
    depends.lines().filter_map(|line| line.trim().strip_prefix("Depends: ")).find(|name| {
        name.strip_prefix("libstd-rust-web-")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// A command as a list of TOML.
fn toml(command: &Command) -> String {
    let words: Vec<String> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| serde_json::Value::from(word.to_string_lossy()).to_string())
        .collect();
    format!("[{}]", words.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_library_is_that_of_the_compiler() {
        let said = "libstd-rust-web-dev\n  Depends: libc6\n  Depends: libstd-rust-web-1.96\n |Depends: <x>\n";
        assert_eq!(standard_library(said), Some("libstd-rust-web-1.96"));
        assert_eq!(standard_library("libstd-rust-web-dev\n  Depends: libc6\n"), None);
    }

    #[test]
    fn a_command_is_written_as_toml() {
        let mut command = Command::new("env");
        command.arg("WINEPREFIX=/a b/\"c\"");
        assert_eq!(toml(&command), r#"["env","WINEPREFIX=/a b/\"c\""]"#);
    }
}
