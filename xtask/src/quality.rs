//! Measures the sample programs from outside and writes docs/reference/quality.md.
//!
//! It runs the release binary as a listener would, judges the sound with ffmpeg, and the words against
//! the sample feeds' own text; nothing of the code under test judges itself.

mod sound;
mod words;

use crate::{cargo, install, root};
use anyhow::Context;
use serde_json::Value;
use std::{fmt::Write, path::Path, process::Stdio};

const MINUTES: f64 = 10.0;

pub fn run(may_install: bool) -> anyhow::Result<()> {
    install::ensure(may_install)?;
    crate::run(cargo().args(["build", "--release", "--locked", "--package", "mimiyori"]))?;
    let folder = tempfile::tempdir()?;
    let readings = readings(folder.path())?;
    let programs = ["ja", "en"]
        .into_iter()
        .map(|language| measure(language, folder.path()))
        .collect::<anyhow::Result<Vec<Measured>>>()?;
    let page = page(&readings, &programs)?;
    let place = root().join("docs/reference/quality.md");
    std::fs::write(&place, &page).with_context(|| format!("{} cannot be written", place.display()))?;
    print_page(&page);
    Ok(())
}

/// What a reading test says: how many of how many terms are read right, and which are not.
struct Readings {
    right: usize,
    total: usize,
    wrong: Vec<String>,
}

struct Measured {
    language: &'static str,
    articles: usize,
    length_error: f64,
    unsupported: Vec<String>,
    repetition: f64,
    sound: sound::Sound,
}

fn readings(folder: &Path) -> anyhow::Result<Readings> {
    let output = cargo()
        .args([
            "run",
            "--release",
            "--locked",
            "--quiet",
            "--package",
            "mimiyori-studio",
            "--example",
            "readings",
            "--",
        ])
        .arg(folder.join("data"))
        .arg(root().join("assets/readings/gold.tsv"))
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    // The wrong ones, a line each, then "right total share".
    let mut lines: Vec<&str> = text.lines().collect();
    let figures = lines.pop().context("the reading test printed nothing")?;
    let mut figures = figures.split_whitespace().map(str::parse::<usize>);
    let (Some(Ok(right)), Some(Ok(total))) = (figures.next(), figures.next()) else {
        anyhow::bail!("the reading test printed no figures: {text}");
    };
    Ok(Readings { right, total, wrong: lines.into_iter().map(|line| line.replace('\t', " · ")).collect() })
}

fn measure(language: &'static str, folder: &Path) -> anyhow::Result<Measured> {
    let feed = root().join(format!("assets/samples/{language}.xml"));
    let out = folder.join(language);
    crate::run(
        cargo()
            .args(["run", "--release", "--locked", "--quiet", "--package", "mimiyori", "--", "--data-dir"])
            .arg(folder.join("data"))
            .arg("generate")
            .arg("--source")
            .arg(&feed)
            .args(["--language", language, "--minutes", &MINUTES.to_string(), "--out"])
            .arg(&out),
    )?;
    let program: Value = serde_json::from_str(&std::fs::read_to_string(out.join("program.json"))?)?;
    let segments = program["segments"].as_array().context("program.json has no segments")?;
    let spoken: Vec<words::Spoken> = segments
        .iter()
        .filter(|segment| segment["kind"] == "article")
        .filter_map(|segment| {
            Some(words::Spoken { title: segment["title"].as_str()?, text: segment["text"].as_str()? })
        })
        .collect();
    let sound = sound::measure(&out.join("program.mp3"))?;
    Ok(Measured {
        language,
        articles: spoken.len(),
        length_error: (sound.seconds / 60.0 / MINUTES - 1.0).abs(),
        unsupported: words::unsupported(&spoken, &std::fs::read_to_string(&feed)?),
        repetition: words::repetition(&spoken),
        sound,
    })
}

fn page(readings: &Readings, programs: &[Measured]) -> Result<String, std::fmt::Error> {
    let mut page = String::from(
        "# Quality\n\nMade by `cargo xtask quality` from the sample feeds (`assets/samples`), 10 minutes wished, with the\n\
         embedded voices and the extractive writer. Sound is judged by ffmpeg, words against the feeds' own text.\n\n",
    );
    page.push_str("| measure | wanted |");
    for program in programs {
        write!(page, " {} |", program.language)?;
    }
    page.push_str("\n|---|---|");
    page.push_str(&"---|".repeat(programs.len()));
    page.push('\n');
    let share = readings.right as f64 / readings.total as f64 * 100.0;
    writeln!(page, "| readings right, of {} terms | ≥ 98 % | {share:.1} % | |", readings.total)?;
    row(&mut page, "articles in the program", "≥ 3", programs, |program| program.articles.to_string())?;
    row(&mut page, "unsupported hard facts", "0", programs, |program| program.unsupported.len().to_string())?;
    row(
        &mut page,
        "repetition: 4-gram overlap of the two most alike segments",
        "≤ 5 %",
        programs,
        |program| format!("{:.1} %", program.repetition * 100.0),
    )?;
    row(&mut page, "length error", "≤ 8 %", programs, |program| {
        format!("{:.1} %", program.length_error * 100.0)
    })?;
    row(&mut page, "integrated loudness", "−19 ±1 LUFS", programs, |program| {
        format!("{:.1} LUFS", program.sound.lufs)
    })?;
    row(&mut page, "true peak", "≤ −1 dBTP", programs, |program| {
        format!("{:.1} dBTP", program.sound.peak_dbtp)
    })?;
    row(&mut page, "longest silence", "≤ 1.6 s", programs, |program| {
        format!("{:.2} s", program.sound.longest_silence_s)
    })?;
    page.push_str(
        "\nA hard fact is a number, version or date, or a capitalised Latin word inside a sentence; it is supported when\n\
         it occurs in its article. A 4-gram is of words in English, of characters in Japanese; the share is of the\n\
         shorter segment's.\n",
    );
    if !readings.wrong.is_empty() {
        page.push_str("\n## Readings that are wrong\n\n");
        for wrong in &readings.wrong {
            writeln!(page, "- {wrong}")?;
        }
    }
    for program in programs.iter().filter(|program| !program.unsupported.is_empty()) {
        writeln!(page, "\n## Unsupported in {}\n", program.language)?;
        for fact in &program.unsupported {
            writeln!(page, "- {fact}")?;
        }
    }
    Ok(page)
}

fn row(
    page: &mut String,
    measure: &str,
    wanted: &str,
    programs: &[Measured],
    shown: impl Fn(&Measured) -> String,
) -> std::fmt::Result {
    write!(page, "| {measure} | {wanted} |")?;
    for program in programs {
        write!(page, " {} |", shown(program))?;
    }
    page.push('\n');
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the page is what was asked for")]
fn print_page(page: &str) {
    println!("{page}");
}
