//! A service over a throw-away store, and browsers that keep its cookie.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, header},
};
use domain::{Language, ListenerId, SessionId, link::Purpose, session::Limits, token::Ticket};
use queue::{Seeded, SetClock};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};
use store::{
    Store,
    jobs::{JobRow, Stands},
    links::NewLink,
    listeners::{Listener, Role},
    sessions::{Method, NewSession},
};
use tower::ServiceExt;
use web::account::{self, Account, Mail, Settings};

pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const DAY: i64 = 86_400 * SECOND;
/// 2027-01-15T08:00:00Z.
pub const NOW: i64 = 1_800_000_000 * SECOND;
pub const HANAKO: &str = "Hanako@Example.org";
pub const PASSWORD: &str = "a horse, a battery and a staple";
const SESSION: &str = "__Host-mimiyori";
const BEGUN: &str = "__Host-mimiyori-begun";
pub const OTHER: &str = "another horse without a battery";

/// Runs each test's body on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}/test.db", folder.path().display());
                let world = crate::browser::World::open(&url).await;
                super::$name(&world).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                let cluster = testkit::Postgres::start().unwrap();
                let world = crate::browser::World::open(&cluster.database().unwrap()).await;
                super::$name(&world).await;
                world.store.close().await;
            })+
        }
    };
}
pub(crate) use on_both;

pub struct World {
    pub store: Store,
    pub clock: SetClock,
    pub router: Router,
    parts: account::Parts,
    tickets: AtomicU64,
}

/// Keeps cookies as a browser does, and comes from an address of its own.
#[derive(Debug)]
pub struct Browser {
    router: Router,
    cookies: Mutex<BTreeMap<String, String>>,
    pub address: &'static str,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Status and name of the problem that it must be.
    #[track_caller]
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{self:?}");
        let name =
            self.json()["type"].as_str().unwrap().trim_start_matches("urn:mimiyori:problem:").to_owned();
        (self.status, name)
    }
}

impl World {
    pub async fn open(url: &str) -> Self {
        let (store, clock) = (Store::open(url).await.unwrap(), SetClock::at(NOW));
        let parts = account::Parts {
            store: store.clone(),
            clock: Arc::new(clock.clone()),
            entropy: Arc::new(Seeded::new(7)),
            public_url: "https://radio.example/".parse().unwrap(),
            settings: Settings {
                sessions: Limits::of_days(14, 90),
                proxies: vec!["10.0.0.0/8".parse().unwrap()],
                alone: None,
                mail: Mail::Sent,
                providers: Vec::new(),
                plan: "unlimited".into(),
            },
            common: "correct horse battery staple\n",
        };
        let router = routes(parts.clone());
        Self { store, clock, router, parts, tickets: AtomicU64::new(1_000) }
    }

    /// The same service, otherwise set.
    pub fn with(&self, change: impl FnOnce(&mut account::Parts)) -> Router {
        let mut parts = self.parts.clone();
        change(&mut parts);
        routes(parts)
    }

    pub fn browser(&self) -> Browser {
        Browser::of(self.router.clone())
    }

    pub async fn add(&self, number: u64, email: &str, role: Role) -> ListenerId {
        let listener = Listener {
            id: ListenerId::born(NOW, [number << 24, number]),
            email: email.into(),
            name: String::new(),
            role,
            zone: "Asia/Tokyo".parse().unwrap(),
            language: Language::Ja,
            plan: "unlimited".into(),
        };
        let mut tx = self.store.begin().await.unwrap();
        assert!(tx.add_listener(&listener, NOW).await.unwrap());
        tx.commit().await.unwrap();
        listener.id
    }

    /// What a link carries.
    pub async fn link(&self, purpose: Purpose, listener: Option<ListenerId>, key: Option<&str>) -> String {
        let ticket = Ticket::new([self.tickets.fetch_add(1, Ordering::Relaxed), 1, 2, 3]);
        let new = NewLink { hash: ticket.hash(), purpose, listener, email_key: key.map(str::to_owned) };
        let mut tx = self.store.begin().await.unwrap();
        tx.add_link(&new, queue::Clock::now(&self.clock)).await.unwrap();
        tx.commit().await.unwrap();
        ticket.reveal().to_owned()
    }

