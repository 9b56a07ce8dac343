//! Who looks at a page, and how they like it: language, look, and what was just done.

use super::{Pages, Shell, Words};
use crate::{
    account::liked,
    api::{Caller, refused::Refused},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, Uri, header, request::Parts},
};
use domain::{Language, token::Scope};
use std::{convert::Infallible, sync::Arc};
use store::listeners::Listener;

const LANGUAGE: &str = "mimiyori-language";
pub(super) const LOOK: &str = "mimiyori-look";
const YEAR_S: u32 = 31_536_000;

/// Whoever looks.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub words: Words,
    pub look: Look,
    pub signed: Option<(Caller, Listener)>,
    pub path: String,
    /// What a form has led on with: `?done=saved`.
    pub done: Option<String>,
    chosen: Option<Language>,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// As the system has it.
    #[default]
    Auto,
    Light,
    Dark,
}

/// A listener who is signed in, and the frame of their page.
#[derive(Clone, Debug)]
pub struct Signed {
    pub caller: Caller,
    pub listener: Listener,
    pub shell: Shell,
}

impl Look {
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|look| look.name() == name)
    }
}

impl Visitor {
    pub(super) async fn find(
        pages: &Pages,
        caller: Option<Caller>,
        headers: &HeaderMap,
        uri: &Uri,
    ) -> Result<Self, Refused> {
        let listener = match caller {
            Some(caller) => pages.store().listener(caller.listener).await?,
            None => None,
        };
        let query = |name: &str| {
            let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
            let mut named = pairs.filter(|(of, _)| of == name);
            named.next().map(|(_, value)| value.into_owned())
        };
        let chosen: Option<Language> = query("lang").and_then(|tag| tag.parse().ok());
        let kept = || cookie(headers, LANGUAGE).and_then(|tag| tag.parse().ok());
        // A listener has set theirs; a stranger chooses here, or has it as the browser likes best.
        let language = match &listener {
            Some(listener) => listener.language,
            None => chosen.or_else(kept).unwrap_or_else(|| liked(headers)),
        };
        Ok(Self {
            words: Words(language),
            look: cookie(headers, LOOK).and_then(Look::named).unwrap_or_default(),
            signed: caller.zip(listener),
            path: uri.path().to_owned(),
            done: query("done"),
            chosen: chosen.filter(|_| caller.is_none()),
        })
    }

    /// The cookie that keeps what a stranger has chosen.
    pub(super) fn chosen_language(&self) -> Option<HeaderValue> {
        self.chosen.map(|language| kept(LANGUAGE, language.tag()))
    }

    pub fn shell(&self) -> Shell {
        Shell::of(self)
    }
}

/// A choice that is kept for a year; there is nothing secret in it.
pub(super) fn kept(name: &str, value: &str) -> HeaderValue {
    let text = format!("{name}={value}; Path=/; SameSite=Lax; HttpOnly; Max-Age={YEAR_S}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(of, _)| *of == name).map(|(_, value)| value)
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let found = parts.extensions.get::<Arc<Self>>().map(|visitor| (**visitor).clone());
        // Put there by the layer that every page lies under.
        Ok(found.unwrap_or_else(|| Self {
            words: Words(Language::En),
            look: Look::default(),
            signed: None,
            path: parts.uri.path().to_owned(),
            done: None,
            chosen: None,
        }))
    }
}

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let Ok(visitor) = Visitor::from_request_parts(parts, state).await;
        let shell = visitor.shell();
        let (caller, listener) = visitor.signed.ok_or(Refused::Unknown)?;
        Ok(Self { caller: caller.may(Scope::Manage)?, listener, shell })
    }
}
