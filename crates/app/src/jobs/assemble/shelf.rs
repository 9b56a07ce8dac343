//! What the programs of one assembling job are made of, read once for all of them.

use super::frame_of;
use crate::{
    jobs::{Room, Trouble},
    narrate::{Keys, Narrated},
    program::outline,
};
use domain::{Article, ArticleId, ArtifactKey, Pick, select::edition::Why};
use std::collections::{HashMap, HashSet};
use store::{Artifact, artifacts::Standing, occurrences::ToAssemble};

/// What the programs of one job are made of.
pub struct Shelf {
    pub articles: HashMap<ArticleId, Article>,
    /// By the key that was wanted, whatever was made in its place.
    parts: HashMap<ArtifactKey, Narrated>,
    /// What could not be made.
    failed: HashSet<ArtifactKey>,
    /// What was made and is gone from the media store; it may be made again.
    lost: HashSet<ArtifactKey>,
}

impl Shelf {
    pub async fn fetch(room: &Room, occurrences: &[ToAssemble]) -> Result<Self, Trouble> {
        let mut articles: Vec<ArticleId> = Vec::new();
        let mut keys: Vec<ArtifactKey> = Vec::new();
        for one in occurrences {
            articles.extend(one.selection.picks.iter().map(|pick| pick.article));
            keys.extend(one.selection.needs());
            keys.extend(common_keys(&room.narrator.keys, one));
        }
        articles.sort_unstable();
        articles.dedup();
        keys.sort_unstable();
        keys.dedup();
        let stored = room.store.articles_by_id(&articles).await?;
        let standings = room.store.standings(&keys).await?;
        let failed = |(key, standing): (&ArtifactKey, &Standing)| {
            matches!(standing, Standing::Failed { .. }).then_some(*key)
        };
        let (parts, lost) = parts(room, &keys, &standings).await?;
        Ok(Self {
            articles: stored.into_iter().map(|stored| (stored.id, stored.article)).collect(),
            failed: standings.iter().filter_map(failed).collect(),
            parts,
            lost,
        })
    }

    /// Whether something that the program needs is gone from the media store.
    pub fn has_lost(&self, keys: &Keys, one: &ToAssemble) -> bool {
        if self.lost.is_empty() {
            return false;
        }
        let mut needs = one.selection.needs().copied().chain(common_keys(keys, one));
        needs.any(|key| self.lost.contains(&key))
    }

    pub fn part(&self, key: ArtifactKey) -> Option<&Narrated> {
        self.parts.get(&key)
    }

    /// Why not all of the chosen articles are there; `None` when they are.
    pub fn short_of(&self, one: &ToAssemble) -> Option<Why> {
        let missing = |pick: &&Pick| !pick.spare && self.part(pick.key).is_none();
        let mut missing = one.selection.picks.iter().filter(missing).peekable();
        missing.peek()?;
        let all_failed = missing.all(|pick| self.failed.contains(&pick.key));
        Some(if all_failed { Why::Failures } else { Why::Time })
    }
}

fn common_keys(keys: &Keys, one: &ToAssemble) -> Vec<ArtifactKey> {
    let scripts = outline::common_phrases(frame_of(one), one.selection.picks.len());
    let phrases = scripts.iter().map(|script| keys.phrase(script, one.language, None));
    phrases.chain(studio::mixer::Jingle::ALL.map(|jingle| keys.jingle(jingle))).collect()
}

type Parts = HashMap<ArtifactKey, Narrated>;

/// The parts that are ready, each under the key that was wanted; and what of it has lost its object since.
async fn parts(
    room: &Room,
    keys: &[ArtifactKey],
    standings: &HashMap<ArtifactKey, Standing>,
) -> Result<(Parts, HashSet<ArtifactKey>), Trouble> {
    let made_as = |key: &ArtifactKey| match standings.get(key) {
        Some(Standing::Failed { instead, .. }) => *instead,
        Some(Standing::Ready { .. } | Standing::Making) => Some(*key),
        None => None,
    };
    let pairs: Vec<(ArtifactKey, ArtifactKey)> =
        keys.iter().filter_map(|key| Some((*key, made_as(key)?))).collect();
    let made: Vec<ArtifactKey> = pairs.iter().map(|(_, made)| *made).collect();
    let ready = room.store.ready_artifacts(&made).await?;
    let gone = forget_gone(room, &ready).await?;
    let mut parts = HashMap::with_capacity(ready.len());
    let mut lost = HashSet::new();
    for (wanted, made) in pairs {
        let Some(artifact) = ready.get(&made) else { continue };
        if gone.contains(&made) {
            lost.insert(wanted);
            continue;
        }
        match Narrated::of(artifact) {
            Ok(narrated) => {
                parts.insert(wanted, narrated);
            }
            Err(error) => tracing::error!(%error, "an artifact cannot be used"),
        }
    }
    Ok((parts, lost))
}

/// Which of these are gone from the media store: they are forgotten, for no program may be made of them.
async fn forget_gone(
    room: &Room,
    ready: &HashMap<ArtifactKey, Artifact>,
) -> Result<HashSet<ArtifactKey>, Trouble> {
    let objects = ready.values().filter_map(|artifact| artifact.media.as_ref());
    let objects = objects.map(|media| (media.media_key.clone(), media.bytes)).collect();
    let gone_objects = room.narrator.shelf.media.gone(objects).await?;
    let mut gone = HashSet::new();
    for artifact in ready.values() {
        let Some(media) = &artifact.media else { continue };
        if gone_objects.contains(&media.media_key) {
            tracing::warn!(key = %artifact.key, object = media.media_key, "media object is gone");
            room.store.forget_artifact(artifact.key, &media.media_key).await?;
            gone.insert(artifact.key);
        }
    }
    Ok(gone)
}
