//! Who signs in by which address, the sessions they have, and links that are good once.

use crate::harness::{HOUR, LISTENER, NOW, Place, SECOND, id, on_both, parsed};
use domain::{
    ListenerId, SessionId,
    attempt::Limit,
    link::Purpose,
    session::{Limits, Shown},
    token::Ticket,
};
use store::{
    ceremonies::Kind,
    identities::Identity,
    links::{Link, NewLink},
    passkeys::NewPasskey,
    sessions::{Method, NewSession, Session},
};

on_both!(
    one_address_is_one_listener_however_it_is_typed,
    operators_who_can_sign_in_are_counted,
    a_cookie_is_replaced_by_whoever_is_first,
    sessions_are_listed_and_ended,
    a_link_is_good_once_and_so_are_its_twins,
    tries_are_counted_at_once,
    passkeys_and_identities_are_one_listeners,
    a_ceremony_is_ended_once,
);

const DAY: i64 = 24 * HOUR;
const LIMITS: Limits = Limits::of_days(14, 90);

fn ticket(n: u64) -> Ticket {
    Ticket::new([n, 0, 0, n])
}

async fn add_listener(place: &Place, number: u32, email: &str, role: &str) {
    let sql = format!(
        "INSERT INTO listeners (id, email, role, zone, language, plan, created_at)
         VALUES ('{}', '{email}', '{role}', 'UTC', 'en', 'unlimited', 0);",
        id(number)
    );
    place.run(&sql).await;
}

async fn one_address_is_one_listener_however_it_is_typed(place: Place) {
    for (number, email) in
        [(101, "H@E.org"), (102, "h@e.org"), (103, "no address"), (104, "花子@例え.jp"), (105, "x@e.org")]
    {
        add_listener(&place, number, email, "listener").await;
    }
    let by = async |key: &str| place.store.account_by_key(key).await.unwrap().map(|account| account.id);
    assert_eq!(by("h@e.org").await, None, "nobody has a key yet");
    for _ in 0..2 {
        place.store.key_addresses().await.unwrap();
        assert_eq!(by("h@e.org").await, Some(parsed(101)), "the older one has it");
        assert_eq!(by("花子@xn--r8jz45g.jp").await, Some(parsed(104)));
        assert_eq!(by("a@example.org").await, Some(parsed(LISTENER)));
    }
    let unkeyed = place.text("SELECT CAST(COUNT(*) AS TEXT) FROM listeners WHERE email_key IS NULL").await;
    assert_eq!(unkeyed.as_deref(), Some("2"));
    let account = place.store.account(parsed(102)).await.unwrap().unwrap();
    assert_eq!(account.email, "h@e.org", "the younger one stays");
    assert!(!format!("{account:?}").contains("e.org"));

    // From now on nobody can be twice.
    let mut listener = place.store.listener(parsed(105)).await.unwrap().unwrap();
    listener.id = parsed(106);
    for (email, is_new) in [("X@E.ORG", false), ("ｘ@e.org", false), ("y@e.org", true), ("Y@e.org", false)] {
        listener.email = email.into();
        let mut tx = place.store.begin().await.unwrap();
        assert_eq!(tx.add_listener(&listener, NOW).await.unwrap(), is_new, "{email}");
        tx.commit().await.unwrap();
    }
    place.run(&format!("DELETE FROM listeners WHERE id = '{}';", id(101))).await;
    place.store.key_addresses().await.unwrap();
    assert_eq!(by("h@e.org").await, Some(parsed(102)), "the address is free again");
}

