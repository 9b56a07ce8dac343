//! Assemble: the programs of released occurrences, of what is there. No voice is called, nothing is encoded.

mod shelf;

use super::{Room, SECOND, Trouble, late_notice, select};
use crate::{
    clock::timestamp,
    entitlement::receiving,
    metrics::{self, Stage},
    narrate::{Keys, Narrated},
    program::{
        Names, Produced, assemble as put_together,
        outline::{self, Frame, Item, Outline},
    },
};
use domain::{
    ArticleId, ArtifactKey, BatchId, ListenerId, OccurrenceId, OccurrenceState, Pick, ProgramId, Script,
    Selection,
    forecast::Step,
    occurrence::{MIN_ASSEMBLY_MARGIN, cut_off},
    select::{Ask, Grade, Lengths, Offer, edition::Why, fit, fit::Shortage},
};
use jiff::SignedDuration;
use queue::{OnDuplicate, Outcome};
use shelf::Shelf;
use store::{
    Legible,
    occurrences::{Ended, ToAssemble},
    programs::{Program, Publication},
};
use studio::writer::phrases;

const HOUR: i64 = 3_600 * SECOND;
/// Programs published in one transaction.
const CHUNK: usize = 20;
/// How often the length of what goes around the articles may be corrected by measuring it.
const MOST_FITS: usize = 3;

pub async fn assemble(
    room: &Room,
    batch: BatchId,
    first: OccurrenceId,
    last: OccurrenceId,
) -> Result<Outcome, Trouble> {
    let Legible { rows: occurrences, broken } = room.store.to_assemble(batch, first, last).await?;
    room.end_broken(broken).await?;
    if occurrences.is_empty() {
        return Ok(Outcome::Skip("all of it is done already".into()));
    }
    let shelf = Shelf::fetch(room, &occurrences).await?;
    let may_choose_again = has_time(room, batch).await?;
    for chunk in occurrences.chunks(CHUNK) {
        let began = room.clock.elapsed();
        let mut composed = Vec::with_capacity(chunk.len());
        let mut short = Vec::new();
        for one in chunk {
            let program = compose(&room.narrator.keys, &shelf, one);
            let again = match &program {
                Ok(program) => {
                    may_choose_again && (program.wants_more() || shelf.has_lost(&room.narrator.keys, one))
                }
                Err(_) => shelf.has_lost(&room.narrator.keys, one),
            };
            if again && one.selection.round < MOST_ROUNDS {
                short.push((one, program));
            } else {
                composed.push((one, program));
            }
        }
        if !short.is_empty() {
            let before = short.iter().map(|(one, program)| (one.id, chosen_before(one, program))).collect();
            let anew = select::again(room, batch, before).await?;
            short.retain(|(one, _)| !anew.contains(&one.id));
        }
        // Those for which there is nothing better to choose are as good as they get.
        composed.append(&mut short);
        composed.sort_unstable_by_key(|(one, _)| one.id);
        room.clock.worked(Step::Assemble, chunk.len()).await;
        publish(room, batch, composed).await?;
        let took = room.clock.elapsed().saturating_sub(began);
        let each = took / u32::try_from(chunk.len()).unwrap_or(1).max(1);
        room.learning.took(Step::Assemble, each, room.now());
        metrics::stage_took(Stage::Assemble, each);
    }
    Ok(Outcome::Done)
}

/// Whether what is chosen now can still be narrated before the barrier opens for all.
async fn has_time(room: &Room, batch: BatchId) -> Result<bool, Trouble> {
    let Some(batch) = room.store.batch(batch).await? else { return Ok(false) };
    let durations = room.learning.durations();
    let takes = SignedDuration::from_secs_f64(durations.seconds(Step::Segment) * 2.0);
    let until = cut_off(timestamp(batch.opened_at), timestamp(batch.due_at), MIN_ASSEMBLY_MARGIN);
    Ok(room.now().saturating_add(takes).is_ok_and(|ready| ready < until))
}

fn frame_of(one: &ToAssemble) -> Frame<'_> {
    Frame {
        language: one.language,
        style: one.style,
        minutes: one.minutes,
        max_articles: one.max_articles.map(|most| most as usize),
        name: Some(one.listener_name.as_str()).filter(|name| !name.is_empty()),
        date: one.local_date,
    }
}

