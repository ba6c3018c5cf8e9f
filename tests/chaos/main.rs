//! The program of [`chaos`], which needs Linux: elsewhere it says so.

#[cfg(target_os = "linux")]
#[path = "chaos.rs"]
mod chaos;

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<std::process::ExitCode> {
    chaos::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> anyhow::Result<()> {
    anyhow::bail!("chaos runs on Linux only")
}
