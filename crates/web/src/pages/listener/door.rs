//! In and out: signing in, setting up, another password, an address that is confirmed. What is refused comes back with
//! what was typed, but for passwords.

use crate::{
    account::{
        Mail,
        client::Client,
        reset::Reset,
        sent::{Done, own},
        set_up::SetUp,
        sign_in::Credentials,
    },
    api::{Caller, refused::Refused},
    pages::{Fields, Pages, Routes, Shell, Visitor, Words, Wrong, led, page, page_with, refusals::in_form},
};
use askama::Template;
use axum::{
    Extension,
    extract::State,
    http::{HeaderValue, StatusCode, Uri, header},
    response::Response,
};

#[derive(Template)]
#[template(path = "listener/sign_in.html")]
struct SignIn {
    t: Words,
    shell: Shell,
    fields: Fields,
    wrong: Wrong,
    next: String,
    providers: Vec<(String, String)>,
    passkeys: bool,
    mail: bool,
}

#[derive(Template)]
#[template(path = "listener/set_up.html")]
struct SetUpPage {
    t: Words,
    shell: Shell,
    fields: Fields,
    wrong: Wrong,
    is_first: bool,
}

#[derive(Template)]
#[template(path = "listener/reset.html")]
struct ResetPage {
    t: Words,
    shell: Shell,
    fields: Fields,
    wrong: Wrong,
    is_sent: bool,
}

#[derive(Template)]
#[template(path = "listener/verify.html")]
struct Verify {
    t: Words,
    shell: Shell,
    wrong: Wrong,
    token: String,
    is_done: bool,
}

type Before = Option<Extension<Caller>>;

pub fn routes() -> Routes {
    Routes::default()
        .get("/sign-in", ask)
        .post("/sign-in", sign_in)
        .post("/sign-out", sign_out)
        .get("/account/set-up", ask_set_up)
        .post("/set-up", set_up)
        .get("/account/reset", ask_reset)
        .post("/reset/request", request_reset)
        .post("/reset", reset)
        .get("/account/verify", ask_verify)
        .post("/verify", verify)
}

/// What stands behind the question mark.
fn asked(uri: &Uri) -> Fields {
    Fields::read(uri.query().unwrap_or_default().as_bytes())
}

impl SignIn {
    fn of(pages: &Pages, visitor: &Visitor, fields: Fields, wrong: Wrong) -> Self {
        let ways = pages.account.ways();
        Self {
            t: visitor.words,
            shell: visitor.shell(),
            next: own(fields.get("next")).unwrap_or_else(|| "/".to_owned()),
            fields,
            wrong,
            providers: ways.providers,
            passkeys: ways.passkeys,
            mail: ways.mail == Mail::Sent,
        }
    }
}

async fn ask(State(pages): State<Pages>, visitor: Visitor, uri: Uri) -> Response {
    let fields = asked(&uri);
    let problem = fields.some("problem").map(|name| format!("refused-{name}"));
    let told = problem.and_then(|key| visitor.words.known(&key)).unwrap_or_default();
    page(&SignIn::of(&pages, &visitor, fields, Wrong::new("", told)))
}

async fn sign_in(
    State(pages): State<Pages>,
    visitor: Visitor,
    client: Client,
    before: Before,
    fields: Fields,
) -> Result<Response, Refused> {
    let shown = Credentials { email: fields.get("email").into(), password: fields.get("password").into() };
    match pages.account.sign_in(&client, before.map(|Extension(caller)| caller), &shown).await {
        Ok(done) => Ok(gone_on(own(fields.get("next")).as_deref().unwrap_or("/"), "", done)),
        Err(Refused::Unknown | Refused::Credentials) => {
            let wrong = Wrong::new("", visitor.words.say("refused-wrong-credentials"));
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &SignIn::of(&pages, &visitor, fields, wrong)))
        }
        Err(refused) => {
            let (status, wrong) = in_form(visitor.words, refused)?;
            Ok(page_with(status, &SignIn::of(&pages, &visitor, fields, wrong)))
        }
    }
}

async fn sign_out(State(pages): State<Pages>, before: Before) -> Result<Response, Refused> {
    let done = pages.account.sign_out(before.map(|Extension(caller)| caller)).await?;
    Ok(gone_on("/sign-in", "signed-out", done))
}

