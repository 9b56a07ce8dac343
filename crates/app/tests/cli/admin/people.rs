//! Letting people in, and what they wish for.

use super::world::World;
use crate::run::Home;
use serde_json::json;

#[tokio::test]
async fn listeners_are_let_in_once_and_listed() {
    let world = World::sqlite().await;
    assert_eq!(world.ask(&["listener", "list"]), json!([]));
    let add = |email: &str, more: &[&str]| {
        let wish = ["listener", "add", "--email", email, "--zone", "Asia/Tokyo", "--language", "ja"];
        world.home.run(&[&["admin"], &wish[..], more, &["--json"]].concat())
    };
    let first = add("Hanako@Example.ORG", &["--name", "花子"]).succeeds().json();
    let second = add("ops@example.org", &["--role", "operator"]).succeeds().json();
    let listed = world.ask(&["listener", "list"]);
    assert_eq!(
        listed,
        json!([
            {"id": first["id"], "email": "Hanako@example.org", "role": "listener", "zone": "Asia/Tokyo",
             "language": "ja", "name": "花子", "plan": "unlimited"},
            {"id": second["id"], "email": "ops@example.org", "role": "operator", "zone": "Asia/Tokyo",
             "language": "ja", "name": "", "plan": "unlimited"},
        ])
    );
    assert!(add("ops@EXAMPLE.org", &[]).fails(1).contains("somebody's already"));
    for email in ["", "a", "a@", "@b", "a b@c.example", "a@b\u{7}"] {
        assert!(add(email, &[]).fails(2).contains("email"), "{email:?}");
    }
    assert!(add("c@example.org", &["--plan", "gold"]).fails(2).contains("plans.gold"));
    assert!(add("c@example.org", &["--zone", "Mars/Olympus"]).fails(2).contains("zone"));
    let table = world.read(&["listener", "list"]);
    assert!(table.starts_with("id ") && table.contains("花子") && table.lines().count() == 3, "{table}");
}

