//! How a listener comes in, and where they are signed in now.

use super::{super::feeds::named, Tab};
use crate::{
    account::{Mail, client::Client, password::Change, sent::Done},
    api::{refused::Refused, tokens},
    pages::{
        Fields, Pages, Routes, Shell, Signed, Words, Wrong, led, page, page_with, refusals::in_form, time,
    },
};
use askama::Template;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::Response,
};
use domain::token::Scope;
use store::sessions::Method;

#[derive(Template)]
#[template(path = "listener/settings/devices.html")]
struct Page {
    t: Words,
    shell: Shell,
    tab: Tab,
    email: String,
    is_verified: bool,
    may_mail: bool,
    has_password: bool,
    /// Nobody signs in here.
    is_alone: bool,
    sessions: Vec<Session>,
    passkeys: Vec<Passkey>,
    may_passkey: bool,
    tokens: Vec<Token>,
    /// A token that was made just now, shown this once.
    token: String,
    wrong: Wrong,
}

struct Session {
    id: String,
    device: String,
    seen: String,
    method: String,
    address: String,
    is_this: bool,
}

struct Passkey {
    id: String,
    label: String,
    used: String,
}

struct Token {
    id: String,
    scope: String,
    used: String,
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/settings/devices", show)
        .post("/settings/devices/end", end)
        .post("/settings/devices/end-others", end_others)
        .post("/settings/password", password)
        .post("/settings/verify", verify)
        .post("/settings/passkeys/drop", drop_passkey)
        .post("/settings/tokens", make_token)
        .post("/settings/tokens/revoke", revoke_token)
}

async fn page_of(pages: &Pages, signed: Signed, wrong: Wrong, token: String) -> Result<Page, Refused> {
    let (t, now, zone) = (signed.shell.t, pages.now(), &signed.listener.zone);
    let account = pages.store().account(signed.listener.id).await?.ok_or(Refused::Unknown)?;
    let used = |at: Option<i64>| t.about("last-used", &time::maybe_moment(t, at, zone, now));
    let sessions = pages.account.sessions_of(signed.caller).await?.into_iter().map(|row| Session {
        is_this: signed.caller.session() == Some(row.id),
        id: row.id.to_string(),
        device: device(t, &row.agent),
        seen: time::moment(t, row.seen_at, zone, now),
        method: t.say(match row.method {
            Method::Password => "method-password",
            Method::Passkey => "method-passkey",
            Method::Oidc => "method-oidc",
            Method::Link => "method-link",
        }),
        address: row.address,
    });
    let passkeys = pages.store().passkeys(signed.listener.id).await?.into_iter().map(|row| Passkey {
        id: row.id.to_string(),
        label: if row.label.is_empty() { t.say("passkey") } else { row.label },
        used: used(row.last_used_at),
    });
    let rows = pages.store().tokens(Some(signed.listener.id)).await?.into_iter();
    let good = rows.filter(|row| row.revoked_at.is_none() && row.expires_at.is_none_or(|over| over > now));
    let tokens = good.map(|row| Token {
        id: row.id.to_string(),
        scope: t.say(&format!("scope-{}", row.scope.name())),
        used: used(row.last_used_at),
    });
    let ways = pages.account.ways();
    Ok(Page {
        t,
        tab: Tab::Devices,
        email: account.email,
        is_verified: account.verified_at.is_some(),
        may_mail: ways.mail == Mail::Sent,
        has_password: account.password.is_some(),
        is_alone: signed.caller.session().is_none(),
        sessions: sessions.collect(),
        passkeys: passkeys.collect(),
        may_passkey: ways.passkeys && signed.caller.session().is_some(),
        tokens: tokens.collect(),
        token,
        wrong,
        shell: signed.shell,
    })
}

/// What a browser says of itself, as people call it.
fn device(t: Words, agent: &str) -> String {
    let found = |names: &[(&str, &'static str)]| {
        names.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name)
    };
    let browser =
        found(&[("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")]);
    let system = found(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => t.say("device-unknown"),
    }
}

async fn show(State(pages): State<Pages>, signed: Signed) -> Result<Response, Refused> {
    Ok(page(&page_of(&pages, signed, Wrong::default(), String::new()).await?))
}

/// What is refused comes back with the page.
async fn again(pages: &Pages, signed: Signed, refused: Refused) -> Result<Response, Refused> {
    let (status, wrong) = in_form(signed.shell.t, refused)?;
    let status = if status == StatusCode::UNAUTHORIZED { StatusCode::UNPROCESSABLE_ENTITY } else { status };
    Ok(page_with(status, &page_of(pages, signed, wrong, String::new()).await?))
}

fn done(path: &str, said: &str, done: Done) -> Response {
    let mut response = led(path, said);
    if let Some(cookie) = done.cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn end(State(pages): State<Pages>, signed: Signed, fields: Fields) -> Result<Response, Refused> {
    let ended = pages.account.end_one(signed.caller, named(fields.get("id"))?).await?;
    Ok(done("/settings/devices", "session-ended", ended))
}

async fn end_others(State(pages): State<Pages>, signed: Signed) -> Result<Response, Refused> {
    let ended = pages.account.end_others(signed.caller).await?;
    Ok(done("/settings/devices", "sessions-ended", ended))
}

async fn password(
    State(pages): State<Pages>,
    signed: Signed,
    client: Client,
    fields: Fields,
) -> Result<Response, Refused> {
    let change = Change { current: fields.get("current").into(), new: fields.get("password").into() };
    match pages.account.change_password(signed.caller, &client, signed.shell.t.0, change).await {
        Ok(changed) => Ok(done("/settings/devices", "password-changed", changed)),
        Err(Refused::Credentials | Refused::Unknown) => {
            let wrong = Wrong::new("current", signed.shell.t.say("wrong-current"));
            let page = page_of(&pages, signed, wrong, String::new()).await?;
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(refused) => again(&pages, signed, refused).await,
    }
}

async fn verify(State(pages): State<Pages>, signed: Signed) -> Result<Response, Refused> {
    match pages.account.request_verification(signed.caller).await {
        Ok(sent) => Ok(done("/settings/devices", "verify-sent", sent)),
        Err(refused) => again(&pages, signed, refused).await,
    }
}

async fn drop_passkey(
    State(pages): State<Pages>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Refused> {
    match pages.account.remove_passkey(signed.caller, named(fields.get("id"))?).await {
        Ok(removed) => Ok(done("/settings/devices", "passkey-dropped", removed)),
        Err(refused) => again(&pages, signed, refused).await,
    }
}

async fn make_token(State(pages): State<Pages>, signed: Signed, fields: Fields) -> Result<Response, Refused> {
    let scope = Scope::ALL.into_iter().find(|scope| scope.name() == fields.get("scope"));
    let scope =
        scope.filter(|scope| signed.caller.scope.allows(*scope)).ok_or(Refused::Scope(Scope::Manage))?;
    let made = tokens::make(&pages.api, signed.caller, tokens::NewToken { scope, days: Some(365) }).await?;
    // Shown this once: no address leads to it again.
    Ok(page(&page_of(&pages, signed, Wrong::default(), made.token).await?))
}

async fn revoke_token(
    State(pages): State<Pages>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Refused> {
    tokens::end(&pages.api, signed.caller, named(fields.get("id"))?).await?;
    Ok(led("/settings/devices", "token-revoked"))
}
