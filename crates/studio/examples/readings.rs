//! How many readings are right: `readings [DATA_DIR] [GOLD.tsv]`.
//!
//! Each line of the list is a text, a tab, and how it is said in kana. Prints the wrong ones, then
//! `right total ratio`. Kana are compared by sound: オウ, オオ and オー are one, and so are ヅ and ズ.

use domain::{Language, Readings};
use std::{env, error::Error, fs, path::PathBuf};
use studio::{
    japanese::Japanese,
    voice::{normalise::speakable, shipped_readings},
};

#[expect(clippy::print_stdout, reason = "its output is its purpose")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let data_dir = arguments.next().unwrap_or_else(|| env::temp_dir().join("mimiyori-readings"));
    let gold = arguments.next().unwrap_or_else(|| PathBuf::from("assets/readings/gold.tsv"));
    let japanese = Japanese::load(&data_dir)?;
    let readings = Readings::layered([shipped_readings(Language::Ja)]);
    let (mut right, mut total) = (0_u32, 0_u32);
    for line in fs::read_to_string(gold)?.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let (Some(text), Some(expected)) = (columns.next(), columns.next()) else { continue };
        let said = japanese.kana(&speakable(text, Language::Ja), &readings)?;
        total += 1;
        // A list may allow more than one reading: ニホン|ニッポン.
        if expected.split('|').any(|expected| sound(expected) == sound(&said)) {
            right += 1;
        } else {
            println!("{text}\t{said}\tnot {expected}");
        }
    }
    println!("{right} {total} {:.4}", f64::from(right) / f64::from(total.max(1)));
    Ok(())
}

/// Kana by their sound: no rests, one way to write a long vowel and the merged pairs.
fn sound(kana: &str) -> String {
    let katakana = kana.chars().map(|c| match c {
        'ぁ'..='ゖ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        'ヅ' => 'ズ',
        'ヂ' => 'ジ',
        'ヲ' => 'オ',
        _ => c,
    });
    let letters: Vec<char> = katakana.filter(|c| matches!(c, 'ァ'..='ヺ' | 'ー')).collect();
    let mut sound = String::new();
    let mut before = None;
    for c in letters {
        let vowel = before.and_then(vowel);
        let long = match c {
            'ー' => true,
            'ウ' => matches!(vowel, Some('オ' | 'ウ')),
            'イ' => matches!(vowel, Some('エ' | 'イ')),
            'ア' | 'エ' | 'オ' => vowel == Some(c),
            _ => false,
        };
        if !long {
            sound.push(c);
            before = Some(c);
        } else if !sound.ends_with('ー') {
            // A second vowel is heard as the first one held, a third as no more.
            sound.push('ー');
        }
    }
    sound.replace("ズィ", "ジ").replace("ジュッ", "ジッ")
}

const fn vowel(kana: char) -> Option<char> {
    Some(match kana {
        'ァ' | 'ア' | 'カ' | 'ガ' | 'サ' | 'ザ' | 'タ' | 'ダ' | 'ナ' | 'ハ' | 'バ' | 'パ' | 'マ' | 'ャ'
        | 'ヤ' | 'ラ' | 'ワ' => 'ア',
        'ィ' | 'イ' | 'キ' | 'ギ' | 'シ' | 'ジ' | 'チ' | 'ニ' | 'ヒ' | 'ビ' | 'ピ' | 'ミ' | 'リ' => {
            'イ'
        }
        'ゥ' | 'ウ' | 'ク' | 'グ' | 'ス' | 'ズ' | 'ツ' | 'ヌ' | 'フ' | 'ブ' | 'プ' | 'ム' | 'ュ' | 'ユ'
        | 'ル' | 'ヴ' => 'ウ',
        'ェ' | 'エ' | 'ケ' | 'ゲ' | 'セ' | 'ゼ' | 'テ' | 'デ' | 'ネ' | 'ヘ' | 'ベ' | 'ペ' | 'メ' | 'レ' => {
            'エ'
        }
        'ォ' | 'オ' | 'コ' | 'ゴ' | 'ソ' | 'ゾ' | 'ト' | 'ド' | 'ノ' | 'ホ' | 'ボ' | 'ポ' | 'モ' | 'ョ'
        | 'ヨ' | 'ロ' => 'オ',
        _ => return None,
    })
}
