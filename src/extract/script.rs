//! Reads the settings that a page's scripts are given, without running any.

use super::words::collapsed;

/// All literal values that a text gives a name: `name: 'x'`, `"name":"x"`, `name = ['x']`, `name=7`.
pub(super) fn values<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    text.match_indices(name)
        .filter(|(start, _)| !text[..*start].ends_with(is_part_of_name))
        .filter_map(|(start, _)| value_after(&text[start + name.len()..]))
        .collect()
}

/// The value of a name, if the text gives it exactly one.
pub(super) fn only_value(text: &str, name: &str) -> Option<String> {
    let values = values(text, name);
    let first = values.first()?;
    values.iter().all(|value| value == first).then(|| collapsed(first))
}

fn is_part_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

fn value_after(rest: &str) -> Option<&str> {
    let rest = rest.strip_prefix(['\'', '"']).unwrap_or(rest).trim_start();
    let rest = rest.strip_prefix([':', '='])?.trim_start();
    let rest = rest.strip_prefix('[').unwrap_or(rest).trim_start();
    for quote in ['\'', '"'] {
        if let Some(quoted) = rest.strip_prefix(quote) {
            return quoted.split_once(quote).map(|(value, _)| value);
        }
    }
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let is_number = end > 0 && !rest[end..].starts_with(is_part_of_name);
    is_number.then(|| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_found_however_it_is_written() {
        for text in [
            "{SID: '758'}",
            "{\"SID\":\"758\"}",
            "{ SID : 758 }",
            "var SID=758;",
            "SID = ['758']",
            "'SID':'758'",
        ] {
            assert_eq!(values(text, "SID"), ["758"], "{text}");
        }
    }

    #[test]
    fn what_is_computed_or_called_otherwise_is_no_setting() {
        for text in ["SID: site.id", "MYSID: '7'", "SIDE: '7'", "SID", "SID: '7", "SID: 7px", "SID == '7'"] {
            assert!(values(text, "SID").is_empty(), "{text}");
        }
    }

    #[test]
    fn two_values_are_none() {
        assert_eq!(only_value("a:'1',a:'1'", "a"), Some("1".to_owned()));
        assert_eq!(only_value("a:'1',a:'2'", "a"), None);
        assert_eq!(only_value("", "a"), None);
    }
}
