//! Refusals in the words of the page's language: beside the field they are about, above the form, or as a page.

use super::{Shell, Visitor, Words, Wrong, enter::may_be_led, page_with};
use crate::api::refused::Refused;
use askama::Template;
use axum::{
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::Language;

#[derive(Template)]
#[template(path = "pages/refused.html")]
struct Page {
    t: Words,
    shell: Shell,
    status: u16,
    title: String,
    text: String,
}

/// No page lies there.
pub async fn nothing() -> Refused {
    Refused::Missing("page")
}

pub fn answer(visitor: &Visitor, refused: &Refused, method: &Method) -> Response {
    if matches!(refused, Refused::Unknown) && may_be_led(method) {
        let next: String = url::form_urlencoded::byte_serialize(visitor.path.as_bytes()).collect();
        return Redirect::to(&format!("/sign-in?next={next}")).into_response();
    }
    let t = visitor.words;
    let status = refused.status();
    let title = t.known(&format!("refused-{}-title", refused.name()));
    let page = Page {
        t,
        shell: visitor.shell(),
        status: status.as_u16(),
        title: title.unwrap_or_else(|| t.say("refused-title")),
        text: text(t, refused),
    };
    let mut response = page_with(status, &page);
    if status == StatusCode::TOO_MANY_REQUESTS {
        let wait = refused.retry_after_s().unwrap_or(1);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    response
}

/// Of what can be mended in the form that was sent; the rest is a page of its own.
pub fn in_form(t: Words, refused: Refused) -> Result<(StatusCode, Wrong), Refused> {
    let status = refused.status();
    match &refused {
        Refused::Away | Refused::Fault | Refused::Unknown | Refused::Scope(_) | Refused::Missing(_) => {
            Err(refused)
        }
        Refused::Field { field, .. } => {
            let top = field.split(['[', '.']).next().unwrap_or_default().to_owned();
            Ok((status, Wrong::new(top, text(t, &refused))))
        }
        _ => Ok((status, Wrong::new("", text(t, &refused)))),
    }
}

/// What to tell, in one or two sentences.
pub fn text(t: Words, refused: &Refused) -> String {
    match refused {
        // Said by the rules already, in the listener's own language.
        Refused::NotInPlan(why) => why.clone(),
        Refused::Throttled { after_s } => t.count("refused-too-many-requests", after_s.div_ceil(60)),
        Refused::Field { field, detail } => of_field(t, field, detail),
        Refused::Conflict(why) => match t.0 {
            Language::En => format!("{}.", capital(why)),
            Language::Ja => t.say("refused-conflict"),
        },
        other => t.say(&format!("refused-{}", other.name())),
    }
}

/// By the field's last name; what is known of it only in English is told there alone.
fn of_field(t: Words, field: &str, detail: &str) -> String {
    let name = field.rsplit('.').next().unwrap_or_default();
    let name = name.split('[').next().unwrap_or_default();
    let known = t.known(&format!("wrong-{}", name.replace('_', "-")));
    match (t.0, known) {
        // Where the rule itself speaks Japanese.
        (_, _) if !detail.is_ascii() && t.0 == Language::Ja => detail.to_owned(),
        (Language::En, Some(known)) if detail.len() > 160 => known,
        (Language::En, _) if !detail.is_empty() => format!("{}.", capital(detail).trim_end_matches('.')),
        (_, Some(known)) => known,
        (_, None) => t.say("refused-invalid"),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
