//! Feeds, good and bad.

pub const BACKUPS: &str = "Backups that nobody has restored are only a hope. Restore one every month. Write down how \
    long it took, because that is the time you will be without data. A team of four people spent a week on it. They \
    found that two of three archives could not be read. The third had no passwords in it. Now they restore one \
    archive on the first Monday of each month.";

pub const RIVER: &str = "The river crosses three towns before it meets the sea. Engineers measured its height every \
    hour for ten years. Their table shows that floods come earlier each spring. The bridges were built for another \
    climate, and two of them will be raised next summer. People who live near the water have begun to move their \
    cellars upstairs.";

pub const JAPANESE: &str = "戻したことのない控えは、ただの願いにすぎません。毎月一度、控えを別の機械に戻してみましょう。\
    戻すのにかかった時間を書き留めておくと、障害のときに何時間止まるかが分かります。ある会社では、三つの控えのうち二つが読めませんでした。\
    残りの一つには合言葉が入っていませんでした。今では毎月の最初の月曜日に必ず試しています。";

pub const GERMAN: &str = "Die Sicherung der Daten ist eine Aufgabe, die viele Firmen vernachlässigen. Wer nie eine \
    Sicherung zurückgespielt hat, weiß nicht, ob sie funktioniert. Deshalb sollte man jeden Monat eine Übung machen \
    und die Zeit aufschreiben. Das ist die Zeit, in der die Firma ohne ihre Daten auskommen muss.";

pub const ARABIC: &str = "تعتبر النسخ الاحتياطية التي لم يستعدها أحد مجرد أمل. يجب استعادة واحدة كل شهر. اكتب كم من الوقت \
    استغرق ذلك لأن هذا هو الوقت الذي ستكون فيه بدون بيانات. يجب أن تتدرب الفرق على ذلك قبل أن تحتاج إليه حقا.";

/// The samples that ship.
pub const ENGLISH_SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/samples/en.xml");
pub const JAPANESE_SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/samples/ja.xml");

/// An item with a title and a text, in XML. Its page is where nobody is, and loopback at that: whoever
/// looks for a longer text there gets none at once.
pub fn item(title: &str, text: &str) -> String {
    let page = title.len() * 31 + text.len();
    format!(
        "<item><title>{title}</title><link>http://127.0.0.1:1/{page}</link>\
         <description><![CDATA[<p>{text}</p>]]></description></item>"
    )
}

pub fn rss(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel><title>News</title>{items}</channel></rss>"
    )
}

/// One good article.
pub fn good() -> String {
    rss(&item("Backups that work", BACKUPS))
}
