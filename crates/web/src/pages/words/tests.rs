//! Both languages say the same things with the same values, and everything that is asked for is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Each message's name, and the values it takes.
fn messages(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    let mut name = String::new();
    for file in fs::read_dir(folder("locales").join(language)).unwrap() {
        for line in fs::read_to_string(file.unwrap().path()).unwrap().lines() {
            if let Some((key, _)) =
                line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
            {
                name = key.to_owned();
                assert!(found.insert(name.clone(), BTreeSet::new()).is_none(), "{language}: {name} twice");
            }
            let values = line.split('$').skip(1);
            let values = values
                .map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap());
            found.entry(name.clone()).or_default().extend(values.map(ToOwned::to_owned));
        }
    }
    found.remove("");
    found
}

/// Everything under a folder, as text.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if !path.ends_with("tests.rs") {
            found.push(fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn both_languages_say_the_same() {
    assert_eq!(messages("ja"), messages("en"));
}

/// Names that are asked for in full.
fn asked() -> BTreeSet<String> {
    let mut texts = Vec::new();
    sources(&folder("src/pages"), &mut texts);
    sources(&folder("templates"), &mut texts);
    let mut found = BTreeSet::new();
    for text in &texts {
        for call in [".say(\"", ".count(\"", ".part(\"", ".about(\"", ".with(\"", ".with(\n"] {
            for rest in text.split(call).skip(1) {
                let rest = rest.trim_start_matches(['"', ' ']);
                // A form's fields are put together by a call of the same name.
                let is_message = rest.split('"').nth(1).is_some_and(|after| after.starts_with(", &"));
                if call.starts_with(".with(") && !is_message {
                    continue;
                }
                found.extend(rest.split('"').next().filter(|key| is_key(key)).map(ToOwned::to_owned));
            }
        }
    }
    found
}

/// What handlers lead on with: the second text of the call.
fn done() -> BTreeSet<String> {
    let mut texts = Vec::new();
    sources(&folder("src/pages"), &mut texts);
    let mut found = BTreeSet::new();
    for text in &texts {
        for call in [" led(", " done(", "(led(", "(done(", "(gone_on("] {
            let calls = text.split(call).skip(1);
            let second = |rest: &str| {
                let mut parts = rest.split(';').next()?.split('"').skip(2);
                parts.next().filter(|between| between.trim_end().ends_with(','))?;
                parts.next().map(ToOwned::to_owned)
            };
            found.extend(calls.filter_map(second).filter(|key| is_key(key)));
        }
    }
    found
}

#[test]
fn what_was_done_is_said() {
    let (there, done) = (messages("en"), done());
    assert!(done.contains("making") && done.contains("signed-out"), "{done:?}");
    let missing: Vec<&String> =
        done.iter().filter(|key| !there.contains_key(&format!("done-{key}"))).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[test]
fn what_is_asked_for_is_there() {
    let there = messages("en");
    let missing: Vec<String> = asked().into_iter().filter(|key| !there.contains_key(key)).collect();
    assert_eq!(missing, Vec::<String>::new());
}

/// A message that nobody asks for by name or by its beginning is left over.
#[test]
fn nothing_is_left_over() {
    let mut texts = Vec::new();
    sources(&folder("src"), &mut texts);
    sources(&folder("templates"), &mut texts);
    let all = texts.concat();
    let is_asked = |key: &String| {
        // Names that are put together end where a variable begins.
        let starts = key.match_indices('-').map(|(at, _)| format!("\"{}{{", &key[..=at]));
        all.contains(&format!("\"{key}\""))
            || starts.into_iter().any(|start| all.contains(&start))
            || key.match_indices('-').any(|(at, _)| all.contains(&format!("\"{}\" ~", &key[..=at])))
            || key.starts_with("done-")
    };
    let left: Vec<String> = messages("en").into_keys().filter(|key| !is_asked(key)).collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn messages_take_their_values() {
    let (ja, en) = (super::Words(domain::Language::Ja), super::Words(domain::Language::En));
    assert_eq!((ja.count("minutes", 5), en.count("minutes", 1)), ("5分".into(), "1 minute".into()));
    assert_eq!(en.part("state-voicing", 3_usize, 8_usize), "Preparing, 3 of 8");
    assert_eq!(ja.known("no-such-message"), None);
}
