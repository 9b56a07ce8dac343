//! Configuration: one TOML file, every key also as `MIMIYORI_SECTION__KEY`, embedded defaults for all.

use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};
use toml::{Table, Value};

/// Honest: who asks, and in which version.
pub const USER_AGENT: &str = concat!("mimiyori/", env!("CARGO_PKG_VERSION"));

const VARIABLE_PREFIX: &str = "MIMIYORI_";

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("configuration file {path} cannot be read: {cause}")]
    File { path: PathBuf, cause: String },
    #[error("configuration in {place}: {cause}")]
    Content { place: String, cause: String },
    #[error("secret {reference:?} cannot be read: {cause}")]
    Secret { reference: String, cause: String },
    #[error("no data folder: set --data-dir, XDG_DATA_HOME or HOME")]
    NoDataDir,
}

/// All sections; with no file and no variable every one has its embedded default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub media: Media,
    pub sources: Sources,
    pub publish: Publish,
    pub writer: Writer,
    pub voice: Voice,
    pub telemetry: Telemetry,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port to listen at.
    pub listen: String,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8080".into() }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite:///path/to/file` or `postgres://…`; empty: `mimiyori.db` in the data folder.
    pub url: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Media {
    /// `file:///path/to/folder`; empty: `media` in the data folder.
    pub url: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sources {
    /// Networks on which sources may be read although they are not public, as `10.1.0.0/16`.
    pub allow_private: Vec<String>,
    /// Qiita API token; raises the number of calls an hour from 60 to 1,000.
    pub qiita_token: Secret,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Publish {
    pub format: domain::AudioFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WriterKind {
    #[default]
    Extractive,
    Openai,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Writer {
    pub kind: WriterKind,
    /// Any OpenAI-compatible server; trusted, so a local one works.
    pub base_url: String,
    pub model: String,
    pub api_key: Secret,
}

impl Default for Writer {
    fn default() -> Self {
        Self {
            kind: WriterKind::default(),
            base_url: "https://api.openai.com/v1".into(),
            model: "gpt-5-mini".into(),
            api_key: Secret::default(),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VoiceKind {
    #[default]
    Embedded,
    Openai,
    Voicevox,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Voice {
    pub kind: VoiceKind,
    /// Empty: OpenAI's own address, or VOICEVOX on this machine. Trusted, so a local one works.
    pub base_url: String,
    /// For `openai`; empty: the provider's default.
    pub model: String,
    pub api_key: Secret,
    /// The main host's voice: a name for `openai`, a speaker number for `voicevox`.
    pub main: String,
    /// The guest's voice in dialogues.
    pub guest: String,
    /// The operator's reading dictionary, a file like `assets/readings/ja.tsv`.
    pub readings_ja: String,
    pub readings_en: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telemetry {
    /// A filter such as `info` or `warn,studio=debug`.
    pub log: String,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { log: "warn".into() }
    }
}

/// A secret, or a `file:` or `env:` reference to one. It is never shown.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret itself; `None` when it is empty.
    pub fn reveal(&self) -> Result<Option<String>, ConfigError> {
        let cannot = |cause: &dyn fmt::Display| ConfigError::Secret {
            reference: self.0.clone(),
            cause: cause.to_string(),
        };
        let secret = if let Some(path) = self.0.strip_prefix("file:") {
            std::fs::read_to_string(path).map_err(|cause| cannot(&cause))?.trim().to_owned()
        } else if let Some(name) = self.0.strip_prefix("env:") {
            std::env::var(name).map_err(|cause| cannot(&cause))?
        } else {
            self.0.clone()
        };
        Ok(Some(secret).filter(|secret| !secret.is_empty()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "Secret(none)" } else { "Secret(…)" })
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0.is_empty() { "" } else { "…" })
    }
}

impl Config {
    /// The file where one is named, with the environment's variables on top.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let table = match file {
            None => Table::new(),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|cause| ConfigError::File { path: path.to_owned(), cause: cause.to_string() })?;
                text.parse().map_err(|cause: toml::de::Error| ConfigError::Content {
                    place: path.display().to_string(),
                    cause: cause.to_string(),
                })?
            }
        };
        let place = file.map_or_else(|| "the environment".to_owned(), |path| path.display().to_string());
        Self::from_parts(table, variables()?, &place)
    }

    fn from_parts(
        mut table: Table,
        variables: BTreeMap<String, String>,
        place: &str,
    ) -> Result<Self, ConfigError> {
        let defaults = Table::try_from(Self::default()).unwrap_or_default();
        for (name, text) in variables {
            let path = name.trim_start_matches(VARIABLE_PREFIX).to_lowercase();
            let Some((section, key)) = path.split_once("__") else { continue };
            let value = typed(&text, defaults.get(section).and_then(|section| section.get(key)))
                .map_err(|cause| ConfigError::Content { place: format!("variable {name}"), cause })?;
            let one = Table::from_iter([(
                section.to_owned(),
                Table::from_iter([(key.to_owned(), value.clone())]).into(),
            )]);
            checked(one, &format!("variable {name}"))?;
            let section = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(section) = section {
                section.insert(key.to_owned(), value);
            }
        }
        checked(table, place)
    }
}

fn checked(table: Table, place: &str) -> Result<Config, ConfigError> {
    Value::Table(table).try_into().map_err(|error: toml::de::Error| ConfigError::Content {
        place: place.to_owned(),
        cause: with_nearest_name(error.message()),
    })
}

/// The environment's part. Other programs' variables may hold anything, ours must be text.
fn variables() -> Result<BTreeMap<String, String>, ConfigError> {
    let named = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    let ours = named.filter(|(name, _)| name.starts_with(VARIABLE_PREFIX));
    let text = |(name, value): (String, std::ffi::OsString)| match value.into_string() {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(ConfigError::Content {
            place: format!("variable {name}"),
            cause: "it is not UTF-8 text".to_owned(),
        }),
    };
    ours.map(text).collect()
}

/// Reads a variable's text as the type its key has.
fn typed(text: &str, default: Option<&Value>) -> Result<Value, String> {
    match default {
        Some(Value::Boolean(_)) => {
            text.parse().map(Value::Boolean).map_err(|_| format!("{text:?} is not true or false"))
        }
        Some(Value::Integer(_)) => {
            text.parse().map(Value::Integer).map_err(|_| format!("{text:?} is not a whole number"))
        }
        Some(Value::Array(_)) => Ok(Value::Array(
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect(),
        )),
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// Turns "unknown field `lisen`, expected one of `listen`, …" into a hint at the nearest name.
fn with_nearest_name(message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let (Some(wrong), true) = (names.next(), message.starts_with("unknown field")) else {
        return message.to_owned();
    };
    match names.min_by_key(|name| strsim::damerau_levenshtein(wrong, name)) {
        Some(name) => {
            format!(
                "unknown key `{wrong}`; did you mean `{name}`? All keys are in docs/reference/config.toml"
            )
        }
        None => format!("unknown key `{wrong}`; see docs/reference/config.toml"),
    }
}

/// Where database, media and caches live unless the configuration says otherwise.
pub fn data_dir(wished: Option<&Path>) -> Result<PathBuf, ConfigError> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    wished
        .map(Path::to_owned)
        .or_else(|| Some(variable("XDG_DATA_HOME")?.join("mimiyori")))
        .or_else(|| Some(variable("HOME")?.join(".local/share/mimiyori")))
        .ok_or(ConfigError::NoDataDir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::from_parts(text.parse().unwrap(), variables, "mimiyori.toml")
    }

    #[test]
    fn nothing_set_is_the_default() {
        assert_eq!(load("", &[]).unwrap(), Config::default());
    }

    /// The commented sample says what holds without it: every key, with its default.
    #[test]
    fn the_sample_is_the_default() {
        let sample = include_str!("../../../docs/reference/config.toml");
        assert_eq!(load(sample, &[]).unwrap(), Config::default());
        let keys = |config: &str| config.parse::<Table>().unwrap();
        let defaults = keys(&toml::to_string(&Config::default()).unwrap());
        assert_eq!(keys(sample), defaults, "a key is missing in the sample");
    }

    #[test]
    fn variables_win_over_the_file() {
        let config = load(
            "[writer]\nkind = \"openai\"\nmodel = \"a\"",
            &[
                ("MIMIYORI_WRITER__MODEL", "4"),
                ("MIMIYORI_SOURCES__ALLOW_PRIVATE", "10.0.0.0/8, 192.168.1.0/24"),
            ],
        )
        .unwrap();
        assert_eq!((config.writer.kind, config.writer.model.as_str()), (WriterKind::Openai, "4"));
        assert_eq!(config.sources.allow_private, ["10.0.0.0/8", "192.168.1.0/24"]);
    }

    #[test]
    fn unknown_keys_are_refused_with_the_nearest_name() {
        let error = load("[server]\nlisten_at = \"x\"\nlisen = \"y\"", &[]).unwrap_err().to_string();
        assert!(error.contains("mimiyori.toml") && error.contains("lis"), "{error}");
        let error = load("", &[("MIMIYORI_WRITER__MODLE", "x")]).unwrap_err().to_string();
        assert!(
            error.contains("MIMIYORI_WRITER__MODLE") && error.contains("did you mean `model`?"),
            "{error}"
        );
    }

    #[test]
    fn secrets_are_references_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "hush\n").unwrap();
        let config = load(&format!("[writer]\napi_key = \"file:{}\"", path.display()), &[]).unwrap();
        assert_eq!(config.writer.api_key.reveal().unwrap().as_deref(), Some("hush"));
        let plain = load("[writer]\napi_key = \"hush\"", &[]).unwrap();
        assert!(!format!("{plain:?}").contains("hush"));
        assert!(!toml::to_string(&plain).unwrap().contains("hush"));
        assert_eq!(Secret::default().reveal().unwrap(), None);
    }
}
