//! The Japanese dictionary as it ships: unpacked, shared, and what it says of words.

use domain::{Language, Reading, Readings};
use std::{fs, path::PathBuf, thread};
use studio::{japanese::Japanese, voice::normalise::speakable};

/// One unpacked copy for every test of this process.
fn data_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("voice")
}

#[test]
fn words_have_forms_kinds_and_places() {
    let japanese = Japanese::load(&data_dir()).unwrap();
    let text = "Rust では、所有権の規則を コンパイラが検査した。";
    let words = japanese.words(text).unwrap();
    for word in &words {
        assert_eq!(&text[word.range.clone()], word.surface);
    }
    let content: Vec<&str> = words.iter().filter(|w| w.content).map(|w| w.surface.as_str()).collect();
    for expected in ["所有", "規則", "コンパイラ", "検査"] {
        assert!(content.contains(&expected), "{expected} in {content:?}");
    }
    assert!(!content.contains(&"の"));

    let words = japanese.words("速く書いた").unwrap();
    let bases: Vec<&str> = words.iter().map(|word| word.base.as_str()).collect();
    assert!(bases.starts_with(&["速い", "書く"]), "{bases:?}");
}

#[test]
fn two_threads_unpack_at_once_and_an_earlier_crash_is_mended() {
    let dir = tempfile::tempdir().unwrap();
    let path = Japanese::load(dir.path()).map(|_| dir.path().join("dictionary")).unwrap();
    let whole: Vec<_> = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(whole.len(), 1, "{whole:?}");

    // A killed process leaves what it had unpacked; a crash of the machine may leave a file short.
    fs::create_dir(path.join("unpacking")).unwrap();
    fs::write(path.join("unpacking/dict.da"), b"half").unwrap();
    fs::write(whole[0].join("dict.words"), b"short").unwrap();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| Japanese::load(dir.path()).unwrap().words("東京").unwrap().len()))
            .collect();
        assert!(threads.into_iter().all(|thread| thread.join().unwrap() == 1));
    });
    let left: Vec<_> = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, whole);
}

#[test]
fn nothing_is_unpacked_before_japanese_is_spoken() {
    let dir = tempfile::tempdir().unwrap();
    let japanese = Japanese::lazy(dir.path());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    assert!(!japanese.words("朝").unwrap().is_empty());
    assert!(dir.path().join("dictionary").is_dir());
}

#[test]
fn terms_latin_words_and_numbers_are_read_as_meant() {
    let japanese = Japanese::load(&data_dir()).unwrap();
    let entry = |surface: &str, reading: &str| Reading { surface: surface.into(), reading: reading.into() };
    let list =
        vec![entry("Rust", "ラスト"), entry("Kubernetes", "クバネティス"), entry("C++", "シープラプラ")];
    let readings = Readings::layered([list]);
    for (written, said) in [
        // A term is neither torn nor joined to the katakana beside it, and は stays a particle.
        ("Rustは速い", "ラストワハヤイ"),
        ("Rust製のKubernetesオペレーター", "ラストセーノクバネティスオペレーター"),
        ("C++で書く", "シープラプラデカク"),
        ("APIとnpmとdeployment", "エーピーアイトエヌピーエムトデプロイメント"),
        ("1.95.0が1,234件", "イッテンキューゴーテンゼロガセンニヒャクサンジューヨンケン"),
        ("3,000件と300件", "サンゼンケントサンビャッケン"),
        ("コードの行を見る", "コードノギョーヲミル"),
        ("3本と1本", "サンボントイッポン"),
    ] {
        let kana = japanese.kana(&speakable(written, Language::Ja), &readings).unwrap().replace('、', "");
        assert!(kana.contains(said), "{written}: {kana}, not {said}");
    }
}
