//! Old texts that come out again under a new date, and the day to judge a source by in spite of them.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{History, HonestyPolicy, Item, Likeness, Named, Suspicion, days_between};

/// How titles end that come out every week or month, or to every case of a kind.
const SERIES: [&str; 20] = [
    "日报",
    "周报",
    "旬报",
    "月报",
    "季报",
    "年报",
    "简报",
    "快报",
    "公报",
    "公示",
    "公告",
    "通告",
    "通报",
    "名单",
    "一览表",
    "统计表",
    "情况表",
    "值班表",
    "预报",
    "期",
];

/// The newest day of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "newest", content = "detail")]
pub enum Newest {
    /// An item that nothing speaks against bears it.
    Clear(NaiveDate),
    /// Only suspected items bear it: it can neither clear the source nor be passed over.
    Doubtful {
        /// The day they bear.
        claimed: NaiveDate,
        /// The newest day of the others.
        without: NaiveDate,
        /// What speaks against the day.
        because: Suspicion,
    },
}

/// The day to judge a source by. Days after the looks that showed them are left out; `None` if no day is left.
///
/// A weak suspicion does not make the day doubtful: a column of monthly reports must not become unknown for having them.
pub fn newest_honest(history: &History, policy: &HonestyPolicy) -> Option<Newest> {
    let suspected = reissued(history, policy);
    let because = |place: usize| {
        suspected.iter().find(|(of, suspicion)| *of == place && !suspicion.is_weak()).map(|(_, why)| why)
    };
    let days: Vec<(NaiveDate, Option<&Suspicion>)> = history
        .items
        .iter()
        .enumerate()
        .filter(|(_, item)| !history.is_ahead(item, policy))
        .map(|(place, item)| (item.date, because(place)))
        .collect();
    let claimed = days.iter().map(|(day, _)| *day).max()?;
    let without = days.iter().filter(|(_, why)| why.is_none()).map(|(day, _)| *day).max()?;
    if without == claimed {
        return Some(Newest::Clear(claimed));
    }
    let because = days.iter().find_map(|(day, why)| why.filter(|_| *day == claimed))?;
    Some(Newest::Doubtful { claimed, without, because: because.clone() })
}

/// The items whose text or title was there before under a much older date, by their place in the history.
pub(super) fn reissued(history: &History, policy: &HonestyPolicy) -> Vec<(usize, Suspicion)> {
    let titles: Vec<String> = history.items.iter().map(|item| pressed(item.title)).collect();
    let mut alike: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut same_text: HashMap<u64, Vec<usize>> = HashMap::new();
    for (place, item) in history.items.iter().enumerate().filter(|(_, item)| item.is_answerable()) {
        alike.entry(&titles[place]).or_default().push(place);
        if let Some(text) = item.text.filter(|text| text.length >= policy.shortest_text) {
            same_text.entry(text.hash).or_default().push(place);
        }
    }
    let is_older = |older: &Item, item: &Item| {
        older.first_seen_at <= item.first_seen_at
            && days_between(older.date, item.date) >= policy.days_reissued
    };
    let mut found = Vec::new();
    for (place, item) in history.items.iter().enumerate() {
        let oldest = |places: Option<&Vec<usize>>, fits: &dyn Fn(&Item) -> bool| {
            let older = places.into_iter().flatten().map(|place| &history.items[*place]);
            older.filter(|older| is_older(older, item) && fits(older)).min_by_key(|older| older.date)
        };
        if !item.is_answerable() {
            continue;
        }
        let by_text = item.text.and_then(|text| oldest(same_text.get(&text.hash), &|_| true));
        let of_title = alike.get(titles[place].as_str());
        let by_title = || oldest(of_title, &|older| may_be_the_same(older, item));
        let suspicion = match by_text {
            Some(older) => Some((older, Likeness::SameText)),
            None => by_title().map(|older| {
                let met = of_title.map_or(0, Vec::len);
                (older, likeness_of_title(older, item, met, policy))
            }),
        };
        if let Some((older, likeness)) = suspicion {
            let suspicion =
                Suspicion::OldTextNewDate { item: Named::of(item), older: Named::of(older), likeness };
            found.push((place, suspicion));
        }
    }
    found
}

/// Whether nothing is known that tells the two apart: not their texts, nor a title that the list has cut short.
fn may_be_the_same(older: &Item, item: &Item) -> bool {
    let differ = matches!((older.text, item.text), (Some(one), Some(another)) if one.hash != another.hash);
    let is_cut = item.title.trim_end().ends_with(['…', '.']);
    !differ && !is_cut && !pressed(item.title).is_empty()
}

fn likeness_of_title(older: &Item, item: &Item, met: usize, policy: &HonestyPolicy) -> Likeness {
    let title = pressed(item.title);
    let is_series = met >= policy.recurring
        || title.chars().count() < policy.shortest_title
        || SERIES.iter().any(|end| title.ends_with(end));
    if !item.url.is_empty() && older.url == item.url {
        Likeness::SameAddress
    } else if is_series {
        Likeness::RecurringTitle
    } else {
        Likeness::SameTitle
    }
}

/// A title's letters and figures in their narrow forms: marks and blanks change from list to list, figures tell the
/// reports of one year from those of the next.
pub(super) fn pressed(title: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    title.chars().map(narrow).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
