//! What a source lists, between its parsing and the completion of what only teases.

use super::{
    Feed, Reading, SourceAddress, SourceError, broken, page,
    syndication::Parsed,
    teaser::{better, teases},
};
use domain::{Article, ArticleDraft};
use net::Validators;
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};
use tokio::{task::spawn_blocking, time::Instant};
use url::Url;

#[derive(Debug)]
pub struct Listing {
    pub(super) parsed: Parsed,
    pub(super) validators: Validators,
    /// The server's wish, without the feed's own.
    pub(super) poll_after: Option<Duration>,
    pub(super) moved_to: Option<Url>,
    pub(super) deadline: Instant,
    /// Items whose pages were asked before.
    pub(super) known: HashSet<String>,
}

impl Listing {
    /// The ids of items that only tease.
    pub fn teasers(&self) -> Vec<&str> {
        self.parsed.drafts.iter().filter(|draft| teases(draft)).map(|draft| draft.id.as_str()).collect()
    }

    /// Gives items that only tease the texts they had when they were read before, by their ids: their pages
    /// have been asked, and are not asked again.
    pub fn recall(&mut self, mut texts: HashMap<String, String>) {
        for draft in self.parsed.drafts.iter_mut().filter(|draft| teases(draft)) {
            if let Some(text) = texts.remove(&draft.id) {
                if let Some(text) = better(&draft.text, &text) {
                    draft.text = text.to_owned();
                }
                self.known.insert(draft.id.clone());
            }
        }
    }

    /// Reads the pages of what still only teases, as far as time allows, and makes articles of all.
    pub async fn complete(
        mut self,
        address: &SourceAddress,
        reading: &Reading<'_>,
    ) -> Result<Feed, SourceError> {
        if reading.pages > 0 {
            self.read_pages(reading).await;
        }
        Ok(Feed {
            format: self.parsed.format,
            title: self.parsed.title,
            language: self.parsed.language,
            articles: articles(address, self.parsed.drafts).await?,
            validators: self.validators,
            poll_after: [self.poll_after, self.parsed.ttl].into_iter().flatten().max(),
            moved_to: self.moved_to,
            notes: self.parsed.notes,
        })
    }

    async fn read_pages(&mut self, reading: &Reading<'_>) {
        let wanted = self.parsed.drafts.iter_mut().filter(|draft| !self.known.contains(&draft.id));
        let completed = page::complete(reading.client, wanted, reading.pages, self.deadline).await;
        let texts = (completed.texts > 0).then(|| format!("texts from article pages: {}", completed.texts));
        let unread = (completed.unread > 0)
            .then(|| format!("article pages that could not be read: {}", completed.unread));
        let late = (!completed.in_time).then(|| "article pages left out, the time was up".to_owned());
        self.parsed.notes.extend([texts, unread, late].into_iter().flatten());
    }
}

async fn articles(address: &SourceAddress, drafts: Vec<ArticleDraft>) -> Result<Vec<Article>, SourceError> {
    let made = spawn_blocking(|| drafts.into_iter().map(Article::new).collect()).await;
    made.map_err(|error| broken(address, &error))
}
