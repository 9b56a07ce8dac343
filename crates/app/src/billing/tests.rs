//! What is made of messages, in whichever order they come, against a stand-in for Stripe.

use super::*;
use crate::{
    config,
    trials::stage::{DAY, HOUR, SECOND, Stage},
};
use domain::{Plan, Plans, entitlement::Offer};
use queue::{State, dead::DeadFilter};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_string_contains, header, method, path},
};

struct Shop {
    stage: Stage,
    stripe: MockServer,
    listener: ListenerId,
    _folder: tempfile::TempDir,
}

impl Shop {
    /// One listener, who has the free plan without a subscription.
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/test.db", folder.path().display());
        let mut stage = Stage::set(&url, folder.path()).await;
        let stripe = MockServer::start().await;
        let configured = config::Stripe {
            secret_key: serde_json::from_value(json!("sk_test_1")).unwrap(),
            base_url: stripe.uri(),
            ..config::Stripe::default()
        };
        let public_url = "https://radio.example/".parse().unwrap();
        let room = Arc::get_mut(&mut stage.room).unwrap();
        room.billing = Stripe::configured(&configured, &public_url).unwrap();
        room.rules.offer = offer();
        let listener = stage.feeds[0].listener;
        let mut tx = stage.room.store.begin().await.unwrap();
        tx.set_plan(listener, Plans::FREE).await.unwrap();
        tx.commit().await.unwrap();
        Self { stage, stripe, listener, _folder: folder }
    }

    fn room(&self) -> &Room {
        &self.stage.room
    }

    /// From now on this is what Stripe says of the subscription.
    async fn stands(&self, status: u16, object: Value) {
        self.stripe.reset().await;
        Mock::given(method("GET"))
            .and(path("/v1/subscriptions/sub_1"))
            .and(header("authorization", "Bearer sk_test_1"))
            .respond_with(ResponseTemplate::new(status).set_body_json(object))
            .mount(&self.stripe)
            .await;
    }

    async fn receive(&self, id: &str, created: Micros, object: Value) {
        let body = json!({
            "id": id, "type": "customer.subscription.updated", "created": created / SECOND,
            "data": {"object": object},
        });
        let message = Message {
            id: id.into(),
            kind: "customer.subscription.updated".into(),
            created_at: created,
            subscription: "sub_1".into(),
            body: body.to_string(),
        };
        let now = self.stage.now();
        let mut tx = self.room().store.begin().await.unwrap();
        if tx.take_message(&message, now, now + 300 * SECOND).await.unwrap() {
            tx.enqueue(&[inbox::job("sub_1", now)], OnDuplicate::Keep, now).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// Jobs are run until there are none; how many failed for good.
    async fn work(&self) -> u64 {
        while let Some(job) = self.stage.claim().await {
            self.stage.run(job).await;
        }
        let counts = self.room().store.count_jobs().await.unwrap();
        counts.iter().filter(|count| count.state == State::Dead).map(|count| count.total).sum()
    }

    async fn plan(&self) -> String {
        let who = self.room().store.who(&[self.listener]).await.unwrap().remove(&self.listener).unwrap();
        crate::entitlement::had(&who, self.room().now(), &self.room().rules).unwrap().plan.to_owned()
    }

    fn subscription(&self, status: &str, price: &str, period_end: Micros) -> Value {
        json!({
            "id": "sub_1", "customer": "cus_1", "status": status, "metadata": {"listener": self.listener},
            "items": {"data": [{"price": {"id": price}, "current_period_end": period_end / SECOND}]},
        })
    }
}

fn offer() -> Offer {
    let mut plans: BTreeMap<String, Plan> =
        Plans::default().iter().map(|(name, plan)| (name.to_owned(), plan.clone())).collect();
    for (name, price) in [(Plans::PRO, "price_pro"), (Plans::UNLIMITED, "price_all")] {
        plans.get_mut(name).unwrap().stripe_prices.insert(price.to_owned());
    }
    Offer { plans: Plans::new(plans), grace: domain::subscription::GRACE }
}

#[tokio::test]
async fn a_message_is_the_reason_to_ask() {
    let shop = Shop::open().await;
    let now = shop.stage.now();
    let end = now + 30 * DAY;
    // The message is old; what Stripe says by now counts.
    shop.stands(200, shop.subscription("active", "price_all", end)).await;
    shop.receive("evt_1", now - HOUR, shop.subscription("incomplete", "price_pro", end)).await;
    assert_eq!(shop.work().await, 0);
    assert_eq!(shop.plan().await, Plans::UNLIMITED);
    let said = shop.room().store.history_of("sub_1").await.unwrap().unwrap();
    assert_eq!(said.facts().count(), 2, "what was told is its history");
    assert_eq!(shop.room().store.customer_of(shop.listener).await.unwrap().as_deref(), Some("cus_1"));
    assert!(shop.room().store.open_messages("sub_1").await.unwrap().is_empty());
}

/// Every order of three messages, each also twice, with a Stripe that knows nothing of it any more.
#[tokio::test]
async fn without_an_answer_messages_count_by_their_time_in_any_order() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let shop = Shop::open().await;
        let now = shop.stage.now();
        let end = now + 30 * DAY;
        let mut ends = shop.subscription("canceled", "price_pro", end);
        ends["ended_at"] = json!((now - SECOND) / SECOND);
        let messages = [
            (now - 3 * HOUR, shop.subscription("incomplete", "price_pro", end)),
            (now - 2 * HOUR, shop.subscription("active", "price_pro", end)),
            (now - HOUR, ends),
        ];
        shop.stands(404, json!({"error": {"message": "No such subscription"}})).await;
        for place in order.into_iter().chain(order) {
            let (created, object) = &messages[place];
            shop.receive(&format!("evt_{place}"), *created, object.clone()).await;
            assert_eq!(shop.work().await, 0);
        }
        assert_eq!(shop.plan().await, Plans::FREE, "{order:?}: it has ended");
        let said = shop.room().store.history_of("sub_1").await.unwrap().unwrap();
        assert_eq!(said.facts().count(), 3, "{order:?}");
    }
}

