//! From articles to an assembled program: choose, rehearse until the length stands, voice what goes
//! around the articles, assemble.

use crate::narrate::{Keys, NarrateError, Narrated, Narrator, owner_of};
use domain::{
    Article, Edition, Language, ListenerId, Manifest, Program, SegmentKind, Style, Telling,
    select::{
        self, Ask, Candidates, Choice, Filter, Fit, Grade, Heard, Lengths, Offer, Pace, Rehearsal, Step,
        Tastes, Wish,
    },
};
use futures::{StreamExt, stream};
use jiff::{Timestamp, civil::Date};
use std::collections::HashMap;
use studio::{
    mixer::{self, Billing, Piece, Speakers},
    voice::default_pace,
};
use tokio::sync::watch;

pub mod outline;

use outline::{Frame, Item, Outline};

/// What is to be made, and of what.
#[derive(Debug)]
pub struct Order {
    pub articles: Vec<Article>,
    pub language: Language,
    pub style: Style,
    pub minutes: u32,
    pub max_articles: Option<usize>,
    pub title: Option<String>,
    /// The listener's name, for the greeting.
    pub name: Option<String>,
    /// The listener's own date.
    pub date: Date,
    pub now: Timestamp,
}

impl Order {
    fn frame(&self) -> Frame<'_> {
        Frame {
            language: self.language,
            style: self.style,
            minutes: self.minutes,
            max_articles: self.max_articles,
            name: self.name.as_deref(),
            date: self.date,
        }
    }

    fn title_of(&self, index: usize) -> Option<&str> {
        self.articles.get(index).map(|article| article.title.as_str())
    }
}

/// The one listener of a command that knows no accounts.
fn local_listener() -> ListenerId {
    ListenerId::born(0, [0; 2])
}

/// A program, complete but for where it is put.
#[derive(Clone, Debug)]
pub struct Produced {
    pub program: Program,
    pub manifest: Manifest,
    pub chapters_json: String,
    speakers: Speakers,
}

impl Produced {
    /// WebVTT.
    pub fn transcript_vtt(&self) -> String {
        mixer::vtt(&self.program.segments, &self.speakers)
    }
}

/// How far a program is: parts voiced, of those known to be needed by now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub done: usize,
    pub of: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum ProduceError {
    #[error("{0}")]
    NothingToSay(String),
    #[error(transparent)]
    Narrate(#[from] NarrateError),
}

/// How often the length of what goes around the articles may be corrected by measuring it.
const MOST_FITS: usize = 3;

/// Makes a program. What exists already is found; what is missing is made, two parts at a time.
pub async fn produce(
    narrator: &Narrator,
    order: &Order,
    progress: &watch::Sender<Progress>,
) -> Result<Produced, ProduceError> {
    let candidates = choose(order)?;
    let studio = Studio { narrator, order, progress };
    let frame = order.frame();
    let outline = Outline::of(frame);
    let mut offers = studio.offers(&candidates);
    let mut ask = outline.guess(frame);
    let mut fits = 0;
    loop {
        let (fit, segments) = studio.rehearse(&mut offers, ask).await?;
        let items = outline.items(frame, |index| order.title_of(index), &fit, Grade::of(&fit, &ask));
        let voiced = studio.voice(&items, &segments).await?;
        let total_ms = voiced.iter().map(|(_, narrated)| narrated.part.duration_ms()).sum();
        fits += 1;
        let measured = outline.measure(frame, &voiced);
        if ask.is_full(total_ms) || measured == ask || fits == MOST_FITS {
            return Ok(studio.assemble(Grade::measured(total_ms, &fit, &ask), voiced));
        }
        ask = measured;
    }
}

fn choose(order: &Order) -> Result<Candidates, ProduceError> {
    let wish = Wish {
        language: order.language,
        style: order.style,
        minutes: order.minutes,
        max_articles: order.max_articles,
        filter: Filter::everything(),
        heard: Heard::default(),
        tastes: Tastes::default(),
    };
    let candidates = select::candidates(&order.articles, &wish, order.now);
    tracing::info!(passed = %candidates.summary(), "articles chosen from");
    for dropped in &candidates.dropped {
        let title = order.articles.get(dropped.index).map_or("", |article| article.title.as_str());
        tracing::debug!(title, reason = dropped.reason.sentence(Language::En), "article dropped");
    }
    if candidates.kept.is_empty() {
        return Err(ProduceError::NothingToSay(nothing_to_say(&candidates)));
    }
    Ok(candidates)
}

/// The commonest reason stands for all.
fn nothing_to_say(candidates: &Candidates) -> String {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for dropped in &candidates.dropped {
        *counts.entry(dropped.reason.sentence(Language::En)).or_default() += 1;
    }
    let commonest = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
    match commonest {
        None => "no articles: the sources are empty; name another source".to_owned(),
        Some((reason, _)) => {
            let reason = reason.trim_end_matches('.');
            format!(
                "no article can be spoken ({}): {reason}; name another source or language",
                candidates.summary()
            )
        }
    }
}

/// A program in the making.
struct Studio<'a> {
    narrator: &'a Narrator,
    order: &'a Order,
    progress: &'a watch::Sender<Progress>,
}

