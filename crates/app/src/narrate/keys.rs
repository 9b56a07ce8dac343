//! Under which key an artifact is made: everything it depends on, and nothing else.

use super::{Booth, ReadingsByLanguage};
use domain::{
    Article, ArtifactKey, ArtifactKind, AudioFormat, Host, Language, ListenerId, Reading, Scope, Script,
    Style, Telling, artifact::KeyBuilder,
};
use std::sync::Arc;
use studio::{
    mixer::{self, Jingle},
    voice::default_pace,
    writer::Writer,
};

/// What keys are made of, besides the thing itself.
#[derive(Clone)]
pub struct Keys {
    pub writer: Arc<dyn Writer>,
    pub booth: Arc<dyn Booth>,
    pub readings: ReadingsByLanguage,
    pub format: AudioFormat,
}

impl Keys {
    /// What a writer makes of an article. What comes from a source with credentials is its owner's.
    pub fn script(&self, article: &Article, telling: Telling, owner: Option<ListenerId>) -> ArtifactKey {
        let owner = owner.map(|owner| owner.to_string());
        KeyBuilder::new(ArtifactKind::Script, scope(owner.as_deref()))
            .field("revision", article.revision.as_bytes())
            .field("author", article.author.as_deref().unwrap_or_default())
            .field("language", telling.language.tag())
            .field("style", telling.style.name())
            .field("depth", telling.depth.name())
            .field("writer", self.writer.fingerprint())
            .field("pace", format!("{:.2}", default_pace(telling.language)))
            .finish()
    }

    /// The same, voiced.
    pub fn segment(
        &self,
        article: &Article,
        telling: Telling,
        owner: Option<ListenerId>,
        own: &[Reading],
    ) -> ArtifactKey {
        self.segment_with(article, telling, owner, &self.readings_of(article, telling.language, own))
    }

    /// The same, for whoever has looked up the article's readings already.
    pub fn segment_with(
        &self,
        article: &Article,
        telling: Telling,
        owner: Option<ListenerId>,
        readings: &str,
    ) -> ArtifactKey {
        self.speech(ArtifactKind::Segment, owner, telling.language, telling.style)
            .field("script", self.script(article, telling, owner).to_string())
            .field("readings", readings)
            .finish()
    }

    /// The readings that an article uses, as keys have them; `own` are a listener's that occur in it.
    pub fn readings_of(&self, article: &Article, language: Language, own: &[Reading]) -> String {
        self.readings_in(language, &[&article.title, &article.text], own)
    }

    /// A short text of our own. One that names a person is its owner's.
    pub fn phrase(&self, script: &Script, language: Language, owner: Option<ListenerId>) -> ArtifactKey {
        self.phrase_with(script, language, owner, &[])
    }

    /// The same, said as a listener's own dictionary has it.
    pub fn phrase_with(
        &self,
        script: &Script,
        language: Language,
        owner: Option<ListenerId>,
        own: &[Reading],
    ) -> ArtifactKey {
        let text = script.text();
        let hosts: Vec<u8> = script.lines.iter().map(|line| line.host as u8).collect();
        self.speech(ArtifactKind::Phrase, owner, language, Style::Dialogue)
            .field("text", &text)
            .field("hosts", hosts)
            .field("readings", self.readings_in(language, &[&text], own))
            .finish()
    }

    pub fn jingle(&self, jingle: Jingle) -> ArtifactKey {
        KeyBuilder::new(ArtifactKind::Jingle, Scope::Shared)
            .field("jingle", jingle.name())
            .field("version", Jingle::VERSION)
            .field("mixer", mixer::RECIPE)
            .field("format", self.format.name())
            .finish()
    }

    /// What every spoken artifact depends on.
    fn speech(
        &self,
        kind: ArtifactKind,
        owner: Option<ListenerId>,
        language: Language,
        style: Style,
    ) -> KeyBuilder {
        let owner = owner.map(|owner| owner.to_string());
        let key = KeyBuilder::new(kind, scope(owner.as_deref()))
            .field("language", language.tag())
            .field("mixer", mixer::RECIPE)
            .field("format", self.format.name())
            .field("main", self.booth.fingerprint(language, Host::Main));
        match style {
            Style::Single => key,
            Style::Dialogue => key.field("guest", self.booth.fingerprint(language, Host::Guest)),
        }
    }

    fn readings_in(&self, language: Language, texts: &[&str], own: &[Reading]) -> String {
        let readings = self.readings.of(language);
        let common = texts.iter().flat_map(|text| readings.occurring_in(text));
        let mut lines: Vec<String> =
            common.chain(own).map(|entry| format!("{}\t{}\n", entry.surface, entry.reading)).collect();
        lines.sort();
        lines.dedup();
        lines.concat()
    }
}

fn scope(owner: Option<&str>) -> Scope<'_> {
    owner.map_or(Scope::Shared, Scope::Listener)
}

/// Whose what is made of an article is: nobody's, unless its source is private.
pub fn owner_of(article: &Article, listener: ListenerId) -> Option<ListenerId> {
    article.private.then_some(listener)
}
