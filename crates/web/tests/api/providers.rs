//! Providers: budgets that an operator sets while the service runs.

use crate::harness::{NOW, World, on_both};
use domain::{provider::Settings, token::Scope};
use serde_json::{Value, json};

on_both!(a_budget_that_is_set_holds_until_it_is_set_back);

async fn a_budget_that_is_set_holds_until_it_is_set_back(world: &World) {
    let settings =
        Settings { daily_budget_micro_usd: 5, monthly_budget_micro_usd: 50, ..Settings::default() };
    world.store.configure_provider("openai", &settings).await.unwrap();
    let set = async |body: Value| {
        world.ask(Scope::Operate, "PUT", "/operate/providers/openai/budgets", Some(body)).await
    };
    let changed = set(json!({"day_micro_usd": 7, "month_micro_usd": null})).await.json();
    assert_eq!(changed["day"], json!({"spent_micro_usd": 0, "limit_micro_usd": 7, "is_set": true}));
    assert_eq!(changed["month"], json!({"spent_micro_usd": 0, "limit_micro_usd": 50, "is_set": false}));
    // A process that starts with its configuration does not undo it.
    let settings = Settings { daily_budget_micro_usd: 6, ..settings };
    world.store.configure_provider("openai", &settings).await.unwrap();
    let row = world.store.providers(NOW).await.unwrap().remove(0);
    assert_eq!(row.settings.daily_budget_micro_usd, 7);
    let none = set(json!({"day_micro_usd": 0})).await.json();
    assert_eq!((&none["day"]["limit_micro_usd"], &none["day"]["is_set"]), (&Value::Null, &json!(true)));
    let back = set(json!({})).await.json();
    assert_eq!((&back["day"]["limit_micro_usd"], &back["day"]["is_set"]), (&json!(6), &json!(false)));
    for (body, field) in [
        (json!({"day_micro_usd": u64::MAX}), "day_micro_usd"),
        (json!({"day_micro_usd": -1}), "day_micro_usd"),
        (json!({"day": 1}), "day"),
    ] {
        let refused = set(body.clone()).await;
        assert_eq!((refused.status, &refused.json()["field"]), (422, &json!(field)), "{body}");
    }
    let nobody = world.ask(Scope::Operate, "PUT", "/operate/providers/nobody/budgets", Some(json!({}))).await;
    assert_eq!(nobody.problem(), "not-found");
    let audit = world.ask(Scope::Operate, "GET", "/operate/audit?limit=5", None).await.json();
    assert!(audit["items"].as_array().unwrap().iter().any(|one| one["action"] == "provider.budgets"));
}
