//! Takes away what is not language, in either language.

use super::{Rule, apply_all, group};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// Numerals that folding would turn into letters.
const ROMAN: [(char, &str); 12] = [
    ('Ⅰ', "1"),
    ('Ⅱ', "2"),
    ('Ⅲ', "3"),
    ('Ⅳ', "4"),
    ('Ⅴ', "5"),
    ('Ⅵ', "6"),
    ('Ⅶ', "7"),
    ('Ⅷ', "8"),
    ('Ⅸ', "9"),
    ('Ⅹ', "10"),
    ('Ⅺ', "11"),
    ('Ⅻ', "12"),
];

/// Without code, markup, addresses, pictures and controls; lines stay lines.
pub(super) fn strip(text: &str) -> String {
    let text: String =
        text.replace("\r\n", "\n").replace(['\u{2028}', '\u{2029}', '\r', '\u{b}', '\u{c}'], "\n");
    // Marks that compatibility folding would turn into letters or digits.
    let text: String = text.chars().filter(|c| !matches!(c, '™' | '®' | '©' | '℠')).collect();
    let text = ROMAN.iter().fold(text, |text, (sign, digits)| text.replace(*sign, digits));
    let text = text.replace('½', " 1/2").replace('¼', " 1/4").replace('¾', " 3/4");
    let text = text.replace(['²'], "^2").replace(['³'], "^3").nfkc().collect::<String>();
    let text = apply_all(&MARKUP, &text);
    let text = apply_all(&ADDRESSES, &decode_entities(&text));
    // What entities and nesting hid the first time.
    let text = apply_all(&MARKUP, &text);
    let text: String = text.chars().filter_map(sounding).collect();
    let text = TYPES.apply(&TYPES.apply(&text));
    apply_all(&NOISE, &text)
}

/// What a transcript shows of a text: as it was written, without what is never said.
pub(super) fn written(text: &str) -> String {
    let text = apply_all(&MARKUP, text);
    let text = apply_all(&ADDRESSES, &decode_entities(&text));
    let text: String = apply_all(&MARKUP, &text).chars().filter_map(sounding).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The last step: no symbol that a rule left behind, no doubled space or stop.
pub(super) fn tidy(line: &str) -> String {
    let line = apply_all(&LEFTOVERS, line);
    line.trim_matches(|c: char| c.is_whitespace() || ",;:、，・-".contains(c))
        .trim_start_matches(['。', '!', '?', '！', '？'])
        .trim()
        .to_owned()
}

static MARKUP: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    vec![
        Rule::template(r"(?s)(```|~~~).*?(```|~~~|\z)", "\n"),
        Rule::template(r"(?s)<!--.*?(-->|\z)", " "),
        Rule::template(r"(?is)<(script|style|pre|svg)\b.*?(</(script|style|pre|svg)>|\z)", "\n"),
        Rule::template(
            r"(?i)</?(p|div|li|ul|ol|h[1-6]|br|tr|table|blockquote|section|article)\b[^<>]*>",
            "\n",
        ),
        // Only what HTML knows: Vec<String> is no element. Names with a hyphen are elements of a page's own.
        Rule::template(
            r"</?(?:(?i:abbr|address|area|article|aside|audio|bdi|bdo|button|canvas|caption|center|cite|code|col|colgroup|data|dd|del|details|dfn|dialog|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|head|header|hr|html|iframe|img|input|ins|kbd|label|legend|link|main|mark|math|meta|meter|nav|noscript|object|optgroup|option|output|picture|progress|rp|rt|ruby|samp|search|section|select|slot|small|source|span|strike|strong|sub|summary|sup|tbody|td|template|textarea|tfoot|th|thead|time|title|tr|track|tt|var|video|wbr|body|br|p)|[abiqsu]|A|[a-z]+-[a-z0-9-]+)(?:\s[^<>\n]*|/)?>",
            "",
        ),
        // Directions to a speaker.
        Rule::template(
            r"(?i)[\[(（【<«]\s*(?:(?:short|long|brief)\s+)?(?:pause|silence|beat|break|music|sfx|sound effect|laughs?|間|ポーズ|無音|沈黙|一拍)[^\])）】>»\n]{0,20}[\])）】>»]",
            " ",
        ),
        Rule::template(r"!?\[([^\[\]\n]*)\]\([^()\n]*\)", "${1}"),
        Rule::template(r"(?m)^\s*\[[^\]\n]+\]:\s*\S.*$", ""),
        Rule::template(r"\[\^?[1-9]\d*\]", ""),
        Rule::template(r"(?m)^[ \t]*(?:>[ \t]*)+", ""),
        Rule::template(r"(?m)^[ \t]*#{1,6}[ \t]+", ""),
        Rule::template(r"(?m)^[ \t]*[-*+•‣◦][ \t]+", ""),
        Rule::template(r"(?m)^[ \t]*\|?[ \t:|-]*-{3,}[ \t:|-]*$", ""),
        Rule::template(r"(?m)[ \t]*\|[ \t]*", ", "),
        Rule::template(r"`+([^`\n]*)`+", "${1}"),
        // Emphasis in pairs at the edges of words; a lone * is a sign between operands.
        Rule::template(r"(\d)\*\*(\d)", "${1}^${2}"),
        Rule::template(r"\*{2,3}([^\s*](?:[^*\n]*[^\s*])?)\*{2,3}", "${1}"),
        Rule::template(r"\*{2,}", ""),
        Rule::template(r"(^|[^0-9A-Za-z_*])\*([^\s*](?:[^*\n]*[^\s*])?)\*($|[^0-9A-Za-z_*])", "${1}${2}${3}"),
        Rule::template(r"~~([^~\n]+)~~", "${1}"),
        Rule::template(r"(^|[^0-9A-Za-z_])__([^\s_](?:[^\n]*?[^\s_])?)__($|[^0-9A-Za-z_])", "${1}${2}${3}"),
    ]
});