impl Studio<'_> {
    fn offers(&self, candidates: &Candidates) -> Vec<Offer> {
        let pace = Pace::new(f64::from(default_pace(self.order.language)));
        let offer = |candidate: &select::Candidate| {
            let article = self.order.articles.get(candidate.index)?;
            let lengths = pace.lengths(article, self.order.language);
            Some(Offer { index: candidate.index, worth: candidate.worth, lengths })
        };
        candidates.kept.iter().filter_map(offer).collect()
    }

    /// Narrates what is chosen until every chosen article is measured. What was learned stays in
    /// `offers`. An article that cannot be narrated makes room for the next one; when none is left, the
    /// first failure is the outcome.
    async fn rehearse(
        &self,
        offers: &mut [Offer],
        ask: Ask,
    ) -> Result<(Fit, HashMap<Choice, Narrated>), ProduceError> {
        let mut rehearsal = Rehearsal::new(offers.to_vec(), ask);
        let mut segments = HashMap::new();
        let mut failures = Vec::new();
        let fit = loop {
            let choices = match rehearsal.step() {
                Step::Narrate(choices) => choices,
                Step::Settled(fit) => break fit,
            };
            let outcomes = self.narrate(choices).await;
            let all_failed = outcomes.iter().all(|(_, outcome)| outcome.is_err());
            for (choice, outcome) in outcomes {
                match outcome {
                    Ok(narrated) => {
                        let ms = narrated.part.duration_ms();
                        rehearsal.measured(choice, ms);
                        learn(offers, choice, |lengths| lengths.measured(choice.depth, ms));
                        segments.insert(choice, narrated);
                    }
                    Err(error) if error.is_storage() => return Err(error.into()),
                    // A provider that is down is not asked for each article there is.
                    Err(error) if all_failed && !error.is_the_articles() => return Err(error.into()),
                    Err(error) => {
                        rehearsal.failed(choice);
                        learn(offers, choice, |lengths| lengths.set(choice.depth, None));
                        failures.push(error);
                    }
                }
            }
        };
        if fit.chosen.is_empty() && !failures.is_empty() {
            return Err(failures.swap_remove(0).into());
        }
        for error in failures {
            tracing::warn!(%error, "an article could not be narrated; another takes its place");
        }
        let segments = self.complete(&fit, segments).await?;
        Ok((fit, segments))
    }

    /// Segments that an earlier round measured are fetched again: they are hits.
    async fn complete(
        &self,
        fit: &Fit,
        mut segments: HashMap<Choice, Narrated>,
    ) -> Result<HashMap<Choice, Narrated>, NarrateError> {
        for choice in &fit.chosen {
            if !segments.contains_key(choice) {
                segments.insert(*choice, self.segment(*choice).await?);
            }
        }
        Ok(segments)
    }

    async fn narrate(&self, choices: Vec<Choice>) -> Vec<(Choice, Result<Narrated, NarrateError>)> {
        self.expect(choices.len());
        let mut outcomes: Vec<_> = stream::iter(choices)
            .map(|choice| async move {
                let outcome = self.segment(choice).await;
                self.done();
                (choice, outcome)
            })
            .buffer_unordered(at_a_time())
            .collect()
            .await;
        // Not in the order in which they happened to end: the first failure is what is reported.
        outcomes.sort_by_key(|(choice, _)| (choice.index, choice.depth));
        outcomes
    }

    async fn segment(&self, choice: Choice) -> Result<Narrated, NarrateError> {
        let article = self.order.articles.get(choice.index).ok_or(NarrateError::Speechless)?;
        let telling = Telling { language: self.order.language, style: self.order.style, depth: choice.depth };
        self.narrator.segment(article, telling, owner_of(article, local_listener()), &[]).await
    }

    /// Puts a part to every item of the outline.
    async fn voice(
        &self,
        items: &[Item],
        segments: &HashMap<Choice, Narrated>,
    ) -> Result<Vec<(Item, Narrated)>, NarrateError> {
        self.expect(items.iter().filter(|item| !matches!(item, Item::Article { .. })).count());
        let voiced = stream::iter(items)
            .map(|item| async move {
                let narrated = match item {
                    Item::Article { choice } => {
                        return segments.get(choice).cloned().ok_or(NarrateError::Speechless);
                    }
                    Item::Jingle(jingle) => self.narrator.jingle(*jingle).await,
                    Item::Phrase { script, personal } => {
                        let owner = personal.then(local_listener);
                        self.narrator.phrase(script, self.order.language, owner, &[]).await
                    }
                };
                self.done();
                narrated
            })
            .buffered(at_a_time())
            .collect::<Vec<_>>()
            .await;
        items.iter().cloned().zip(voiced).map(|(item, narrated)| Ok((item, narrated?))).collect()
    }

    fn assemble(&self, grade: Grade, voiced: Vec<(Item, Narrated)>) -> Produced {
        let Order { language, ref title, date, .. } = *self.order;
        let title = title.clone().unwrap_or_else(|| outline::default_title(language, date));
        let names = Names { show: "Mimiyori", title, date };
        let article = |index: usize| self.order.articles.get(index);
        assemble(&self.narrator.keys, names, language, grade, voiced, article)
    }

    fn expect(&self, parts: usize) {
        self.progress.send_modify(|progress| progress.of += parts);
    }

    fn done(&self) {
        self.progress.send_modify(|progress| progress.done += 1);
    }
}

