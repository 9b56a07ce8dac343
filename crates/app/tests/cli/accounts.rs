//! Signing in to the real process: the first link, letters by a real mail server, and what the log never says.

use super::{metrics::Service, post_office::PostOffice, run::Home};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::TcpStream,
};

const PASSWORD: &str = "canary horse battery staple";
const OTHER: &str = "another canary without a battery";

/// Status, cookie and body.
pub struct Answer {
    pub status: u16,
    cookie: Option<String>,
    pub body: String,
}

pub fn ask(
    service: &Service,
    method: &str,
    path: &str,
    cookie: Option<&str>,
    body: Option<&Value>,
) -> Answer {
    let body = body.map(ToString::to_string).unwrap_or_default();
    let cookie = cookie.map(|cookie| format!("cookie: {cookie}\r\n")).unwrap_or_default();
    let mut stream = TcpStream::connect(&service.address).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {}\r\nsec-fetch-site: same-origin\r\n{cookie}connection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        service.address,
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let set = head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        cookie: set.map(|set| set.split(';').next().unwrap().to_owned()),
        body: body.to_owned(),
    }
}

impl Answer {
    #[track_caller]
    fn cookie(self) -> String {
        assert_eq!(self.status, 200, "{}", self.body);
        self.cookie.unwrap()
    }
}

/// What the link in a text carries.
fn token(text: &str) -> String {
    let token = text.split("token=").nth(1).unwrap();
    token.chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// The link that the service gives whoever started it.
fn first_token(service: &Service) -> String {
    token(&service.hears("become the first at"))
}

pub fn set_up(service: &Service) -> String {
    let wish = json!({"token": first_token(service), "email": "hanako@example.org", "password": PASSWORD,
                      "zone": "Asia/Tokyo", "language": "ja"});
    ask(service, "POST", "/account/set-up", None, Some(&wish)).cookie()
}

pub fn home(office: &PostOffice) -> Home {
    let mut home = Home::new();
    home.set("MIMIYORI_MAIL__SMTP", office.url());
    home.set("MIMIYORI_MAIL__FROM", "耳寄り <radio@example.org>");
    // What a killed process had in hand is taken up after so long.
    home.set("MIMIYORI_QUEUE__LEASE_SECONDS", "3");
    home
}

/// Shows that the address is theirs.
pub fn confirm(service: &Service, cookie: &str, office: &mut PostOffice) {
    let asked = ask(service, "POST", "/account/verify/request", Some(cookie), Some(&json!({})));
    assert_eq!(asked.status, 202, "{}", asked.body);
    let shown = json!({"token": token(office.next()["plain"].as_str().unwrap())});
    let verified = ask(service, "POST", "/account/verify", Some(cookie), Some(&shown));
    assert_eq!(verified.status, 200, "{}", verified.body);
}

#[test]
fn a_mail_server_hears_who_it_is_by_tls_alone_from_an_authority_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut office = PostOffice::guarded(folder.path());
    let mut home = home(&office);
    home.set("MIMIYORI_MAIL__SMTP", format!("smtp://radio@localhost:{}?tls=required", office.port));
    home.set("MIMIYORI_MAIL__PASSWORD", "letter box");
    home.set("SSL_CERT_FILE", folder.path().join("ca.pem").display().to_string());
    let service = Service::start(&home, &[]);
    let cookie = set_up(&service);
    confirm(&service, &cookie, &mut office);
}

fn forget(service: &Service) {
    let forgotten = json!({"email": "Hanako@Example.org"});
    let asked = ask(service, "POST", "/account/reset/request", None, Some(&forgotten));
    assert_eq!(asked.status, 202, "{}", asked.body);
}

#[test]
fn whoever_starts_a_service_becomes_its_operator_and_nobody_after() {
    let home = Home::new();
    let service = Service::start(&home, &["--role", "web"]);
    let cookie = set_up(&service);
    assert!(cookie.starts_with("mimiyori="), "{cookie}");
    let me = ask(&service, "GET", "/api/v1/me", Some(&cookie), None);
    assert!(me.status == 200 && me.body.contains("\"scope\":\"operate\""), "{}", me.body);
    assert_eq!(ask(&service, "GET", "/api/v1/operate/status", Some(&cookie), None).status, 200);
    drop(service);
    let service = Service::start(&home, &["--role", "web"]);
    assert_eq!(
        ask(&service, "GET", "/api/v1/me", Some(&cookie), None).status,
        200,
        "the session is still there"
    );
    assert!(!service.said().contains("become the first"));

    // Without mail the operator hands links on.
    let forgotten = json!({"email": "hanako@example.org"});
    assert_eq!(ask(&service, "POST", "/account/reset/request", None, Some(&forgotten)).status, 409);
    let listeners = home.run(&["admin", "listener", "list", "--json"]).succeeds().json();
    let id = listeners[0]["id"].as_str().unwrap();
    let link = home.run(&["admin", "listener", "link", id, "--json"]).succeeds().json();
    assert_eq!(link["purpose"], "reset");
    let reset = json!({"token": token(link["url"].as_str().unwrap()), "password": OTHER});
    let cookie = ask(&service, "POST", "/account/reset", None, Some(&reset)).cookie();
    assert_eq!(ask(&service, "GET", "/api/v1/me", Some(&cookie), None).status, 200);
    let other = "0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27";
    assert!(home.run(&["admin", "listener", "link", other]).fails(1).contains("listener list"));
}