/// A program, and the articles it tells.
struct Composed {
    produced: Produced,
    articles: Vec<ArticleId>,
    /// Of the parts it is made of.
    parts: Vec<ArtifactKey>,
    grade: Grade,
    ask: Ask,
}

/// A program that falls short may be chosen anew so often.
const MOST_ROUNDS: u8 = 2;

impl Composed {
    /// Other articles, or other depths of these, may fill the wished time.
    fn wants_more(&self) -> bool {
        let why = self.grade.shortfall.map(|shortfall| shortfall.why);
        matches!(why, Some(Why::Short(Shortage::NoCombination | Shortage::TooFewArticles) | Why::Failures))
    }
}

/// What was chosen, with what was measured of it.
fn chosen_before(one: &ToAssemble, composed: &Result<Composed, String>) -> Selection {
    let around_ms = composed.as_ref().ok().map(|program| (program.ask.fixed_ms, program.ask.per_article_ms));
    Selection { around_ms, ..one.selection.clone() }
}

/// One program of what is there; or why there is none.
fn compose(keys: &Keys, shelf: &Shelf, one: &ToAssemble) -> Result<Composed, String> {
    let picks: Vec<&Pick> = one
        .selection
        .picks
        .iter()
        .filter(|pick| shelf.part(pick.key).is_some() && shelf.articles.contains_key(&pick.article))
        .collect();
    if picks.is_empty() {
        return Err("none of its articles could be narrated".to_owned());
    }
    let frame = frame_of(one);
    let outline = Outline::of(frame);
    let title = |index: usize| {
        picks.get(index).and_then(|pick| Some(shelf.articles.get(&pick.article)?.title.as_str()))
    };
    let offers = offers(&picks, shelf);
    let mut ask = outline.guess(frame);
    let mut fits = 0;
    let short_of = shelf.short_of(one);
    let because = |grade: Grade| short_of.map_or(grade, |why| grade.because(why));
    let (grade, fit, voiced) = loop {
        let fit = fit(&offers, &ask);
        let items = outline.items(frame, title, &fit, because(Grade::of(&fit, &ask)));
        let voiced = voiced(keys, shelf, one, &picks, items);
        let total_ms = voiced.iter().map(|(_, narrated)| narrated.part.duration_ms()).sum();
        fits += 1;
        let measured = outline.measure(frame, &voiced);
        if ask.is_full(total_ms) || measured == ask || fits == MOST_FITS {
            let grade = because(Grade::measured(total_ms, &fit, &ask));
            ask = measured;
            break (grade, fit, voiced);
        }
        ask = measured;
    };
    let articles = fit.chosen.iter().filter_map(|choice| Some(picks.get(choice.index)?.article)).collect();
    let names = Names {
        show: &one.feed_name,
        title: outline::title(&one.feed_name, one.language, one.local_date),
        date: one.local_date,
    };
    let article = |index: usize| picks.get(index).and_then(|pick| shelf.articles.get(&pick.article));
    let parts = voiced.iter().map(|(_, narrated)| narrated.key).collect();
    let produced = put_together(keys, names, one.language, grade, voiced, article);
    Ok(Composed { produced, articles, parts, grade, ask })
}

/// Measured lengths, at the one depth that was made.
fn offers(picks: &[&Pick], shelf: &Shelf) -> Vec<Offer> {
    let offer = |(index, pick): (usize, &&Pick)| {
        let mut lengths = Lengths::default();
        lengths.measured(pick.depth, shelf.part(pick.key)?.part.duration_ms());
        Some(Offer { index, worth: pick.worth, lengths })
    };
    picks.iter().enumerate().filter_map(offer).collect()
}

/// Puts the parts that are there to the items. A phrase that is missing is left out, a greeting by name
/// becomes one without.
fn voiced(
    keys: &Keys,
    shelf: &Shelf,
    one: &ToAssemble,
    picks: &[&Pick],
    items: Vec<Item>,
) -> Vec<(Item, Narrated)> {
    let find = |item: &Item| match item {
        Item::Jingle(jingle) => shelf.part(keys.jingle(*jingle)),
        Item::Article { choice } => picks.get(choice.index).and_then(|pick| shelf.part(pick.key)),
        Item::Phrase { personal: true, .. } => {
            let named = one.selection.greeting.and_then(|key| shelf.part(key));
            named.or_else(|| shelf.part(plain_greeting(keys, one)))
        }
        Item::Phrase { script, .. } => {
            shelf.part(keys.phrase(script, one.language, None)).or_else(|| headline(keys, shelf, one, script))
        }
    };
    items
        .into_iter()
        .filter_map(|item| Some((find(&item)?.clone(), item)))
        .map(|(part, item)| (item, part))
        .collect()
}

