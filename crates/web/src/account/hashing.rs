//! Passwords by Argon2id (RFC 9106; cost by OWASP's password storage guide, 2026). It takes a core and 19 MiB for a
//! moment: so it is done beside the threads that answer, by a few at a time, and who finds a long queue is sent away.

use crate::api::refused::Refused;
use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash,
};
use domain::password::Password;
use std::{sync::Arc, thread::available_parallelism};
use tokio::{sync::Semaphore, task::spawn_blocking};

const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// At a time, however many cores there are.
const MOST_AT_ONCE: usize = 4;
/// Those who wait for their turn, and those whose turn it is.
const MOST_WAITING: usize = 64;
/// What is compared where there is no password, at the same cost: nobody knows one for it.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[derive(Debug)]
pub struct Hasher {
    turns: Arc<Semaphore>,
    door: Semaphore,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    Right,
    /// Right, and hashed at another cost than today's.
    RightButOld,
    Wrong,
}

impl Hasher {
    pub fn new() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        let turns = Arc::new(Semaphore::new(cores.min(MOST_AT_ONCE)));
        Self { turns, door: Semaphore::new(MOST_WAITING) }
    }

    /// In PHC form.
    pub async fn hash(&self, password: Password, salt: [u8; 16]) -> Result<String, Refused> {
        let hash = move || argon().hash_password_with_salt(password.reveal().as_bytes(), &salt);
        match self.compute(hash).await? {
            Ok(hash) => Ok(hash.to_string()),
            Err(error) => {
                tracing::error!(%error, "a password could not be hashed");
                Err(Refused::Fault)
            }
        }
    }

    /// Whether a password is the one of a hash. Without a hash it is not, and it takes as long to say so.
    pub async fn verify(&self, password: Password, hash: Option<String>) -> Result<Verified, Refused> {
        self.compute(move || {
            let is_somebodys = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
            let Ok(parsed) = PasswordHash::new(&hash) else { return Verified::Wrong };
            let is_right = argon().verify_password(password.reveal().as_bytes(), &parsed).is_ok();
            match (is_right && is_somebodys, is_todays(&parsed)) {
                (true, true) => Verified::Right,
                (true, false) => Verified::RightButOld,
                (false, _) => Verified::Wrong,
            }
        })
        .await
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refused> {
        let Ok(_place) = self.door.try_acquire() else {
            return Err(Refused::Throttled { after_s: 2 });
        };
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| Refused::Away)?;
        // The turn ends with the work, not with whoever waited for it.
        let done = spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|error| {
            tracing::error!(%error, "hashing a password broke off");
            Refused::Fault
        })
    }
}

fn argon() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the cost is one Argon2 takes");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn is_todays(hash: &PasswordHash) -> bool {
    let cost = |name| hash.params.get_decimal(name);
    hash.algorithm.as_str() == "argon2id"
        && [cost("m"), cost("t"), cost("p")] == [Some(MEMORY_KIB), Some(PASSES), Some(LANES)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_right_or_wrong_at_the_cost_of_today() {
        let hasher = Hasher::new();
        let password = || Password::typed("correct horse");
        let hash = hasher.hash(password(), [7; 16]).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, hasher.hash(password(), [8; 16]).await.unwrap());
        let verify = async |text: &str, hash: Option<&str>| {
            hasher.verify(Password::typed(text), hash.map(str::to_owned)).await.unwrap()
        };
        assert_eq!(verify("correct horse", Some(&hash)).await, Verified::Right);
        assert_eq!(verify("correct house", Some(&hash)).await, Verified::Wrong);
        assert_eq!(verify("", None).await, Verified::Wrong);
        assert_eq!(verify("x", Some("no hash")).await, Verified::Wrong);
        // Of RFC 9106's reference program: argon2id, 256 KiB.
        let cheap = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert_eq!(verify("password", Some(cheap)).await, Verified::RightButOld);
        assert!(is_todays(&PasswordHash::new(NOBODY).unwrap()), "nobody costs as much as anybody");
    }

    #[tokio::test]
    async fn a_long_queue_is_no_place_to_wait() {
        let hasher = Hasher::new();
        let all = hasher.turns.clone().acquire_many_owned(hasher.turns.available_permits() as u32);
        let held = all.await.unwrap();
        let _waiting = hasher.door.try_acquire_many(MOST_WAITING as u32).unwrap();
        let answer = hasher.verify(Password::typed("x"), None).await;
        assert!(matches!(answer, Err(Refused::Throttled { .. })), "{answer:?}");
        drop(held);
    }
}
