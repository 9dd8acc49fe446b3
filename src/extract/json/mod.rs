//! Reads JSON answers: rows that are data, not markup.
//!
//! What means what is said by [`JsonFields`], in a preset or a rule. The order of the items means nothing, and the
//! number of items a server claims to have is no proof of anything but emptiness: an answer is only believed to be empty
//! if it holds no item and says so itself.

mod answer;
mod fields;
mod item;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::fragment::FragmentRows;
use super::link::Base;
use super::listing::listing;
use super::page::Page;
use super::selectors::SelectorError;
use super::sighting::{ExtractError, Listing};
use super::words::clipped;
use answer::Condition;
use item::Items;

pub(super) use answer::{Path, bad, is_json, parse, unless_refused};
pub use fields::{JsonCondition, JsonDate, JsonFields, JsonItems, JsonRows};
pub(super) use item::plain;

/// [`JsonFields`], compiled.
#[derive(Debug, Clone)]
pub(super) struct JsonReader {
    rows: Rows,
    total: Option<Path>,
    success: Option<Condition>,
}

#[derive(Debug, Clone)]
enum Rows {
    Items(Box<Items>),
    Html(Path, FragmentRows),
}

impl JsonReader {
    pub(super) fn compile(fields: &JsonFields) -> Result<Self, SelectorError> {
        Ok(Self {
            rows: match &fields.rows {
                JsonRows::Items(items) => Rows::Items(Box::new(Items::compile(items)?)),
                JsonRows::Html { path, selectors } => {
                    Rows::Html(Path::compile("html", path)?, FragmentRows::compile(selectors.as_ref())?)
                }
            },
            total: fields.total.as_deref().map(|total| Path::compile("total", total)).transpose()?,
            success: fields
                .success
                .as_ref()
                .map(|success| Condition::compile("success", success))
                .transpose()?,
        })
    }

    /// Reads a page that is an answer.
    pub(super) fn read(
        &self,
        page: &Page,
        seen_at: DateTime<Utc>,
        zone: Tz,
    ) -> Result<Listing, ExtractError> {
        self.read_answer(&parse(page)?, &Base::address_of(page), seen_at, zone)
    }

    /// Reads an answer.
    pub(super) fn read_answer(
        &self,
        answer: &Value,
        base: &Base,
        seen_at: DateTime<Utc>,
        zone: Tz,
    ) -> Result<Listing, ExtractError> {
        if let Some(success) = self.success.as_ref().filter(|success| !success.holds(answer)) {
            return Err(bad(success.broken(answer)));
        }
        match &self.rows {
            Rows::Items(items) => self.read_items(items, answer, base, seen_at, zone),
            Rows::Html(path, rows) => {
                let fragment = path.first(answer).and_then(Value::as_str);
                match fragment.map(|fragment| rows.read_list(fragment, base, seen_at, zone)) {
                    Some(Err(ExtractError::NoRows)) | None => self.without_rows(answer),
                    Some(Ok(Listing::Empty)) if self.total.is_some() => self.without_rows(answer),
                    Some(read) => read,
                }
            }
        }
    }

    fn read_items(
        &self,
        items: &Items,
        answer: &Value,
        base: &Base,
        seen_at: DateTime<Utc>,
        zone: Tz,
    ) -> Result<Listing, ExtractError> {
        let Some(Value::Array(array)) = items.items.first(answer) else {
            return Err(bad(format!("there is no list at `{}`", items.items)));
        };
        if array.is_empty() {
            let success_says_so = self.total.is_none() && self.success.is_some();
            return if success_says_so { Ok(Listing::Empty) } else { self.without_rows(answer) };
        }
        listing(
            array
                .iter()
                .filter(|item| items.counts(item))
                .map(|item| items.read(item, base, seen_at, zone))
                .collect(),
        )
    }

    /// No rows: the answer may say that there are none.
    fn without_rows(&self, answer: &Value) -> Result<Listing, ExtractError> {
        let Some(total) = &self.total else { return Err(ExtractError::NoRows) };
        match total.written(answer) {
            Some(count) if count.trim() == "0" => Ok(Listing::Empty),
            Some(count) => Err(bad(format!("it holds no item, yet `{total}` is `{}`", clipped(count)))),
            None => Err(bad(format!("it holds no item, and nothing at `{total}` says that there is none"))),
        }
    }
}

#[cfg(test)]
mod tests;