/// Brackets of type arguments, so that those left are comparisons.
static TYPES: LazyLock<Rule> = LazyLock::new(|| {
    Rule::template(r"([A-Za-z0-9_])<([A-Za-z_][A-Za-z0-9_:&']*(?:,\s?[A-Za-z0-9_:&']+)*)>", "${1} ${2} ")
});

static ADDRESSES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    vec![
        Rule::template(r"(?i)\b[a-z][a-z0-9+.-]{1,20}:/{1,}[!-~]*", " "),
        Rule::template(r"://[!-~]*", " "),
        Rule::template(r"(?i)\b(?:www\.)+[!-~]*", " "),
        Rule::template(r"(?i)\b(?:mailto|tel|data|javascript):[!-~]+", " "),
        Rule::template(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", " "),
        // A host with a path is an address; a bare one may be a name and is said.
        Rule::template(
            r"(?i)\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|dev|jp|app|ai|me|co|uk|de|edu|gov|rs|sh|info)(?:/[!-~]+|/)",
            " ",
        ),
        // Digests and keys.
        Rule::made(r"\b[0-9A-Za-z_+/=-]{24,}", |found| {
            let run = group(found, 0);
            let digits = run.chars().filter(char::is_ascii_digit).count();
            (digits >= 4 || run.len() > 60).then(|| " ".to_owned())
        }),
    ]
});

static NOISE: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    vec![
        // Faces: brackets without a letter of any language that has words.
        Rule::template(r"\([^()\p{Han}\p{Hiragana}\p{Katakana}A-Za-z0-9\n]{1,20}\)", " "),
        Rule::template(r"\([^()\p{Han}A-Za-z0-9\n]*[´`ω∀дДεﾟ°^;＾][^()\p{Han}\n]{0,10}\)", " "),
        Rule::template(r"(^|[^A-Za-z])[wW]{3,}($|[^A-Za-z.])", "${1}${2}"),
        // Rules and drawings.
        Rule::template(r"[-=_~#/\\+^:;<>@$%&()]{4,}", "\n"),
        Rule::template(r"[-=_~]{3,}", " "),
        Rule::template(r"([!?！？])[!?！？]+", "${1}"),
        Rule::template(r"\.{2,}|…+|‥+", "、"),
        Rule::template(r"[ \t]{2,}", " "),
    ]
});

