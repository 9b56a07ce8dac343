//! Transcripts as pages show them: what WebVTT says when.

/// Something that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    pub start_ms: u64,
    pub end_ms: u64,
    pub voice: String,
    pub text: String,
}

/// The cues of a WebVTT file; what cannot be read is left out.
pub fn cues(vtt: &str) -> Vec<Cue> {
    vtt.replace("\r\n", "\n").split("\n\n").filter_map(cue).collect()
}

fn cue(block: &str) -> Option<Cue> {
    let mut lines = block.lines().skip_while(|line| !line.contains("-->"));
    let (start, end) = lines.next()?.split_once("-->")?;
    let end = end.split_whitespace().next()?;
    let said: Vec<&str> = lines.collect();
    let said = said.join("\n");
    let (voice, text) = match said.strip_prefix("<v ").and_then(|rest| rest.split_once('>')) {
        Some((voice, text)) => (voice, text.trim_end_matches("</v>")),
        None => ("", said.as_str()),
    };
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    Some(Cue { start_ms: ms(start.trim())?, end_ms: ms(end)?, voice: voice.to_owned(), text: joined(&text) })
}

/// Lines are broken for players, not for readers; between Japanese characters no space belongs.
fn joined(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    for line in text.lines() {
        let is_plain = |c: Option<char>| c.is_some_and(|c| c.is_ascii());
        if is_plain(whole.chars().last()) && is_plain(line.chars().next()) {
            whole.push(' ');
        }
        whole.push_str(line);
    }
    whole
}

/// `00:01:02.345`, hours or not.
fn ms(text: &str) -> Option<u64> {
    let (clock, ms) = text.split_once('.')?;
    let seconds = clock.split(':').try_fold(0_u64, |sum, part| Some(sum * 60 + part.parse::<u64>().ok()?))?;
    Some(seconds * 1_000 + ms.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_are_read_with_who_says_them() {
        let vtt = "WEBVTT\n\nNOTE x\n\n1\n00:00:03.600 --> 00:00:05.000 align:start\n<v メイ>耳寄りの\n時間です。\n\n\
                   01:02.500 --> 01:03.000\n<v Kal>a &lt;b&gt; &amp;\nc\n\nbroken --> x\nno\n";
        let cue = |start_ms, end_ms, voice: &str, text: &str| Cue {
            start_ms,
            end_ms,
            voice: voice.into(),
            text: text.into(),
        };
        assert_eq!(
            cues(vtt),
            [cue(3_600, 5_000, "メイ", "耳寄りの時間です。"), cue(62_500, 63_000, "Kal", "a <b> & c")]
        );
    }
}
