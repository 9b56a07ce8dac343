//! Messages of Stripe are believed by their signatures, kept once, and answered before anything is made of them.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use net::stripe::{HEADER, Secrets};
use queue::SetClock;
use serde_json::json;
use std::sync::Arc;
use store::Store;
use tower::ServiceExt;
use web::stripe::{Inbox, router};

const SECOND: i64 = 1_000_000;
const NOW_S: i64 = 1_800_000_000;

struct Post {
    store: Store,
    clock: SetClock,
    secrets: Secrets,
    router: Router,
    _folder: tempfile::TempDir,
}

impl Post {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
        let clock = SetClock::at(NOW_S * SECOND);
        let secrets = Secrets::new(["whsec_old", "whsec_new"]).unwrap();
        let inbox =
            Inbox { store: store.clone(), clock: Arc::new(clock.clone()), secrets: Some(secrets.clone()) };
        Self { store, clock, secrets, router: router(inbox), _folder: folder }
    }

    /// A message as Stripe signs it, now.
    async fn signed(&self, body: &str) -> (u16, String) {
        self.send(&self.secrets.sign(queue::Clock::now(&self.clock) / SECOND, body.as_bytes()), body).await
    }

    async fn send(&self, signature: &str, body: &str) -> (u16, String) {
        let request = Request::post("/hooks/stripe").header(HEADER, signature);
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        (status, String::from_utf8(to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap())
    }

    async fn jobs(&self) -> u64 {
        self.store.count_jobs().await.unwrap().iter().map(|count| count.total).sum()
    }

    /// Of the one subscription there is.
    async fn kept(&self) -> Vec<String> {
        self.store.open_messages("sub_1").await.unwrap().into_iter().map(|message| message.id).collect()
    }
}

fn event(id: &str, created: i64) -> String {
    json!({
        "id": id, "object": "event", "type": "customer.subscription.updated", "created": created,
        "data": {"object": {
            "id": "sub_1", "object": "subscription", "customer": "cus_1", "status": "active",
            "items": {"data": [{"price": {"id": "price_pro"}, "current_period_end": created + 2_600_000}]},
        }},
    })
    .to_string()
}

#[tokio::test]
async fn a_message_is_kept_and_leads_to_one_job() {
    let post = Post::new().await;
    assert_eq!(post.signed(&event("evt_2", NOW_S)).await, (200, "kept".into()));
    // An older one, that comes later, of the same subscription.
    assert_eq!(post.signed(&event("evt_1", NOW_S - 60)).await, (200, "kept".into()));
    assert_eq!(post.kept().await, ["evt_1", "evt_2"], "in the order they were sent");
    assert_eq!(post.jobs().await, 1, "whoever asks learns of both");
    let other = r#"{"id":"evt_3","type":"invoice.paid","created":1800000000,"data":{"object":{}}}"#;
    assert_eq!(post.signed(other).await, (200, "not needed".into()));
}

#[tokio::test]
async fn a_message_that_is_sent_again_is_known() {
    let post = Post::new().await;
    let body = event("evt_1", NOW_S);
    assert_eq!(post.signed(&body).await, (200, "kept".into()));
    for _ in 0..3 {
        assert_eq!(post.signed(&body).await, (200, "known".into()));
    }
    let mut tx = post.store.begin().await.unwrap();
    tx.settle_messages(&["evt_1".into()], NOW_S * SECOND).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(post.signed(&body).await, (200, "known".into()), "also when something was made of it");
    assert_eq!((post.kept().await.len(), post.jobs().await), (0, 1));
}

#[tokio::test]
async fn what_is_forged_or_stale_leaves_nothing() {
    let post = Post::new().await;
    let body = event("evt_1", NOW_S);
    let good = post.secrets.sign(NOW_S, body.as_bytes());
    let stranger = Secrets::new(["whsec_guessed"]).unwrap().sign(NOW_S, body.as_bytes());
    let other_body = post.secrets.sign(NOW_S, event("evt_9", NOW_S).as_bytes());
    for signature in ["", "t=1800000000", "v1=00", &stranger, &other_body, &good.replace("v1", "v0")] {
        assert_eq!(post.send(signature, &body).await.0, 400, "{signature}");
    }
    // Sent again by somebody who saw it.
    post.clock.set((NOW_S + 301) * SECOND);
    let (status, text) = post.send(&good, &body).await;
    assert_eq!(status, 400);
    assert!(text.contains("301 s off"), "{text}");
    post.clock.set((NOW_S - 301) * SECOND);
    assert_eq!(post.send(&good, &body).await.0, 400, "of a time to come");
    assert_eq!((post.kept().await.len(), post.jobs().await), (0, 0));
    post.clock.set((NOW_S + 300) * SECOND);
    assert_eq!(post.send(&good, &body).await, (200, "kept".into()));
}

#[tokio::test]
async fn while_a_secret_is_replaced_both_are_good() {
    let post = Post::new().await;
    for (id, secret) in [("evt_1", "whsec_old"), ("evt_2", "whsec_new")] {
        let body = event(id, NOW_S);
        let signed = Secrets::new([secret]).unwrap().sign(NOW_S, body.as_bytes());
        assert_eq!(post.send(&signed, &body).await, (200, "kept".into()), "{secret}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_though_it_is_signed() {
    let post = Post::new().await;
    let no_subscription = event("evt_1", NOW_S).replace("\"status\":\"active\"", "\"status\":7");
    for body in ["", "[]", "{", r#"{"id":"evt_1"}"#, no_subscription.as_str()] {
        assert_eq!(post.signed(body).await.0, 422, "{body}");
    }
    let large = format!("{}{}", event("evt_1", NOW_S), " ".repeat(600 << 10));
    assert_eq!(post.signed(&large).await.0, 413);
    assert_eq!((post.kept().await.len(), post.jobs().await), (0, 0));
}

#[tokio::test]
async fn where_nothing_is_sold_nothing_is_taken() {
    let post = Post::new().await;
    let inbox = Inbox { store: post.store.clone(), clock: Arc::new(post.clock.clone()), secrets: None };
    let body = event("evt_1", NOW_S);
    let request = Request::post("/hooks/stripe").header(HEADER, post.secrets.sign(NOW_S, body.as_bytes()));
    let answer = router(inbox).oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    assert_eq!(answer.status().as_u16(), 404);
}