/// What a program is called.
#[derive(Clone, Debug)]
pub struct Names<'a> {
    /// Players group episodes by it.
    pub show: &'a str,
    pub title: String,
    pub date: Date,
}

/// Parts in their order to a program; `article` tells what an article's part is about, by its index.
pub fn assemble<'a>(
    keys: &Keys,
    names: Names<'_>,
    language: Language,
    grade: Grade,
    voiced: Vec<(Item, Narrated)>,
    article: impl Fn(usize) -> Option<&'a Article>,
) -> Produced {
    let speaker = |host| keys.booth.speaker(language, host);
    let billing = Billing {
        title: names.title.clone(),
        show: names.show.to_owned(),
        language,
        edition: grade.edition,
        date: Some(names.date),
        artist: "Mimiyori".into(),
        disclosure: outline::disclosure(language, &speaker(domain::Host::Main)),
        speakers: Speakers { main: speaker(domain::Host::Main), guest: speaker(domain::Host::Guest) },
    };
    let pieces = voiced.into_iter().map(|(item, narrated)| piece(&item, narrated, &article)).collect();
    let assembled = mixer::assemble(&billing, keys.format, pieces);
    let program = Program {
        title: names.title,
        language,
        edition: grade.edition,
        reason: grade.reason(language),
        duration_ms: assembled.duration_ms,
        bytes: assembled.bytes,
        loudness_lufs: Some((assembled.loudness_lufs * 100.0).round() / 100.0),
        segments: assembled.segments,
    };
    debug_assert_eq!(program.reason.is_none(), program.edition == Edition::Full);
    Produced {
        program,
        manifest: assembled.manifest,
        chapters_json: assembled.chapters_json,
        speakers: assembled.speakers,
    }
}

fn piece<'a>(item: &Item, narrated: Narrated, article: impl Fn(usize) -> Option<&'a Article>) -> Piece {
    let (kind, title, url) = match item {
        Item::Jingle(jingle) => (SegmentKind::Jingle, jingle.name().to_owned(), None),
        Item::Phrase { .. } => (SegmentKind::Phrase, String::new(), None),
        Item::Article { choice } => {
            let article = article(choice.index);
            let title = article.map(|article| article.title.clone()).unwrap_or_default();
            let url = article.and_then(|article| article.url.as_ref()).map(ToString::to_string);
            (SegmentKind::Article, title, url)
        }
    };
    let Narrated { part, said, .. } = narrated;
    Piece { kind, title, url, text: said.text, cues: said.cues, part, loudness: said.loudness }
}

fn learn(offers: &mut [Offer], choice: Choice, change: impl FnOnce(&mut Lengths)) {
    if let Some(offer) = offers.iter_mut().find(|offer| offer.index == choice.index) {
        change(&mut offer.lengths);
    }
}

/// Voices are arithmetic: more at a time than there are cores only costs memory.
fn at_a_time() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from).min(8)
}
