//! Narrate: one artifact, made once for all who wait for it. What fails is tried again while there is time;
//! then it is made by the last rung, under a key of its own, or given up, so that nobody waits in vain.

use super::{Facts, RETRY_AFTER, Room, SECOND, Trouble, newsstand};
use crate::{
    metered::{self, Errand},
    metrics::{self, Stage},
    narrate::{NarrateError, Narrator},
};
use domain::{
    ArtifactKey, Recipe, Telling,
    forecast::Step,
    provider::{Plight, Rung, Why, Withheld, ladder::Refused},
};
use queue::{Class, Context, JobError, Micros, Outcome, retry::next_try};
use std::time::Duration;
use studio::{
    mixer::Jingle,
    voice::{self, VoiceError},
    writer::{self, WriterError},
};

pub async fn narrate(
    room: &Room,
    facts: &Facts,
    context: &Context,
    key: ArtifactKey,
    recipe: &Recipe,
) -> Result<Outcome, Trouble> {
    if !room.store.is_wanted(key, room.clock.now()).await? {
        return Ok(Outcome::Skip("nobody waits for it any more".into()));
    }
    room.narrator.shelf.media.takes_objects().await?;
    if may_be_poison(room, context) {
        let error = format!("the process died or froze {} times while it was made", context.counts.crashes);
        return give_up(room, key, recipe, JobError::new(Class::Bug, error)).await;
    }
    let began = room.clock.elapsed();
    let outcome = match make(room, &room.narrator, recipe).await? {
        Ok(made) => {
            Errand::current().delivered();
            learn(room, recipe, &made, began);
            stand_in(room, key, recipe, &made, "the configuration changed while it waited").await?;
            Outcome::Done
        }
        Err(NarrateError::FailedBefore(error)) => Outcome::Skip(error),
        Err(error) => match goes_on(room, facts, context, &error) {
            Some(later) => return Ok(later),
            None => match withheld(&error).filter(|refusal| is_wall(refusal.why)) {
                Some(refusal) => return go_round(room, key, recipe, refusal).await,
                None => return give_up(room, key, recipe, judged(&error)).await,
            },
        },
    };
    room.store.settle_demand(key, room.clock.now()).await?;
    Ok(outcome)
}

/// Whether it has brought its process down so often that once more is the end of its job. Where the plain writer and
/// voice are others than the configured ones, they get that last chance.
fn may_be_poison(room: &Room, context: &Context) -> bool {
    let crashes = context.counts.crashes;
    room.plain.is_some() && crashes > 0 && crashes + 1 >= room.rules.policies.crashes
}

/// The configured writer and voice have failed for good.
async fn give_up(
    room: &Room,
    key: ArtifactKey,
    recipe: &Recipe,
    error: JobError,
) -> Result<Outcome, Trouble> {
    last_rung(room, key, recipe, &error).await?;
    room.store.settle_demand(key, room.clock.now()).await?;
    Ok(Outcome::Fail(error))
}

/// Whether it is in everybody's way: nothing is wrong with what was to be made.
const fn is_wall(why: Why) -> bool {
    match why {
        Why::Killed
        | Why::Broken
        | Why::Paused
        | Why::Budget(_)
        | Why::Parallel
        | Why::Rate
        | Why::Unrecorded => true,
        Why::PaidTwice => false,
    }
}

/// A provider may not be called for as long as there is time: the last rung makes it. That is one trouble of the
/// provider's, not a dead letter for each artifact.
async fn go_round(
    room: &Room,
    key: ArtifactKey,
    recipe: &Recipe,
    refusal: &Withheld,
) -> Result<Outcome, Trouble> {
    // Whoever has switched it off knows.
    if refusal.why != Why::Killed {
        let text = format!("{refusal}; what cannot wait is made by the plain writer and the embedded voice");
        room.alerts.raise("provider", &refusal.provider, &text);
    }
    let error = metered::withheld(refusal);
    let rescue = last_rung(room, key, recipe, &error).await?;
    room.store.settle_demand(key, room.clock.now()).await?;
    Ok(match rescue {
        Rescue::Made => Outcome::Skip(format!("made by the plain writer and voice: {}", error.message)),
        Rescue::None => Outcome::Fail(error),
    })
}

