//! What a password has to be: long enough, and none that everybody tries first (NIST SP 800-63B-4 §3.1.1,
//! OWASP ASVS 5.0 §6.2). No rules of composition, no changes by the calendar; it may be pasted.

use crate::{email::Email, language::Language};
use std::{collections::HashSet, fmt};
use unicode_normalization::UnicodeNormalization;

/// Characters that are asked for, and that are advised where the password is all there is.
pub const LEAST: usize = 8;
pub const ADVISED: usize = 15;
/// Characters; more only cost time to hash.
pub const MOST: usize = 256;
/// Some keyboards send a letter and its marks one by one, four at most (Unicode's canonical decomposition).
const MOST_TYPED: usize = 4 * MOST;

/// A password as it is hashed: in NFKC, so that it is the same from every keyboard. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Passwords that everybody tries first.
#[derive(Clone, Debug, Default)]
pub struct Common(HashSet<String>);

/// Of a password that may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// It may be used; a longer one is advised.
    Short,
    Good,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("a password has at least {LEAST} characters; {ADVISED} or more are better")]
    TooShort,
    #[error("a password has at most {MOST} characters")]
    TooLong,
    #[error("this password is among those that everybody tries first; choose another one")]
    Common,
    #[error("this password can be guessed from your address or this service's name; choose another one")]
    Personal,
}

impl Common {
    /// One on each line; upper and lower case do not matter.
    pub fn of(list: &str) -> Self {
        Self(list.lines().map(folded).filter(|line| !line.is_empty()).collect())
    }

    fn has(&self, folded: &str) -> bool {
        self.0.contains(folded) || is_one_sign(folded) || is_sequence(folded)
    }
}

impl Password {
    /// As typed at sign-in: whatever it is, it is compared.
    pub fn typed(text: &str) -> Self {
        // What is too long was never accepted, and is not worth normalising whole.
        Self(text.chars().take(MOST_TYPED + 1).nfkc().collect())
    }

    /// As a listener chooses it, or why they may not.
    pub fn chosen(text: &str, email: &Email, common: &Common) -> Result<(Self, Strength), Unfit> {
        let password = Self::typed(text);
        let chars = password.0.chars().count();
        if text.chars().nth(MOST_TYPED).is_some() || chars > MOST {
            return Err(Unfit::TooLong);
        }
        if chars < LEAST {
            return Err(Unfit::TooShort);
        }
        let folded = folded(&password.0);
        if common.has(&folded) {
            return Err(Unfit::Common);
        }
        if is_personal(&folded, email) {
            return Err(Unfit::Personal);
        }
        Ok((password, if chars < ADVISED { Strength::Short } else { Strength::Good }))
    }

    /// For whoever hashes it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

fn folded(text: &str) -> String {
    text.trim().nfkc().flat_map(char::to_lowercase).collect()
}

/// `aaaaaaaa`
fn is_one_sign(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars.next();
    chars.all(|c| Some(c) == first)
}

/// `12345678`, `hgfedcba`: each character the next or the one before.
fn is_sequence(text: &str) -> bool {
    let codes: Vec<u32> = text.chars().map(u32::from).collect();
    let runs = |up: bool| {
        codes.windows(2).all(|pair| if up { pair[0] + 1 == pair[1] } else { pair[1] + 1 == pair[0] })
    };
    runs(true) || runs(false)
}

/// The address, a part of it or our name, perhaps with a few signs around: too little is left to guess.
fn is_personal(folded: &str, email: &Email) -> bool {
    let key = email.key();
    let (local, domain) = key.split_once('@').unwrap_or((&key, ""));
    let words = [
        key.as_str(),
        local,
        domain,
        domain.split('.').next().unwrap_or(""),
        "mimiyori",
        "耳寄り",
        "みみより",
    ];
    words.into_iter().any(|word| {
        let rest = folded.replace(word, "");
        word.chars().count() >= 4 && folded.contains(word) && rest.chars().count() < LEAST / 2
    })
}

impl Strength {
    /// What is advised; nothing of a good one.
    pub const fn advice(self, language: Language) -> Option<&'static str> {
        match (self, language) {
            (Self::Good, _) => None,
            (Self::Short, Language::Ja) => Some(
                "このパスワードも使えますが、15文字以上をおすすめします。いくつかの単語をつなげると、長くても覚えやすくなります。",
            ),
            (Self::Short, Language::En) => Some(
                "You can use this password, but 15 or more characters are better. A few words in a row are long and easy to remember.",
            ),
        }
    }
}

