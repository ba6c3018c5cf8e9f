//! Generates Tauri's context, with the capabilities where this project keeps them, and the list of commands that the
//! shell hands to Tauri: `api::Commands` of the core is where a command is declared, and the only place.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Where the core's wire types are.
const API: &str = "src-tauri/core/src/api";

fn main() -> Result<(), Box<dyn Error>> {
    // Whole, since a change may be in one window's pages alone.
    println!("cargo:rerun-if-changed=ui/dist");
    if env::var_os("CARGO_FEATURE_CUSTOM_PROTOCOL").is_some() && !Path::new("ui/dist/index.html").exists() {
        return Err("the window's pages are not built: run `npm ci` and `npm run build` in ui/, or any `cargo xtask` \
                    command that builds the app"
            .into());
    }
    let commands = commands()?;
    let handler = format!("tauri::generate_handler![{}]", commands.join(", "));
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("commands.rs"), handler)?;
    // Tauri wants them for as long as the program runs.
    let commands: Vec<&'static str> =
        commands.into_iter().map(|name| &*Box::leak(name.into_boxed_str())).collect();
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/*.json")
        .app_manifest(tauri_build::AppManifest::new().commands(commands.leak()));
    tauri_build::try_build(attributes)?;
    Ok(())
}

/// The names of all commands, in their order: the fields `pub NAME: Call<…>` of `Commands`.
fn commands() -> Result<Vec<String>, Box<dyn Error>> {
    for file in files()? {
        println!("cargo:rerun-if-changed={}", file.display());
        let text = fs::read_to_string(&file)?;
        let Some((_, fields)) = text.split_once("pub struct Commands {") else { continue };
        let fields = fields.split_once("\n}").map_or(fields, |(fields, _)| fields);
        let of_line = |line: &str| {
            let (name, kind) = line.trim().strip_prefix("pub ")?.split_once(": ")?;
            kind.starts_with("Call<").then(|| name.to_owned())
        };
        let names: Vec<_> = fields.lines().filter_map(of_line).collect();
        let public = fields.lines().filter(|line| line.trim().starts_with("pub ")).count();
        if names.is_empty() || names.len() != public {
            let (file, read) = (file.display(), names.len());
            return Err(format!(
                "{file}: {read} of the {public} fields of `Commands` are `pub NAME: Call<…>`"
            )
            .into());
        }
        return Ok(names);
    }
    Err(format!("no file of {API} has `pub struct Commands {{`, in which the commands are declared").into())
}

/// The file of the wire types and those below it.
fn files() -> io::Result<Vec<PathBuf>> {
    let below = Path::new(API).read_dir()?.map(|entry| entry.map(|entry| entry.path()));
    let mut files = below.collect::<io::Result<Vec<_>>>()?;
    files.push(Path::new(API).with_extension("rs"));
    files.retain(|file| file.extension().is_some_and(|ending| ending == "rs") && file.is_file());
    files.sort();
    // One that is new is looked at, too.
    println!("cargo:rerun-if-changed={API}");
    Ok(files)
}
