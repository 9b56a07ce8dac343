//! Telling listeners: at ready-by and not before, once on each channel, and whatever the other side answers.

use super::{
    on_both,
    stage::{DAY, HOUR, MINUTE, SECOND, Stage},
};
use crate::{
    alerts::{Alerts, Desk},
    config,
    jobs::notify_job,
    request,
};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use domain::{
    ChannelId, FeedId, Language, ListenerId,
    channel::{About, Off, Target},
    external::SigningSecret,
    notification::{Bundling, Quiet, Settings},
};
use queue::{Clock, Micros, OnDuplicate, SetClock};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use std::sync::{Arc, Mutex};
use store::{
    channels::NewChannel,
    deliveries::{Delivery, State as Stands},
    feeds::Feed,
    listeners::{Listener, Role},
};
use tokio::net::TcpListener;
use url::Url;

on_both!(
    a_program_is_told_at_ready_by_and_once,
    what_is_made_on_demand_is_told_when_it_is_there,
    programs_of_a_minute_come_together_and_not_in_quiet_hours,
    an_endpoint_that_is_down_is_asked_again_and_one_that_is_gone_is_not,
    what_cannot_get_through_is_said_without_the_secret_of_the_address,
    operators_are_told_how_a_batch_went,
    the_same_alert_of_two_nodes_is_told_once,
);

const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// What came to an endpoint, and when.
#[derive(Clone, Debug)]
struct Came {
    at: Micros,
    headers: HeaderMap,
    body: Bytes,
}

impl Came {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// By the public library, with the message's own time.
    #[track_caller]
    fn is_signed_by(&self, secret: &str) {
        let at = self.header("webhook-timestamp").parse().unwrap();
        let signed = Webhook::new(secret).unwrap().sign(self.header("webhook-id"), at, &self.body).unwrap();
        assert!(self.header("webhook-signature").split(' ').any(|one| one == signed), "{self:?}");
    }
}

/// An endpoint on loopback.
#[derive(Clone)]
struct Endpoint {
    url: Url,
    memory: Arc<Memory>,
}

struct Memory {
    clock: SetClock,
    came: Mutex<Vec<Came>>,
    /// The last stays.
    says: Mutex<Vec<u16>>,
}

impl Endpoint {
    async fn start(stage: &Stage, says: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/canary", listener.local_addr().unwrap()).parse().unwrap();
        let memory = Arc::new(Memory {
            clock: stage.clock.clone(),
            came: Mutex::default(),
            says: Mutex::new(says.iter().rev().copied().collect()),
        });
        let router = Router::new().route("/canary", post(take)).with_state(memory.clone());
        tokio::spawn(async move { web::serve(listener, router).await });
        Self { url, memory }
    }

    fn came(&self) -> Vec<Came> {
        self.memory.came.lock().unwrap().clone()
    }
}

async fn take(State(memory): State<Arc<Memory>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    memory.came.lock().unwrap().push(Came { at: memory.clock.now(), headers, body });
    let mut says = memory.says.lock().unwrap();
    let said = if says.len() > 1 { says.pop() } else { says.last().copied() };
    StatusCode::from_u16(said.unwrap()).unwrap()
}

fn settings(quiet: Option<(&str, &str)>, bundling: Bundling) -> Settings {
    let quiet = quiet.map(|(from, to)| Quiet::new(from.parse().unwrap(), to.parse().unwrap()).unwrap());
    Settings { zone: "Etc/UTC".parse().unwrap(), quiet, bundling }
}

async fn add(
    stage: &Stage,
    listener: ListenerId,
    about: About,
    target: Target,
    settings: Settings,
) -> ChannelId {
    let id = ChannelId::born(stage.now(), stage.room.chance());
    let new = NewChannel {
        id,
        listener,
        about,
        kind: target.kind(),
        label: String::new(),
        place: target.place(),
        target: stage.room.herald.keys.close(id, &target).unwrap(),
        fingerprint: target.fingerprint(),
        settings,
    };
    let mut tx = stage.room.store.begin().await.unwrap();
    assert!(tx.add_channel(&new, stage.now()).await.unwrap());
    tx.commit().await.unwrap();
    id
}