impl Unfit {
    pub const fn key(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::Common => "common",
            Self::Personal => "personal",
        }
    }

    pub const fn sentence(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::TooShort, Language::Ja) => {
                "パスワードは8文字以上にしてください。15文字以上をおすすめします。"
            }
            (Self::TooShort, Language::En) => "Use at least 8 characters; 15 or more are better.",
            (Self::TooLong, Language::Ja) => "パスワードは256文字までにしてください。",
            (Self::TooLong, Language::En) => "Use at most 256 characters.",
            (Self::Common, Language::Ja) => {
                "よく使われるパスワードのため、すぐに破られてしまいます。別のものにしてください。"
            }
            (Self::Common, Language::En) => {
                "This password is one of the first that anybody tries. Choose another one."
            }
            (Self::Personal, Language::Ja) => {
                "メールアドレスやサービス名から推測できます。別のものにしてください。"
            }
            (Self::Personal, Language::En) => {
                "This password can be guessed from your address or the name of the service. Choose another one."
            }
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn common() -> Common {
        Common::of("password\nPassword1\n\nｑｗｅｒｔｙｕｉｏｐ\nさくらさくらさくら\n")
    }

    fn chosen(text: &str) -> Result<Strength, Unfit> {
        let email = "Hanako.Yamada@example.org".parse().unwrap();
        Password::chosen(text, &email, &common()).map(|(_, strength)| strength)
    }

    #[test]
    fn length_counts_and_composition_does_not() {
        for (text, answer) in [
            ("", Err(Unfit::TooShort)),
            ("xkcd936", Err(Unfit::TooShort)),
            ("xkcd9367", Ok(Strength::Short)),
            ("correct horse!", Ok(Strength::Short)),
            ("correct horse b", Ok(Strength::Good)),
            ("馬と電池とホチキス", Ok(Strength::Short)),
            ("馬と電池とホチキスは正しいですか", Ok(Strength::Good)),
            // NFKC: half-width katakana with its voicing mark is one character.
            ("ｶﾞｶﾞｶﾞｶﾞ", Err(Unfit::TooShort)),
            ("🦊🐈🐕🐎🐄🐖🐑", Err(Unfit::TooShort)),
            ("🦊🐈🐕🐎🐄🐖🐑🐐", Ok(Strength::Short)),
            (&"ab".repeat(128), Ok(Strength::Good)),
            (&"ab".repeat(129), Err(Unfit::TooLong)),
            (&"\u{fdfa}x".repeat(20), Err(Unfit::TooLong)),
            (&"e\u{301}y".repeat(128), Ok(Strength::Good)),
            (&"e\u{301}".repeat(600), Err(Unfit::TooLong)),
        ] {
            assert_eq!(chosen(text), answer, "{text}");
        }
    }

    #[test]
    fn what_everybody_tries_is_refused() {
        for text in [
            "password",
            "PassWord",
            "password1",
            "ｐａｓｓｗｏｒｄ",
            "qwertyuiop",
            "さくらさくらさくら",
            "aaaaaaaaaaaaaaaa",
            "12345678",
            "98765432",
            "abcdefghijklmnop",
            " password ",
        ] {
            assert_eq!(chosen(text), Err(Unfit::Common), "{text}");
        }
        assert_eq!(chosen("password is long"), Ok(Strength::Good));
        assert!(Common::of("\n \n").0.is_empty());
    }

    #[test]
    fn what_is_guessed_from_the_address_is_refused() {
        for text in [
            "hanako.yamada",
            "Hanako.Yamada1",
            "hanako.yamada@example.org",
            "example.org",
            "example!",
            "Mimiyori",
            "mimiyori12",
        ] {
            assert_eq!(chosen(text), Err(Unfit::Personal), "{text}");
        }
        assert_eq!(chosen("mimiyori every morning"), Ok(Strength::Good));
        let short = "li@e.org".parse().unwrap();
        assert!(
            Password::chosen("lili oli li", &short, &common()).is_ok(),
            "a name of two letters is no hint"
        );
    }

    #[test]
    fn a_password_is_the_same_from_every_keyboard_and_never_shown() {
        assert_eq!(Password::typed("ｶﾞｯｺｳ①"), Password::typed("ガッコウ1"));
        assert_ne!(Password::typed("Secret"), Password::typed("secret"), "case counts");
        assert_ne!(Password::typed("secret "), Password::typed("secret"), "nothing is cut off");
        assert_eq!(format!("{:?}", Password::typed("secret")), "Password(…)");
    }

    #[test]
    fn each_refusal_has_words() {
        let unfit = [Unfit::TooShort, Unfit::TooLong, Unfit::Common, Unfit::Personal];
        let words =
            |of: &dyn Fn(Unfit) -> &'static str| unfit.map(of).into_iter().collect::<HashSet<_>>().len();
        assert_eq!(words(&Unfit::key), 4);
        assert_eq!(words(&|unfit| unfit.sentence(Language::Ja)), 4);
        assert_eq!(words(&|unfit| unfit.sentence(Language::En)), 4);
        for language in [Language::Ja, Language::En] {
            assert!(Unfit::TooShort.sentence(language).contains(&LEAST.to_string()));
            assert!(Unfit::TooLong.sentence(language).contains(&MOST.to_string()));
            assert!(
                Strength::Short.advice(language).is_some_and(|advice| advice.contains(&ADVISED.to_string()))
            );
            assert_eq!(Strength::Good.advice(language), None);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_signs_in_again(text in "\\PC{0,40}") {
            let email = "hanako@example.org".parse().unwrap();
            if let Ok((password, strength)) = Password::chosen(&text, &email, &common()) {
                prop_assert_eq!(&Password::typed(&text), &password);
                let decomposed: String = text.nfd().collect();
                prop_assert_eq!(&Password::typed(&decomposed), &password);
                let chars = password.reveal().chars().count();
                prop_assert!((LEAST..=MOST).contains(&chars));
                prop_assert_eq!(strength == Strength::Good, chars >= ADVISED);
            }
        }
    }
}