async fn operators_who_can_sign_in_are_counted(place: Place) {
    let can = async || place.store.an_operator_can_sign_in().await.unwrap();
    add_listener(&place, 101, "o@example.org", "operator").await;
    assert!(!can().await);
    let mut tx = place.store.begin().await.unwrap();
    assert!(tx.set_password(parsed(LISTENER), "$argon2id$", NOW).await.unwrap());
    tx.commit().await.unwrap();
    assert!(!can().await, "a listener who is no operator does not count");
    let mut tx = place.store.begin().await.unwrap();
    assert!(tx.set_password(parsed(101), "$argon2id$", NOW).await.unwrap());
    tx.disable_listener(parsed(101), Some(NOW)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!can().await, "nor does one who may not come in");
    place.run(&format!("UPDATE listeners SET email_key = NULL WHERE id = '{}'", id(LISTENER))).await;
    let mut tx = place.store.begin().await.unwrap();
    tx.promote(parsed(LISTENER)).await.unwrap();
    assert!(!tx.verify_address(parsed(LISTENER), "b@example.org", NOW).await.unwrap());
    assert!(!tx.verify_address(parsed(LISTENER), "a@example.org", NOW).await.unwrap(), "it has no key yet");
    tx.commit().await.unwrap();
    assert!(can().await);
    place.store.rehash_password(parsed(101), "$other", "$new").await.unwrap();
    place.store.rehash_password(parsed(LISTENER), "$argon2id$", "$new").await.unwrap();
    let password = async |number| place.store.account(parsed(number)).await.unwrap().unwrap().password;
    assert_eq!(password(101).await.as_deref(), Some("$argon2id$"), "it was changed meanwhile");
    assert_eq!(password(LISTENER).await.as_deref(), Some("$new"));
}

