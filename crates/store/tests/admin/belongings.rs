//! An account is all that is kept of a listener: it can be taken along, and nothing of it stays when it is deleted.

use crate::harness::{
    FEED, LISTENER, NOW, PROGRAM, PUBLISHED, Place, SECOND, SELECTED, TODAY, id, key, on_both, parsed, quoted,
};
use domain::{
    Plans,
    entitlement::Terms,
    subscription::{Fact, Heard, Snapshot},
};
use jiff::Timestamp;
use std::collections::BTreeSet;
use store::subscriptions::Of;

on_both!(
    nothing_of_a_deleted_account_is_left,
    every_table_that_knows_listeners_is_exported_and_emptied,
    an_account_is_exported_without_its_secrets,
);

/// Somebody else's rows, which stay.
const NEIGHBOUR: u32 = 40;
const AUDIO: &str = r#"{"media_key":"external/1.mp3","bytes":1,"frames":1,"duration_ms":1,"sample_rate_hz":48000,
    "channels":1}"#;

/// A row of theirs in every table that can have one.
async fn settle_in(place: &Place) {
    let (me, feed, source) = (id(LISTENER), id(FEED), id(crate::harness::SOURCE));
    let hash = |digit| key(digit);
    let other = id(NEIGHBOUR);
    place
        .run(&format!(
            "INSERT INTO listeners (id, email, role, zone, language, plan, created_at)
                 VALUES ('{other}', 'b@example.org', 'listener', 'UTC', 'en', 'unlimited', 0);
             INSERT INTO articles (id, source_id, guid, revision, title, tags, text, private, language, simhash, seen_at)
                 VALUES ('{article}', '{source}', 'g', '{r}', 't', '[]', 'x', 0, 'en', 0, 0);
             INSERT INTO heard (listener_id, article_id, feed_id, at) VALUES ('{me}', '{article}', '{feed}', 1);
             INSERT INTO positions (listener_id, program_id, at_ms, ended, updated_at)
                 VALUES ('{me}', '{program}', 1, 0, 1);
             INSERT INTO opinions (listener_id, article_id, source_id, thumb, at)
                 VALUES ('{me}', '{article}', '{source}', 1, 1);
             INSERT INTO readings (id, listener_id, language, surface, reading, created_at)
                 VALUES ('{c}', '{me}', 'en', 'Cargo', 'car go', 1);
             INSERT INTO api_tokens (id, listener_id, scope, hash, created_at)
                 VALUES ('{a}', '{me}', 'manage', '{token}', 1), ('{b}', '{other}', 'manage', '{h2}', 1);
             INSERT INTO feed_tokens (id, listener_id, feed_id, created_at) VALUES ('{c}', '{me}', '{feed}', 1);
             INSERT INTO listener_sources (listener_id, source_id, created_at)
                 VALUES ('{me}', '{source}', 1), ('{other}', '{source}', 1);
             INSERT INTO idempotency_keys (listener_id, key, request, asked_at) VALUES ('{me}', 'k', '{token}', 1);
             INSERT INTO sessions (id, listener_id, hash, created_at, seen_at, replaced_at, method, address, agent)
                 VALUES ('{c}', '{me}', '{token}', 1, 1, 1, 'password', '127.0.0.1', 'a browser');
             INSERT INTO passkeys (id, listener_id, credential, passkey, label, created_at)
                 VALUES ('{c}', '{me}', '{token}', '{{}}', 'a phone', 1);
             INSERT INTO oidc_identities (issuer, subject, listener_id, provider, created_at)
                 VALUES ('https://id.example', '7', '{me}', 'example', 1);
             INSERT INTO one_time_links (hash, purpose, listener_id, created_at, expires_at)
                 VALUES ('{token}', 'reset', '{me}', 1, 2);
             INSERT INTO address_changes (listener_id, email, email_key, asked_at, expires_at)
                 VALUES ('{me}', 'new@example.org', 'new@example.org', 1, 2);
             INSERT INTO channels (id, listener_id, about, kind, label, place, target, fingerprint, settings, created_at)
                 VALUES ('{c}', '{me}', 'programs', 'slack', 'work', 'hooks.example', '{token}', 'f', '{{}}', 1);
             INSERT INTO deliveries (id, channel_id, listener_id, state, send_at, created_at)
                 VALUES ('{c}', '{c}', '{me}', 'waiting', 1, 1);
             INSERT INTO tellings (channel_id, subject, delivery_id, told_at) VALUES ('{c}', '{selected}', '{c}', 1);
             UPDATE listeners SET password = '{token}' WHERE id = '{me}';
             INSERT INTO stripe_customers (id, listener_id, created_at) VALUES ('cus_1', '{me}', 1);
             INSERT INTO subscription_events (id, kind, created_at, subscription, body, received_at, look_at)
                 VALUES ('evt_1', 'x', 1, 'operator:{me}', '{{\"listener\":\"{me}\"}}', 1, 1);
             INSERT INTO artifacts (key, kind, state, meta, made_at, media_key, bytes, frames, owner)
                 VALUES ('{h1}', 'phrase', 'ready', '{{}}', 1, 'phrase/1.mp3', 1, 1, '{me}'),
                     ('{h2}', 'phrase', 'ready', '{{}}', 1, 'phrase/2.mp3', 1, 1, NULL);
             UPDATE listeners SET email_key = 'a@example.org' WHERE id = '{me}';
             INSERT INTO jobs (kind, state, lane, demand, start_by, due_at, ready_at, work)
                 VALUES ('mail', 'available', 0, 1, 1, 1, 1, '{{\"listener\":\"{me}\"}}'),
                     ('mail', 'available', 0, 1, 1, 1, 1, '{{\"address\":\"a@example.org\"}}'),
                     ('mail', 'available', 0, 1, 1, 1, 1, '{{\"address\":\"b@example.org\"}}');
             INSERT INTO jobs (kind, state, lane, demand, start_by, due_at, ready_at, crowd, work)
                 VALUES ('narrate', 'available', 0, 1, 1, 1, 1, '{me}', '{{\"owner\":\"{me}\"}}');
             INSERT INTO demand (batch_id, key, kind, common, recipe)
                 VALUES ('{today}', '{h1}', 'phrase', 0, '{{\"owner\":\"{me}\"}}'), ('{today}', '{h2}', 'phrase', 0, NULL);
             INSERT INTO external_exchanges (occurrence_id, state, sends, asked_at, due_at, answer_by, answered_at, answer,
                 audio)
                 VALUES ('{selected}', 'answered', 1, 1, 3, 2, 1, '{{}}', {audio});
             INSERT INTO audit (at, actor, action, subject, detail)
                 VALUES (1, 'api, listener {me}', 'feed.add', '{feed}', '{{\"listener\":\"{me}\"}}'),
                     (2, 'ops', 'plan.set', '{me}', '{{}}'), (3, 'ops', 'plan.set', '{other}', '{{}}');",
            article = id(50),
            r = hash('e'),
            program = id(PROGRAM),
            a = id(51),
            b = id(52),
            c = id(53),
            h1 = hash('1'),
            h2 = hash('2'),
            token = hash('7'),
            today = id(TODAY),
            selected = id(SELECTED),
            audio = quoted(AUDIO),
        ))
        .await;
    let plans = Plans::default();
    let at = Timestamp::from_microsecond(NOW).unwrap();
    let fact = Fact { at, heard: Heard::Told, snapshot: Snapshot::granted("pro", None), id: me };
    let mut tx = place.store.begin().await.unwrap();
    tx.hear(&Of::operator(parsed(LISTENER)), &[fact], &Terms::of(&plans), NOW).await.unwrap().unwrap();
    tx.commit().await.unwrap();
}

