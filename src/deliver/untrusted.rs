//! Text that others wrote, made safe to put on one line of a header or a mail.
//!
//! Titles come from web pages and names from files and spreadsheets. Markup is not treated here: the HTML template
//! escapes it.

/// The text on one line: white space of any kind becomes one space, control characters and marks that change the
/// direction of writing are left out.
pub(super) fn single_line(text: &str) -> String {
    let spaced: String =
        text.chars().filter(|c| !is_invisible(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// [`single_line`], cut to at most `most` characters.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let line = single_line(text);
    match line.char_indices().nth(most) {
        None => line,
        Some(_) => line.chars().take(most - 1).chain(['…']).collect(),
    }
}

/// Direction marks and overrides, zero-width characters, and tag characters. A title with an unclosed override would
/// turn round the rest of its line.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn line_breaks_and_controls_become_one_space() {
        for text in ["a\r\nb", "a\n\tb", " a \u{0}\u{7f} b ", "a\u{2028}b", "a\u{85}b", "a\u{3000}b"] {
            assert_eq!(single_line(text), "a b", "{text:?}");
        }
    }

    #[test]
    fn marks_that_turn_the_line_round_are_left_out() {
        assert_eq!(single_line("公\u{202E}告\u{200F}\u{2067}"), "公告");
    }

    #[test]
    fn a_long_title_is_cut_between_characters() {
        assert_eq!(shortened("政务公开", 4), "政务公开");
        assert_eq!(shortened("政务公开栏目", 4), "政务公…");
    }

    proptest! {
        #[test]
        fn no_text_breaks_out_of_its_line(text in any::<String>(), most in 1_usize..90) {
            let line = shortened(&text, most);
            prop_assert!(!line.chars().any(|c| c.is_control() || is_invisible(c)));
            prop_assert!(line.chars().count() <= most);
        }
    }
}
