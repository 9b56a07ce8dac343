//! `admin token`: who may use the API as whom.

use super::{Operator, at, listener, none};
use crate::{
    cli::admin::Token as Wish,
    failure::Failure,
    table::{Table, when},
    terminal::note,
};
use domain::{
    ListenerId, TokenId,
    token::{Scope, Token},
};
use jiff::Timestamp;
use queue::Micros;
use serde::Serialize;
use store::{
    listeners::Role,
    tokens::{NewToken, TokenRow},
};

const DAY: Micros = 86_400 * 1_000_000;

#[derive(Serialize)]
struct Created<'a> {
    id: TokenId,
    token: &'a str,
}

#[derive(Serialize)]
struct Shown {
    id: TokenId,
    listener: ListenerId,
    scope: Scope,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Revoked {
    id: TokenId,
}

pub async fn run(operator: &Operator, wish: Wish) -> Result<(), Failure> {
    match wish {
        Wish::Create { listener, scope, days } => create(operator, listener, scope, days).await,
        Wish::List { listener } => list(operator, listener).await,
        Wish::Revoke { id } => revoke(operator, id).await,
    }
}

async fn create(
    operator: &Operator,
    listener: ListenerId,
    scope: Scope,
    days: Option<u32>,
) -> Result<(), Failure> {
    let holder = listener::found(operator, listener).await?;
    let (now, office) = (operator.now(), operator.office());
    let ([a, b], [c, d]) = (office.chance(), office.chance());
    let (id, token) = (TokenId::born(now, office.chance()), Token::new([a, b, c, d]));
    let expires_at = days.map(|days| now.saturating_add(i64::from(days) * DAY));
    let new = NewToken { id, listener, scope, hash: token.hash(), expires_at };
    let mut tx = operator.store.begin().await?;
    tx.add_token(&new, now).await?;
    let detail = serde_json::json!({ "listener": listener, "scope": scope, "days": days });
    tx.audit(now, &operator.name(), "token.create", &id.to_string(), &detail.to_string()).await?;
    tx.commit().await?;
    if scope == Scope::Operate && holder.role != Role::Operator {
        note(format_args!("{} is no operator, but whoever has this token may run the service", holder.email));
    }
    if !operator.json {
        note(format_args!("token {id} is shown this once; keep it where nobody else reads"));
    }
    operator.say(&Created { id, token: token.reveal() }, token.reveal())
}

async fn list(operator: &Operator, listener: Option<ListenerId>) -> Result<(), Failure> {
    let tokens: Vec<Shown> = operator.store.tokens(listener).await?.into_iter().map(shown).collect();
    let now = at(operator.now());
    let row = |one: &Shown| {
        let instant = |at: Option<Timestamp>| at.map(|at| when(at.as_microsecond())).unwrap_or_default();
        let stands = match (one.revoked_at, one.expires_at) {
            (Some(_), _) => "revoked",
            (None, Some(over)) if over <= now => "over",
            (None, _) => "good",
        };
        [
            one.id.to_string(),
            one.listener.to_string(),
            one.scope.name().to_owned(),
            stands.to_owned(),
            instant(Some(one.created_at)),
            instant(one.expires_at),
            instant(one.last_used_at),
        ]
    };
    let head = ["id", "listener", "scope", "stands", "created", "expires", "last used"];
    operator.say(&tokens, Table::new(head, tokens.iter().map(row)))
}

async fn revoke(operator: &Operator, id: TokenId) -> Result<(), Failure> {
    let now = operator.now();
    let mut tx = operator.store.begin().await?;
    if !tx.revoke_token(id, now).await? {
        return Err(none(format!("token {id} that is good"), "token list"));
    }
    tx.audit(now, &operator.name(), "token.revoke", &id.to_string(), "{}").await?;
    tx.commit().await?;
    operator.say(&Revoked { id }, format_args!("token {id} is good no more"))
}

fn shown(row: TokenRow) -> Shown {
    Shown {
        id: row.id,
        listener: row.listener,
        scope: row.scope,
        created_at: at(row.created_at),
        expires_at: row.expires_at.map(at),
        last_used_at: row.last_used_at.map(at),
        revoked_at: row.revoked_at.map(at),
    }
}
