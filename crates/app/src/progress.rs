//! What a person at a terminal is told while a program is made.

use crate::{program::Progress, terminal::note};
use domain::{Edition, Program, SegmentKind};
use indicatif::{ProgressBar, ProgressStyle};
use std::{io::IsTerminal, time::Duration};
use tokio::{sync::watch, time::Instant};

/// How often a log is told.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Follows a making on standard error until its sender is gone: a bar on a terminal, else a plain line
/// now and then.
pub async fn follow(progress: watch::Receiver<Progress>) {
    if std::io::stderr().is_terminal() { draw(progress).await } else { tell(progress).await }
}

async fn tell(mut progress: watch::Receiver<Progress>) {
    let mut next = Instant::now() + LINE_EVERY;
    while progress.changed().await.is_ok() {
        let Progress { done, of } = *progress.borrow_and_update();
        if Instant::now() >= next {
            note(format_args!("voiced {done} of {of} parts"));
            next = Instant::now() + LINE_EVERY;
        }
    }
}

async fn draw(mut progress: watch::Receiver<Progress>) {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{spinner} voicing {bar:30} {pos}/{len} parts, {elapsed}")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    while progress.changed().await.is_ok() {
        let Progress { done, of } = *progress.borrow_and_update();
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    }
    bar.finish_and_clear();
}

/// "Mimiyori, 23 November (en): 9 articles, 10:02, full".
pub fn done_line(program: &Program) -> String {
    let articles = program.segments.iter().filter(|segment| segment.kind == SegmentKind::Article).count();
    let seconds = program.duration_ms / 1_000;
    let edition = match (program.edition, &program.reason) {
        (Edition::Full, _) => "full".to_owned(),
        (Edition::Shortened, reason) => format!("shortened: {}", reason.as_deref().unwrap_or_default()),
        (Edition::Brief, reason) => format!("brief: {}", reason.as_deref().unwrap_or_default()),
    };
    let articles = if articles == 1 { "1 article".to_owned() } else { format!("{articles} articles") };
    format!(
        "{} ({}): {articles}, {}:{:02}, {edition}",
        program.title,
        program.language,
        seconds / 60,
        seconds % 60
    )
}
