//! Lists, walked by their cursors: every item comes once, in one order, whatever the size of the page.

use crate::harness::{DAY, NOW, SECOND, World, on_both, publish};
use domain::token::Scope;
use serde_json::json;
use std::collections::BTreeSet;

on_both!(every_item_comes_once, what_is_no_cursor_is_refused);

/// All ids of a list, page after page.
async fn walk(world: &World, scope: Scope, path: &str, limit: u32) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = world.ask(scope, "GET", &format!("{path}?limit={limit}{cursor}"), None).await;
        assert_eq!(page.status, 200, "{page:?}");
        let page = page.json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit as usize);
        ids.extend(items.iter().map(|item| item["id"].to_string()));
        match page["next_cursor"].as_str() {
            Some(next) => {
                assert_eq!(items.len(), limit as usize, "only the last page is short");
                cursor = format!("&cursor={next}");
            }
            None => return ids,
        }
    }
}

async fn every_item_comes_once(world: &World) {
    let own = &world.own;
    let mut tx = world.store.begin().await.unwrap();
    tx.set_plan(own.listener, domain::Plans::UNLIMITED).await.unwrap();
    tx.commit().await.unwrap();
    // Some of the same instant: their ids decide.
    for number in 1..=9_u64 {
        let at = NOW - 2 * DAY + (number / 3) as i64 * SECOND;
        publish(&world.store, own.listener, own.feed, 50_000 + number, at, &[]).await;
        let body = json!({"name": format!("f{number}"), "schedule": {"ready_by": "07:00"},
            "sources": [format!("https://more{number}.example/")]});
        assert_eq!(world.ask(Scope::Manage, "POST", "/feeds", Some(body)).await.status, 201);
    }
    let feed_programs = format!("/feeds/{}/programs", own.feed);
    for (scope, path, count) in [
        (Scope::Listen, "/feeds", 10),
        (Scope::Listen, "/sources", 10),
        (Scope::Listen, "/programs", 10),
        (Scope::Listen, feed_programs.as_str(), 10),
        (Scope::Operate, "/operate/listeners", 2),
        (Scope::Operate, "/operate/sources", 13),
        (Scope::Operate, "/operate/audit", 9),
    ] {
        let whole = walk(world, scope, path, 200).await;
        assert_eq!(whole.len(), count, "{path}");
        let distinct: BTreeSet<&String> = whole.iter().collect();
        assert_eq!(distinct.len(), count, "{path}");
        for limit in 1..=count as u32 + 1 {
            assert_eq!(walk(world, scope, path, limit).await, whole, "{path} by {limit}");
        }
    }
}

async fn what_is_no_cursor_is_refused(world: &World) {
    for query in ["cursor=x", "cursor=1.x", "limit=0", "limit=201", "limit=-1", "limit=x"] {
        let answer = world.ask(Scope::Listen, "GET", &format!("/programs?{query}"), None).await;
        assert_eq!((answer.status, answer.problem().as_str()), (422, "invalid"), "{query}");
        assert_eq!(answer.json()["field"], query.split('=').next().unwrap(), "{query}");
    }
}
