//! What Japanese writes short, written out. Plain numbers stay digits: the analyser reads them with
//! their counters (三本 サンボン), which no rule here could.

mod numerals;
mod units;

use super::{Rule, apply_all, group, month_day, number};
use numerals::{dotted, grouped};
use std::sync::LazyLock;
use units::unit;

pub(super) fn write_out(line: &str) -> String {
    apply_all(&RULES, line)
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let mut rules = dates_and_times();
    rules.extend(numbers());
    rules.extend(units());
    rules.extend(symbols());
    rules
});

fn dates_and_times() -> Vec<Rule> {
    vec![
        Rule::made(r"\b(\d{4})([-/.])(\d{1,2})([-/.])(\d{1,2})(?:T|\b)", |found| {
            let (month, day) = month_day(number(found, 3)?, number(found, 5)?)?;
            (group(found, 2) == group(found, 4)).then(|| format!("{}年{month}月{day}日 ", group(found, 1)))
        }),
        Rule::template(r"^\s*→\s*", ""),
        Rule::template(r"\(([月火水木金土日])・[祝休]\)", "、${1}曜祝日"),
        Rule::made(r"\b(\d{1,2})/(\d{1,2}) ?(\([月火水木金土日]\))", |found| {
            let (month, day) = month_day(number(found, 1)?, number(found, 2)?)?;
            let weekday: String = group(found, 3).chars().filter(|c| !"()".contains(*c)).collect();
            Some(format!("{month}月{day}日、{weekday}曜日"))
        }),
        Rule::made(
            r"([毎隔先今来翌]週)\s?\(([月火水木金土日](?:[・,、][月火水木金土日])*)\)",
            |found| {
                let days: Vec<String> =
                    group(found, 2).split(['・', ',', '、']).map(|day| format!("{day}曜日")).collect();
                Some(format!("{}{}", group(found, 1), days.join("と")))
            },
        ),
        Rule::made(r"(日)\s?\(([月火水木金土日])\)", |found| {
            Some(format!("{}、{}曜日", group(found, 1), group(found, 2)))
        }),
        Rule::made(r"\b([01]?\d|2\d):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?(?:Z\b|[+-]\d\d:?\d\d\b)?", |found| {
            let mut said = format!("{}時", number(found, 1)?);
            let (minute, second) = (number(found, 2)?, number(found, 3));
            if minute > 0 || second.is_some() {
                said += &format!("{minute}分");
            }
            if let Some(second) = second {
                said += &format!("{second}秒");
            }
            Some(said)
        }),
        Rule::made(r"\b(\d{1,2})/(\d{1,2})\s?[~〜～–-]\s?(\d{1,2})/(\d{1,2})\b", |found| {
            let (month, day) = month_day(number(found, 1)?, number(found, 2)?)?;
            let (to_month, to_day) = month_day(number(found, 3)?, number(found, 4)?)?;
            // 1/3〜1/2 is a range of fractions.
            let fractions =
                month < day && day <= 10 && to_month < to_day && to_day <= 10 && month == to_month;
            let days = (month, day) < (to_month, to_day) && !fractions;
            days.then(|| format!("{month}月{day}日から{to_month}月{to_day}日"))
        }),
        slash_date(),
        Rule::template(r"\b(\d{1,2})'([0-5]\d)\b'*", "${1}分${2}秒"),
        Rule::template(
            r"\b(\d{1,2})-(\d{1,2})(で(?:勝|敗|負|制|下|引き分)|の(?:勝利|敗|引き分))",
            "${1}対${2}${3}",
        ),
        Rule::template(r"(\d)[:：](\d)", "${1}対${2}"),
        Rule::template(r"(^|[^0-9.])0時", "${1}零時"),
    ]
}

/// 10/23 as a day, unless what follows or its size tells a fraction.
fn slash_date() -> Rule {
    Rule::made(
        r"(^|[^0-9A-Za-z_/第])(\d{1,2})/(\d{1,2})(以[下上]|程度|未満|ほど|くらい|削減|の(?:人|確率|サイズ|大きさ|規模|量|価格|時間)|(?:に|まで)(?:削減|縮小|圧縮|短縮|減|抑)|時点|付|発売|公開|開催|追記|[に はからまでの〜～~(]|$|[^0-9A-Za-z_/])",
        |found| {
            let (part, whole, after) = (number(found, 2)?, number(found, 3)?, group(found, 4));
            let (month, day) = month_day(part, whole)?;
            let fraction = ["以", "程", "未", "ほ", "く", "削"].iter().any(|head| after.starts_with(head))
                || (after.chars().count() > 1 && after.starts_with(['の', 'に', 'ま']));
            let common = (part == 1 && whole <= 10) || (part < whole && whole <= 5);
            let named = ["時点", "付", "発売", "公開", "開催", "追記"].contains(&after);
            let led =
                day > 12 || (!common && after.starts_with(['に', 'は', 'か', 'ま', 'の', '〜', '~', '(']));
            (!fraction && (named || led)).then(|| format!("{}{month}月{day}日{after}", group(found, 1)))
        },
    )
}