/// On, with what the browser is to keep.
fn gone_on(path: &str, said: &str, done: Done) -> Response {
    let mut response = led(path, said);
    if let Some(cookie) = done.cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    // What was here is not there for whoever comes next on this device.
    if said == "signed-out" {
        response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    }
    response
}

async fn ask_set_up(State(pages): State<Pages>, visitor: Visitor, uri: Uri) -> Result<Response, Refused> {
    let fields = asked(&uri);
    let is_first = pages.account.is_for_first(fields.get("token")).await?;
    let page_of =
        SetUpPage { t: visitor.words, shell: visitor.shell(), fields, wrong: Wrong::default(), is_first };
    Ok(page(&page_of))
}

async fn set_up(
    State(pages): State<Pages>,
    visitor: Visitor,
    client: Client,
    before: Before,
    fields: Fields,
) -> Result<Response, Refused> {
    let t = visitor.words;
    let outcome = async {
        let zone = fields.some("zone").map(str::parse).transpose();
        let wish = SetUp {
            token: fields.get("token").into(),
            password: fields.get("password").into(),
            email: fields.get("email").into(),
            name: fields.get("name").into(),
            zone: zone.map_err(|cause| Refused::field("zone", cause))?,
            language: Some(t.0),
        };
        pages.account.set_up(&client, before.map(|Extension(caller)| caller), t.0, wish).await
    };
    match outcome.await {
        Ok(done) => Ok(gone_on("/", "welcome", done)),
        Err(refused) => {
            let (status, wrong) = in_form(t, refused)?;
            let is_first = pages.account.is_for_first(fields.get("token")).await.unwrap_or(false);
            Ok(page_with(status, &SetUpPage { t, shell: visitor.shell(), fields, wrong, is_first }))
        }
    }
}

async fn ask_reset(visitor: Visitor, uri: Uri) -> Response {
    let (t, shell, fields) = (visitor.words, visitor.shell(), asked(&uri));
    page(&ResetPage { t, shell, fields, wrong: Wrong::default(), is_sent: false })
}

async fn request_reset(
    State(pages): State<Pages>,
    visitor: Visitor,
    client: Client,
    fields: Fields,
) -> Result<Response, Refused> {
    let (t, shell) = (visitor.words, visitor.shell());
    match pages.account.request_reset(&client, fields.get("email")).await {
        Ok(_) => Ok(page(&ResetPage { t, shell, fields, wrong: Wrong::default(), is_sent: true })),
        Err(refused) => {
            let (status, wrong) = in_form(t, refused)?;
            Ok(page_with(status, &ResetPage { t, shell, fields, wrong, is_sent: false }))
        }
    }
}

async fn reset(
    State(pages): State<Pages>,
    visitor: Visitor,
    client: Client,
    before: Before,
    fields: Fields,
) -> Result<Response, Refused> {
    let (t, shell) = (visitor.words, visitor.shell());
    let wish = Reset { token: fields.get("token").into(), password: fields.get("password").into() };
    match pages.account.reset(&client, before.map(|Extension(caller)| caller), t.0, &wish).await {
        Ok(done) => Ok(gone_on("/", "welcome", done)),
        Err(refused) => {
            let (status, wrong) = in_form(t, refused)?;
            Ok(page_with(status, &ResetPage { t, shell, fields, wrong, is_sent: false }))
        }
    }
}

async fn ask_verify(visitor: Visitor, uri: Uri) -> Response {
    let token = asked(&uri).get("token").to_owned();
    let (t, shell) = (visitor.words, visitor.shell());
    page(&Verify { t, shell, wrong: Wrong::default(), token, is_done: false })
}

async fn verify(
    State(pages): State<Pages>,
    visitor: Visitor,
    client: Client,
    fields: Fields,
) -> Result<Response, Refused> {
    let (t, shell) = (visitor.words, visitor.shell());
    let token = fields.get("token").to_owned();
    match pages.account.verify(&client, &token).await {
        Ok(_) => Ok(page(&Verify { t, shell, wrong: Wrong::default(), token, is_done: true })),
        Err(refused) => {
            let (status, wrong) = in_form(t, refused)?;
            Ok(page_with(status, &Verify { t, shell, wrong, token: String::new(), is_done: false }))
        }
    }
}