async fn programs_to(stage: &Stage, listener: ListenerId, target: Target) -> ChannelId {
    add(stage, listener, About::Programs, target, settings(None, Bundling::Each)).await
}

fn webhook(url: &Url) -> Target {
    Target::Webhook { url: url.clone(), secrets: [NEW, OLD].map(SigningSecret::new).into() }
}

async fn log(stage: &Stage, channel: ChannelId) -> Vec<Delivery> {
    let listener = stage.room.store.channel(channel).await.unwrap().unwrap().listener;
    stage.room.store.deliveries_page(listener, Some(channel), None, 100).await.unwrap()
}

async fn operator(stage: &Stage) -> ListenerId {
    let id = ListenerId::born(stage.now(), stage.room.chance());
    let listener = Listener {
        id,
        email: "ops@example.org".into(),
        name: String::new(),
        role: Role::Operator,
        zone: "Etc/UTC".parse().unwrap(),
        language: Language::En,
        plan: config::DEFAULT_PLAN.into(),
    };
    let mut tx = stage.room.store.begin().await.unwrap();
    tx.add_listener(&listener, stage.now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn day(stage: &mut Stage) {
    stage.day(async |stage, job| stage.run(job).await).await;
}

/// Does what is to be done until so long has passed.
async fn pass(stage: &mut Stage, time: Micros) {
    let until = stage.now() + time;
    stage.work_until(until, async |stage, job| stage.run(job).await).await;
}

async fn a_program_is_told_at_ready_by_and_once(mut stage: Stage) {
    let (hook, chat) = (Endpoint::start(&stage, &[200]).await, Endpoint::start(&stage, &[200]).await);
    let [ann, ben] = [stage.feeds[0].listener, stage.feeds[1].listener];
    let hooked = programs_to(&stage, ann, webhook(&hook.url)).await;
    programs_to(&stage, ben, Target::Slack { url: chat.url.clone() }).await;
    programs_to(&stage, ben, Target::Discord { url: chat.url.clone() }).await;
    day(&mut stage).await;
    stage.check_day(1).await;
    let morning = stage.now().div_euclid(DAY) * DAY + 7 * HOUR;
    let came = hook.came();
    assert_eq!((came.len(), chat.came().len()), (1, 2));
    for one in came.iter().chain(&chat.came()) {
        assert!((morning..morning + MINUTE).contains(&one.at), "{} s off", (one.at - morning) / SECOND);
    }
    came[0].is_signed_by(OLD);
    came[0].is_signed_by(NEW);
    let delivery = log(&stage, hooked).await.remove(0);
    assert_eq!(came[0].header("webhook-id"), delivery.id.to_string());
    assert_eq!((delivery.state, delivery.attempts, delivery.status), (Stands::Sent, 1, Some(200)));
    let event = came[0].json();
    let program = &event["data"]["programs"][0];
    assert_eq!((&event["type"], &program["feed_name"]), (&json!("programs.ready"), &json!("Morning")));
    assert!(program["audio_url"].as_str().unwrap().starts_with("http://127.0.0.1/f/"), "{program}");
    assert!(!program["articles"].as_array().unwrap().is_empty());
    let kept = serde_json::to_value(&delivery.notice).unwrap();
    assert_eq!(kept["data"]["programs"][0]["audio_url"], Value::Null, "the database does not know where");
    let slack = chat.came().into_iter().map(|one| one.json()).find(|body| body["blocks"].is_array()).unwrap();
    assert!(slack["text"].as_str().unwrap().starts_with("Ready to play: "), "{slack}");

    // Told of once more, by another planner or an operator, nobody hears of it again.
    let batch = stage.room.store.recent_batches(1).await.unwrap().remove(0).id;
    let mut tx = stage.room.store.begin().await.unwrap();
    tx.enqueue(&[notify_job(batch, stage.now())], OnDuplicate::Keep, stage.now()).await.unwrap();
    tx.commit().await.unwrap();
    pass(&mut stage, MINUTE).await;
    assert_eq!((hook.came().len(), chat.came().len()), (1, 2));
}

async fn what_is_made_on_demand_is_told_when_it_is_there(mut stage: Stage) {
    let hook = Endpoint::start(&stage, &[204]).await;
    let feed = stage.feeds[0].clone();
    programs_to(&stage, feed.listener, webhook(&hook.url)).await;
    stage.publish_news().await;
    let asked = request::make_now(stage.room.office(), feed.id, "1").await.unwrap();
    assert!(asked.is_new && hook.came().is_empty());
    pass(&mut stage, HOUR).await;
    let came = hook.came();
    assert_eq!(came.len(), 1);
    let published = stage.room.store.latest_program_of(feed.id).await.unwrap().unwrap();
    assert!((published.visible_at..published.visible_at + MINUTE).contains(&came[0].at));
    assert_eq!(came[0].json()["data"]["programs"][0]["id"], published.id.to_string());
}

async fn programs_of_a_minute_come_together_and_not_in_quiet_hours(mut stage: Stage) {
    let hook = Endpoint::start(&stage, &[200]).await;
    let first = stage.feeds[0].clone();
    let second =
        Feed { id: FeedId::born(stage.now(), stage.room.chance()), name: "Noon".into(), ..first.clone() };
    stage.follow_news(second).await;
    let quiet = settings(Some(("06:00", "07:05")), Bundling::Digest);
    let channel = add(&stage, first.listener, About::Programs, webhook(&hook.url), quiet).await;
    day(&mut stage).await;
    stage.check_day(1).await;
    let came = hook.came();
    let morning = stage.now().div_euclid(DAY) * DAY + 7 * HOUR;
    assert_eq!(came.len(), 1);
    assert!((morning + 5 * MINUTE..morning + 6 * MINUTE).contains(&came[0].at));
    assert_eq!(came[0].json()["data"]["programs"].as_array().unwrap().len(), 2);
    assert_eq!(log(&stage, channel).await.len(), 1);
}

async fn an_endpoint_that_is_down_is_asked_again_and_one_that_is_gone_is_not(mut stage: Stage) {
    let [ann, ben, other] = [0, 1, 2].map(|n| stage.feeds[n].listener);
    let down = Endpoint::start(&stage, &[503, 429, 200]).await;
    let gone = Endpoint::start(&stage, &[410]).await;
    let wrong = Endpoint::start(&stage, &[404]).await;
    let never = Endpoint::start(&stage, &[500]).await;
    let down_to = programs_to(&stage, ann, webhook(&down.url)).await;
    let never_to = programs_to(&stage, ann, webhook(&never.url)).await;
    let gone_to = programs_to(&stage, ben, webhook(&gone.url)).await;
    let wrong_to = programs_to(&stage, other, webhook(&wrong.url)).await;
    day(&mut stage).await;
    pass(&mut stage, 4 * HOUR).await;
    let ids: Vec<String> = down.came().iter().map(|came| came.header("webhook-id").to_owned()).collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert!(down.came().iter().all(|came| came.body == down.came()[0].body), "the same bytes");
    let delivery = log(&stage, down_to).await.remove(0);
    assert_eq!((delivery.state, delivery.attempts, delivery.detail), (Stands::Sent, 3, None));

    let delivery = log(&stage, never_to).await.remove(0);
    assert_eq!((delivery.state, delivery.status), (Stands::Failed, Some(500)));
    assert_eq!(delivery.attempts as usize, never.came().len());
    assert!(never.came().len() > 10, "it was asked {} times", never.came().len());

    let delivery = log(&stage, gone_to).await.remove(0);
    assert_eq!((delivery.state, gone.came().len()), (Stands::Failed, 1));
    let channel = stage.room.store.channel(gone_to).await.unwrap().unwrap();
    assert_eq!(channel.off.map(|(_, why)| why), Some(Off::Gone));
    let audited = stage.room.store.audited(10).await.unwrap();
    assert!(audited.iter().any(|entry| entry.action == "channel.gone"));

    let delivery = log(&stage, wrong_to).await.remove(0);
    assert_eq!((delivery.state, delivery.status, wrong.came().len()), (Stands::Failed, Some(404), 1));
    assert_eq!(stage.room.store.channel(wrong_to).await.unwrap().unwrap().off, None);
    // What fails at a listener's end is no dead letter of ours.
    stage.check().await;
    day(&mut stage).await;
    assert_eq!((gone.came().len(), wrong.came().len()), (1, 2));
}

async fn what_cannot_get_through_is_said_without_the_secret_of_the_address(mut stage: Stage) {
    let [ann, ben, other] = [0, 1, 2].map(|n| stage.feeds[n].listener);
    // Nobody listens at the first, and what a listener names inside is never asked.
    let closed = Target::Slack { url: "http://127.0.0.1:1/canary".parse().unwrap() };
    let inside = Target::Slack { url: "http://10.0.0.7/canary".parse().unwrap() };
    let closed = programs_to(&stage, ann, closed).await;
    let inside = programs_to(&stage, ben, inside).await;
    let mail = programs_to(&stage, other, Target::Email {}).await;
    let moved = Endpoint::start(&stage, &[307]).await;
    let moved_to = programs_to(&stage, other, webhook(&moved.url)).await;
    day(&mut stage).await;
    for (channel, state, says) in [
        (closed, Stands::Sending, "cannot connect"),
        (inside, Stands::Failed, "private"),
        (mail, Stands::Skipped, "not confirmed"),
        (moved_to, Stands::Failed, "redirects are not followed"),
    ] {
        let delivery = log(&stage, channel).await.remove(0);
        let detail = delivery.detail.unwrap();
        assert_eq!(delivery.state, state, "{detail}");
        assert!(detail.contains(says) && !detail.contains("canary"), "{detail}");
    }
}

async fn operators_are_told_how_a_batch_went(mut stage: Stage) {
    let hook = Endpoint::start(&stage, &[200]).await;
    let ops = operator(&stage).await;
    add(&stage, ops, About::Batches, webhook(&hook.url), settings(None, Bundling::Each)).await;
    // Whoever is no operator is told nothing, whatever the row says.
    let other = Endpoint::start(&stage, &[200]).await;
    let listener = stage.feeds[0].listener;
    add(&stage, listener, About::Batches, webhook(&other.url), settings(None, Bundling::Each)).await;
    day(&mut stage).await;
    let came = hook.came();
    assert_eq!((came.len(), other.came().len()), (1, 0));
    let event = came[0].json();
    let batch = &event["data"]["batches"][0];
    let made = batch["made"].as_u64().unwrap() + batch["shortened"].as_u64().unwrap();
    assert_eq!((&event["type"], made, &batch["failed"]), (&json!("batches.closed"), 3, &json!(0)));
}

async fn the_same_alert_of_two_nodes_is_told_once(mut stage: Stage) {
    let hook = Endpoint::start(&stage, &[200]).await;
    let ops = operator(&stage).await;
    let channel = add(&stage, ops, About::Alerts, webhook(&hook.url), settings(None, Bundling::Each)).await;
    let node = || {
        let room = &stage.room;
        let desk = Desk {
            store: room.store.clone(),
            clock: Arc::new(stage.clock.clone()),
            entropy: room.entropy.clone(),
        };
        Alerts::start(&config::Alerts::default(), desk).unwrap()
    };
    let nodes = [node(), node()];
    for alerts in &nodes {
        alerts.raise("planning", "tick", "planning failed: <!channel>");
        alerts.raise("planning", "tick", "planning failed: again");
    }
    // What each node says last is noted last.
    nodes[0].raise("planning", "first", "");
    nodes[1].raise("planning", "second", "");
    while log(&stage, channel).await.len() < 3 {
        tokio::task::yield_now().await;
    }
    pass(&mut stage, MINUTE).await;
    let texts: Vec<Value> = hook.came().iter().map(|came| came.json()["data"]["subject"].clone()).collect();
    assert_eq!(texts.iter().filter(|subject| **subject == "tick").count(), 1, "{texts:?}");
    assert_eq!(texts.len(), 3);
}
