//! The program: reads its arguments, starts its log, and runs the shell.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod shell;

use sally_core::log::{self, Log};
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt, registry};

fn main() -> std::process::ExitCode {
    let environment = shell::Environment::take();
    let arguments = shell::Arguments::of_this_start();
    let log = Log::start();
    let wanted = EnvFilter::try_from_env("SALLY_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let on_standard_error = wanted.and(filter_fn(|about| about.target() != log::PANIC));
    registry()
        .with(fmt::layer().with_writer(std::io::stderr).with_filter(on_standard_error))
        .with(log.layer())
        .init();
    log::note_panics(log.clone());
    shell::prevent_dumps();
    let Err(error) = shell::run(arguments, environment, log.clone()) else {
        return std::process::ExitCode::SUCCESS;
    };
    if let Some(missing) = error.downcast_ref::<shell::Missing>() {
        shell::tell(*missing);
        return shell::Missing::EXIT_CODE.into();
    }
    tracing::error!(error = &*error, "Sally Desktop could not start");
    log.flush();
    std::process::ExitCode::FAILURE
}