/// Every column that can hold text, as `table.column`.
async fn columns(place: &Place) -> Vec<(String, String)> {
    let sql = if place.store.dialect() == "sqlite" {
        "SELECT group_concat(tables.name || '.' || columns.name, ' ')
         FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND columns.type = 'TEXT'"
    } else {
        "SELECT string_agg(table_name || '.' || column_name, ' ')
         FROM information_schema.columns
         WHERE table_schema = 'public' AND data_type = 'text'"
    };
    let all = place.text(sql).await.unwrap();
    all.split(' ')
        .map(|name| name.split_once('.').unwrap())
        .map(|(table, column)| (table.into(), column.into()))
        .collect()
}

/// The tables that hold a text anywhere.
async fn holding(place: &Place, text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (table, column) in columns(place).await {
        let sql = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table} WHERE {column} LIKE '%{text}%'");
        if place.text(&sql).await.unwrap() != "0" {
            found.insert(table);
        }
    }
    found
}

async fn delete(place: &Place) {
    let mut tx = place.store.begin().await.unwrap();
    assert!(tx.delete_account(parsed(LISTENER), NOW).await.unwrap());
    tx.commit().await.unwrap();
}

async fn nothing_of_a_deleted_account_is_left(place: Place) {
    settle_in(&place).await;
    let before = holding(&place, &id(LISTENER)).await;
    assert!(before.len() > 12 && before.contains("audit") && before.contains("jobs"), "{before:?}");
    delete(&place).await;
    let feed = holding(&place, &id(FEED)).await;
    assert!(
        feed.iter().all(|table| table == "audit"),
        "a decision names what it was about, and nobody: {feed:?}"
    );
    let left = [id(LISTENER), id(PUBLISHED), id(PROGRAM), "a@example.org".into(), "cus_1".into()];
    for text in left {
        assert_eq!(holding(&place, &text).await, BTreeSet::new(), "{text}");
    }
    assert!(holding(&place, "b@example.org").await.contains("jobs"), "a neighbour's letter is sent");
    // Decisions are remembered without a name, and others have what they had.
    assert_eq!(place.text("SELECT subject FROM audit WHERE at = 2").await.unwrap(), "(deleted)");
    assert!(holding(&place, &id(NEIGHBOUR)).await.contains("api_tokens"));
    assert_eq!(
        place.text("SELECT CAST(COUNT(*) AS TEXT) FROM artifacts").await.unwrap(),
        "1",
        "what is shared stays"
    );
    let waited = place.text("SELECT CAST(COUNT(*) AS TEXT) FROM demand").await.unwrap();
    assert_eq!(waited, "1", "what others wait for stays");
    // Objects go after their rows.
    let doomed = "SELECT MIN(media_key) || ' ' || MAX(media_key) FROM doomed_media";
    assert_eq!(place.text(doomed).await.unwrap(), "external/1.mp3 phrase/1.mp3");
    assert_eq!(place.store.belongings(parsed(LISTENER)).await.unwrap(), None);
    let mut tx = place.store.begin().await.unwrap();
    assert!(!tx.delete_account(parsed(LISTENER), NOW + SECOND).await.unwrap(), "once");
    drop(tx);
    if let Some(file) = place.url.strip_prefix("sqlite://") {
        place.store.close().await;
        let bytes = std::fs::read(file).unwrap();
        for gone in ["a@example.org", "cus_1"] {
            let is_left = bytes.windows(gone.len()).any(|window| window == gone.as_bytes());
            assert!(!is_left, "{gone} stands in a page of the file still");
        }
    }
}

