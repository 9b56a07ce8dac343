//! Ticks by a scheduler whose provider says who it is.

use crate::{
    harness::{Answer, World, on_both, send},
    provider::Provider,
};
use serde_json::{Value, json};
use web::{api::SchedulerToken, oidc::Issuer};

on_both!(a_scheduler_is_known_by_its_providers_word);

const AUDIENCE: &str = "https://radio.example/";
const EMAIL: &str = "beat@project.iam.gserviceaccount.com";

async fn a_scheduler_is_known_by_its_providers_word(world: &World) {
    let (provider, other) = (Provider::start().await, Provider::start().await);
    let issuer = Issuer::new(&provider.issuer, net::trusted("test").unwrap()).unwrap();
    let router = world.scheduled(SchedulerToken { issuer, audience: AUDIENCE.into(), email: EMAIL.into() });
    let tick = async |token: &str| -> Answer { send(&router, "POST", "/tick", Some(token), &[], None).await };
    let claims = |more: Value| {
        let mut claims = json!({"sub": "1", "aud": AUDIENCE, "email": EMAIL, "email_verified": true});
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claims
    };
    let good = provider.sign(&claims(json!({})));
    assert_eq!(tick(&good).await.status, 200);
    assert_eq!(tick("beat").await.status, 200, "its own token stays good");
    let cut = &good[..good.len() - 8];
    let refused = [
        provider.sign(&claims(json!({"aud": "https://another.example/"}))),
        provider.sign(&claims(json!({"email": "other@project.iam.gserviceaccount.com"}))),
        provider.sign(&claims(json!({"email_verified": false}))),
        provider.sign(&claims(json!({"exp": 1}))),
        provider.sign(&claims(json!({"iss": other.issuer}))),
        format!("{cut}AAAAAAAA"),
        "a.b.c".to_owned(),
        String::new(),
    ];
    for token in refused {
        let answer = tick(&token).await;
        assert_eq!((answer.status, answer.problem().as_str()), (401, "unauthorized"), "{token}");
    }
    let me = send(&router, "GET", "/me", Some(&good), &[], None).await;
    assert_eq!(me.status, 401, "it is good for ticks alone");
}
