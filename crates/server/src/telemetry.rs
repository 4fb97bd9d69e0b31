use crate::config::LogFormat;
use std::io::{self, IsTerminal as _};
use tracing_subscriber::EnvFilter;

/// Why the log cannot be written as the settings want it.
#[derive(Debug, thiserror::Error)]
#[error("`log` must be a filter like `info` or `tessera_api=debug,warn`, not `{0}`")]
pub(crate) struct LogFilterError(String);

/// Writes the log to standard error from here on. Called once per process.
pub(crate) fn start(filter: &str, format: LogFormat) -> Result<(), LogFilterError> {
    let filter = EnvFilter::try_new(filter).map_err(|_| LogFilterError(filter.to_owned()))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match format {
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).with_target(false).init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