#[tokio::test]
async fn a_stripe_that_is_away_is_asked_again() {
    let shop = Shop::open().await;
    let now = shop.stage.now();
    shop.stands(500, json!({})).await;
    shop.receive("evt_1", now, shop.subscription("active", "price_pro", now + 30 * DAY)).await;
    assert_eq!(shop.work().await, 0);
    assert_eq!(shop.plan().await, Plans::FREE);
    shop.stands(200, shop.subscription("active", "price_pro", now + 30 * DAY)).await;
    shop.stage.clock.set(now + HOUR);
    assert_eq!(shop.work().await, 0);
    assert_eq!(shop.plan().await, Plans::PRO);
}

/// An operator forgot to name a price: the job is a dead letter that says so, and nothing is lost.
#[tokio::test]
async fn a_price_that_no_plan_names_waits_until_one_does() {
    let mut shop = Shop::open().await;
    let now = shop.stage.now();
    let object = shop.subscription("active", "price_new", now + 30 * DAY);
    shop.stands(200, object.clone()).await;
    shop.receive("evt_1", now, object).await;
    assert_eq!(shop.work().await, 1);
    let dead = shop.room().store.dead_letters(&DeadFilter::default(), 9).await.unwrap();
    assert!(dead[0].message.contains("price_new") && dead[0].message.contains("stripe_prices"), "{dead:?}");
    let mut plans: BTreeMap<String, Plan> =
        offer().plans.iter().map(|(name, plan)| (name.to_owned(), plan.clone())).collect();
    plans.get_mut(Plans::PRO).unwrap().stripe_prices.insert("price_new".to_owned());
    Arc::get_mut(&mut shop.stage.room).unwrap().rules.offer.plans = Plans::new(plans);
    shop.stage.clock.set(now + HOUR);
    assert_eq!(look_after(shop.room()).await.unwrap(), 1, "the message was not forgotten");
    shop.work().await;
    assert_eq!(shop.plan().await, Plans::PRO);
}

#[tokio::test]
async fn a_subscription_that_nobody_speaks_of_is_asked_for() {
    let shop = Shop::open().await;
    let now = shop.stage.now();
    let end = now + 30 * DAY;
    shop.stands(200, shop.subscription("active", "price_pro", end)).await;
    shop.receive("evt_1", now, shop.subscription("active", "price_pro", end)).await;
    shop.work().await;
    shop.stage.clock.set(end);
    shop.stands(200, shop.subscription("active", "price_pro", end + 30 * DAY)).await;
    assert_eq!(look_after(shop.room()).await.unwrap(), 1);
    shop.work().await;
    shop.stage.clock.set(end + 20 * DAY);
    assert_eq!(look_after(shop.room()).await.unwrap(), 0);
    assert_eq!(shop.plan().await, Plans::PRO);
}

#[tokio::test]
async fn what_nobody_here_has_changes_nothing() {
    let shop = Shop::open().await;
    let now = shop.stage.now();
    for metadata in
        [json!({}), json!({"listener": "root"}), json!({"listener": domain::FeedId::born(0, [9, 9])})]
    {
        let mut object = shop.subscription("active", "price_pro", now + 30 * DAY);
        object["metadata"] = metadata;
        shop.stands(200, object.clone()).await;
        shop.receive(&format!("evt_{object}"), now, object).await;
        assert_eq!(shop.work().await, 0);
        assert_eq!(shop.room().store.subscription("sub_1").await.unwrap(), None);
        assert!(shop.room().store.open_messages("sub_1").await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_listener_pays_and_changes_what_they_pay_for_on_pages_of_stripe() {
    let shop = Shop::open().await;
    let answer = |url: &str| ResponseTemplate::new(200).set_body_json(json!({ "url": url }));
    Mock::given(method("POST"))
        .and(path("/v1/checkout/sessions"))
        .and(body_string_contains("price_pro"))
        .and(body_string_contains(format!("metadata%5D%5Blistener%5D={}", shop.listener)))
        .and(body_string_contains("customer_email="))
        .respond_with(answer("https://checkout.stripe.example/c/1"))
        .mount(&shop.stripe)
        .await;
    let link = checkout(shop.room(), shop.listener, Plans::PRO).await.unwrap();
    assert_eq!(link.as_str(), "https://checkout.stripe.example/c/1");
    assert!(matches!(checkout(shop.room(), shop.listener, Plans::FREE).await, Err(NoLink::PlanNotSold(_))));
    assert!(matches!(portal(shop.room(), shop.listener).await, Err(NoLink::NothingPaid)));

    let now = shop.stage.now();
    shop.stands(200, shop.subscription("active", "price_pro", now + 30 * DAY)).await;
    shop.receive("evt_1", now, shop.subscription("active", "price_pro", now + 30 * DAY)).await;
    shop.work().await;
    Mock::given(method("POST"))
        .and(path("/v1/billing_portal/sessions"))
        .and(body_string_contains("customer=cus_1"))
        .respond_with(answer("https://billing.stripe.example/p/1"))
        .mount(&shop.stripe)
        .await;
    assert_eq!(
        portal(shop.room(), shop.listener).await.unwrap().as_str(),
        "https://billing.stripe.example/p/1"
    );
    let again = checkout(shop.room(), shop.listener, Plans::UNLIMITED).await;
    assert!(matches!(again, Err(NoLink::Subscribed)), "nobody pays twice");
}
