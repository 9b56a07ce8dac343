//! Questions: what would pass, what would come, what there is to take along; and the beat from outside.

use crate::harness::{NOW, World, on_both};
use domain::{Article, ArticleId, article::ArticleDraft, token::Scope};
use serde_json::{Value, json};

on_both!(
    a_filter_says_what_it_lets_pass,
    schedules_are_previewed,
    lists_go_out_and_in,
    the_beat_is_for_operators_and_the_scheduler,
    whoever_is_kept_out_has_no_token,
    the_document_is_served
);

const TEXT: &str = "所有権は値がいつ解放されるかを決める仕組みです。借用を使うと、値の所有権を渡さずに参照だけを関数へ\
                    貸し出せます。コンパイラーは借用の期間を調べ、解放済みの値が使われないことを保証します。";

async fn a_filter_says_what_it_lets_pass(world: &World) {
    let articles: Vec<(ArticleId, Article)> = [("rust", "Rustの所有権", 7), ("go", "Goの並行処理", 8)]
        .into_iter()
        .map(|(tag, title, number)| {
            let draft = ArticleDraft {
                source: "https://1.example/feed.xml".into(),
                id: tag.into(),
                title: title.into(),
                text: format!("{title}。{TEXT}{}", title.repeat(number)),
                tags: vec![tag.into()],
                ..ArticleDraft::default()
            };
            (ArticleId::born(NOW, [(number as u64) << 24, 5]), Article::new(draft))
        })
        .collect();
    let mut tx = world.store.begin().await.unwrap();
    tx.take_in(world.own.source, &articles, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let ask = async |body: Value| world.ask(Scope::Listen, "POST", "/filters/preview", Some(body)).await;
    let all = ask(json!({"feed_id": world.own.feed})).await.json();
    assert_eq!((&all["passed"], &all["total"]), (&json!(2), &json!(2)));
    let some = ask(json!({"sources": [world.own.source], "filter": {"tag": "rust"}})).await.json();
    assert_eq!((&some["passed"], &some["summary"]), (&json!(1), &json!("2件中1件が対象です。")));
    assert_eq!(some["articles"][0]["title"], "Rustの所有権");
    assert_eq!(
        (&some["articles"][1]["passes"], &some["articles"][0]["reason"]),
        (&json!(false), &Value::Null)
    );
    assert!(some["articles"][1]["reason"].as_str().unwrap().starts_with("フィルターの対象外です"));
    for (body, field) in [
        (json!({"feed_id": world.foreign.feed}), "feed_id"),
        (json!({"sources": [world.foreign.source]}), "sources[0]"),
        (json!({"filter": {"tag": "rust"}}), "sources"),
        (json!({"feed_id": world.own.feed, "filter": {"tag": ""}}), "filter"),
    ] {
        let answer = ask(body.clone()).await;
        assert_eq!((answer.status, &answer.json()["field"]), (422, &json!(field)), "{body}");
    }
}

async fn schedules_are_previewed(world: &World) {
    let ask = async |query: &str| {
        world.ask(Scope::Listen, "GET", &format!("/schedules/preview?{query}"), None).await
    };
    let gap = "ready_by=02:30&zone=America/New_York&from=2027-03-13T12:00:00Z&count=2";
    let items = ask(gap).await.json()["items"].clone();
    assert_eq!(items[0]["local"], "2027-03-14T03:00:00-04:00");
    assert_eq!((&items[0]["note"], &items[1]["note"]), (&json!("gap"), &Value::Null));
    for (query, field) in
        [("ready_by=7&zone=Asia/Tokyo", "ready_by"), ("ready_by=07:00&zone=Asia/Tokyo&count=0", "count")]
    {
        let answer = ask(query).await;
        assert_eq!((answer.status, &answer.json()["field"]), (422, &json!(field)), "{query} {answer:?}");
    }
}

async fn lists_go_out_and_in(world: &World) {
    let list = world.ask(Scope::Listen, "GET", "/opml", None).await;
    assert_eq!(list.header("content-type"), "text/x-opml; charset=utf-8");
    let sent = list.text.replace("</body>", "<outline text='L' xmlUrl='http://127.0.0.1/'/></body>");
    let token = world.foreign.token(Scope::Manage);
    let headers = [("content-type", "text/x-opml")];
    let read = world.send("POST", "/opml", Some(token), &headers, Some(sent.as_bytes())).await;
    let read = read.json();
    assert_eq!(read["sources"], json!([world.own.source]));
    assert_eq!(read["refused"][0]["address"], "http://127.0.0.1/");
    let wrong = world.send("POST", "/opml", Some(token), &headers, Some(b"<rss/>")).await;
    assert_eq!(wrong.problem(), "unreadable");
    let export = world.ask(Scope::Manage, "GET", "/export", None).await.json();
    assert_eq!(export["me"]["email"], "1@listeners.example");
    assert_eq!(export["programs"][0]["articles"][0]["url"], "https://a.example/1");
}

async fn the_beat_is_for_operators_and_the_scheduler(world: &World) {
    let beat =
        async |token: Option<&str>, body: Option<&[u8]>| world.send("POST", "/tick", token, &[], body).await;
    let done = json!({"opened": 1, "missed": 0, "waiting": 7});
    for token in ["beat", world.own.token(Scope::Operate)] {
        assert_eq!(beat(Some(token), Some(b"{\"work_s\": 7}")).await.json(), done);
        assert_eq!(beat(Some(token), None).await.status, 200);
    }
    assert_eq!(beat(Some("beat2"), Some(b"{}")).await.status, 401);
    assert_eq!(beat(Some(world.own.token(Scope::Manage)), Some(b"{}")).await.status, 403);
    let long = beat(Some("beat"), Some(b"{\"work_s\": 3601}")).await;
    assert_eq!(long.json()["field"], "work_s");
}

async fn whoever_is_kept_out_has_no_token(world: &World) {
    let path = format!("/operate/listeners/{}", world.foreign.listener);
    let set = async |disabled: bool| {
        world.ask(Scope::Operate, "PATCH", &path, Some(json!({ "disabled": disabled }))).await
    };
    let me =
        async || world.send("GET", "/me", Some(world.foreign.token(Scope::Listen)), &[], None).await.status;
    assert!(set(true).await.json()["disabled_at"].is_string());
    assert_eq!(me().await, 401);
    assert_eq!(set(false).await.json()["disabled_at"], Value::Null);
    assert_eq!(me().await, 200);
    let decisions = world.ask(Scope::Operate, "GET", "/operate/audit?limit=2", None).await.json();
    assert_eq!(decisions["items"][1]["action"], "listener.disable");
}

async fn the_document_is_served(world: &World) {
    let served = world.send("GET", "/openapi.json", None, &[], None).await;
    assert_eq!((served.status, &served.json()), (200, web::api::document()));
}
