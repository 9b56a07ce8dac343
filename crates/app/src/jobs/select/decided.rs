//! What became of a chunk of occurrences, and which artifacts that takes.

use super::{Best, frame_of, telling};
use crate::{
    jobs::{Room, desk::Desk},
    program::outline::Outline,
};
use domain::{ArtifactKey, OccurrenceId, Recipe, Selection};
use queue::Lane;
use std::collections::HashMap;
use store::occurrences::{Chosen, ToSelect};
use studio::{mixer::Jingle, writer::phrases};

/// An artifact that somebody waits for.
pub struct Want {
    pub key: ArtifactKey,
    pub recipe: Recipe,
    pub lane: Lane,
    pub common: bool,
    pub demand: u32,
}

pub type Wants = HashMap<ArtifactKey, Want>;

/// What became of a chunk.
#[derive(Default)]
pub struct Decided {
    pub chosen: Vec<Chosen>,
    /// With the reason of each.
    pub skipped: Vec<(OccurrenceId, String)>,
    pub external: Vec<(OccurrenceId, Lane)>,
    pub wants: Wants,
}

impl Decided {
    /// Somebody else makes it: it waits at no barrier.
    pub fn hand_over(&mut self, room: &Room, occurrence: &ToSelect) {
        self.external.push((occurrence.id, Lane(occurrence.lane)));
        let released_at = Some(room.clock.now());
        let selection = Selection { cut: occurrence.cut, ..Selection::default() };
        self.chosen.push(Chosen { id: occurrence.id, selection, released_at });
    }

    /// Notes the selection, and wants all that its assembly may need.
    pub fn take(
        &mut self,
        desk: &mut Desk<'_>,
        occurrence: &ToSelect,
        mut selection: Selection,
        best: &[Best],
    ) {
        let (language, listener) = (occurrence.language, occurrence.listener);
        let keys = &desk.room.narrator.keys;
        let lane = Lane(occurrence.lane);
        let frame = frame_of(occurrence);
        let says_headlines = Outline::of(frame).says_headlines();
        for pick in &mut selection.picks {
            let Some(kept) = best.iter().map(|one| &one.kept).find(|kept| kept.id == pick.article) else {
                continue;
            };
            let owner = crate::narrate::owner_of(&kept.article, listener);
            let telling = telling(occurrence, pick.depth);
            let readings = desk.own_readings(kept, language, listener);
            let headline =
                says_headlines.then(|| kept.headline(keys, language, listener, &readings)).flatten();
            let own = readings.clone();
            let recipe = Recipe::Segment { article: pick.article, telling, owner, readings };
            self.want(pick.key, || recipe, lane, false);
            if let Some((key, script)) = headline {
                pick.headline = Some(key);
                self.want(key, || Recipe::Phrase { script, language, owner, readings: own }, lane, false);
            }
        }
        if let Some(name) = frame.name {
            let script = phrases::greeting(language, occurrence.style, Some(name));
            let owner = Some(listener);
            let key = keys.phrase(&script, language, owner);
            selection.greeting = Some(key);
            self.want(key, || Recipe::Phrase { script, language, owner, readings: Vec::new() }, lane, false);
        }
        for (key, script) in desk.common(frame, selection.picks.len()).iter() {
            let recipe =
                || Recipe::Phrase { script: script.clone(), language, owner: None, readings: Vec::new() };
            self.want(*key, recipe, lane, true);
        }
        for jingle in Jingle::ALL {
            let recipe = || Recipe::Jingle { name: jingle.name().to_owned() };
            self.want(keys.jingle(jingle), recipe, lane, true);
        }
        self.chosen.push(Chosen { id: occurrence.id, selection, released_at: None });
    }

    /// One more waits for it; the best lane of all who do makes it.
    fn want(&mut self, key: ArtifactKey, recipe: impl FnOnce() -> Recipe, lane: Lane, common: bool) {
        let new = || Want { key, recipe: recipe(), lane, common, demand: 0 };
        let want = self.wants.entry(key).or_insert_with(new);
        want.lane = want.lane.min(lane);
        want.common |= common;
        want.demand += 1;
    }
}
