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
    assert!(Password::chosen("lili oli li", &short, &common()).is_ok(), "a name of two letters is no hint");
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
    let words = |of: &dyn Fn(Unfit) -> &'static str| unfit.map(of).into_iter().collect::<HashSet<_>>().len();
    assert_eq!(words(&Unfit::key), 4);
    assert_eq!(words(&|unfit| unfit.sentence(Language::Ja)), 4);
    assert_eq!(words(&|unfit| unfit.sentence(Language::En)), 4);
    for language in [Language::Ja, Language::En] {
        assert!(Unfit::TooShort.sentence(language).contains(&LEAST.to_string()));
        assert!(Unfit::TooLong.sentence(language).contains(&MOST.to_string()));
        assert!(Strength::Short.advice(language).is_some_and(|advice| advice.contains(&ADVISED.to_string())));
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
