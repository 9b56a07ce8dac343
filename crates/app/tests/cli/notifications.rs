//! Telling by the real process: mail by a real server, a browser by a push service, a webhook that believes signatures.
//! None of the three is ours.

use super::{
    accounts::{Answer, ask, confirm, home, set_up},
    metrics::Service,
    post_office::PostOffice,
    run::Home,
};
use axum::http::{HeaderMap, HeaderName};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use std::{
    io::{BufRead, BufReader, Lines, Read, Write},
    net::TcpListener,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::mpsc::{Receiver, channel},
};

/// Where a listener's own endpoints are in these tests.
fn allowed(home: &mut Home) {
    home.set("MIMIYORI_SOURCES__ALLOW_PRIVATE", "127.0.0.0/8");
}

fn post(service: &Service, cookie: &str, path: &str, body: &Value) -> Answer {
    ask(service, "POST", &format!("/api/v1{path}"), Some(cookie), Some(body))
}

/// A new channel; its id, and its secret.
fn channel_to(service: &Service, cookie: &str, body: &Value) -> (String, Option<String>) {
    let made = post(service, cookie, "/channels", body);
    assert_eq!(made.status, 201, "{}", made.body);
    let made: Value = serde_json::from_str(&made.body).unwrap();
    (made["channel"]["id"].as_str().unwrap().to_owned(), made["secret"].as_str().map(str::to_owned))
}

fn test(service: &Service, cookie: &str, id: &str) {
    let sent = post(service, cookie, &format!("/channels/{id}/test"), &json!({}));
    assert_eq!(sent.status, 202, "{}", sent.body);
}

