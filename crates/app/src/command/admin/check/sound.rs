//! Whether the sound of programs and artifacts is where their rows say, as long as it is, many objects at a time.

use super::super::Operator;
use crate::{
    cli::{
        Place,
        admin::{Check, Media as Which},
    },
    failure::Failure,
    workshop::Workshop,
};
use futures::{StreamExt, TryStreamExt, stream};
use media::{Media, MediaError};
use std::collections::HashMap;
use store::check::{ArtifactMedia, ProgramMedia, Violation};

/// Objects that are asked for at the same time.
const PARALLEL: usize = 32;
/// All of up to so many are looked at unless the wish says otherwise; of more, about a tenth of that and up.
const MOST: u64 = 10_000;

/// How many were looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heard {
    pub programs: u64,
    pub artifacts: u64,
}

/// What is known of objects: parts are shared, and each is asked for once.
#[derive(Default)]
struct Objects(HashMap<(String, u64), bool>);

pub async fn look_for(
    operator: &Operator,
    place: &Place,
    wish: &Check,
    violations: &mut Vec<Violation>,
) -> Result<Heard, Failure> {
    if wish.media == Some(Which::None) {
        return Ok(Heard::default());
    }
    let media = Workshop::open_media(place, &operator.store).await?;
    // A store that does not answer would pass for one that lost everything.
    media.answers().await?;
    let now = operator.now();
    let (programs, artifacts) = operator.store.count_media(now).await?;
    let mut objects = Objects::default();
    let mut heard = Heard::default();
    let limit = wish.limit as usize;

    let ending = sampled(wish.media, programs, now);
    let (mut after, mut found) = (String::new(), Vec::new());
    loop {
        let page = operator.store.program_media(&ending, &after, now).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.id);
        heard.programs += page.len() as u64;
        objects.ask(&media, page.iter().flat_map(parts)).await?;
        found.extend(page.iter().filter_map(|program| objects.missing(program)));
        if found.len() >= limit {
            break;
        }
    }
    violations.extend(found.into_iter().take(limit));

    let ending = sampled(wish.media, artifacts, now);
    let (mut after, mut found) = (String::new(), Vec::new());
    loop {
        let page = operator.store.artifact_media(&ending, &after).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.key);
        heard.artifacts += page.len() as u64;
        objects.ask(&media, page.iter().map(|one| (one.media_key.as_str(), one.bytes))).await?;
        found.extend(page.iter().filter_map(|artifact| objects.lost(artifact)));
        if found.len() >= limit {
            break;
        }
    }
    violations.extend(found.into_iter().take(limit));
    Ok(heard)
}

/// How the ids end that are looked at: a digit for every sixteenth, others at another time.
fn sampled(wish: Option<Which>, total: u64, now: i64) -> String {
    let whole = match wish {
        Some(Which::All) => true,
        Some(Which::Sample) => total <= MOST / 100,
        Some(Which::None) | None => total <= MOST,
    };
    if whole {
        return String::new();
    }
    let mut ending = String::new();
    let (mut left, mut chance) = (total, now.unsigned_abs());
    loop {
        ending.push(char::from_digit((chance % 16) as u32, 16).unwrap_or('0'));
        (left, chance) = (left / 16, chance / 16);
        if left <= MOST {
            return ending;
        }
    }
}

fn parts(program: &ProgramMedia) -> impl Iterator<Item = (&str, u64)> {
    let parts = program.manifest.iter().flat_map(|manifest| &manifest.parts);
    parts.map(|part| (part.media_key.as_str(), part.bytes))
}

impl Objects {
    /// Asks for those that are not known yet.
    async fn ask<'a>(
        &mut self,
        media: &Media,
        wanted: impl Iterator<Item = (&'a str, u64)>,
    ) -> Result<(), MediaError> {
        let mut new: Vec<(String, u64)> = wanted.map(|(key, bytes)| (key.to_owned(), bytes)).collect();
        new.sort_unstable();
        new.dedup();
        new.retain(|object| !self.0.contains_key(object));
        let asked = stream::iter(new).map(|(key, bytes)| async move {
            let is_there = media.holds(&key, bytes).await?;
            Ok::<_, MediaError>(((key, bytes), is_there))
        });
        let answers: Vec<_> = asked.buffer_unordered(PARALLEL).try_collect().await?;
        self.0.extend(answers);
        Ok(())
    }

    fn holds(&self, key: &str, bytes: u64) -> bool {
        self.0.get(&(key.to_owned(), bytes)).copied().unwrap_or(false)
    }

    fn missing(&self, program: &ProgramMedia) -> Option<Violation> {
        let violation = |rule, detail| Some(Violation { rule, subject: program.id.clone(), detail });
        let manifest = match &program.manifest {
            Ok(manifest) => manifest,
            Err(cause) => return violation("program_unreadable", format!("its manifest: {cause}")),
        };
        if manifest.bytes() != program.bytes {
            let detail = format!("{} bytes by its row, {} by its manifest", program.bytes, manifest.bytes());
            return violation("program_bytes_disagree", detail);
        }
        let lost = manifest.parts.iter().find(|part| !self.holds(&part.media_key, part.bytes))?;
        violation(
            "program_media_missing",
            format!("{} is not there with {} bytes", lost.media_key, lost.bytes),
        )
    }

    fn lost(&self, artifact: &ArtifactMedia) -> Option<Violation> {
        let ArtifactMedia { key, media_key, bytes } = artifact;
        let detail = format!("{media_key} is not there with {bytes} bytes");
        let violation = Violation { rule: "artifact_media_missing", subject: key.clone(), detail };
        (!self.holds(media_key, *bytes)).then_some(violation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_looked_at_whole_and_many_in_part() {
        assert_eq!(sampled(None, MOST, 0x51), "");
        assert_eq!(sampled(Some(Which::All), 1_000_000, 0x51), "");
        // A sixteenth of 100,000; a 256th of a million.
        assert_eq!(sampled(None, 100_000, 0x51), "1");
        assert_eq!(sampled(None, 1_000_000, 0x51), "15");
        assert_eq!(sampled(Some(Which::Sample), 1_000, 0x51), "1");
        assert_eq!(sampled(Some(Which::Sample), 100, 0x51), "");
    }
}