fn numbers() -> Vec<Rule> {
    vec![
        Rule::made(r"\d{1,3}(?:,\d{3})+", |found| Some(group(found, 0).replace(',', ""))),
        Rule::template(r"\bNo\. ?(\d)", "ナンバー${1}"),
        Rule::template(r"(?i)\bver(?:sion)?\.? ?(\d)", "バージョン${1}"),
        Rule::made(r"\b[vV]?(\d+(?:\.\d+){2,})\b", |found| {
            let version = if group(found, 0).starts_with(['v', 'V']) { "バージョン" } else { "" };
            Some(format!("{version}{}", dotted(group(found, 1))))
        }),
        Rule::template(r"\b(?:v(\d+)|[vV](\d+\.\d+))\b", "バージョン${1}${2}"),
        Rule::made(
            r"([$€£])\s?(\d+(?:\.\d+)?)(?:\s?([KMBT])\b|\s?(million|billion|trillion)\b)?",
            |found| {
                let unit = match group(found, 1) {
                    "$" => "ドル",
                    "€" => "ユーロ",
                    _ => "ポンド",
                };
                let scale = match (group(found, 3), group(found, 4)) {
                    ("K", _) => 1_000.0,
                    ("M", _) | (_, "million") => 1e6,
                    ("B", _) | (_, "billion") => 1e9,
                    ("T", _) | (_, "trillion") => 1e12,
                    _ => return Some(format!("{}{unit}", group(found, 2))),
                };
                Some(format!("{}{unit}", grouped(group(found, 2).parse::<f64>().ok()? * scale)))
            },
        ),
        Rule::template(r"[¥￥]\s?(\d+(?:\.\d+)?[兆億万千]?)", "${1}円"),
        Rule::template(r"(\d+(?:\.\d+)?[兆億万千]*(?:円|ドル|ユーロ|ポンド))/月", "1か月あたり${1}"),
        Rule::template(r"(\d+(?:\.\d+)?[兆億万千]*(?:円|ドル|ユーロ|ポンド))/(日|年)", "1${2}あたり${1}"),
        Rule::template(r"(件|回|個|台|本)/月", "${1}、1か月あたり"),
        Rule::template(r"\b4K\b", "ヨンケー"),
        Rule::template(r"\b8K\b", "ハチケー"),
        Rule::made(r"\b(\d{1,3}(?:\.\d)?)[kK]\b", |found| {
            Some(grouped(group(found, 1).parse::<f64>().ok()? * 1_000.0))
        }),
        Rule::template(
            r"(\d)\s*(%|°C|°|円|年|月|日|時|分|秒|個|人|件|本|回|倍|代|歳|台)?\s*[~〜～–—]\s*([$€£¥]?\d)",
            "${1}${2}から${3}",
        ),
        Rule::template(
            r"(^|[^0-9A-Za-z_.-])(\d+(?:\.\d+)?)\s?-\s?(\d+(?:\.\d+)?)($|[^0-9A-Za-z_-])",
            "${1}${2}から${3}${4}",
        ),
        Rule::made(r"(^|[^0-9A-Za-z_/])(\d{1,2})/(\d{1,3})($|[^0-9A-Za-z_/])", |found| {
            let (part, whole) = (number(found, 2)?, number(found, 3)?);
            let fraction = part < whole && whole > 1;
            fraction.then(|| format!("{}{whole}分の{part}{}", group(found, 1), group(found, 4)))
        }),
        Rule::template(r"(\d+)\^(\d+)", "${1}の${2}乗"),
        Rule::template(r"(^|[^0-9A-Za-z_)])[-−–](\d)", "${1}マイナス${2}"),
    ]
}

