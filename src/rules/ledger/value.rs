//! What a cell says under its heading.

use super::super::keys::{Key, Shape};
use super::super::unit_file::Value;
use super::sheet::Cell;

/// What a cell says under a heading; nothing if it is blank.
pub(super) fn value(cell: &Cell, key: &Key) -> Result<Option<Value>, String> {
    if let Cell::Broken(error) = cell {
        return Err(format!("shows the error {error}, wanted: a value"));
    }
    let Some(shown) = cell.shown() else { return Ok(None) };
    match key.shape {
        Shape::Text => Ok(Some(Value::Text(shown))),
        Shape::Texts => {
            let lines = shown.lines().map(str::trim).filter(|line| !line.is_empty());
            Ok(Some(Value::Texts(lines.map(ToOwned::to_owned).collect())))
        }
        Shape::OneOrTexts => {
            let lines = shown.lines().map(str::trim).filter(|line| !line.is_empty());
            Ok(Value::of_texts(lines.map(ToOwned::to_owned).collect()))
        }
        Shape::Number => match shown.parse() {
            Ok(number) => Ok(Some(Value::Number(number))),
            Err(_) => Err(format!("`{shown}` is not a whole number")),
        },
        Shape::Word(words) => {
            let known = words.iter().find(|(word, chinese)| same(word, &shown) || same(chinese, &shown));
            match known {
                Some((word, _)) => Ok(Some(Value::Text((*word).to_owned()))),
                None => {
                    let allowed: Vec<&str> = words.iter().map(|(_, chinese)| *chinese).collect();
                    Err(format!("`{shown}` is not known, allowed: {}", allowed.join(", ")))
                }
            }
        }
        Shape::YesNo => match shown.as_str() {
            "是" | "true" | "TRUE" | "1" | "√" => Ok(Some(Value::YesNo(true))),
            "否" | "false" | "FALSE" | "0" | "×" => Ok(Some(Value::YesNo(false))),
            _ => Err(format!("`{shown}` is not known, allowed: 是, 否")),
        },
    }
}

fn same(word: &str, shown: &str) -> bool {
    word.eq_ignore_ascii_case(shown)
}
