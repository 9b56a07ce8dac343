//! Select: which articles an occurrence tells, and which artifacts that takes. Database only: nothing is
//! written, voiced or fetched here.

mod decided;

use super::{Facts, Room, SECOND, Trouble, desk::Desk, job, narrate_job, newsstand::Kept};
use crate::{
    entitlement::{Sifted, sift},
    metrics::{self, Stage},
    program::outline::{self, Frame, Outline},
};
use decided::{Decided, Want};
use domain::{
    ArtifactKey, BatchId, Language, OccurrenceId, OccurrenceState, Pick, Selection, Telling, Work,
    forecast::Step,
    select::{self, Candidates, Fit, Offer, Wish, fit},
};
use queue::{Micros, NewJob, OnDuplicate, Outcome};
use std::collections::{HashMap, HashSet};
use store::{Legible, batches::Batch, demand::Demand, occurrences::ToSelect};

/// Occurrences in one transaction.
const CHUNK: usize = 50;
/// Sources that were never read are waited for until so long before a job is due, and as long after it was opened.
const LEFT: Micros = 60 * SECOND;
const DAY: Micros = 86_400 * SECOND;
/// Articles beyond the best so many are not weighed against each other: a multiple of what a program takes, for
/// weighing grows with both.
const OFFERS_A_MINUTE: usize = 4;
const FEWEST_OFFERS: usize = 32;
const MOST_OFFERS: usize = 64;

pub async fn select(
    room: &Room,
    facts: &Facts,
    batch: BatchId,
    first: OccurrenceId,
    last: OccurrenceId,
) -> Result<Outcome, Trouble> {
    let Some(batch) = room.store.batch(batch).await? else {
        return Ok(Outcome::Skip("its batch is gone".into()));
    };
    if let Some(begin) = begins_later(&batch, room.clock.now()) {
        return Ok(Outcome::Snooze(begin));
    }
    let Legible { rows: occurrences, broken } =
        room.store.to_select(batch.id, first, last, OccurrenceState::Open).await?;
    room.end_broken(broken).await?;
    if occurrences.is_empty() {
        return Ok(Outcome::Skip("nothing of it is open any more".into()));
    }
    let Sifted { may: occurrences, refused } = sift(&room.rules, room.now(), occurrences);
    skip(room, &refused).await?;
    let mut desk = Desk::lay(room, &occurrences).await?;
    desk.wanted.extend(room.store.unsettled(batch.id).await?.into_iter().map(|(key, _)| key));
    // A source that was named just now is read first, but nobody waits for one that does not answer.
    let patient = room.clock.now() < facts.due_at.saturating_sub(LEFT).max(batch.opened_at + LEFT);
    let (early, occurrences): (Vec<_>, Vec<_>) =
        occurrences.into_iter().partition(|one| patient && desk.is_early_for(one.feed));
    for chunk in occurrences.chunks(CHUNK) {
        let began = room.clock.elapsed();
        let decided = decide(room, &mut desk, chunk, &HashMap::new()).await?;
        record(room, &mut desk, &batch, decided, Turn::First).await?;
        let took = room.clock.elapsed().saturating_sub(began);
        let each = took / u32::try_from(chunk.len()).unwrap_or(1).max(1);
        room.learning.took(Step::Select, each, room.now());
        metrics::stage_took(Stage::Select, each);
    }
    if !early.is_empty() {
        return Ok(Outcome::Snooze(room.clock.now() + SECOND / 2));
    }
    Ok(Outcome::Done)
}