fn units() -> Vec<Rule> {
    vec![
        Rule::template(r"(\d)\s?[%％]", "${1}パーセント"),
        Rule::template(r"(\d)\s?(?:°C|℃)", "${1}度"),
        Rule::template(r"(\d+(?:\.\d+)?)\s?°F", "華氏${1}度"),
        Rule::template(r"(\d)\s?°", "${1}度"),
        Rule::template(r"(\d)\s?km\^?2\b", "${1}平方キロメートル"),
        Rule::template(r"(\d)\s?cm\^?2\b", "${1}平方センチメートル"),
        Rule::template(r"(\d)\s?m\^?2\b", "${1}平方メートル"),
        Rule::template(r"(\d)\s?m\^3", "${1}立方メートル"),
        Rule::template(r"(\d)\s?[x×倍]($|[^0-9A-Za-z_\s×])", "${1}倍${2}"),
        Rule::made(r"(\d)\s?([A-Za-zµμΩ]{1,5}(?:/s)?)($|[^A-Za-z0-9])", |found| {
            Some(format!("{}{}{}", group(found, 1), unit(group(found, 2))?, group(found, 3)))
        }),
    ]
}

fn symbols() -> Vec<Rule> {
    vec![
        Rule::template(r"[≥≧]\s?(\d[\d.]*)", "${1}以上"),
        Rule::template(r"[≤≦]\s?(\d[\d.]*)", "${1}以下"),
        Rule::template(r"[≈≒]\s?", "約"),
        Rule::template(r"±\s?(\d)", "プラスマイナス${1}"),
        Rule::template(r"!=|≠", "ノットイコール"),
        Rule::template(r">=", "≥"),
        Rule::template(r"<=", "≤"),
        Rule::template(r"(\w)<(\w)|(\w)\s<\s?(\d)", "${1}${3}小なり${2}${4}"),
        Rule::template(r"(\w)>(\w)|(\w)\s>\s?(\d)", "${1}${3}大なり${2}${4}"),
        Rule::template(r"([\w)])(?:\*|\s\*\s)([\w(])", "${1}かける${2}"),
        Rule::template(r"([\w)])(?:\*|\s\*\s)([\w(])", "${1}かける${2}"),
        Rule::template(r"([\p{Han}\p{Hiragana}\p{Katakana}ー。！!])[wW]{1,2}(\s|$|[。、！])", "${1}${2}"),
        Rule::template(r"(\d)\s?\+\s?(件|人|個|回|本|社|種類|万|名|台)", "${1}${2}以上"),
        Rule::template(r"(\d)\s?\+($|[^0-9A-Za-z_+])", "${1}以上${2}"),
        Rule::template(r"([\w])\s?×\s?([\w])", "${1}かける${2}"),
        Rule::template(r"(\s|\p{Han}|\p{Hiragana}|\p{Katakana}|\d)\+\s?(\d|\p{L})", "${1}プラス${2}"),
        Rule::template(r"\s?→\s?(\S)", "から${1}"),
        Rule::template(r"\s?→", ""),
        Rule::template(r"(\S)\s?=+\s?(\S)", "${1}イコール${2}"),
        Rule::template(r"\s&\s|([\p{Han}\p{Hiragana}\p{Katakana}])&", "${1}アンド"),
        Rule::template(r"(^|[^A-Za-z0-9])#(\d+)", "${1}${2}番"),
        Rule::template(r"(^|[^A-Za-z0-9])[#@](\w)", "${1} ${2}"),
        Rule::template(r"\s@\s", "アット"),
        // Quotes are not heard; brackets are a breath.
        Rule::template(r"[」』][「『]", "、"),
        Rule::template(r"[「」『』〈〉《》“”‘]", ""),
        Rule::template(r"\s?[（(【〔\[]\s?", "、"),
        Rule::template(r"\s?[）)】〕\]]\s?([、。！？!?]|$)", "${1}"),
        // A particle leans on what is in the brackets.
        Rule::template(r"\s?[）)】〕\]]\s?(\p{Hiragana})", "${1}"),
        Rule::template(r"\s?[）)】〕\]]\s?", "、"),
        Rule::template(r"([ァ-ヺー])・([ァ-ヺ])", "${1}${2}"),
        Rule::template(r"\s?[・;:；：—–―]\s?", "、"),
        Rule::template(r"\s?[〜～~]\s?", "、"),
        Rule::template(r"([^A-Za-z0-9\s])/([^A-Za-z0-9])", "${1}、${2}"),
        Rule::template(r"!", "！"),
        Rule::template(r"\?", "？"),
        Rule::template(r",\s?", "、"),
        Rule::template(r"\.(\s|$)", "。"),
        Rule::template(r"([\p{Han}\p{Hiragana}\p{Katakana}])\.($|[^A-Z])", "${1}。${2}"),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::speakable;
    use domain::Language;

    #[test]
    fn written_short_is_said_long() {
        let table = [
            ("1,234,567件の記事", "1234567件の記事"),
            ("Rust 1.95.0が出た", "Rust イッテンキューゴーテンゼロが出た"),
            ("v2.0を公開", "バージョン2.0を公開"),
            ("2026-11-23に公開", "2026年11月23日 に公開"),
            ("2026/1/5 10:30開始", "2026年1月5日 10時30分開始"),
            ("10:00から", "10時から"),
            ("2026-11-23T10:30:00Z", "2026年11月23日 10時30分0秒"),
            ("3–5個と3〜5分と3-5人", "3から5個と3から5分と3から5人"),
            ("10%〜20%", "10パーセントから20パーセント"),
            ("12.5%増", "12.5パーセント増"),
            ("25°Cで5 ms、16GB", "25度で5ミリ秒、16ギガバイト"),
            ("$5Mと$1.5BとC$", "500万ドルと15億ドルとC"),
            ("¥1,000", "1000円"),
            ("A → B", "AからB"),
            ("R&DとQ&A", "R&DとQ&A"),
            ("C++とC#と.NETです.次", "C++とC#と.NETです。次"),
            ("CI/CDとTCP/IP", "CI/CDとTCP/IP"),
            ("#Rust を@aliceが", "Rust を aliceが"),
            ("第1/3の例", "第3分の1の例"),
            ("気温は-5度", "気温はマイナス5度"),
            ("16:9の画面", "16対9の画面"),
            ("＜ＲＵＳＴ＞", "RUST"),
            ("ＡＢＣ１２３", "ABC123"),
            ("「所有権」（ownership）とは", "所有権、ownershipとは"),
            ("詳細はhttps://example.com/a?b=1を参照", "詳細は を参照"),
            ("連絡は a.b@example.co.jp まで。", "連絡は まで。"),
            ("**太字**と`code`と[リンク](https://a.b)", "太字とcodeとリンク"),
            ("すごい🎉！！！", "すごい！"),
            ("ここで(間)次へ[pause]です", "ここで 次へ です"),
            ("マイク・タイソン", "マイクタイソン"),
            ("10^6回", "10の6乗回"),
            ("100+件", "100件以上"),
            ("「今日」「一日」など", "今日、一日など"),
            ("3x速い", "3倍速い"),
            ("11月23日（月）に0:00から", "11月23日、月曜日に零時から"),
            ("毎週(土)と来週（月・水）に", "毎週土曜日と来週月曜日と水曜日に"),
            ("x86_64とNo.1", "x86_64とナンバー1"),
            ("10/23時点と11/23に公開", "10月23日時点と11月23日に公開"),
            ("12/24に開催、9/11の事件", "12月24日に開催、9月11日の事件"),
            ("1/2に削減、1/10の人、3/4以下", "2分の1に削減、10分の1の人、4分の3以下"),
            ("10/1〜10/5と1/3〜1/2", "10月1日から10月5日と3分の1から2分の1"),
            ("A* 探索", "A 探索"),
            ("縦*横と2*3*4", "縦かける横と2かける3かける4"),
            ("Vec<String>とx<y かつ y>z", "Vec String とx小なりy かつ y大なりz"),
            ("30㎡と5㎢と4cm²", "30平方メートルと5平方キロメートルと4平方センチメートル"),
            ("H2O(水)と11/23(月・祝)", "H2O、水と11月23日、月曜祝日"),
            ("2-1で勝った", "2対1で勝った"),
            ("→ 詳細", "詳細"),
            ("4KのV8", "ヨンケーのV8"),
            ("約¥1.5億、980円/月、$20/月", "約1.5億円、1か月あたり980円、1か月あたり20ドル"),
            ("25:00まで", "25時まで"),
            ("▲3.5%", "マイナス3.5パーセント"),
            ("20代〜30代", "20代から30代"),
            ("a!=b", "aノットイコールb"),
            ("Ⅲ章と½", "3章と 2分の1"),
            ("それなww", "それな"),
            ("5'30", "5分30秒"),
        ];
        let wrong: Vec<String> = table
            .into_iter()
            .map(|(written, said)| (written, said, speakable(written, Language::Ja)))
            .filter(|(_, said, got)| said != got)
            .map(|(written, said, got)| format!("{written}: {got:?}, not {said:?}"))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
