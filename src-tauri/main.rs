//! The program: reads its arguments, starts its log, and runs the shell.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod shell;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

fn main() -> std::process::ExitCode {
    let arguments = shell::Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_env("SALLY_LOG").unwrap_or_else(|_| EnvFilter::new("warn")))
        .with_writer(std::io::stderr)
        .init();
    let Err(error) = shell::run(arguments) else { return std::process::ExitCode::SUCCESS };
    if let Some(missing) = error.downcast_ref::<shell::Missing>() {
        shell::tell(*missing);
        return shell::Missing::EXIT_CODE.into();
    }
    tracing::error!(error = &*error, "Sally Desktop could not start");
    std::process::ExitCode::FAILURE
}