/// Whether the plain writer and voice have made something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rescue {
    Made,
    None,
}

/// What came of a recipe.
struct Made {
    key: ArtifactKey,
    duration_ms: u64,
    /// What its length was guessed to be; none of what is no article.
    guessed_ms: Option<u64>,
}

/// A storage that fails is the job's trouble, all else the artifact's.
async fn make(
    room: &Room,
    narrator: &Narrator,
    recipe: &Recipe,
) -> Result<Result<Made, NarrateError>, Trouble> {
    let (key, narrated, guessed_ms) = match recipe {
        Recipe::Segment { article, telling, owner, readings } => {
            let Some(stored) = room.store.articles_by_id(&[*article]).await?.pop() else {
                return Ok(Err(NarrateError::Gone));
            };
            let article = stored.article;
            let key = narrator.keys.segment(&article, *telling, *owner, readings);
            let guess = newsstand::guessed(&article, telling.language).get(telling.depth);
            (key, narrator.segment(&article, *telling, *owner, readings).await, guess.map(|length| length.ms))
        }
        Recipe::Phrase { script, language, owner, readings } => {
            let key = narrator.keys.phrase_with(script, *language, *owner, readings);
            (key, narrator.phrase(script, *language, *owner, readings).await, None)
        }
        Recipe::Jingle { name } => match Jingle::named(name) {
            Some(jingle) => (narrator.keys.jingle(jingle), narrator.jingle(jingle).await, None),
            None => return Ok(Err(NarrateError::Gone)),
        },
    };
    match narrated {
        Ok(narrated) => Ok(Ok(Made { key, duration_ms: narrated.part.duration_ms(), guessed_ms })),
        Err(NarrateError::Store(error)) => Err(error.into()),
        Err(NarrateError::Media(error)) => Err(error.into()),
        Err(error) => Ok(Err(error)),
    }
}

fn learn(room: &Room, recipe: &Recipe, made: &Made, began: Duration) {
    let took = room.clock.elapsed().saturating_sub(began);
    metrics::stage_took(Stage::Narrate, took);
    let step = match recipe {
        Recipe::Segment { telling: Telling { language, depth, .. }, .. } => {
            if let Some(guessed_ms) = made.guessed_ms {
                room.learning.lasted(*language, *depth, guessed_ms, made.duration_ms);
            }
            Step::Segment
        }
        Recipe::Phrase { .. } | Recipe::Jingle { .. } => Step::Phrase,
    };
    room.learning.took(step, took, room.now());
}

/// How the configured writer and voice get another chance, if there is time for one. A call that was not let
/// through was no attempt, and uses none.
fn goes_on(room: &Room, facts: &Facts, context: &Context, error: &NarrateError) -> Option<Outcome> {
    let Some(refusal) = withheld(error) else {
        let error = judged(error);
        return may_try_again(room, facts, context, &error).then_some(Outcome::Retry(error));
    };
    let now = room.clock.now();
    let seconds = |micros: Micros| micros as f64 / SECOND as f64;
    let left_s = seconds(facts.due_at.saturating_sub(now));
    is_worth_waiting(refusal, left_s, seconds(takes(room)))
        .then(|| Outcome::Snooze(now.saturating_add(metered::wait(refusal))))
}

/// Half of the time that is left is the last rung's: it will have more to do than this one artifact.
fn is_worth_waiting(refusal: &Withheld, left_s: f64, each_s: f64) -> bool {
    let refused = Refused { why: refusal.why, wait_s: refusal.wait.map(|wait| wait.as_secs_f64()) };
    let plight = Plight {
        left_s: left_s / 2.0,
        missing: 1,
        cached: 0,
        each_s,
        offline_each_s: each_s,
        refused: Some(refused),
    };
    Rung::of(&plight) == Rung::Configured
}

fn takes(room: &Room) -> Micros {
    (room.learning.durations().seconds(Step::Segment) * SECOND as f64) as Micros
}

/// Another attempt only helps if it can end before the wait for it does.
fn may_try_again(room: &Room, facts: &Facts, context: &Context, error: &JobError) -> bool {
    let now = room.clock.now();
    let next = next_try(&room.rules.policies, error, context.counts.tries + 1, facts.due_at, 0.0, now);
    next.is_ok_and(|at| at + takes(room) < facts.due_at)
}

