//! What listeners do with their programs, by the API: as apps of theirs do.

use crate::harness::{World, on_both};
use domain::token::Scope;
use serde_json::{Value, json};

on_both!(
    where_one_stopped_is_known_to_other_devices,
    thumbs_stand_with_what_was_told,
    a_word_has_one_reading
);

async fn ask(world: &World, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let answer = world.ask(Scope::Manage, method, path, body).await;
    let json = if answer.text.is_empty() { Value::Null } else { answer.json() };
    (answer.status, json)
}

async fn where_one_stopped_is_known_to_other_devices(world: &World) {
    let path = format!("/programs/{}/position", world.own.program);
    let begin = json!({"at_ms": 0, "is_ended": false});
    assert_eq!(ask(world, "GET", &path, None).await, (200, begin));
    let stopped = json!({"at_ms": 31_000, "is_ended": false});
    assert_eq!(ask(world, "PUT", &path, Some(stopped.clone())).await.0, 204);
    assert_eq!(ask(world, "GET", &path, None).await, (200, stopped));
    let (status, wrong) = ask(world, "PUT", &path, Some(json!({"at_ms": 60_001}))).await;
    assert_eq!((status, &wrong["field"]), (422, &json!("at_ms")));
}

async fn thumbs_stand_with_what_was_told(world: &World) {
    let articles = format!("/programs/{}/articles", world.own.program);
    let thumb = format!("/articles/{}/thumb", world.own.article);
    let (_, told) = ask(world, "GET", &articles, None).await;
    let first = &told["items"][0];
    assert_eq!((&first["id"], &first["thumb"]), (&json!(world.own.article), &Value::Null));
    assert_eq!((&first["title"], &first["start_ms"]), (&json!("所有権とは"), &json!(5_000)));
    for way in ["up", "down"] {
        assert_eq!(ask(world, "PUT", &thumb, Some(json!({ "thumb": way }))).await.0, 204);
        assert_eq!(ask(world, "GET", &articles, None).await.1["items"][0]["thumb"], json!(way));
    }
    assert_eq!(ask(world, "PUT", &thumb, Some(json!({"thumb": "sideways"}))).await.0, 422);
    assert_eq!(ask(world, "DELETE", &thumb, None).await.0, 204);
    assert_eq!(ask(world, "DELETE", &thumb, None).await.0, 404);
    assert_eq!(ask(world, "GET", &articles, None).await.1["items"][0]["thumb"], Value::Null);
}

async fn a_word_has_one_reading(world: &World) {
    let word = |reading: &str| Some(json!({"language": "ja", "surface": "Cargo", "reading": reading}));
    let (status, said) = ask(world, "POST", "/readings", word("カルゴ")).await;
    assert_eq!((status, &said["id"]), (201, &json!(world.own.reading)), "it is said anew, not twice");
    let (_, all) = ask(world, "GET", "/readings", None).await;
    assert_eq!((all["items"].as_array().unwrap().len(), &all["items"][0]["reading"]), (1, &json!("カルゴ")));
    let (status, wrong) = ask(world, "POST", "/readings", word("")).await;
    assert_eq!((status, &wrong["field"]), (422, &json!("reading")));
    assert_eq!(ask(world, "DELETE", &format!("/readings/{}", world.own.reading), None).await.0, 204);
    assert_eq!(ask(world, "GET", "/readings", None).await.1["items"], json!([]));
}