fn plain_greeting(keys: &Keys, one: &ToAssemble) -> ArtifactKey {
    keys.phrase(&phrases::greeting(one.language, one.style, None), one.language, None)
}

/// A headline of a private article is its listener's own.
fn headline<'a>(keys: &Keys, shelf: &'a Shelf, one: &ToAssemble, script: &Script) -> Option<&'a Narrated> {
    let owner: Option<ListenerId> = Some(one.listener);
    shelf.part(keys.phrase(script, one.language, owner))
}

async fn publish(
    room: &Room,
    batch: BatchId,
    composed: Vec<(&ToAssemble, Result<Composed, String>)>,
) -> Result<(), Trouble> {
    let now = room.clock.now();
    let receiving = receiving(room, composed.iter().map(|(one, _)| one.listener), now).await?;
    let mut programs = Vec::with_capacity(composed.len());
    let mut ended = Vec::new();
    for (one, composed) in composed {
        let until =
            receiving.get(&one.listener).cloned().unwrap_or_else(|| Err("its listener is gone".into()));
        match (until, composed) {
            (Err(reason), _) => ended.push(Ended { id: one.id, state: OccurrenceState::Skipped, reason }),
            (Ok(expires_at), Ok(Composed { produced, articles, parts, .. })) => {
                programs.push((one.ready_by, program(room, one, produced, parts, now, expires_at), articles));
            }
            (Ok(_), Err(reason)) => {
                ended.push(Ended { id: one.id, state: OccurrenceState::Failed, reason });
            }
        }
    }
    let publications: Vec<Publication<'_>> =
        programs.iter().map(|(_, program, articles)| (program, articles.as_slice())).collect();
    let mut tx = room.store.begin().await?;
    if !ended.is_empty() {
        tx.end_occurrences(&ended, now).await?;
    }
    let published = tx.publish_all(&publications, now).await?;
    programs.retain(|(_, program, _)| published.contains(&program.occurrence));
    // All at once, for programs share parts: rows are locked in one order everywhere. By the full hour, so that what
    // thousands share is not written down anew for each.
    let mut kept: Vec<ArtifactKey> =
        programs.iter().flat_map(|(_, program, _)| program.parts.iter().copied()).collect();
    kept.sort_unstable();
    kept.dedup();
    let longest = programs.iter().map(|(_, program, _)| program.expires_at).max().unwrap_or(now);
    tx.keep_artifacts(&kept, longest.saturating_add(HOUR) / HOUR * HOUR).await?;
    let ready_by = programs.iter().map(|(ready_by, ..)| *ready_by).min();
    let notice = ready_by.and_then(|ready_by| late_notice(batch, ready_by, now));
    tx.enqueue(notice.as_slice(), OnDuplicate::Keep, now).await?;
    tx.commit().await?;
    for (ready_by, ..) in programs {
        metrics::occurrence_ready(timestamp(ready_by), timestamp(now));
    }
    Ok(())
}

fn program(
    room: &Room,
    one: &ToAssemble,
    produced: Produced,
    parts: Vec<ArtifactKey>,
    now: i64,
    expires_at: i64,
) -> Program {
    let Produced { program: mut document, manifest, .. } = produced;
    // The texts stand beside the parts already.
    for segment in &mut document.segments {
        segment.text = String::new();
    }
    Program {
        id: ProgramId::born(now, room.chance()),
        occurrence: one.id,
        listener: one.listener,
        feed: one.feed,
        title: document.title.clone(),
        language: one.language,
        edition: document.edition,
        reason: document.reason.clone(),
        duration_ms: document.duration_ms,
        bytes: document.bytes,
        document,
        manifest,
        parts,
        visible_at: now,
        expires_at,
    }
}