async fn begin(place: &Place, listener: ListenerId, n: u64, at: i64) -> SessionId {
    let id = SessionId::born(at, [n << 24, n]);
    let new = NewSession {
        id,
        listener,
        hash: ticket(n).hash(),
        method: Method::Password,
        address: "192.0.2.7".into(),
        agent: "Firefox".into(),
    };
    let mut tx = place.store.begin().await.unwrap();
    tx.add_session(&new, at).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn session(place: &Place, n: u64) -> Option<Session> {
    place.store.session(ticket(n).hash()).await.unwrap()
}

async fn a_cookie_is_replaced_by_whoever_is_first(place: Place) {
    begin(&place, parsed(LISTENER), 1, NOW).await;
    let found = session(&place, 1).await.unwrap();
    assert_eq!((found.shown, found.life.confirmed_at), (Shown::Present, Some(NOW)));
    assert_eq!(session(&place, 2).await, None);

    let replace = async |of: &Session, shown, next, at| {
        let (shown, next) = (ticket(shown).hash(), ticket(next).hash());
        place.store.replace_cookie(of, shown, next, at).await.unwrap()
    };
    assert!(replace(&found, 1, 2, NOW + DAY).await);
    assert!(!replace(&found, 1, 3, NOW + DAY).await, "another request was first");
    let (previous, present) = (session(&place, 1).await.unwrap(), session(&place, 2).await.unwrap());
    assert_eq!((previous.shown, present.shown), (Shown::Previous, Shown::Present));
    assert_eq!(present.life.confirmed_at, None);
    // The answer was lost: whoever has the one before gets another.
    assert!(replace(&previous, 1, 4, NOW + DAY + HOUR).await);
    assert_eq!(session(&place, 2).await, None);
    let present = session(&place, 4).await.unwrap();
    place.store.session_seen(&present, ticket(4).hash(), NOW + DAY + 2 * HOUR).await.unwrap();
    let life = session(&place, 1).await.unwrap().life;
    assert_eq!((life.confirmed_at, life.seen_at), (Some(NOW + DAY + 2 * HOUR), NOW + DAY + 2 * HOUR));

    let mut tx = place.store.begin().await.unwrap();
    tx.renew_session(present.id, ticket(5).hash(), NOW + 2 * DAY).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((session(&place, 4).await, session(&place, 1).await), (None, None));
    for (after, seen) in [(60, 0), (61, 61), (62, 61)] {
        let at = NOW + 2 * DAY + after * SECOND;
        let renewed = session(&place, 5).await.unwrap();
        place.store.session_seen(&renewed, ticket(5).hash(), at).await.unwrap();
        assert_eq!(session(&place, 5).await.unwrap().life.seen_at, NOW + 2 * DAY + seen * SECOND, "{after}");
    }
}

async fn sessions_are_listed_and_ended(place: Place) {
    add_listener(&place, 101, "b@example.org", "listener").await;
    let own = parsed(LISTENER);
    let old = begin(&place, own, 1, NOW - 20 * DAY).await;
    let (one, two) = (begin(&place, own, 2, NOW).await, begin(&place, own, 3, NOW + 1).await);
    let foreign = begin(&place, parsed(101), 4, NOW).await;
    let listed = async || {
        let rows = place.store.sessions(own, LIMITS, NOW + 2).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(listed().await, [two, one], "what is over is not listed");
    let mut tx = place.store.begin().await.unwrap();
    assert!(!tx.end_session(foreign, own).await.unwrap());
    assert!(tx.end_session(one, own).await.unwrap());
    assert!(!tx.end_session(one, own).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(listed().await, [two]);
    assert_eq!(place.store.prune_sessions(LIMITS, NOW).await.unwrap(), 1, "{old} is forgotten");
    begin(&place, own, 5, NOW + 2).await;
    let mut tx = place.store.begin().await.unwrap();
    assert_eq!(tx.end_sessions(own, Some(two)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(listed().await, [two]);
    let mut tx = place.store.begin().await.unwrap();
    assert_eq!(tx.end_sessions(own, None).await.unwrap(), 1);
    tx.disable_listener(parsed(101), Some(NOW)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(session(&place, 4).await, None, "whoever may not come in has no session");
}

async fn a_link_is_good_once_and_so_are_its_twins(place: Place) {
    let listener = Some(parsed(LISTENER));
    let mut tx = place.store.begin().await.unwrap();
    for (n, purpose, listener) in [
        (1, Purpose::Reset, listener),
        (2, Purpose::Reset, listener),
        (3, Purpose::Verify, listener),
        (4, Purpose::SetUp, None),
        (5, Purpose::SetUp, None),
    ] {
        let email_key = listener.map(|_| "a@example.org".to_owned());
        let new = NewLink { hash: ticket(n).hash(), purpose, listener, email_key };
        tx.add_link(&new, NOW).await.unwrap();
    }
    tx.commit().await.unwrap();
    let good = async |n, purpose, at| place.store.link(ticket(n).hash(), purpose, at).await.unwrap();
    let used = async |n, purpose, at| {
        let mut tx = place.store.begin().await.unwrap();
        let link = tx.use_link(ticket(n).hash(), purpose, at).await.unwrap();
        tx.commit().await.unwrap();
        link
    };
    assert_eq!(good(1, Purpose::Verify, NOW).await, None, "it is for something else");
    assert_eq!(good(1, Purpose::Reset, NOW + HOUR).await, None, "it is over");
    assert_eq!(used(1, Purpose::Reset, NOW + HOUR).await, None);
    let link = Link { listener, email_key: Some("a@example.org".into()) };
    assert_eq!(good(1, Purpose::Reset, NOW + HOUR - 1).await.as_ref(), Some(&link));
    assert_eq!(used(1, Purpose::Reset, NOW).await, Some(link));
    assert_eq!(used(1, Purpose::Reset, NOW).await, None);
    assert_eq!(good(2, Purpose::Reset, NOW).await, None, "its twin is of no use any more");
    assert!(good(3, Purpose::Verify, NOW).await.is_some());
    assert!(used(5, Purpose::SetUp, NOW).await.is_some());
    assert_eq!(good(4, Purpose::SetUp, NOW).await, None);
    assert_eq!(place.store.prune_links(NOW + 2 * HOUR).await.unwrap(), 2);
    let kept = place.text("SELECT MIN(hash) FROM one_time_links").await.unwrap();
    assert_ne!(kept, ticket(3).reveal());
}

async fn tries_are_counted_at_once(place: Place) {
    let limit = Limit { at_once: 5, then_every: 60 * SECOND };
    let tries = (0..20).map(|_| place.store.try_once("account:x", limit, NOW));
    let waits: Vec<Option<i64>> =
        futures::future::join_all(tries).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(waits.iter().filter(|wait| wait.is_none()).count(), 5, "{waits:?}");
    assert!(waits.iter().flatten().all(|wait| *wait == 60 * SECOND));
    assert_eq!(place.store.try_once("account:y", limit, NOW).await.unwrap(), None, "another's own");
    let again = async |at| place.store.try_once("account:x", limit, at).await.unwrap();
    assert_eq!(again(NOW + 45 * SECOND).await, Some(15 * SECOND));
    assert_eq!(again(NOW + 60 * SECOND).await, None);
    assert_eq!(again(NOW + 60 * SECOND).await, Some(60 * SECOND));
    place.store.forgive_try("account:x", limit).await.unwrap();
    assert_eq!(again(NOW + 60 * SECOND).await, None);
    place.store.clear_tries("account:x").await.unwrap();
    assert_eq!(again(NOW + 60 * SECOND).await, None);
    assert_eq!(place.store.prune_tries(NOW + 61 * SECOND).await.unwrap(), 1);
}

async fn passkeys_and_identities_are_one_listeners(place: Place) {
    add_listener(&place, 101, "b@example.org", "listener").await;
    let (own, foreign) = (parsed(LISTENER), parsed(101));
    let new = |n: u32, listener, credential: &str| NewPasskey {
        id: parsed(n),
        listener,
        credential: credential.into(),
        passkey: "{}".into(),
        label: "Phone".into(),
    };
    let mut tx = place.store.begin().await.unwrap();
    assert!(tx.add_passkey(&new(201, own, "one"), NOW).await.unwrap());
    assert!(!tx.add_passkey(&new(202, foreign, "one"), NOW).await.unwrap());
    assert!(!tx.passkey_used(foreign, "one", "{}", NOW).await.unwrap());
    assert!(tx.passkey_used(own, "one", r#"{"n":1}"#, NOW + 1).await.unwrap());
    assert!(!tx.remove_passkey(parsed(201), foreign).await.unwrap());
    let identity = Identity { issuer: "https://id.example", subject: "7" };
    assert!(tx.add_identity(identity, own, "google", NOW).await.unwrap());
    assert!(!tx.add_identity(identity, foreign, "google", NOW).await.unwrap());
    tx.identity_used(identity, NOW + 1).await.unwrap();
    assert!(!tx.remove_identity(identity, foreign).await.unwrap());
    tx.commit().await.unwrap();
    let row = &place.store.passkeys(own).await.unwrap()[0];
    assert_eq!((row.passkey.as_str(), row.last_used_at, row.id), (r#"{"n":1}"#, Some(NOW + 1), parsed(201)));
    assert_eq!(place.store.listener_of(identity).await.unwrap(), Some(own));
    assert_eq!(place.store.listener_of(Identity { subject: "8", ..identity }).await.unwrap(), None);
    let listed = place.store.identities(own).await.unwrap();
    assert_eq!((listed[0].subject.as_str(), listed[0].last_used_at), ("7", Some(NOW + 1)));
    let mut tx = place.store.begin().await.unwrap();
    assert!(tx.remove_passkey(parsed(201), own).await.unwrap());
    assert!(tx.remove_identity(identity, own).await.unwrap());
    tx.commit().await.unwrap();
    assert!(place.store.passkeys(own).await.unwrap().is_empty());
}

async fn a_ceremony_is_ended_once(place: Place) {
    let (hash, over) = (ticket(1).hash(), ticket(2).hash());
    place.store.begin_ceremony(hash, Kind::Oidc, "{}", NOW + SECOND).await.unwrap();
    place.store.begin_ceremony(over, Kind::Oidc, "{}", NOW).await.unwrap();
    let take = async |hash, kind| place.store.take_ceremony(hash, kind, NOW).await.unwrap();
    assert_eq!(take(over, Kind::Oidc).await, None);
    assert_eq!(take(hash, Kind::PasskeyNew).await, None, "it is another ceremony");
    assert_eq!(take(hash, Kind::Oidc).await.as_deref(), Some("{}"));
    assert_eq!(take(hash, Kind::Oidc).await, None);
    assert_eq!(place.store.prune_ceremonies(NOW + 1).await.unwrap(), 1);
}
