//! `doctor`: tries everything that making a program needs, and says what is wrong with what is not.

use crate::{
    cli::{Doctor, Place},
    command::serve::cannot_listen,
    config::{self, Config},
    failure::{Failure, Kind},
    service,
    terminal::{OneLine, answer},
    workshop::{Providers, Workshop},
};
use bytes::Bytes;
use domain::{Article, ArticleDraft, Depth, Host, Language, Style};
use serde::Serialize;
use std::io::ErrorKind;
use studio::{
    voice::{Utterance, default_pace},
    writer::Brief,
};
use tokio::net::TcpListener;

#[derive(Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    /// What was found, or what is wrong and what to do.
    detail: String,
    #[serde(skip)]
    kind: Kind,
}

#[derive(Serialize)]
struct Findings {
    /// All of them are.
    ok: bool,
    checks: Vec<Check>,
}

/// Every check is made whatever the others find; configuration that cannot be read ends it at once.
pub async fn run(place: &Place, wish: Doctor) -> Result<(), Failure> {
    let providers = Workshop::open_providers(place)?;
    let checks = vec![
        check("service", service(place).await),
        check("database", database(place).await),
        check("media", media(place).await),
        check("readings", readings(&providers)),
        check("voice ja", voice(&providers, Language::Ja, "聞こえますか。").await),
        check("voice en", voice(&providers, Language::En, "Can you hear me?").await),
        check("writer", writer(&providers).await),
    ];
    let findings = Findings { ok: checks.iter().all(|check| check.ok), checks };
    answer(if wish.json { serde_json::json!(findings).to_string() } else { table(&findings.checks) })?;
    match findings.checks.iter().find(|check| !check.ok) {
        None => Ok(()),
        Some(failed) => Err(Failure::new(failed.kind, format!("{}: {}", failed.name, failed.detail))),
    }
}

type Found = Result<String, Failure>;

fn check(name: &'static str, found: Found) -> Check {
    match found {
        Ok(detail) => Check { name, ok: true, detail, kind: Kind::Other },
        Err(Failure { kind, message }) => Check { name, ok: false, detail: message, kind },
    }
}

/// What `serve` makes of the configuration, and whether it could listen.
async fn service(place: &Place) -> Found {
    let config = Config::load(place.config.as_deref())?;
    service::check(&config, &config::data_dir(place.data_dir.as_deref())?)?;
    let listen = &config.server.listen;
    match TcpListener::bind(listen).await {
        // A service that runs has it.
        Err(cause) if cause.kind() == ErrorKind::AddrInUse => Ok(format!("somebody listens at {listen}")),
        Err(cause) => Err(cannot_listen(listen, &cause)),
        Ok(_) => Ok(format!("can listen at {listen}")),
    }
}

async fn database(place: &Place) -> Found {
    let store = Workshop::open_store(place).await?;
    let counts = store.count_artifacts().await?;
    store.close().await;
    let ready: i64 = counts.iter().filter(|(_, state, _)| state == "ready").map(|(.., total)| total).sum();
    Ok(format!("{}, {ready} artifacts ready", store.dialect()))
}

async fn media(place: &Place) -> Found {
    let store = Workshop::open_store(place).await?;
    let media = Workshop::open_media(place, &store).await;
    store.close().await;
    let media = media?;
    let key = format!("doctor/{}", crate::clock::new_token(&crate::clock::Chance));
    let probe = Bytes::from_static(b"probe");
    media.put(&key, probe.clone()).await?;
    let read = media.get(&key).await?;
    media.delete(&key).await?;
    if read == probe {
        Ok("written, read and deleted".to_owned())
    } else {
        let message = "an object reads otherwise than it was written; check the store";
        Err(Failure::new(Kind::Storage, message))
    }
}

fn readings(Providers { readings, .. }: &Providers) -> Found {
    let (ja, en) = (readings.ja.entries().len(), readings.en.entries().len());
    Ok(format!("{ja} terms in Japanese, {en} in English"))
}

async fn voice(Providers { voice, readings, .. }: &Providers, language: Language, text: &str) -> Found {
    let readings = readings.of(language).clone();
    let utterance = Utterance { text: text.to_owned(), host: Host::Main, language, readings };
    let pcm = voice.speak(&utterance).await.map_err(|error| Failure::new(Kind::Provider, error))?;
    let seconds = pcm.samples.len() as f64 / f64::from(pcm.rate.max(1));
    Ok(format!("{} spoke for {seconds:.1} s", voice.speaker(language, Host::Main)))
}

async fn writer(Providers { writer, .. }: &Providers) -> Found {
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
    let written = writer.write(&brief).await.map_err(|error| Failure::new(Kind::Provider, error))?;
    Ok(format!("{} wrote {} lines", writer.fingerprint(), written.script.lines.len()))
}

fn table(checks: &[Check]) -> String {
    let line = |Check { name, ok, detail, .. }: &Check| {
        format!("{} {name:<10} {}", if *ok { "ok    " } else { "failed" }, OneLine(detail))
    };
    checks.iter().map(line).collect::<Vec<_>>().join("\n")
}
