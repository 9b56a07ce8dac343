//! `generate`: one program from feeds, into a folder.

use crate::{
    cli::{self, Generate, Place},
    clock::SystemClock,
    delivery::Folder,
    failure::{Failure, Kind},
    program::{self, Order, Progress},
    progress,
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
        title: wish.title,
        name: wish.name,
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
    eprintln!("{}", progress::done_line(&produced.program));
    if wish.json {
        print_json(&produced.program)?;
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
                eprintln!("warning: {failure}");
                unread.get_or_insert(failure);
            }
        }
    }
    (articles, unread)
}

#[expect(clippy::print_stdout, reason = "the document is what was asked for")]
fn print_json(program: &domain::Program) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(program).map_err(|cause| Failure::new(Kind::Other, cause))?;
    println!("{json}");
    Ok(())
}
