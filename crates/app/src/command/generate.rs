//! `generate`: one program from feeds, into a folder.

use crate::{
    cli::{self, Generate, Place},
    clock::SystemClock,
    delivery::Folder,
    failure::{Failure, Kind},
    program::{self, Order, Progress},
    progress,
    terminal::{OneLine, answer, note},
    workshop::Workshop,
};
use domain::{Article, Language, select::prevailing_language};
use futures::future::join_all;
use tokio::sync::watch;

pub async fn run(place: &Place, wish: Generate) -> Result<(), Failure> {
    let folder = Folder::prepare(&wish.out).await?;
    let workshop = Workshop::open(place).await?;
    let (articles, unread) = read_all(&workshop, &wish).await;
    let language = match wish.language {
        cli::Language::Ja => Some(Language::Ja),
        cli::Language::En => Some(Language::En),
        cli::Language::Auto => prevailing_language(&articles),
    };
    let order = Order {
        articles,
        // Without any spoken article there is nothing to say, in whatever language.
        language: language.unwrap_or(Language::En),
        style: wish.style.into(),
        minutes: wish.minutes,
        max_articles: wish.articles.map(|most| most as usize),
        title: line(wish.title),
        name: line(wish.name),
        date: SystemClock.today(),
        now: SystemClock.now(),
    };
    let (sender, receiver) = watch::channel(Progress::default());
    let shown = tokio::spawn(progress::follow(receiver));
    let produced = program::produce(&workshop.narrator, &order, &sender).await.map_err(Failure::from);
    drop(sender);
    // The bar is cleared before anything else is written; it cannot fail but by a bug of its own.
    let _ = shown.await;
    let produced = produced.map_err(|failure| match unread {
        // It is the source that could not be read, rather than there being nothing to say.
        Some(unread) if failure.kind == Kind::NothingToSay => unread,
        _ => failure,
    })?;
    folder.put(&produced, &workshop.narrator.shelf.media).await?;
    workshop.close().await;
    note(progress::done_line(&produced.program));
    if wish.json {
        let json = serde_json::to_string_pretty(&produced.program);
        answer(json.map_err(|cause| Failure::new(Kind::Other, cause))?)?;
    }
    Ok(())
}

/// All sources at once. One that cannot be read is a warning, as long as others have something to say;
/// the first such failure is given back beside the articles.
async fn read_all(workshop: &Workshop, wish: &Generate) -> (Vec<Article>, Option<Failure>) {
    let read = wish.sources.iter().map(|source| workshop.sources.read(source, wish.allow_private.into()));
    let mut articles = Vec::new();
    let mut unread = None;
    for outcome in join_all(read).await {
        match outcome {
            Ok(feed) => {
                feed.notes.iter().for_each(|note| tracing::info!("{note}"));
                articles.extend(feed.articles);
            }
            Err(failure) if wish.sources.len() == 1 => unread = Some(failure),
            Err(failure) => {
                note(format_args!("warning: {failure}"));
                unread.get_or_insert(failure);
            }
        }
    }
    (articles, unread)
}

/// What a person typed as one line: without line breaks, and nothing when it is blank.
fn line(typed: Option<String>) -> Option<String> {
    typed.map(|typed| OneLine(&typed).to_string()).filter(|line| !line.is_empty())
}
