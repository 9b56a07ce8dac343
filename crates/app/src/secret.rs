//! The service's own secret: what its tokens of podcasts and the keys of its channels are made with. It is configured, or made once and kept in a
//! file that only its owner may read; never in the database, which alone is not to give anybody away.

use crate::{
    clock::Chance,
    config::Config,
    failure::{Failure, Kind},
};
use domain::token::{ChannelKey, FeedKey};
use queue::Entropy;
use std::{
    fmt::Write as _,
    fs::{self, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// In the data folder.
const FILE: &str = "secret";
/// Hex digits of 256 bits.
const DIGITS: usize = 64;
/// What is shorter can be guessed.
const LEAST: usize = 32;

pub fn feed_key(config: &Config, data_dir: &Path) -> Result<FeedKey, Failure> {
    of_service(config, data_dir).map(|secret| FeedKey::derive(secret.as_bytes()))
}

pub fn channel_key(config: &Config, data_dir: &Path) -> Result<ChannelKey, Failure> {
    of_service(config, data_dir).map(|secret| ChannelKey::derive(secret.as_bytes()))
}

fn of_service(config: &Config, data_dir: &Path) -> Result<String, Failure> {
    match config.server.secret.reveal()? {
        Some(secret) if secret.len() < LEAST => {
            let message = format!("server.secret is too short: {LEAST} characters of chance are the least");
            Err(Failure::new(Kind::Usage, message))
        }
        Some(secret) => Ok(secret),
        None => kept(data_dir),
    }
}

/// The secret of the data folder, made when missing.
fn kept(data_dir: &Path) -> Result<String, Failure> {
    let path = data_dir.join(FILE);
    let cannot = |cause: std::io::Error| {
        Failure::new(
            Kind::Other,
            format!("secret {} cannot be kept: {cause}; or set server.secret", path.display()),
        )
    };
    let secret = match fs::read_to_string(&path) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => {
            make(data_dir, &path).map_err(cannot)?;
            fs::read_to_string(&path).map_err(cannot)?
        }
        read => read.map_err(cannot)?,
    };
    let secret = secret.trim();
    if secret.len() == DIGITS && secret.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(secret.to_owned());
    }
    let message =
        format!("secret {} is damaged: it must be {DIGITS} hex digits; put it back", path.display());
    Err(Failure::new(Kind::Other, message))
}

/// Whole or not at all, and whoever is first stays: another process may be at it.
fn make(data_dir: &Path, path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(data_dir)?;
    let draft = data_dir.join(format!(".{FILE}.{}", std::process::id()));
    let mut digits = String::with_capacity(DIGITS + 1);
    for _ in 0..4 {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{:016x}", Chance.bits());
    }
    digits.push('\n');
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(digits.as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Server;
    use domain::FeedTokenId;
    use std::os::unix::fs::PermissionsExt;

    fn token(config: &Config, folder: &Path) -> String {
        let id = FeedTokenId::born(0, [0; 2]);
        feed_key(config, folder).unwrap().token_for(id).reveal().to_owned()
    }

    #[test]
    fn the_secret_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("data");
        let config = Config::default();
        let first = token(&config, &place);
        assert_eq!(token(&config, &place), first);
        assert_eq!(place.join(FILE).metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&place).unwrap().count(), 1, "no draft is left");
        assert_ne!(token(&config, &folder.path().join("other")), first);

        fs::write(place.join(FILE), "cut").unwrap();
        assert!(feed_key(&config, &place).unwrap_err().message.contains("is damaged"));
    }

    #[test]
    fn a_configured_secret_is_the_same_on_every_node() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let config = |secret: &str| Config {
            server: Server { secret: serde_json::from_value(secret.into()).unwrap(), ..Server::default() },
            ..Config::default()
        };
        let secret = config(&"s".repeat(32));
        assert_eq!(token(&secret, one.path()), token(&secret, other.path()));
        assert!(!one.path().join(FILE).exists());
        let short = feed_key(&config("short"), one.path()).unwrap_err();
        assert!(short.message.contains("server.secret is too short") && !short.message.contains("'short'"));
    }
}
