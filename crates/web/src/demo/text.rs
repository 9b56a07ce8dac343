//! What the demo's page says, in both languages.

use domain::Language;

#[derive(Debug)]
pub(super) struct Texts {
    pub title: &'static str,
    pub tagline: &'static str,
    pub how: &'static str,
    pub japanese: &'static str,
    pub english: &'static str,
    pub waiting: &'static str,
    pub working: &'static str,
    pub failed: &'static str,
    pub chapters: &'static str,
    pub transcript: &'static str,
    pub other_language: &'static str,
    pub voices: &'static str,
    pub next: &'static str,
}

const JA: Texts = Texts {
    title: "Mimiyori（耳寄り）",
    tagline: "気になるフィードの記事を、あなただけの音声番組に。起きる時刻までに用意します。",
    how: "このページの番組は、付属のサンプル記事から、いまこのコンピューターの中だけで作っています。",
    japanese: "日本語の番組",
    english: "英語の番組",
    waiting: "順番を待っています",
    working: "台本を書き、声にしています",
    failed: "番組を作れませんでした",
    chapters: "記事",
    transcript: "文字起こし",
    other_language: "English",
    voices: "声：HTS Voice “Mei”（MMDAgent Project Team、名古屋工業大学、CC BY 3.0）、Flite “kal16”（カーネギーメロン大学）",
    next: "自分のフィードで試すには",
};

const EN: Texts = Texts {
    title: "Mimiyori",
    tagline: "Your own audio program from the feeds you follow, ready by the minute you wake up.",
    how: "The programs on this page are being made right now, on this computer alone, from sample articles.",
    japanese: "Program in Japanese",
    english: "Program in English",
    waiting: "Waiting its turn",
    working: "Writing the script and voicing it",
    failed: "The program could not be made",
    chapters: "Articles",
    transcript: "Transcript",
    other_language: "日本語",
    voices: "Voices: HTS Voice “Mei” (MMDAgent Project Team, Nagoya Institute of Technology, CC BY 3.0), Flite “kal16” (Carnegie Mellon University)",
    next: "To try it with your own feeds",
};

impl Texts {
    pub(super) const fn of(language: Language) -> &'static Self {
        match language {
            Language::Ja => &JA,
            Language::En => &EN,
        }
    }

    pub(super) const fn program_in(&self, language: Language) -> &'static str {
        match language {
            Language::Ja => self.japanese,
            Language::En => self.english,
        }
    }
}