    /// A listener with a password.
    pub async fn hanako(&self) -> ListenerId {
        let id = self.add(1, HANAKO, Role::Listener).await;
        self.set_password(id, PASSWORD).await;
        id
    }

    pub async fn set_password(&self, id: ListenerId, password: &str) {
        let token = self.link(Purpose::SetUp, Some(id), None).await;
        let answer =
            self.browser().post("/account/set-up", json!({"token": token, "password": password})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        // Setting up is a session of its own: it is not what is looked at.
        let mut tx = self.store.begin().await.unwrap();
        tx.end_sessions(id, None).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A browser that is in without having a password.
    pub async fn let_in(&self, listener: ListenerId) -> Browser {
        let ticket = Ticket::new([self.tickets.fetch_add(1, Ordering::Relaxed), 4, 5, 6]);
        let new = NewSession {
            id: SessionId::born(NOW, [7 << 24, 7]),
            listener,
            hash: ticket.hash(),
            method: Method::Oidc,
            address: String::new(),
            agent: String::new(),
        };
        let mut tx = self.store.begin().await.unwrap();
        tx.add_session(&new, NOW).await.unwrap();
        tx.commit().await.unwrap();
        self.browser().keeping(Some(format!("{SESSION}={}", ticket.reveal())))
    }

    /// A browser that is signed in.
    pub async fn signed_in(&self, email: &str, password: &str) -> Browser {
        let browser = self.browser();
        let answer = browser.sign_in(email, password).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        browser
    }

    /// What was decided, the latest first: who, what.
    pub async fn audit(&self) -> Vec<(String, String)> {
        let rows = self.store.audited(100).await.unwrap();
        rows.into_iter().map(|row| (row.actor, row.action)).collect()
    }

    /// Jobs that wait, as they are written.
    pub async fn works(&self) -> Vec<String> {
        let jobs = self.store.list_jobs(None, None, 100).await.unwrap();
        let work = |job: &JobRow| match &job.stands {
            Stands::Queued(queued) => Some(queued.work.clone()),
            Stands::Done { .. } => None,
        };
        jobs.iter().filter_map(work).collect()
    }
}

fn routes(parts: account::Parts) -> Router {
    account::router(Account::new(parts))
}

impl Browser {
    pub fn of(router: Router) -> Self {
        Self { router, cookies: Mutex::default(), address: "192.0.2.7" }
    }

    pub fn from(self, address: &'static str) -> Self {
        Self { address, ..self }
    }

    pub fn keeping(self, cookie: Option<String>) -> Self {
        let pair = cookie.as_ref().and_then(|cookie| cookie.split_once('='));
        let pair = pair.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self { cookies: Mutex::new(pair.into_iter().collect()), ..self }
    }

    /// Takes over what another has begun, as malware could.
    pub fn bring(&self, other: &Self) {
        let begun = other.cookies.lock().unwrap().get(BEGUN).cloned();
        self.cookies.lock().unwrap().insert(BEGUN.into(), begun.unwrap());
    }

    /// The cookie of its session.
    pub fn kept(&self) -> Option<String> {
        let cookies = self.cookies.lock().unwrap();
        cookies.get(SESSION).map(|value| format!("{SESSION}={value}"))
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.post("/account/sign-in", json!({"email": email, "password": password})).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, &[("content-type", "application/json")], Some(body.to_string())).await
    }

    pub async fn form(&self, path: &str, body: &str) -> Answer {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.send("POST", path, &[kind], Some(body.to_owned())).await
    }

    /// As our own pages send it, unless `headers` say otherwise.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        let own =
            [("host", "radio.example"), ("sec-fetch-site", "same-origin"), ("user-agent", "Firefox/150")];
        for (name, value) in own.iter().filter(|(name, _)| !headers.iter().any(|(given, _)| given == name)) {
            request = request.header(*name, *value);
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        for (name, value) in self.cookies.lock().unwrap().iter() {
            request = request.header(header::COOKIE, format!("{name}={value}"));
        }
        let peer: SocketAddr = format!("{}:1", self.address).parse().unwrap();
        let request = request.extension(ConnectInfo(peer));
        let body = body.map_or_else(Body::empty, Body::from);
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        if let Some(set) = head.headers.get(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if set.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let text = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
        Answer { status: head.status.as_u16(), headers: head.headers, text }
    }
}