async fn skip(room: &Room, refused: &[(OccurrenceId, String)]) -> Result<(), Trouble> {
    if refused.is_empty() {
        return Ok(());
    }
    let mut tx = room.store.begin().await?;
    tx.skip_occurrences(refused, room.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// A wave of a backfill comes after the one before, whoever has woken its job: it would tell the same articles.
const fn begins_later(batch: &Batch, now: Micros) -> Option<Micros> {
    let is_wave = batch.request.is_some() && batch.opened_at < batch.ready_by;
    if is_wave && now < batch.ready_by { Some(batch.ready_by) } else { None }
}

/// Chooses anew for released occurrences whose parts do not fill the wished time, now that their lengths are
/// known: they go back to the barrier. Those for which that is so; there may be nothing better to choose.
pub(super) async fn again(
    room: &Room,
    batch: BatchId,
    before: HashMap<OccurrenceId, Selection>,
) -> Result<HashSet<OccurrenceId>, Trouble> {
    let mut anew = HashSet::new();
    let Some(batch) = room.store.batch(batch).await? else { return Ok(anew) };
    let mut occurrences = Vec::with_capacity(before.len());
    for &id in before.keys() {
        let found = room.store.to_select(batch.id, id, id, OccurrenceState::Selected).await?;
        occurrences.extend(found.rows.into_iter().map(|one| one.of));
    }
    // What may be had was asked when they were chosen for the first time.
    for one in &mut occurrences {
        if let Some(cut) = before.get(&one.id).and_then(|before| before.cut) {
            one.keep_to(cut);
        }
    }
    occurrences.sort_unstable_by_key(|one| one.id);
    let mut desk = Desk::lay(room, &occurrences).await?;
    for chunk in occurrences.chunks(CHUNK) {
        let mut decided = decide(room, &mut desk, chunk, &before).await?;
        // What was there before is better than nothing: nobody ends here.
        decided.skipped.clear();
        anew.extend(decided.chosen.iter().map(|one| one.id));
        record(room, &mut desk, &batch, decided, Turn::Again).await?;
    }
    Ok(anew)
}

/// Whether occurrences are chosen for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    First,
    Again,
}

async fn decide(
    room: &Room,
    desk: &mut Desk<'_>,
    chunk: &[ToSelect],
    before: &HashMap<OccurrenceId, Selection>,
) -> Result<Decided, Trouble> {
    let mut decided = Decided::default();
    let mut candidates = Vec::with_capacity(chunk.len());
    let mut keys = Vec::new();
    for occurrence in chunk {
        if occurrence.external.is_some() {
            decided.hand_over(room, occurrence);
            continue;
        }
        let articles = desk.articles_of(occurrence.feed, occurrence.cut);
        let wish = wish(desk, occurrence);
        let refuse = |kept: &Kept| kept.refusal(wish.language);
        let found = select::candidates_with(&articles, &wish, room.now(), refuse);
        let best: Vec<Best> = found
            .kept
            .iter()
            .take((wish.minutes as usize * OFFERS_A_MINUTE).clamp(FEWEST_OFFERS, MOST_OFFERS))
            .filter_map(|one| Some(Best { kept: articles.get(one.index)?.clone(), worth: one.worth }))
            .collect();
        for one in &best {
            for (depth, _) in one.kept.guessed(occurrence.language).each() {
                keys.push(desk.key(&one.kept, telling(occurrence, depth), occurrence.listener));
            }
        }
        candidates.push((occurrence, found, best));
        // A listener's choice is arithmetic of a millisecond or so: others get their turn in between.
        room.clock.worked(Step::Select, 1).await;
    }
    desk.look_up(keys).await?;
    for (occurrence, found, best) in candidates {
        match choose(desk, occurrence, &found, &best, before.get(&occurrence.id)) {
            Ok(selection) => decided.take(desk, occurrence, selection, &best),
            Err(reason) => decided.skipped.push((occurrence.id, reason)),
        }
    }
    Ok(decided)
}

/// An article worth telling.
struct Best {
    kept: Kept,
    worth: f64,
}

fn wish(desk: &Desk<'_>, occurrence: &ToSelect) -> Wish {
    Wish {
        language: occurrence.language,
        style: occurrence.style,
        minutes: occurrence.minutes,
        max_articles: most(occurrence),
        filter: occurrence.filter.clone(),
        heard: desk.heard.get(&occurrence.listener).cloned().unwrap_or_default(),
        tastes: desk.tastes.get(&occurrence.listener).cloned().unwrap_or_default(),
    }
}

/// The articles of one occurrence, by learned lengths; or why there are none.
fn choose(
    desk: &mut Desk<'_>,
    occurrence: &ToSelect,
    found: &Candidates,
    best: &[Best],
    before: Option<&Selection>,
) -> Result<Selection, String> {
    let frame = frame_of(occurrence);
    let measured = before.and_then(|before| before.around_ms);
    let ask = match measured {
        Some((fixed_ms, per_article_ms)) => outline::ask(frame, fixed_ms, per_article_ms),
        None => Outline::of(frame).guess(frame),
    };
    let (language, style, listener) = (occurrence.language, occurrence.style, occurrence.listener);
    let offers: Vec<Offer> = best
        .iter()
        .enumerate()
        .map(|(index, one)| Offer {
            index,
            worth: one.worth,
            lengths: desk.lengths(&one.kept, language, style, listener),
        })
        .filter(|offer| offer.lengths.longest().is_some())
        .collect();
    let fit = fit(&offers, &ask);
    if fit.chosen.is_empty() {
        return Err(nothing_to_say(found, language));
    }
    let mut selection = selection(desk, occurrence, found, best, &fit);
    if let Some(before) = before {
        selection.keep_of(before.clone());
    }
    Ok(selection)
}

fn frame_of(occurrence: &ToSelect) -> Frame<'_> {
    Frame {
        language: occurrence.language,
        style: occurrence.style,
        minutes: occurrence.minutes,
        max_articles: most(occurrence),
        name: Some(occurrence.listener_name.as_str()).filter(|name| !name.is_empty()),
        date: occurrence.local_date,
    }
}

