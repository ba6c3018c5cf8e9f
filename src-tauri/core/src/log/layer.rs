//! What goes into the file, and how it is written there: `tracing`'s own layout, with fields that are looked through first.

use std::error::Error;
use std::fmt::{self, Debug};
use std::io;

use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::registry::LookupSpan;

use super::{Log, words};

impl Log {
    /// What has to be told to `tracing` for it: infos of our own crates, warnings of others.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let log = self.clone();
        let levels = Targets::new()
            .with_default(LevelFilter::WARN)
            .with_targets([("sally_core", LevelFilter::INFO), ("sally_desktop", LevelFilter::INFO)]);
        tracing_subscriber::fmt::layer()
            .with_ansi(false)
            // It would write fields that were not looked through.
            .log_internal_errors(false)
            .fmt_fields(Reviewed)
            .with_writer(move || Lines(log.clone()))
            .with_filter(levels)
    }
}

/// Takes each event as the one line that it is.
struct Lines(Log);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.line(String::from_utf8_lossy(bytes).into_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Reviewed;

impl<'writer> FormatFields<'writer> for Reviewed {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut put = Put { writer, is_first: true, result: Ok(()) };
        fields.record(&mut put);
        put.result
    }
}

struct Put<'writer> {
    writer: Writer<'writer>,
    is_first: bool,
    result: fmt::Result,
}

impl Put<'_> {
    fn put(&mut self, field: &Field, value: &str) {
        let name = field.name();
        // What the crate `log` brings along of itself; it is in the line already.
        if self.result.is_err() || name.starts_with("log.") {
            return;
        }
        let between = if self.is_first { "" } else { " " };
        self.is_first = false;
        self.result = if name == "message" {
            write!(self.writer, "{between}{value}")
        } else {
            write!(self.writer, "{between}{name}={value}")
        };
    }
}

impl Visit for Put<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let value = format!("{value:?}");
        // It names places in the code and no value; the marks in it belong to the names.
        let value =
            if field.name() == "backtrace" { words::one_record(&value) } else { words::reviewed(&value) };
        self.put(field, &value);
    }

    /// A word of our own, such as the name of a window: everything else is given by its `Display`.
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, &format!("{:?}", words::without_secrets(value)));
    }

    fn record_error(&mut self, field: &Field, error: &(dyn Error + 'static)) {
        let mut said = words::reviewed(&error.to_string());
        let mut cause = error.source();
        while let Some(error) = cause {
            said.push_str(": ");
            said.push_str(&words::reviewed(&error.to_string()));
            cause = error.source();
        }
        self.put(field, &said);
    }
}
