//! Where the link at the end of a mail leads: a page that asks once more, and the request that mail programs send by
//! themselves (RFC 8058). Looking at the page changes nothing, for scanners of mail look at every link; nobody needs to
//! sign in, for the link says whose it is.

use crate::{channels::Channels, problem::Problem};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, State, rejection::PathRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::Language;
use store::channels::Channel;

/// Method and pattern of every route here.
pub const ROUTES: [(&str, &str); 2] = [("GET", "/unsubscribe/{link}"), ("POST", "/unsubscribe/{link}")];

/// Of the form that mail programs send.
const MOST_BYTES: usize = 4 << 10;

pub fn router(channels: Channels) -> Router {
    let limit = DefaultBodyLimit::max(MOST_BYTES);
    Router::new().route("/unsubscribe/{link}", get(show).post(leave).layer(limit)).with_state(channels)
}

async fn show(State(channels): State<Channels>, link: Result<Path<String>, PathRejection>) -> Response {
    let found = match link {
        Ok(Path(link)) => channels.by_link(&link).await,
        Err(_) => Ok(None),
    };
    answer(&channels, found, Step::Ask).await
}

async fn leave(State(channels): State<Channels>, link: Result<Path<String>, PathRejection>) -> Response {
    let left = match link {
        Ok(Path(link)) => channels.unsubscribe(&link).await,
        Err(_) => Ok(None),
    };
    answer(&channels, left, Step::Done).await
}

#[derive(Clone, Copy)]
enum Step {
    Ask,
    Done,
}

async fn answer(
    channels: &Channels,
    found: Result<Option<Channel>, crate::api::refused::Refused>,
    step: Step,
) -> Response {
    match found {
        Ok(Some(channel)) => {
            let listener = channels.store.listener(channel.listener).await.ok().flatten();
            let language = listener.map_or(Language::En, |listener| listener.language);
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CACHE_CONTROL, "no-store"),
                (header::REFERRER_POLICY, "no-referrer"),
                (
                    header::CONTENT_SECURITY_POLICY,
                    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
                ),
            ];
            let robots = [("x-robots-tag", "noindex")];
            (StatusCode::OK, headers, robots, page(language, step)).into_response()
        }
        Ok(None) => Problem {
            status: StatusCode::NOT_FOUND,
            name: "not-found",
            title: "Not found",
            detail: "this link leads nowhere any more; whatever it stopped is not sent".to_owned(),
        }
        .into_response(),
        Err(refused) => refused.into_response(),
    }
}

fn page(language: Language, step: Step) -> String {
    let (title, text) = match (step, language) {
        (Step::Ask, Language::Ja) => ("通知メールの配信停止", "番組の通知メールの配信を停止しますか？"),
        (Step::Ask, Language::En) => ("Stop these mails", "Do you want no more mails about your programs?"),
        (Step::Done, Language::Ja) => (
            "配信を停止しました",
            "今後、通知メールは届きません。番組はこれまでどおり制作されます。再開するには、サインインして通知先をオンにしてください。",
        ),
        (Step::Done, Language::En) => (
            "You will get no more of these mails",
            "Your programs are made as before. To be notified again, sign in and switch the channel on.",
        ),
    };
    let form = match (step, language) {
        (Step::Ask, Language::Ja) => "<form method=\"post\"><button>配信を停止する</button></form>",
        (Step::Ask, Language::En) => "<form method=\"post\"><button>Stop these mails</button></form>",
        (Step::Done, _) => "",
    };
    format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\"></head>\n\
         <body style=\"font-family:sans-serif;line-height:1.6;max-width:36em;margin:2em auto;padding:0 1em\">\n\
         <h1 style=\"font-size:1.4em\">{title}</h1>\n<p>{text}</p>\n{form}\n</body></html>\n"
    )
}