fn most(occurrence: &ToSelect) -> Option<usize> {
    occurrence.max_articles.map(|most| most as usize)
}

const fn telling(occurrence: &ToSelect, depth: domain::Depth) -> Telling {
    Telling { language: occurrence.language, style: occurrence.style, depth }
}

fn nothing_to_say(found: &Candidates, language: Language) -> String {
    let summary = found.summary().sentence(language);
    match language {
        Language::Ja => format!("今日お伝えできる新しい記事がありません。{summary}"),
        Language::En => format!("There is nothing new to tell today: {summary}"),
    }
}

fn selection(
    desk: &mut Desk<'_>,
    occurrence: &ToSelect,
    found: &Candidates,
    best: &[Best],
    fit: &Fit,
) -> Selection {
    let summary = found.summary();
    let chosen = fit.chosen.iter().map(|choice| (choice, false));
    let spares = fit.spares.iter().map(|choice| (choice, true));
    let picks = chosen.chain(spares).filter_map(|(choice, spare)| {
        let Best { kept, worth } = best.get(choice.index)?;
        let key = desk.key(kept, telling(occurrence, choice.depth), occurrence.listener);
        desk.wanted.insert(key);
        Some(Pick { article: kept.id, depth: choice.depth, key, headline: None, worth: *worth, spare })
    });
    Selection {
        picks: picks.collect(),
        greeting: None,
        passed: summary.passed,
        total: summary.total,
        cut: occurrence.cut,
        ..Selection::default()
    }
}

/// Writes down what was decided, with the jobs that follow from it: one transaction.
async fn record(
    room: &Room,
    desk: &mut Desk<'_>,
    batch: &Batch,
    Decided { chosen, skipped, external, wants }: Decided,
    turn: Turn,
) -> Result<(), Trouble> {
    desk.look_up(wants.keys().copied()).await?;
    let mut there: Vec<ArtifactKey> = wants.keys().copied().filter(|key| desk.is_ready(*key)).collect();
    there.sort_unstable();
    let mut missing: Vec<Want> =
        wants.into_values().filter(|want| !desk.is_ready(want.key) && !desk.is_given_up(want.key)).collect();
    // Rows are locked in one order everywhere.
    missing.sort_unstable_by_key(|want| want.key);
    let wanted = |want: &Want| Demand { key: want.key, recipe: want.recipe.clone(), common: want.common };
    let demand: Vec<Demand> = missing.iter().map(wanted).collect();
    let durations = room.learning.durations();
    let now = room.clock.now();
    let narrate = |want: Want| NewJob {
        demand: want.demand,
        ..narrate_job(want.key, want.recipe, want.lane, batch.due_at, &durations)
    };
    let mut jobs: Vec<NewJob> = missing.into_iter().map(narrate).collect();
    jobs.extend(external.into_iter().map(|(occurrence, lane)| {
        job(&Work::External { occurrence }, format!("external:{occurrence}"), lane, batch.due_at)
    }));
    let mut tx = room.store.begin().await?;
    tx.add_demand(batch.id, &demand).await?;
    // By the full day: what everybody has is not written down anew for each.
    tx.keep_artifacts(&there, (batch.due_at / DAY + 2) * DAY).await?;
    tx.enqueue(&jobs, OnDuplicate::Join, now).await?;
    match turn {
        Turn::First => tx.select_occurrences(&chosen).await?,
        Turn::Again => {
            let chosen: Vec<_> = chosen.into_iter().map(|one| (one.id, one.selection)).collect();
            tx.reselect_occurrences(&chosen).await?
        }
    };
    tx.skip_occurrences(&skipped, now).await?;
    tx.commit().await?;
    Ok(())
}
