//! What is typed into a form, as it was typed: a form that is refused shows it again.

use crate::api::{body, refused::Refused};
use axum::extract::{FromRequest, Request};
use std::fmt::Display;

/// Names and values in the order of the form; a name may come more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value)
    }

    /// What is not empty.
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty())
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(of, _)| of == name).map(|(_, value)| value.as_str())
    }

    pub fn names(&self, name: &str) -> bool {
        self.0.iter().any(|(of, _)| of == name)
    }

    /// Whether a box is ticked, or a choice made.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|found| found == value)
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Display) -> Self {
        self.0.push((name.to_owned(), value.to_string()));
        self
    }

    pub fn read(text: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(text);
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        Ok(Self::read(&body::whole(request, state).await?))
    }
}

/// What was wrong with a form: the field, where it is one, and what to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wrong {
    field: String,
    text: String,
}

impl Wrong {
    pub fn new(field: impl Into<String>, text: impl Into<String>) -> Self {
        Self { field: field.into(), text: text.into() }
    }

    /// What stands beside a field; empty: it is right.
    pub fn at(&self, field: &str) -> &str {
        if !self.text.is_empty() && self.field == field { &self.text } else { "" }
    }

    /// What stands above the form: what belongs to none of the fields shown.
    pub fn elsewhere(&self, shown: &[&str]) -> &str {
        if shown.contains(&self.field.as_str()) { "" } else { &self.text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_there_again() {
        let fields = Fields::read(b"name=%E6%9C%9D&day=mon&day=fri&empty=+");
        assert_eq!((fields.get("name"), fields.get("none")), ("朝", ""));
        assert_eq!(fields.all("day").collect::<Vec<_>>(), ["mon", "fri"]);
        assert!(fields.has("day", "fri") && !fields.has("day", "tue"));
        assert_eq!((fields.some("empty"), fields.some("name")), (None, Some("朝")));
    }

    #[test]
    fn a_fault_stands_at_its_field_or_above_the_form() {
        let wrong = Wrong::new("minutes", "1 to 120");
        assert_eq!((wrong.at("minutes"), wrong.at("name")), ("1 to 120", ""));
        assert_eq!((wrong.elsewhere(&["name", "minutes"]), wrong.elsewhere(&["name"])), ("", "1 to 120"));
    }
}
