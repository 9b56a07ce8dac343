//! The log: on standard error, so that standard output holds the answer alone.

use crate::config::{ConfigError, Telemetry};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// A statement that takes long on a slow disk is no warning to whoever made a program.
const QUIET: &str = "sqlx=error";

/// Starts the log. Asked twice, the first stands.
pub fn start(telemetry: &Telemetry) -> Result<(), ConfigError> {
    let filter = EnvFilter::try_new(format!("{QUIET},{}", telemetry.log))
        .map_err(|cause| ConfigError::Content { place: "telemetry.log".into(), cause: cause.to_string() })?;
    let colours = std::io::stderr().is_terminal();
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    // Fails only where a log was started before.
    let _ = log.try_init();
    Ok(())
}
