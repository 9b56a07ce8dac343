//! What a person at a terminal is told while a program is made.

use crate::program::Progress;
use domain::{Edition, Program, SegmentKind};
use indicatif::{ProgressBar, ProgressStyle};
use std::{io::IsTerminal, time::Duration};
use tokio::sync::watch;

/// Follows a making on standard error until its sender is gone: a bar on a terminal, else nothing but
/// the lines others write.
pub async fn follow(mut progress: watch::Receiver<Progress>) {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
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
    format!(
        "{} ({}): {articles} articles, {}:{:02}, {edition}",
        program.title,
        program.language,
        seconds / 60,
        seconds % 60
    )
}
