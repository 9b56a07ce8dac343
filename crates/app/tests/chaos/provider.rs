//! A writer and a voice on loopback, as an OpenAI-compatible server has them, that answer as a test tells them to
//! and count what they did.

use serde_json::{Value, json};
use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

/// What one request is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Good,
    /// 429, with the seconds to wait if it says so.
    Throttled(Option<u32>),
    /// 500.
    Failed,
    /// Nothing for a second, then the connection ends.
    Hangs,
    /// Half of a good answer, then the connection ends.
    CutShort,
    /// The writer's: whole as HTTP, and its JSON breaks off.
    BrokenJson,
    /// The writer's: about the article, in a language that nobody asked for.
    OtherLanguage,
}

/// How often each piece of work was done: what a provider would charge for.
type Done = Arc<Mutex<HashMap<String, u32>>>;

/// Runs until the test's process ends.
pub struct Provider {
    pub address: SocketAddr,
    done: Done,
}

impl Provider {
    /// `answer` is given what the work is, and how often it was asked for before.
    pub fn start(answer: impl Fn(&str, u32) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (done, asked): (Done, Done) = Default::default();
        let (counted, answer) = (done.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (done, asked, answer) = (counted.clone(), asked.clone(), Arc::clone(&answer));
                // A client that is killed hangs up early: that is what these tests are about.
                thread::spawn(move || serve(stream, &done, &asked, &*answer));
            }
        });
        Self { address, done }
    }

    pub fn good() -> Self {
        Self::start(|_, _| Answer::Good)
    }

    /// Good, and so slow that there is always something going on.
    pub fn slow() -> Self {
        Self::start(|_, _| {
            thread::sleep(Duration::from_millis(400));
            Answer::Good
        })
    }

    /// The most that any piece of work was done, and which.
    pub fn most_done(&self) -> (u32, String) {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.iter().map(|(work, times)| (*times, work.clone())).max().unwrap_or_default()
    }
}

fn note(counts: &Done, work: &str) -> u32 {
    let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
    let count = counts.entry(work.to_owned()).or_default();
    *count += 1;
    *count - 1
}

fn serve(
    mut stream: TcpStream,
    done: &Done,
    asked: &Done,
    answer: &dyn Fn(&str, u32) -> Answer,
) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? <= 2 {
            break;
        }
        if let Some(("content-length", value)) = line.to_lowercase().split_once(": ") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body: Value = serde_json::from_slice(&body).ok()?;
    let is_writer = first.contains("/chat/completions");
    let work = if is_writer { brief(&body) } else { body["input"].as_str()?.to_owned() };
    let said = answer(&work, note(asked, &work));
    let (content_type, good) = match is_writer {
        true => ("application/json", completion(&body, said).into_bytes()),
        false => ("audio/wav", tone()),
    };
    // Asking a writer to mend its answer is another piece of work.
    if !matches!(said, Answer::Throttled(_) | Answer::Failed) && !is_repair(&body) {
        note(done, &work);
    }
    match said {
        Answer::Throttled(wait) => {
            let wait = wait.map(|seconds| format!("retry-after: {seconds}\r\n")).unwrap_or_default();
            reply(&mut stream, "429 Too Many Requests", &wait, b"{}")
        }
        Answer::Failed => reply(&mut stream, "500 Internal Server Error", "", b"{}"),
        Answer::Hangs => {
            thread::sleep(Duration::from_secs(1));
            None
        }
        Answer::CutShort => {
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n",
                good.len()
            );
            stream.write_all(head.as_bytes()).ok()?;
            stream.write_all(&good[..good.len() / 2]).ok()
        }
        Answer::Good | Answer::BrokenJson | Answer::OtherLanguage => {
            reply(&mut stream, "200 OK", &format!("content-type: {content_type}\r\n"), &good)
        }
    }
}

fn reply(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> Option<()> {
    let head =
        format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()
}

/// What a writer is asked for: the article and how long it is to be told.
fn brief(body: &Value) -> String {
    format!("{} | {}", article(body)["title"], message(body, 1).split("Depth: ").nth(1).unwrap_or_default())
}

fn is_repair(body: &Value) -> bool {
    body["messages"].as_array().is_some_and(|messages| messages.len() > 3)
}

fn message(body: &Value, index: usize) -> &str {
    body["messages"][index]["content"].as_str().unwrap_or_default()
}

/// It stands in a line of its own, as JSON.
fn article(body: &Value) -> Value {
    let lines = message(body, 2).lines();
    lines.filter_map(|line| serde_json::from_str(line).ok()).next().unwrap_or_default()
}

/// Two sentences of the article in its own words.
fn completion(body: &Value, said: Answer) -> String {
    let article = article(body);
    let text = article["text"].as_str().unwrap_or_default();
    let sentences: Vec<&str> = text.lines().take(2).collect();
    let lines: Vec<Value> = sentences
        .iter()
        .map(|sentence| match said {
            Answer::OtherLanguage => {
                json!({"host": "main", "text": "これは英語の記事です。", "quote": sentence})
            }
            _ => json!({"host": "main", "text": sentence, "quote": sentence}),
        })
        .collect();
    let mut content = json!({ "lines": lines }).to_string();
    if said == Answer::BrokenJson {
        content.truncate(content.len() / 2);
    }
    json!({
        "choices": [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150},
    })
    .to_string()
}

/// Four tenths of a second of a tone, as WAV: 16 bits, one channel, 16 kHz.
fn tone() -> Vec<u8> {
    const RATE: u32 = 16_000;
    let samples = (0..RATE * 4 / 10).map(|at| {
        let phase = at as f32 * 440.0 * std::f32::consts::TAU / RATE as f32;
        (phase.sin() * 8_000.0) as i16
    });
    let data: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
    let length = u32::try_from(data.len()).unwrap();
    let mut wav = Vec::with_capacity(data.len() + 44);
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(36 + length).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt ");
    wav.extend_from_slice(&16_u32.to_le_bytes());
    for word in [1_u16, 1] {
        wav.extend_from_slice(&word.to_le_bytes());
    }
    wav.extend_from_slice(&RATE.to_le_bytes());
    wav.extend_from_slice(&(RATE * 2).to_le_bytes());
    for word in [2_u16, 16] {
        wav.extend_from_slice(&word.to_le_bytes());
    }
    wav.extend_from_slice(b"data");
    wav.extend_from_slice(&length.to_le_bytes());
    wav.extend_from_slice(&data);
    wav
}
