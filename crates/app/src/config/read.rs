//! From a file and the environment to a [`Config`]: defaults, the file over them, variables on top.

use super::{Config, ConfigError, Oidc, Provider, bounds};
use domain::{Plan, Plans};
use std::{collections::BTreeMap, path::Path};
use toml::{Table, Value};

const VARIABLE_PREFIX: &str = "MIMIYORI_";

pub(super) fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
    let table = match file {
        None => Table::new(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|cause| ConfigError::File { path: path.to_owned(), cause: cause.to_string() })?;
            text.parse().map_err(|cause: toml::de::Error| ConfigError::Content {
                place: format!("{}, line {}", path.display(), line(&text, &cause)),
                cause: cause.message().to_owned(),
            })?
        }
    };
    let place = file.map_or_else(|| "the environment".to_owned(), |path| path.display().to_string());
    from_parts(table, variables()?, &place)
}

pub(super) fn from_parts(
    mut table: Table,
    variables: BTreeMap<String, String>,
    place: &str,
) -> Result<Config, ConfigError> {
    for (name, text) in variables {
        let path = name.trim_start_matches(VARIABLE_PREFIX).to_lowercase();
        let path: Vec<&str> = path.split("__").collect();
        if path.len() < 2 {
            continue;
        }
        let variable = format!("variable {name}");
        let value = typed(&text, shape(&path).as_ref())
            .map_err(|cause| ConfigError::Content { place: variable.clone(), cause })?;
        let one = nested(&path, value);
        read(one.clone(), &variable)?;
        overlay(&mut table, one);
    }
    let config = read(table, place)?;
    config.check().map_err(|cause| ConfigError::Content { place: place.to_owned(), cause })?;
    Ok(config)
}

/// What is set, over the defaults.
fn read(set: Table, place: &str) -> Result<Config, ConfigError> {
    let mut table = defaults(&Config::default());
    overlay(&mut table, set);
    let wrong = |cause| ConfigError::Content { place: place.to_owned(), cause };
    bounds::check(&table).map_err(wrong)?;
    serde_path_to_error::deserialize(Value::Table(table))
        .map_err(|error| wrong(told(&error.path().to_string(), error.inner().message())))
}

/// Where it is malformed, counted from 1.
fn line(text: &str, cause: &toml::de::Error) -> usize {
    let before = cause.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    before.matches('\n').count() + 1
}

/// What is wrong with the key at `path`, in words that do not take knowing how this is written.
fn told(path: &str, message: &str) -> String {
    if message.starts_with("unknown field") {
        return with_nearest_name(path, message);
    }
    let types = message.strip_prefix("invalid type: ").and_then(|types| types.split_once(", expected "));
    match types {
        Some((found, wanted)) if wanted.starts_with("struct ") || wanted == "a map" => {
            format!("[{path}] must be a table, it is {found}")
        }
        Some((found, wanted)) => format!("{path}: must be {}, it is {found}", type_name(wanted)),
        None => format!("{path}: {message}"),
    }
}

fn type_name(wanted: &str) -> &str {
    match wanted {
        "a string" => "text in quotes",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "u8" | "u32" | "u64" => "a whole number",
        "f64" => "a number",
        other => other,
    }
}

fn defaults(config: &Config) -> Table {
    // Numbers, text, lists and tables by names: all of it is TOML.
    Table::try_from(config).unwrap_or_default()
}

fn overlay(table: &mut Table, set: Table) {
    for (key, value) in set {
        match (table.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => overlay(below, above),
            (_, value) => drop(table.insert(key, value)),
        }
    }
}

fn nested(path: &[&str], value: Value) -> Table {
    let (first, rest) = (path[0].to_owned(), &path[1..]);
    let value = if rest.is_empty() { value } else { Value::Table(nested(rest, value)) };
    Table::from_iter([(first, value)])
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

/// A value such as the key at `path` has, that a name of a map may have been chosen by the operator.
fn shape(path: &[&str]) -> Option<Value> {
    let mut config = Config::default();
    match path {
        ["providers", name, ..] => drop(config.providers.insert((*name).to_owned(), Provider::default())),
        ["auth", "oidc", name, ..] => drop(config.auth.oidc.insert((*name).to_owned(), Oidc::default())),
        ["plans", name, ..] => {
            config.plans = Plans::new(BTreeMap::from([((*name).to_owned(), Plan::default())]));
        }
        _ => {}
    }
    // Names in a list, where none is not the same as no list.
    if let ["plans", _, "voices" | "stripe_prices"] = path {
        return Some(Value::Array(Vec::new()));
    }
    // A number, or that there is no limit.
    if let ["retention", "programs_days"] = path {
        return None;
    }
    if let ["queue", "lanes", _] | ["providers", _, "reserved_percent", _] = path {
        return Some(Value::Integer(0));
    }
    let (last, tables) = path.split_last()?;
    let table =
        tables.iter().try_fold(defaults(&config), |table, name| table.get(*name)?.as_table().cloned());
    table?.get(*last).cloned()
}

/// Reads a variable's text as the type its key has.
fn typed(text: &str, like: Option<&Value>) -> Result<Value, String> {
    match like {
        Some(Value::Boolean(_)) => {
            text.parse().map(Value::Boolean).map_err(|_| format!("{text:?} is not true or false"))
        }
        Some(Value::Integer(_)) => {
            text.parse().map(Value::Integer).map_err(|_| format!("{text:?} is not a whole number"))
        }
        Some(Value::Float(_)) => {
            text.parse().map(Value::Float).map_err(|_| format!("{text:?} is not a number"))
        }
        Some(Value::Array(_)) => Ok(Value::Array(
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect(),
        )),
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// Turns "unknown field `lisen`, expected one of `listen`, …" into a hint at the nearest name.
fn with_nearest_name(path: &str, message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let Some(wrong) = names.next() else { return message.to_owned() };
    let section = path.strip_suffix(wrong).unwrap_or(path).trim_matches('.');
    let what = match section {
        "" => format!("unknown section or key `{wrong}`"),
        section => format!("unknown key `{wrong}` in [{section}]"),
    };
    match names.min_by_key(|name| strsim::damerau_levenshtein(wrong, name)) {
        Some(name) => format!("{what}; did you mean `{name}`? All keys are in docs/reference/config.toml"),
        None => format!("{what}; see docs/reference/config.toml"),
    }
}
