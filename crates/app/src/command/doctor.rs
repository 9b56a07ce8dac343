//! `doctor`: tries everything that making a program needs, and says what is wrong with what is not.

use crate::{
    cli::{Doctor, Place},
    failure::{Failure, Kind},
    workshop::Workshop,
};
use bytes::Bytes;
use domain::{Article, ArticleDraft, Depth, Host, Language, Style};
use serde::Serialize;
use studio::{
    voice::{Utterance, default_pace},
    writer::Brief,
};

#[derive(Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    /// What was found, or what is wrong and what to do.
    detail: String,
    #[serde(skip)]
    kind: Kind,
}

pub async fn run(place: &Place, wish: Doctor) -> Result<(), Failure> {
    let workshop = Workshop::open(place).await?;
    let checks = [
        check("database", Kind::Storage, database(&workshop).await),
        check("media", Kind::Storage, media(&workshop).await),
        check("readings", Kind::Other, readings(&workshop)),
        check("voice ja", Kind::Provider, voice(&workshop, Language::Ja, "聞こえますか。").await),
        check("voice en", Kind::Provider, voice(&workshop, Language::En, "Can you hear me?").await),
        check("writer", Kind::Provider, writer(&workshop).await),
    ];
    workshop.close().await;
    show(&checks, wish.json);
    match checks.iter().find(|check| !check.ok) {
        None => Ok(()),
        Some(failed) => Err(Failure::new(failed.kind, format!("{}: {}", failed.name, failed.detail))),
    }
}

type Found = Result<String, String>;

fn check(name: &'static str, kind: Kind, found: Found) -> Check {
    let ok = found.is_ok();
    let (Ok(detail) | Err(detail)) = found;
    Check { name, ok, detail, kind }
}

async fn database(workshop: &Workshop) -> Found {
    let store = &workshop.narrator.shelf.store;
    let counts = store.count_artifacts().await.map_err(|error| error.to_string())?;
    let ready: i64 = counts.iter().filter(|(_, state, _)| state == "ready").map(|(.., total)| total).sum();
    Ok(format!("{}, {ready} artifacts ready", store.dialect()))
}

async fn media(workshop: &Workshop) -> Found {
    let media = &workshop.narrator.shelf.media;
    let key = format!("doctor/{}", crate::clock::new_token());
    let probe = Bytes::from_static(b"probe");
    let round_trip = async {
        media.put(&key, probe.clone()).await?;
        let read = media.get(&key).await?;
        media.delete(&key).await?;
        Ok::<_, media::MediaError>(read)
    };
    match round_trip.await {
        Ok(read) if read == probe => Ok("written, read and deleted".to_owned()),
        Ok(_) => Err("an object reads otherwise than it was written; check the store".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn readings(workshop: &Workshop) -> Found {
    let readings = &workshop.narrator.readings;
    Ok(format!(
        "{} terms in Japanese, {} in English",
        readings.ja.entries().len(),
        readings.en.entries().len()
    ))
}

async fn voice(workshop: &Workshop, language: Language, text: &str) -> Found {
    let voice = &workshop.narrator.voice;
    let readings = workshop.narrator.readings.of(language).clone();
    let utterance = Utterance { text: text.to_owned(), host: Host::Main, language, readings };
    let pcm = voice.speak(&utterance).await.map_err(|error| error.to_string())?;
    let seconds = pcm.samples.len() as f64 / f64::from(pcm.rate.max(1));
    Ok(format!("{} spoke for {seconds:.1} s", voice.speaker(language, Host::Main)))
}

async fn writer(workshop: &Workshop) -> Found {
    let article = Article::new(ArticleDraft {
        title: "A short note".to_owned(),
        text:
            "Backups that nobody has restored are only a hope. Restore one every month. Write down how long \
               it took, because that is the time you will be without data."
                .to_owned(),
        ..ArticleDraft::default()
    });
    let language = Language::En;
    let pace = default_pace(language);
    let brief = Brief { article: &article, language, style: Style::Single, depth: Depth::Brief, pace };
    let writer = &workshop.narrator.writer;
    let written = writer.write(&brief).await.map_err(|error| error.to_string())?;
    Ok(format!("{} wrote {} lines", writer.fingerprint(), written.script.lines.len()))
}

#[expect(clippy::print_stdout, reason = "the findings are what was asked for")]
fn show(checks: &[Check], json: bool) {
    if json {
        println!("{}", serde_json::json!({ "checks": checks }));
        return;
    }
    for Check { name, ok, detail, .. } in checks {
        println!("{} {name:<10} {detail}", if *ok { "ok    " } else { "failed" });
    }
}
