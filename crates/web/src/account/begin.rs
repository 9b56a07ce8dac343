//! How a session begins: always with a cookie that nobody has seen before, whatever the browser brought.

use super::{Account, client::Client, guard::detail};
use crate::api::{Caller, refused::Refused};
use axum::http::HeaderValue;
use domain::{Letter, ListenerId, SessionId, Work};
use queue::{Kind, NewJob, OnDuplicate};
use store::{
    StoreError, Tx,
    sessions::{Method, NewSession},
};

/// A letter that a mail server has put off for a day is given up.
const LETTER_DUE: i64 = 86_400 * 1_000_000;

impl Account {
    /// In a transaction of the caller's; what comes back is for the browser to keep. What it was signed in as before
    /// ends.
    pub(super) async fn begin(
        &self,
        tx: &mut Tx,
        listener: ListenerId,
        method: Method,
        client: &Client,
        before: Option<Caller>,
    ) -> Result<HeaderValue, Refused> {
        let (now, ticket) = (self.now(), self.ticket());
        if let Some((session, listener)) =
            before.and_then(|before| before.session().zip(Some(before.listener)))
        {
            tx.end_session(session, listener).await?;
        }
        let id = SessionId::born(now, self.chance());
        let (address, agent) = (client.address.to_string(), client.agent.clone());
        let new = NewSession { id, listener, hash: ticket.hash(), method, address, agent };
        tx.add_session(&new, now).await?;
        let detail = serde_json::json!({ "session": id, "method": method }).to_string();
        tx.audit(now, &signature(listener), "session.begin", &listener.to_string(), &detail).await?;
        metrics::counter!("mimiyori_sign_ins_total", "method" => method.name(), "outcome" => "in")
            .increment(1);
        Ok(self.keep(&ticket))
    }

    /// Another cookie for a session, whose listener has another password, say.
    pub(super) async fn renew(&self, tx: &mut Tx, session: SessionId) -> Result<HeaderValue, StoreError> {
        let ticket = self.ticket();
        tx.renew_session(session, ticket.hash(), self.now()).await?;
        Ok(self.keep(&ticket))
    }

    pub(super) async fn end(
        &self,
        tx: &mut Tx,
        caller: Caller,
        session: SessionId,
    ) -> Result<bool, StoreError> {
        let ended = tx.end_session(session, caller.listener).await?;
        if ended {
            let subject = caller.listener.to_string();
            tx.audit(self.now(), &signature(caller.listener), "session.end", &subject, &detail(session))
                .await?;
        }
        Ok(ended)
    }

    /// Has a letter written, in the transaction that gives reason to.
    pub(super) async fn write(&self, tx: &mut Tx, letter: Letter, key: String) -> Result<(), StoreError> {
        let (now, work) = (self.now(), Work::Mail { letter });
        let text = serde_json::to_string(&work).expect("ids and text always make JSON");
        let job = NewJob { key: Some(key), ..NewJob::new(Kind::new(work.kind()), text, now + LETTER_DUE) };
        tx.enqueue(&[job], OnDuplicate::Keep, now).await.map(drop)
    }
}

/// As decisions are signed.
pub(super) fn signature(listener: ListenerId) -> String {
    format!("listener {listener}")
}
