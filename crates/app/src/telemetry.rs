//! The log: on standard error, so that standard output holds the answer alone.

use crate::config::{ConfigError, Telemetry};
use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

/// A statement that takes long on a slow disk is no warning to whoever made a program; and async_openai logs what a
/// provider answered, which may be a listener's text.
const QUIET: &str = "sqlx=error,async_openai=off";

/// Starts the log. Asked twice, the first stands.
pub fn start(telemetry: &Telemetry) -> Result<(), ConfigError> {
    let filter = filter(&telemetry.log)
        .map_err(|cause| ConfigError::Content { place: "telemetry.log".into(), cause })?;
    let colours = std::io::stderr().is_terminal();
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    // Fails only where a log was started before.
    let _ = log.try_init();
    Ok(())
}

fn filter(log: &str) -> Result<EnvFilter, String> {
    let wrong = |part: &str| {
        format!(
            "{part:?} is neither a level (error, warn, info, debug, trace, off) nor TARGET=LEVEL, as studio=debug"
        )
    };
    // The library takes a bare word for a target, all of which is then logged: a mistyped level would log nothing else.
    let is_level = |part: &str| part.trim().parse::<LevelFilter>().is_ok();
    if let Some(part) =
        log.split(',').find(|part| !log.contains('[') && !part.contains('=') && !is_level(part))
    {
        return Err(wrong(part));
    }
    EnvFilter::try_new(format!("{QUIET},{log}")).map_err(|_| wrong(log))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_of_levels() {
        for good in ["warn", "INFO", "off", "warn,studio=debug", "info,app=trace"] {
            assert!(filter(good).is_ok(), "{good}");
        }
        for bad in ["loud", "", "warn,studio", "studio=loud", "a=b=c"] {
            assert!(filter(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_provider_answered_is_not_logged() {
        let shown = filter("trace").unwrap().to_string();
        assert!(shown.contains("async_openai=off"), "{shown}");
    }
}