#[test]
fn a_service_for_one_takes_no_word_but_this_machines() {
    let mut home = Home::new();
    home.set("MIMIYORI_AUTH__SINGLE_LISTENER", "true");
    let service = Service::start(&home, &["--role", "web"]);
    let me = ask(&service, "GET", "/api/v1/me", None, None);
    assert!(me.status == 200 && me.body.contains("me@localhost"), "{}", me.body);
    assert!(!service.said().contains("become the first"));
    drop(service);
    let line = home.run(&["serve", "--role", "web", "--listen", "0.0.0.0:0"]).fails(2);
    assert!(line.contains("auth.single_listener") && line.contains("127.0.0.1"), "{line}");
}

#[test]
fn a_forgotten_password_comes_by_mail_although_the_server_put_it_off_and_the_service_was_killed() {
    let mut office = PostOffice::open(1);
    let home = home(&office);
    let service = Service::start(&home, &[]);
    set_up(&service);
    forget(&service);
    assert_eq!(office.next(), json!({"put_off": ["hanako@example.org"]}));
    // Killed with the letter in hand; whoever comes next sends it.
    drop(service);
    let service = Service::start(&home, &[]);
    let letter = office.next();
    assert_eq!((&letter["to"], &letter["defects"]), (&json!(["hanako@example.org"]), &json!([])));
    assert_eq!(letter["from"], "耳寄り <radio@example.org>");
    assert_eq!(
        (&letter["subject"], &letter["automatic"]),
        (&json!("パスワードの再設定（Mimiyori 耳寄り）"), &json!("auto-generated"))
    );
    let plain = letter["plain"].as_str().unwrap();
    let html = letter["html"].as_str().unwrap();
    assert_eq!(token(plain), token(html));
    let reset = json!({"token": token(plain), "password": OTHER});
    let cookie = ask(&service, "POST", "/account/reset", None, Some(&reset)).cookie();
    let me = ask(&service, "GET", "/account/session", Some(&cookie), None);
    assert!(me.body.contains("\"verified\":true"), "{}", me.body);
    assert_eq!(office.next()["subject"], "パスワードが変更されました（Mimiyori 耳寄り）");
    let again = ask(&service, "POST", "/account/reset", None, Some(&reset));
    assert_eq!(again.status, 410, "{}", again.body);
}

#[test]
fn no_secret_is_ever_in_the_log() {
    let mut office = PostOffice::open(0);
    let mut home = home(&office);
    // With every statement of the database in it.
    home.set("MIMIYORI_TELEMETRY__LOG", "trace,sqlx=trace");
    let service = Service::start(&home, &[]);
    let first = first_token(&service);
    let wish = json!({"token": first, "email": "hanako@example.org", "password": PASSWORD});
    let session = ask(&service, "POST", "/account/set-up", None, Some(&wish)).cookie();
    let wrong = json!({"email": "hanako@example.org", "password": "canary that is wrong"});
    assert_eq!(ask(&service, "POST", "/account/sign-in", None, Some(&wrong)).status, 401);
    let right = json!({"email": "hanako@example.org", "password": PASSWORD});
    let second = ask(&service, "POST", "/account/sign-in", None, Some(&right)).cookie();
    let made = ask(&service, "POST", "/api/v1/tokens", Some(&second), Some(&json!({"scope": "listen"})));
    let made: Value = serde_json::from_str(&made.body).unwrap();
    let api = made["token"].as_str().unwrap().to_owned();
    forget(&service);
    let link = token(office.next()["plain"].as_str().unwrap());
    let reset = json!({"token": link, "password": OTHER});
    let third = ask(&service, "POST", "/account/reset", None, Some(&reset)).cookie();
    office.next();
    assert_eq!(ask(&service, "GET", "/account/sessions", Some(&third), None).status, 200);
    // By then all of it has been said.
    let said = service.hears_all();
    assert!(
        said.contains("INSERT INTO sessions") && said.len() > 10_000,
        "the log says next to nothing: {said}"
    );
    let value = |cookie: &str| cookie.split('=').nth(1).unwrap().to_owned();
    let hash = "$argon2id$".to_owned();
    let wrong = "canary that is wrong".to_owned();
    let secrets = [
        PASSWORD.into(),
        OTHER.into(),
        wrong,
        value(&session),
        value(&second),
        value(&third),
        api,
        link,
        hash,
    ];
    for secret in secrets {
        assert!(!said.contains(&secret), "the log has {secret}");
    }
    // The first link was said to whoever started the service, and once.
    assert_eq!(said.matches(&first).count(), 1);
}
