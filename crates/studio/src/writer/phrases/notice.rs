//! Said when a program is not what was wished, with the reason: shared by all whom it befell.

use domain::{Edition, Language, Script};

/// Why a program fell short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shortfall {
    /// Too few new articles passed the filter.
    FewArticles,
    /// Some articles could not be made into speech.
    Failures,
    /// The time until it had to be ready did not suffice.
    Time,
    /// The budget for writers and voices is spent.
    Budget,
    /// Articles were told in their own sentences, because the writer could not be used.
    PlainWriter,
}

/// `None` for a full edition: nothing needs saying.
pub fn notice(language: Language, edition: Edition, shortfall: Shortfall) -> Option<Script> {
    let said = match language {
        Language::Ja => format!(
            "{}{}",
            japanese_reason(shortfall),
            match edition {
                Edition::Full => return None,
                Edition::Shortened => "いつもより短めにお送りします。",
                Edition::Brief => "手短にお届けします。",
            }
        ),
        Language::En => format!(
            "{} {}",
            english_reason(shortfall),
            match edition {
                Edition::Full => return None,
                Edition::Shortened => "so today's program is a little shorter.",
                Edition::Brief => "so here is a brief edition.",
            }
        ),
    };
    Some(Script::said(said))
}

const fn japanese_reason(shortfall: Shortfall) -> &'static str {
    match shortfall {
        Shortfall::FewArticles => "新しい記事が少なかったため、",
        Shortfall::Failures => "用意できなかった記事があるため、",
        Shortfall::Time => "準備の時間が足りなかったため、",
        Shortfall::Budget => "予算の上限に達したため、",
        Shortfall::PlainWriter => "台本を書く仕組みが使えなかったため、",
    }
}

const fn english_reason(shortfall: Shortfall) -> &'static str {
    match shortfall {
        Shortfall::FewArticles => "There were few new articles,",
        Shortfall::Failures => "Some articles could not be prepared,",
        Shortfall::Time => "There was not enough time to prepare everything,",
        Shortfall::Budget => "The budget has been used up,",
        Shortfall::PlainWriter => "The script writer was unavailable,",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shorter_edition_says_why() {
        assert_eq!(notice(Language::Ja, Edition::Full, Shortfall::Time), None);
        let said = |language, edition| notice(language, edition, Shortfall::FewArticles).unwrap().text();
        assert_eq!(
            said(Language::Ja, Edition::Shortened),
            "新しい記事が少なかったため、いつもより短めにお送りします。"
        );
        assert_eq!(
            said(Language::En, Edition::Brief),
            "There were few new articles, so here is a brief edition."
        );
    }
}