static LEFTOVERS: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    vec![
        Rule::template(r#"[<>`*|{}\[\]\\^~"“”„«»=$%±¬¦§¶†‡¨¯¸°º ]+"#, " "),
        Rule::template(r"(^|[^A-Za-z0-9_])_+", "${1} "),
        Rule::template(r"_+($|[^A-Za-z0-9_])", " ${1}"),
        Rule::template(r"://", " "),
        Rule::template(r"(?i)www\.", ""),
        // A symbol stays only in a name: C++, C#, .NET, CI/CD, AT&T, rust-analyzer.
        Rule::template(r"(^|[^A-Za-z0-9+])[+#&/@]+", "${1} "),
        Rule::template(r"([0-9])[#&@]+", "${1} "),
        Rule::template(r"[&/@]+($|[^A-Za-z0-9])", " ${1}"),
        Rule::template(r"(^|[^A-Za-z0-9])['-]+", "${1} "),
        Rule::template(r"['-]+($|[^A-Za-z0-9])", " ${1}"),
        Rule::template(r"[(),;:]*[ ]*([,、])[ ,、;:]*", "${1} "),
        Rule::template(r"([。．])[。．、, ]+", "${1}"),
        Rule::template(r"、[ 、]+", "、"),
        Rule::template(r"、([。！？])", "${1}"),
        Rule::template(r"[ ]+([,.!?;:。、])", "${1}"),
        Rule::template(r"\s+", " "),
    ]
});

/// The character a voice may be given for this one.
fn sounding(c: char) -> Option<char> {
    match u32::from(c) {
        0x0a => Some(c),
        0x09 | 0xa0 | 0x2000..=0x200a | 0x3000 => Some(' '),
        // Arrows stay for the rules that say them.
        0x2190 | 0x2192 | 0x21d2 => Some('→'),
        // Controls, joiners, directions, tags.
        0x00..=0x1f | 0x7f..=0x9f | 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff => {
            None
        }
        // Pictures: keycaps, arrows, technical, boxes, shapes, dingbats, emoji, variation selectors.
        0x20d0..=0x20ff | 0x2191..=0x21ff | 0x2300..=0x23ff | 0x2400..=0x24ff | 0x2500..=0x2bff => None,
        0xe000..=0xf8ff | 0xfe00..=0xfe0f | 0xfff0..=0xffff | 0x1f000..=0x1ffff | 0xe0000..=0x10_ffff => None,
        0x3004 | 0x3012..=0x3013 | 0x3020 | 0x3036 | 0x303f | 0x203b => None,
        0x2010..=0x2012 => Some('-'),
        0x2018 | 0x2019 | 0x2032 => Some('\''),
        _ => Some(c),
    }
}

fn decode_entities(text: &str) -> String {
    static ENTITY: LazyLock<Rule> = LazyLock::new(|| {
        Rule::made(r"&(#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});", |found| {
            let name = group(found, 1);
            let by_number = |digits: &str, radix| {
                u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).map(String::from)
            };
            match (name.strip_prefix("#x").or_else(|| name.strip_prefix("#X")), name.strip_prefix('#')) {
                (Some(hex), _) => by_number(hex, 16),
                (None, Some(decimal)) => by_number(decimal, 10),
                (None, None) => Some(match name {
                    "amp" => "&".to_owned(),
                    "lt" => "<".to_owned(),
                    "gt" => ">".to_owned(),
                    "quot" => "\"".to_owned(),
                    "apos" | "rsquo" | "lsquo" => "'".to_owned(),
                    "mdash" => "—".to_owned(),
                    "ndash" => "–".to_owned(),
                    "hellip" => "…".to_owned(),
                    "yen" => "¥".to_owned(),
                    "times" => "×".to_owned(),
                    "deg" => "°".to_owned(),
                    _ => " ".to_owned(),
                }),
            }
        })
    });
    ENTITY.apply(text)
}
