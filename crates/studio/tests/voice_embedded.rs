//! The embedded voices as they ship: they speak, at a human pace, as two people.

use domain::{Host, Language, Readings, spoken::units};
use std::{path::PathBuf, sync::Arc};
use studio::{
    japanese::Japanese,
    voice::{Embedded, Failure, Pcm, Utterance, Voice, default_pace, shipped_readings},
};

const JAPANESE: &str = "おはようございます。十一月二十三日、月曜日の番組です。最初の話題は、Rustの新しい版で、\
    コンパイルの速さが二割ほど良くなりました。開発者は、これまでの設定を変えずに使えると説明しています。";
const ENGLISH: &str = "Good morning. Here is your program for Monday. The first story is about a new release \
    of the compiler, which builds large projects about twenty percent faster. The team says that nothing \
    in your settings has to change.";
const JAPANESE_NUMBERS: &str = "港では2021年に12,483,905個の荷物と8,214,770トンの穀物を扱い、予算は418,302,516円から\
    523,907,431円へ、12.5%増えました。計数器は628,144時間で2,147,483,647に達しています。";
const ENGLISH_NUMBERS: &str = "The port moved 12,483,905 containers and 8,214,770 tonnes of grain in 2021, and its \
    budget rose from $418,302,516 to $523,907,431, or by 12.5%. The counter reached 2,147,483,647 after 628,144 \
    hours.";

fn voice() -> Embedded {
    Embedded::new(Japanese::lazy(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("voice")))
}

fn line(text: &str, language: Language, host: Host) -> Utterance {
    let readings = Arc::new(Readings::layered([shipped_readings(language)]));
    Utterance { text: text.to_owned(), host, language, readings }
}

fn spoken(text: &str, language: Language, host: Host) -> Pcm {
    voice().say(&line(text, language, host)).expect("the line can be said")
}

/// The median pitch of the voiced parts, in Hz, by autocorrelation.
fn pitch(pcm: &Pcm) -> f32 {
    let step = (pcm.rate / 8_000) as usize;
    let rate = pcm.rate as f32 / step as f32;
    let samples: Vec<f32> =
        pcm.samples.chunks(step).map(|part| part.iter().sum::<f32>() / step as f32).collect();
    let mut pitches: Vec<f32> = samples
        .chunks_exact(480)
        .filter(|frame| frame.iter().map(|s| s * s).sum::<f32>() / 480.0 > 1e-3)
        .filter_map(|frame| {
            let at = |lag: usize| frame.iter().zip(frame.iter().skip(lag)).map(|(a, b)| a * b).sum::<f32>();
            let lags = (rate / 400.0) as usize..(rate / 60.0) as usize;
            let best = lags.max_by(|a, b| at(*a).total_cmp(&at(*b)))?;
            (at(best) > 0.3 * at(0)).then_some(rate / best as f32)
        })
        .collect();
    pitches.sort_by(f32::total_cmp);
    pitches[pitches.len() / 2]
}

#[test]
fn lines_are_loud_enough_and_as_long_as_the_pace_says() {
    for (text, language) in [
        (JAPANESE, Language::Ja),
        (JAPANESE_NUMBERS, Language::Ja),
        (ENGLISH, Language::En),
        (ENGLISH_NUMBERS, Language::En),
    ] {
        for host in [Host::Main, Host::Guest] {
            let pcm = spoken(text, language, host);
            let energy = pcm.samples.iter().map(|s| f64::from(s * s)).sum::<f64>() / pcm.samples.len() as f64;
            assert!(energy.sqrt() > 0.02, "{language} {host:?}: rms {}", energy.sqrt());
            assert!(pcm.samples.iter().all(|sample| sample.abs() <= 1.0));
            let pace = units(text, language) as f64 / pcm.seconds();
            let expected = f64::from(default_pace(language));
            assert!((pace / expected - 1.0).abs() < 0.15, "{language} {host:?}: {pace:.2} a second");
        }
    }
}

#[test]
fn two_hosts_are_two_people() {
    for (text, language) in [(JAPANESE, Language::Ja), (ENGLISH, Language::En)] {
        let (main, guest) = (spoken(text, language, Host::Main), spoken(text, language, Host::Guest));
        let ratio = pitch(&main) / pitch(&guest);
        assert!(!(0.85..1.18).contains(&ratio), "{language}: {} and {} Hz", pitch(&main), pitch(&guest));
        let voice = voice();
        assert_ne!(voice.fingerprint(language, Host::Main), voice.fingerprint(language, Host::Guest));
        assert_ne!(voice.speaker(language, Host::Main), voice.speaker(language, Host::Guest));
    }
}

#[test]
fn the_same_line_is_the_same_sound() {
    for (text, language) in [("朝の話題です。", Language::Ja), ("The morning news.", Language::En)] {
        assert_eq!(spoken(text, language, Host::Main), spoken(text, language, Host::Main));
    }
}

#[test]
fn a_sentence_is_followed_by_a_rest_and_a_line_is_not() {
    let quiet = |samples: &[f32]| samples.iter().all(|sample| sample.abs() < 0.01);
    let pcm = spoken("朝です。夜です。", Language::Ja, Host::Main);
    let third_of_a_second = (pcm.rate / 3) as usize;
    assert!(pcm.samples.windows(third_of_a_second).step_by(480).any(quiet));
    assert!(!quiet(&pcm.samples[pcm.samples.len() - third_of_a_second..]));
}

#[tokio::test]
async fn a_line_without_language_is_the_lines_fault() {
    for language in [Language::Ja, Language::En] {
        let error = voice().speak(&line("🎉 https://example.com/", language, Host::Main)).await.unwrap_err();
        assert_eq!(error.failure(), Failure::Input, "{error}");
    }
}

#[tokio::test]
async fn odd_text_is_spoken_or_refused_but_never_fatal() {
    let odd = [
        "ー",
        "っ",
        "ゝ々",
        "、、、",
        "?!",
        "ｱﾞ",
        "１",
        "𠮷野家",
        "ѪϞ",
        "…",
        "' - '",
        "Ａ̈",
        "ヵヶ",
        "0.",
        "-",
    ];
    for language in [Language::Ja, Language::En] {
        for text in odd {
            if let Err(error) = voice().speak(&line(text, language, Host::Main)).await {
                assert_eq!(error.failure(), Failure::Input, "{text:?}: {error}");
                assert!(!error.to_string().contains("panic"), "{text:?}: {error}");
            }
        }
    }
}