/// A table that is new must be named in `belongings.rs`.
async fn every_table_that_knows_listeners_is_exported_and_emptied(place: Place) {
    settle_in(&place).await;
    let account = place.store.belongings(parsed(LISTENER)).await.unwrap().unwrap();
    let knowing = columns(&place).await;
    let knowing = knowing.iter().filter(|(_, column)| matches!(column.as_str(), "listener_id" | "owner"));
    let knowing: BTreeSet<&str> = knowing.map(|(table, _)| table.as_str()).collect();
    // Whose lease it is, and which node makes a call.
    for table in knowing.iter().filter(|table| !["jobs", "attempts", "ledger"].contains(table)) {
        let rows = account.get(table);
        assert!(
            rows.is_some_and(|rows| !rows.is_empty()),
            "{table} is not exported, or this test has no row in it"
        );
    }
    delete(&place).await;
    for table in knowing {
        let column = if ["jobs", "attempts", "ledger", "artifacts"].contains(&table) {
            "owner"
        } else {
            "listener_id"
        };
        let sql = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table} WHERE {column} = '{}'", id(LISTENER));
        assert_eq!(place.text(&sql).await.unwrap(), "0", "{table}");
    }
}

async fn an_account_is_exported_without_its_secrets(place: Place) {
    settle_in(&place).await;
    let account = place.store.belongings(parsed(LISTENER)).await.unwrap().unwrap();
    let json = serde_json::to_value(&account).unwrap();
    assert_eq!(json["listeners"][0]["email"], "a@example.org");
    assert_eq!(json["feeds"][0]["schedule"]["days"], "daily", "what is JSON is shown as such");
    assert_eq!(json["programs"][0]["visible_at"], "2027-01-15T08:00:00Z", "instants as people read them");
    assert_eq!(json["subscriptions"][0]["standing"]["plan"], "pro");
    assert_eq!(json["audit"].as_array().unwrap().len(), 2);
    assert!(!json.to_string().contains(&key('7')), "no token's hash, no answer's: {json}");
    assert_eq!(place.store.belongings(parsed(99)).await.unwrap(), None);
}
