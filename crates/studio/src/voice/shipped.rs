//! The reading dictionaries that ship: the lowest layer.

use domain::{Language, Reading, reading};

/// Terms as we say them; the operator's and the listener's entries win over these.
pub fn shipped_readings(language: Language) -> Vec<Reading> {
    let list = match language {
        Language::Ja => include_str!("../../../../assets/readings/ja.tsv"),
        Language::En => include_str!("../../../../assets/readings/en.tsv"),
    };
    // A list that ships is read by a test; a line broken later costs its readings, never a program.
    reading::parse(list, language).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_lists_are_well_formed_and_as_long_as_promised() {
        assert!(reading::parse(include_str!("../../../../assets/readings/ja.tsv"), Language::Ja).is_ok());
        assert!(reading::parse(include_str!("../../../../assets/readings/en.tsv"), Language::En).is_ok());
        assert!(shipped_readings(Language::En).len() >= 80);
        assert!(shipped_readings(Language::Ja).len() >= 500);
    }
}