/// The plain writer and voice make it, if there are any; what they make stands in for it from now on.
async fn last_rung(
    room: &Room,
    key: ArtifactKey,
    recipe: &Recipe,
    error: &JobError,
) -> Result<Rescue, Trouble> {
    if let Some(plain) = &room.plain {
        match make(room, plain, recipe).await? {
            Ok(made) => {
                stand_in(room, key, recipe, &made, &error.message).await?;
                return Ok(Rescue::Made);
            }
            Err(also) => tracing::warn!(%key, error = %also, "the plain writer and voice failed, too"),
        }
    }
    let now = room.clock.now();
    let retry_after = now + RETRY_AFTER;
    room.store.give_up_artifact(key, recipe.kind(), &error.message, None, retry_after, now).await?;
    Ok(Rescue::None)
}

/// Notes that another artifact was made in place of the one that was wanted.
async fn stand_in(
    room: &Room,
    wanted: ArtifactKey,
    recipe: &Recipe,
    made: &Made,
    why: &str,
) -> Result<(), Trouble> {
    if made.key != wanted {
        let now = room.clock.now();
        let instead = Some(made.key);
        room.store.give_up_artifact(wanted, recipe.kind(), why, instead, now + RETRY_AFTER, now).await?;
    }
    Ok(())
}

/// Whether a call was not let through.
const fn withheld(error: &NarrateError) -> Option<&Withheld> {
    match error {
        NarrateError::Writer(WriterError::Withheld(refusal))
        | NarrateError::Voice(VoiceError::Withheld(refusal)) => Some(refusal),
        _ => None,
    }
}

/// What kind of failure it was.
fn judged(error: &NarrateError) -> JobError {
    if let Some(refusal) = withheld(error) {
        return metered::withheld(refusal);
    }
    let micros = |wait: std::time::Duration| i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
    match error {
        NarrateError::Writer(cause) => match cause.failure() {
            writer::Failure::Transient => JobError::new(Class::Transient, error),
            writer::Failure::Throttled { retry_after } => JobError::throttled(error, retry_after.map(micros)),
            writer::Failure::Permanent => JobError::new(Class::Permanent, error),
            writer::Failure::Budget => JobError::new(Class::Budget, error),
            writer::Failure::Input => JobError::new(Class::Input, error),
        },
        NarrateError::Voice(cause) => match cause.failure() {
            voice::Failure::Transient => JobError::new(Class::Transient, error),
            voice::Failure::Throttled(retry_after) => JobError::throttled(error, retry_after.map(micros)),
            voice::Failure::Permanent => JobError::new(Class::Permanent, error),
            voice::Failure::Budget => JobError::new(Class::Budget, error),
            voice::Failure::Input => JobError::new(Class::Input, error),
        },
        NarrateError::Mix(_) | NarrateError::Speechless | NarrateError::Gone => {
            JobError::new(Class::Input, error)
        }
        NarrateError::FailedBefore(_) => JobError::new(Class::Permanent, error),
        NarrateError::Store(_) | NarrateError::Media(_) => JobError::new(Class::Transient, error),
        NarrateError::Meta { .. } | NarrateError::Thread(_) => JobError::new(Class::Bug, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::provider::Period;
    use std::time::Duration;

    #[test]
    fn a_call_that_is_held_back_is_waited_for_while_half_of_the_time_suffices() {
        let worth = |why, wait_s: Option<u64>, left_s| {
            let refusal = Withheld { provider: "p".into(), why, wait: wait_s.map(Duration::from_secs) };
            is_worth_waiting(&refusal, left_s, 30.0)
        };
        assert!(worth(Why::Broken, Some(20), 100.0));
        assert!(!worth(Why::Broken, Some(21), 100.0));
        assert!(worth(Why::Parallel, None, 60.0) && !worth(Why::Parallel, None, 59.0));
        assert!(!worth(Why::Rate, Some(1), -5.0));
        for never in [Why::Killed, Why::PaidTwice, Why::Budget(Period::Day)] {
            assert!(!worth(never, None, 1e6), "{never:?}");
        }
        assert!(worth(Why::Budget(Period::Day), Some(600), 3_600.0), "a new day is near");
    }
}
