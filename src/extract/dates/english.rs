//! Finds dates with an English month: mail and RSS stamps, Weibo's `created_at`, and split date blocks.

use super::resolve::{OffsetTime, Written};
use super::scan;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// `Mon, 05 Oct 2026 08:00:00 +0800`, `Sat Jan 14 18:39:37 +0800 2023`, `March 16, 2018`: words in any order, each at
/// most once, none unknown. A wrong weekday is let pass, as generators print them in the wrong zone; two-figure years
/// are not.
pub(super) fn english(core: &str) -> Option<Written> {
    let mut parts = Parts::default();
    for word in core.split([' ', ',']).filter(|word| !word.is_empty()) {
        parts.take(word)?;
    }
    parts.written()
}

#[derive(Default)]
struct Parts {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    clock: Option<(u32, u32, u32)>,
    east: Option<i64>,
    weekday: Option<()>,
}

impl Parts {
    fn take(&mut self, word: &str) -> Option<()> {
        if word.bytes().all(|b| b.is_ascii_digit()) {
            return match word.len() {
                1 | 2 => set(&mut self.day, word.parse().ok()?),
                4 => set(&mut self.year, word.parse().ok()?),
                _ => None,
            };
        }
        if let Some(clock) = scan::clock(word) {
            return set(&mut self.clock, clock);
        }
        if let Some(east) = offset(word) {
            return set(&mut self.east, east);
        }
        let word = word.trim_end_matches('.').to_ascii_lowercase();
        if let Some(month) = MONTHS.iter().position(|name| abbreviates(&word, name)) {
            return set(&mut self.month, u32::try_from(month + 1).ok()?);
        }
        WEEKDAYS.iter().any(|name| abbreviates(&word, name)).then_some(())?;
        set(&mut self.weekday, ())
    }

    fn written(&self) -> Option<Written> {
        let time = match (self.clock, self.east) {
            (Some((hour, minute, second)), Some(east)) => Some(OffsetTime { hour, minute, second, east }),
            (None, Some(_)) => return None,
            _ => None,
        };
        Some(Written::Full { year: self.year?, month: self.month?, day: self.day?, time })
    }
}

/// Sets what must not have been set before.
fn set<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

fn abbreviates(word: &str, name: &str) -> bool {
    word == name || word == &name[..3] || (name == "september" && word == "sept")
}

fn offset(word: &str) -> Option<i64> {
    match word {
        "GMT" | "UTC" | "UT" | "Z" => Some(0),
        _ => scan::numeric_offset(word),
    }
}
