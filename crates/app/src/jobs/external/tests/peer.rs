//! A generator on loopback: says what it is told to, and remembers what it saw. What it believes it
//! believes by the public library, not by ours.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use net::{AllowPrivate, Client, Policy, Post, Url};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::net::TcpListener;

pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What it says to one request. The last stays.
#[derive(Clone, Debug)]
pub enum Say {
    /// An answer of these fields, with the occurrence that was asked for.
    Answer(Value),
    /// The same, sent to the callback address before the 202.
    CallFirst(Value),
    Status(u16, Option<&'static str>),
    /// A document that is cut off in the middle.
    Torn,
    Hang,
    Redirect(String),
}

#[derive(Clone, Debug)]
pub struct Seen {
    pub headers: HeaderMap,
    pub document: Value,
}

impl Seen {
    pub fn id(&self) -> String {
        self.headers["webhook-id"].to_str().unwrap().to_owned()
    }
}

#[derive(Default)]
struct Memory {
    says: Mutex<VecDeque<Say>>,
    seen: Mutex<Vec<Seen>>,
    fetched: Mutex<Vec<String>>,
}

pub struct Peer {
    pub url: Url,
    memory: Arc<Memory>,
}

impl Peer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let memory = Arc::new(Memory::default());
        let router = Router::new()
            .route("/programs", post(asked))
            .route("/audio/{name}", get(audio))
            .with_state(memory.clone());
        tokio::spawn(async move { web::serve(listener, router).await });
        Self { url, memory }
    }

    pub fn at(&self, path: &str) -> String {
        self.url.join(path).unwrap().into()
    }

    pub fn says(&self, says: impl IntoIterator<Item = Say>) {
        *self.memory.says.lock().unwrap() = says.into_iter().collect();
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.memory.seen.lock().unwrap().clone()
    }

    /// What was asked of it, by name.
    pub fn fetched(&self) -> Vec<String> {
        self.memory.fetched.lock().unwrap().clone()
    }
}

/// A program of two minutes, silent.
pub fn mp3() -> Vec<u8> {
    let mut frame = vec![0x55; 288];
    frame[..4].copy_from_slice(&[0xff, 0xfb, 0x74, 0xc4]);
    frame.repeat(5_000)
}

async fn asked(State(memory): State<Arc<Memory>>, headers: HeaderMap, body: Bytes) -> Response {
    let secret = Webhook::new(SECRET).unwrap();
    if secret.verify(&body, &headers).is_err() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let document: Value = serde_json::from_slice(&body).unwrap();
    memory.seen.lock().unwrap().push(Seen { headers, document: document.clone() });
    let say = {
        let mut says = memory.says.lock().unwrap();
        if says.len() > 1 { says.pop_front() } else { says.front().cloned() }
    };
    let about = |mut fields: Value| {
        fields["occurrence"] = document["occurrence"].clone();
        fields
    };
    match say.unwrap() {
        Say::Answer(fields) => json_of(&about(fields).to_string()),
        Say::CallFirst(fields) => {
            let url: Url = document["callback_url"].as_str().unwrap().parse().unwrap();
            let called = call(&url, &about(fields)).await;
            assert_eq!(called.0, 202, "{}", called.1);
            StatusCode::ACCEPTED.into_response()
        }
        Say::Status(status, retry_after) => {
            let status = StatusCode::from_u16(status).unwrap();
            let mut response = status.into_response();
            if let Some(wait) = retry_after {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(wait));
            }
            response
        }
        Say::Torn => json_of(&about(json!({"title": "x", "audio_url": "http"})).to_string()[..40]),
        Say::Hang => std::future::pending().await,
        Say::Redirect(to) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response(),
    }
}

async fn audio(State(memory): State<Arc<Memory>>, Path(name): Path<String>) -> Response {
    memory.fetched.lock().unwrap().push(name.clone());
    let typed = |kind: &'static str, bytes: Vec<u8>| ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    match name.as_str() {
        "good.mp3" => typed("audio/mpeg", mp3()),
        "untyped.mp3" => typed("application/octet-stream", mp3()),
        "page.mp3" => typed("text/html", b"<!doctype html>".to_vec()),
        "noise.mp3" => typed("audio/mpeg", b"<!doctype html>".repeat(99)),
        "short.mp3" => typed("audio/mpeg", mp3()[..288 * 9].to_vec()),
        "huge.mp3" => typed("audio/mpeg", mp3().repeat(3)),
        "hangs.mp3" => {
            let begun = Body::from_stream(futures::stream::unfold(0, |turn| async move {
                if turn > 0 {
                    std::future::pending::<()>().await;
                }
                Some((Ok::<_, std::io::Error>(Bytes::from(mp3())), turn + 1))
            }));
            ([(header::CONTENT_TYPE, "audio/mpeg")], begun).into_response()
        }
        "inside.mp3" => {
            (StatusCode::FOUND, [(header::LOCATION, "http://10.0.0.7/secret.mp3")]).into_response()
        }
        "moved.mp3" => (StatusCode::FOUND, [(header::LOCATION, "/audio/good.mp3")]).into_response(),
        "denied.mp3" => StatusCode::FORBIDDEN.into_response(),
        "busy.mp3" => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "9")]).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn json_of(document: &str) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document.to_owned()).into_response()
}

/// The machine's own time: the public library takes no other.
pub fn now_s() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the library under comparison reads the same clock")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap().as_secs().cast_signed()
}

/// Calls back as any service would: signed by the public library. Status and body.
pub async fn call(url: &Url, document: &Value) -> (u16, Value) {
    call_as(SECRET, now_s(), url, &document.to_string()).await
}

pub async fn call_as(secret: &str, at_s: i64, url: &Url, body: &str) -> (u16, Value) {
    let signature = Webhook::new(secret).unwrap().sign("msg_1", at_s, body.as_bytes()).unwrap();
    let mut post = Post::json(url.clone(), body.to_owned());
    post.headers = vec![
        ("webhook-id", "msg_1".to_owned()),
        ("webhook-timestamp", at_s.to_string()),
        ("webhook-signature", signature),
    ];
    send(&post).await
}

pub async fn send(post: &Post) -> (u16, Value) {
    let policy = Policy { allow_private: AllowPrivate::All, user_agent: "a-generator/1".to_owned() };
    let answer = Client::new(policy).post(post).await.unwrap();
    let kind = if answer.status < 300 { "application/json" } else { "application/problem+json" };
    assert_eq!(answer.content_type.as_deref(), Some(kind));
    (answer.status, serde_json::from_slice(&answer.body).unwrap())
}
