//! What pages say, in both languages: Fluent messages under `locales`, one file a part of the site.

use domain::Language;
use fluent_templates::{LanguageIdentifier, Loader, fluent_bundle::FluentValue, langid, static_loader};
use std::{borrow::Cow, collections::HashMap};

static_loader! {
    static MESSAGES = {
        locales: "./locales",
        fallback_language: "en",
        // Marks that keep directions apart: neither language needs them.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static JA: LanguageIdentifier = langid!("ja");
static EN: LanguageIdentifier = langid!("en");

/// The messages of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words(pub Language);

impl Words {
    pub fn say(&self, key: &str) -> String {
        MESSAGES.lookup(self.id(), key)
    }

    /// Nothing where no message has that name.
    pub fn known(&self, key: &str) -> Option<String> {
        MESSAGES.try_lookup(self.id(), key)
    }

    /// A message about one number, `{ $n }`.
    pub fn count(&self, key: &str, n: impl TryInto<i64>) -> String {
        let n = n.try_into().unwrap_or(i64::MAX);
        self.with(key, &[("n", n.into())])
    }

    /// A message about so many of so many, `{ $n }` and `{ $of }`.
    pub fn part(&self, key: &str, n: impl TryInto<i64>, of: impl TryInto<i64>) -> String {
        let whole = |value: Result<i64, _>| value.unwrap_or(i64::MAX);
        let (n, of) = (whole(n.try_into().map_err(drop)), whole(of.try_into().map_err(drop)));
        self.with(key, &[("n", n.into()), ("of", of.into())])
    }

    /// A message about one thing, `{ $what }`.
    pub fn about(&self, key: &str, what: &str) -> String {
        self.with(key, &[("what", what.into())])
    }

    pub fn with(&self, key: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
        let values: HashMap<Cow<'static, str>, FluentValue<'_>> =
            values.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
        MESSAGES.lookup_with_args(self.id(), key, &values)
    }

    pub const fn tag(&self) -> &'static str {
        self.0.tag()
    }

    fn id(&self) -> &'static LanguageIdentifier {
        match self.0 {
            Language::Ja => &JA,
            Language::En => &EN,
        }
    }
}

#[cfg(test)]
mod tests;