#[tokio::test]
async fn feeds_are_wished_for_paused_and_skipped() {
    let world = World::sqlite().await;
    let person = world.person("a");
    let (listener, feed) = (person.listener.to_string(), person.feed.to_string());
    let next = || {
        let feeds = world.ask(&["feed", "list", "--listener", &listener]);
        let dates = feeds[0]["next_runs"].as_array().unwrap().iter();
        dates.map(|slot| slot["local_date"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = next();
    assert_eq!(before.len(), 5);
    let skipped = world.ask(&["feed", "skip-next", &feed]);
    assert_eq!(skipped["local_date"], before[0].as_str());
    assert_eq!(next()[..4], before[1..]);
    let paused = world.ask(&["feed", "pause", &feed]);
    assert_eq!((&paused["paused"], &paused["next_runs"]), (&json!(true), &json!([])));
    assert!(world.refused(1, &["feed", "skip-next", &feed]).contains("no program to leave out"));
    assert!(world.read(&["feed", "resume", &feed]).contains("the next program is to be ready at"));
    assert_eq!(next()[..4], before[1..], "what was left out stays out");

    let filter = r#"{"any":[{"tag":"rust"},{"tag":"日本"}]}"#;
    let wish = ["feed", "add", "--listener", &listener, "--source", "qiita:tag/Rust", "--source", "hn:front"];
    let more = ["--at", "06:30", "--days", "mon,fri", "--zone", "Asia/Tokyo", "--language", "ja", "--style"];
    let rest = ["dialogue", "--minutes", "20", "--name", "朝", "--filter", filter];
    let added = world.ask(&[&wish[..], &more, &rest].concat());
    assert_eq!((&added["minutes"], &added["style"]), (&json!(20), &json!("dialogue")));
    let addresses: Vec<_> =
        added["sources"].as_array().unwrap().iter().map(|source| source["address"].clone()).collect();
    assert_eq!(addresses, [json!("hn:front"), json!("qiita:tag/rust")]);
    assert!(added["next_runs"][0]["local"].as_str().unwrap().contains("T06:30:00+09:00"));
    assert_eq!(world.ask(&["source", "list"]).as_array().unwrap().len(), 3);

    let refused = |code, flag: &str, value: &str| {
        let wish =
            ["feed", "add", "--listener", &listener, "--source", "hn:front", "--at", "07:00", flag, value];
        world.refused(code, &wish)
    };
    assert!(refused(2, "--filter", r#"{"any":[]}"#).contains("empty"));
    assert!(refused(2, "--minutes", "0").contains("--minutes"));
    assert!(refused(4, "--source", "ftp://a.example/").contains("is no source"));
    let nobody = "0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27";
    let wish = ["feed", "add", "--listener", nobody, "--source", "hn:front", "--at", "07:00"];
    assert!(world.refused(1, &wish).contains("there is none"));
    assert!(world.refused(1, &["feed", "pause", nobody]).contains("there is none"));
    assert!(world.refused(1, &["feed", "make-now", nobody]).contains("there is none"));
    assert!(world.refused(2, &["feed", "pause", "7"]).contains("is no id"));
    assert_eq!(world.ask(&["source", "list"]).as_array().unwrap().len(), 3, "what was refused left nothing");
}

#[tokio::test]
async fn tokens_are_shown_once_and_can_be_taken_back() {
    let world = World::sqlite().await;
    let listener = world.person("a").listener.to_string();
    let created = world.ask(&["token", "create", "--listener", &listener, "--scope", "manage"]);
    let token = created["token"].as_str().unwrap();
    assert!(token.parse::<domain::token::Token>().is_ok(), "{token}");
    let listed = world.read(&["token", "list"]);
    assert!(listed.contains("manage") && listed.contains("good") && !listed.contains(token), "{listed}");
    let id = created["id"].as_str().unwrap();
    world.read(&["token", "revoke", id]);
    assert!(world.read(&["token", "list", "--listener", &listener]).contains("revoked"));
    assert!(world.refused(1, &["token", "revoke", id]).contains("there is none"));
    let wrong = ["token", "create", "--listener", &listener, "--scope", "root"];
    assert!(world.refused(2, &wrong).contains("listen, manage, operate"));
    // The token alone on standard output, so that it can be piped to where it is kept.
    let run = ["admin", "token", "create", "--listener", &listener, "--scope", "operate", "--days", "7"];
    let ended = world.home.run(&run).succeeds();
    assert!(ended.stdout.trim().parse::<domain::token::Token>().is_ok(), "{ended:?}");
    assert!(ended.stderr.contains("is no operator"), "{ended:?}");
}

#[tokio::test]
async fn plans_are_those_of_the_configuration() {
    let world = World::sqlite().await;
    let listener = world.person("a").listener.to_string();
    let config = world.home.file(
        "config.toml",
        "[plans.unlimited]\nlane = \"standard\"\n[plans.gold]\nlane = \"first\"\nfreshness_minutes = 120\n",
    );
    let set = ["plan", "set", "--listener", &listener, "--plan", "gold", "--config", &config];
    assert_eq!(world.ask(&set), json!({"listener": listener, "plan": "gold"}));
    let plans = world.ask(&["plan", "list", "--config", &config]);
    let shown = plans.as_array().unwrap().iter();
    let shown: Vec<_> = shown.map(|plan| (&plan["name"], &plan["lane"], &plan["listeners"])).collect();
    let row = |name, lane, listeners| (json!(name), json!(lane), json!(listeners));
    let expected = [
        row("free", "standard", 0),
        row("gold", "first", 1),
        row("pro", "first", 0),
        row("unlimited", "standard", 0),
    ];
    assert!(
        shown.into_iter().eq(expected.iter().map(|(name, lane, listeners)| (name, lane, listeners))),
        "{plans}"
    );
    assert_eq!(
        (&plans[1]["freshness_minutes"], &plans[1]["limits"]["feeds"]),
        (&json!(120), &json!("unlimited"))
    );
    assert!(world.read(&["plan", "list"]).contains("(not configured)"));
    assert!(
        world.refused(2, &["plan", "set", "--listener", &listener, "--plan", "gold"]).contains("plans.gold")
    );
    let actions: Vec<String> =
        world.store.audited(9).await.unwrap().into_iter().map(|entry| entry.action).collect();
    assert_eq!(actions, ["plan.set", "feed.add", "listener.add"]);
}

#[tokio::test]
async fn plans_are_given_and_taken_back() {
    let world = World::sqlite().await;
    let listener = world.person("a").listener.to_string();
    let show = || world.ask(&["plan", "show", "--listener", &listener]);
    assert_eq!((&show()["plan"], &show()["subscriptions"]), (&json!("unlimited"), &json!([])));
    world.ask(&["plan", "set", "--listener", &listener, "--plan", "free"]);
    assert!(world.refused(1, &["plan", "revoke", "--listener", &listener]).contains("no plan was given"));
    let until = ["--until", "2100-01-01T00:00:00Z"];
    let given =
        world.ask(&[&["plan", "grant", "--listener", &listener, "--plan", "pro"], &until[..]].concat());
    assert_eq!((&given["plan"], &given["subscriptions"][0]["keeper"]), (&json!("pro"), &json!("operator")));
    assert!(given["text"].as_str().unwrap().contains("2100"), "{given}");
    let table = world.read(&["plan", "show", "--listener", &listener]);
    assert!(table.contains("has the plan pro") && table.contains("active"), "{table}");
    let past = ["plan", "grant", "--listener", &listener, "--plan", "pro", "--until", "2020-01-01T00:00:00Z"];
    assert!(world.refused(2, &past).contains("is past"));
    assert!(
        world
            .refused(2, &["plan", "grant", "--listener", &listener, "--plan", "gold"])
            .contains("not configured")
    );
    let taken = world.ask(&["plan", "revoke", "--listener", &listener]);
    assert_eq!((&taken["plan"], &taken["base"]), (&json!("free"), &json!("free")));
    assert_eq!(taken["subscriptions"][0]["state"], "expired");
    let actions: Vec<String> =
        world.store.audited(3).await.unwrap().into_iter().map(|entry| entry.action).collect();
    assert_eq!(actions, ["plan.revoke", "plan.grant", "plan.set"]);
    let nobody = "0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27";
    assert!(world.refused(1, &["plan", "show", "--listener", nobody]).contains("there is none"));
}

#[tokio::test]
async fn an_account_is_closed_handed_over_and_deleted() {
    let world = World::sqlite().await;
    let person = world.person("a");
    let listener = person.listener.to_string();
    let email = world.ask(&["listener", "list"])[0]["email"].as_str().unwrap().to_owned();
    let token = world.ask(&["token", "create", "--listener", &listener, "--scope", "manage"]);
    let kept_out = world.ask(&["listener", "disable", &listener]);
    assert!(kept_out["disabled_at"].is_string());
    let hash = token["token"].as_str().unwrap().parse::<domain::token::Token>().unwrap().hash();
    let access = async || world.store.access(hash, i64::MAX / 2).await.unwrap();
    assert!(access().await.is_none());
    assert!(world.read(&["listener", "enable", &listener]).contains("may come in"));
    assert!(access().await.is_some());

    let account = world.ask(&["listener", "export", &listener]);
    assert_eq!(account["listeners"][0]["email"], email.as_str());
    assert_eq!(account["feeds"][0]["id"], person.feed.to_string());
    assert!(!account.to_string().contains(token["token"].as_str().unwrap()));
    let delete = |email: &str| ["listener", "delete", &listener, "--email", email].map(str::to_owned);
    let wrong = delete("b@example.org");
    assert!(world.refused(2, &wrong.each_ref().map(String::as_str)).contains("not the account's address"));
    let right = delete(&email);
    // They pay for something, nobody knows what.
    let message = store::inbox::Message {
        id: "evt_1".into(),
        kind: "customer.subscription.created".into(),
        created_at: 1,
        subscription: "sub_1".into(),
        body: format!(r#"{{"metadata": {{"listener": "{listener}"}}}}"#),
    };
    let mut tx = world.store.begin().await.unwrap();
    assert!(tx.take_message(&message, 1, 2).await.unwrap());
    tx.commit().await.unwrap();
    assert!(world.refused(1, &right.each_ref().map(String::as_str)).contains("payment is not settled"));
    let mut tx = world.store.begin().await.unwrap();
    tx.settle_messages(&["evt_1".into()], 3).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.ask(&right.each_ref().map(String::as_str)), json!({ "deleted": listener }));
    assert_eq!(world.ask(&["listener", "list"]), json!([]));
    assert!(world.refused(1, &["listener", "export", &listener]).contains("there is none"));
    let last = world.store.audited(1).await.unwrap().remove(0);
    assert_eq!((last.action.as_str(), last.subject.as_str()), ("listener.delete", "(deleted)"));
}

#[tokio::test]
async fn what_is_over_is_shown_before_it_goes() {
    let world = World::sqlite().await;
    let shown = world.ask(&["retention", "--within-days", "30"]);
    assert_eq!((&shown["dry_run"], &shown["now"]["programs"]), (&json!(true), &json!(0)));
    assert!(world.read(&["retention"]).contains("programs that are over"));
    let swept = world.ask(&["retention", "--sweep"]);
    assert_eq!((&swept["dry_run"], &swept["programs"]), (&json!(false), &json!(0)));
}

#[test]
fn every_subcommand_has_its_help() {
    let home = Home::new();
    let tasks = [
        "status",
        "check",
        "jobs",
        "cancel",
        "dead",
        "redrive",
        "discard",
        "restore",
        "batches",
        "backfill",
        "listener",
        "source",
        "feed",
        "token",
        "plan",
        "retention",
    ];
    let whole = home.run(&["admin", "--help"]).succeeds().stdout;
    for task in tasks {
        assert!(whole.contains(&format!("  {task} ")), "{task}");
        assert!(home.run(&["admin", task, "--help"]).succeeds().stdout.contains("--json"), "{task}");
    }
    assert_eq!(home.names_in("data"), [""; 0], "nothing was opened");
}