fn show(service: &Service, cookie: &str, path: &str) -> Value {
    let answer = ask(service, "GET", &format!("/api/v1{path}"), Some(cookie), None);
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn a_mail_says_how_to_have_no_more_and_one_request_does_it() {
    let mut office = PostOffice::open(0);
    let home = home(&office);
    let service = Service::start(&home, &[]);
    let cookie = set_up(&service);
    let early = post(&service, &cookie, "/channels", &json!({"kind": "email"}));
    assert_eq!(early.status, 409, "an address that nobody confirmed: {}", early.body);
    confirm(&service, &cookie, &mut office);
    let (id, _) = channel_to(&service, &cookie, &json!({"kind": "email"}));
    test(&service, &cookie, &id);
    let letter = office.next();
    assert_eq!((&letter["to"], &letter["defects"]), (&json!(["hanako@example.org"]), &json!([])));
    assert_eq!(letter["subject"], "テスト通知（Mimiyori 耳寄り）");
    assert_eq!(letter["one_click"], "List-Unsubscribe=One-Click");
    let link = letter["unsubscribe"].as_str().unwrap().trim_start_matches('<').trim_end_matches('>');
    assert!(
        letter["plain"].as_str().unwrap().contains(link) && letter["html"].as_str().unwrap().contains(link)
    );
    let path = &link[link.find("/unsubscribe/").unwrap()..];
    let off = || show(&service, &cookie, &format!("/channels/{id}"))["off"].clone();
    let page = ask(&service, "GET", path, None, None);
    assert!(page.status == 200 && page.body.contains("<form") && off().is_null(), "{}", page.body);
    assert_eq!(ask(&service, "POST", path, None, None).status, 200);
    assert_eq!(off()["why"], "unsubscribed");
    let refused = post(&service, &cookie, &format!("/channels/{id}/test"), &json!({}));
    assert_eq!(refused.status, 409, "{}", refused.body);
}

#[test]
fn a_webhook_believes_both_secrets_by_the_public_library() {
    let office = PostOffice::open(0);
    let mut home = home(&office);
    allowed(&mut home);
    // With every statement of the database in it.
    home.set("MIMIYORI_TELEMETRY__LOG", "trace,sqlx=trace");
    let service = Service::start(&home, &[]);
    let cookie = set_up(&service);
    let (url, came) = endpoint();
    let inside = post(&service, &cookie, "/channels", &json!({"kind": "webhook", "url": "http://10.0.0.7/"}));
    assert_eq!(inside.status, 422, "{}", inside.body);
    let (id, first) = channel_to(&service, &cookie, &json!({"kind": "webhook", "url": url}));
    let renewed = post(&service, &cookie, &format!("/channels/{id}/secret"), &json!({}));
    let renewed: Value = serde_json::from_str(&renewed.body).unwrap();
    let secrets = [first.unwrap(), renewed["secret"].as_str().unwrap().to_owned()];
    test(&service, &cookie, &id);
    let (headers, body) = came.recv().unwrap();
    for secret in &secrets {
        Webhook::new(secret).unwrap().verify(&body, &headers).unwrap();
    }
    let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    assert!(Webhook::new(other).unwrap().verify(&body, &headers).is_err());
    let event: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(event["type"], "test.sent");

    // Sent once more it has the same name and the same bytes.
    let delivery = headers["webhook-id"].to_str().unwrap();
    while show(&service, &cookie, &format!("/deliveries/{delivery}"))["state"] != "sent" {
        std::thread::yield_now();
    }
    assert_eq!(post(&service, &cookie, &format!("/deliveries/{delivery}/replay"), &json!({})).status, 202);
    let (again, same) = came.recv().unwrap();
    assert_eq!((&again["webhook-id"], same), (&headers["webhook-id"], body));

    // With the former secret forgotten, it signs no more.
    let forgotten = ask(&service, "DELETE", &format!("/api/v1/channels/{id}/secret"), Some(&cookie), None);
    assert_eq!(forgotten.status, 204, "{}", forgotten.body);
    test(&service, &cookie, &id);
    let (headers, body) = came.recv().unwrap();
    assert!(Webhook::new(&secrets[0]).unwrap().verify(&body, &headers).is_err());
    Webhook::new(&secrets[1]).unwrap().verify(&body, &headers).unwrap();
    let said = service.hears_all();
    assert!(said.contains("INSERT INTO channels"), "the log says next to nothing: {said}");
    for secret in secrets.iter().map(String::as_str).chain(["canary"]) {
        assert!(!said.contains(secret), "the log has {secret}");
    }
}

#[test]
fn a_browser_reads_what_is_pushed_and_knows_who_sends_it() {
    let office = PostOffice::open(0);
    let mut home = home(&office);
    allowed(&mut home);
    home.set("MIMIYORI_NOTIFICATIONS__CONTACT", "mailto:ops@example.org");
    let service = Service::start(&home, &[]);
    let cookie = set_up(&service);
    let mut browser = Browser::open();
    let subscription = browser.next();
    let wish = json!({"kind": "web_push", "subscription": subscription});
    let (id, _) = channel_to(&service, &cookie, &wish);
    assert_eq!(channel_to(&service, &cookie, &wish).0, id, "a browser subscribes whenever it is opened");
    test(&service, &cookie, &id);
    let pushed = browser.next();
    assert_eq!(pushed["message"]["title"], "テスト通知");
    assert_eq!(pushed["headers"]["content-encoding"], "aes128gcm");
    assert_eq!(pushed["headers"]["topic"].as_str().unwrap().len(), 32);
    let claims = &pushed["claims"];
    let endpoint = subscription["endpoint"].as_str().unwrap();
    assert_eq!(claims["aud"], endpoint[..endpoint.find("/send").unwrap()]);
    assert_eq!(claims["sub"], "mailto:ops@example.org");
    assert_eq!(claims["key"], show(&service, &cookie, "/push-key")["key"]);
    drop(service);
    // The key is the service's for ever.
    let service = Service::start(&home, &[]);
    assert_eq!(claims["key"], show(&service, &cookie, "/push-key")["key"]);
}

/// Where a webhook leads; what comes there.
fn endpoint() -> (String, Receiver<(HeaderMap, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook?canary", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(stream.try_clone().unwrap());
            let mut headers = HeaderMap::new();
            let mut line = String::new();
            while lines.read_line(&mut line).unwrap() > 2 {
                if let Some((name, value)) = line.trim_end().split_once(": ") {
                    let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
                    headers.insert(name, value.parse().unwrap());
                }
                line.clear();
            }
            let length: usize = headers["content-length"].to_str().unwrap().parse().unwrap();
            let mut body = vec![0; length];
            lines.read_exact(&mut body).unwrap();
            stream.write_all(b"HTTP/1.1 204 Taken\r\nconnection: close\r\n\r\n").unwrap();
            if sender.send((headers, body)).is_err() {
                return;
            }
        }
    });
    (url, receiver)
}

/// A browser with its push service.
struct Browser {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Browser {
    fn open() -> Self {
        let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("peers");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/push.py");
        let mut child = Command::new(tools.join("python/bin/python"))
            .arg(script)
            .stdout(Stdio::piped())
            .spawn()
            .expect("http_ece; cargo xtask test --install installs it");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// What it says next; waited for.
    fn next(&mut self) -> Value {
        serde_json::from_str(&self.lines.next().unwrap().unwrap()).unwrap()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
