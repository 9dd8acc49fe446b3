//! Reads one item of an array.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use crate::extract::dates::read_date;
use crate::extract::document::parse_text;
use crate::extract::link::Base;
use crate::extract::listing::{Row, undated};
use crate::extract::selectors::SelectorError;
use crate::extract::sighting::{DateKind, Found, RowError, Sighting};
use crate::extract::words::{clipped, collapsed, text_of};

use super::answer::{Condition, Path};
use super::fields::JsonItems;

/// [`JsonItems`], compiled.
#[derive(Debug, Clone)]
pub(super) struct Items {
    pub(super) items: Path,
    title: Path,
    link: Option<Path>,
    dates: Vec<(Path, DateKind)>,
    only: Option<Condition>,
}

impl Items {
    pub(super) fn compile(fields: &JsonItems) -> Result<Self, SelectorError> {
        let date = |kind: DateKind| match kind {
            DateKind::Published => "date",
            DateKind::Signed => "date-signed",
            DateKind::Created => "date-created",
        };
        Ok(Self {
            items: Path::compile("items", &fields.items)?,
            title: Path::compile("title", &fields.title)?,
            link: fields.link.as_deref().map(|link| Path::compile("link", link)).transpose()?,
            dates: fields
                .dates
                .iter()
                .map(|place| Ok((Path::compile(date(place.kind), &place.path)?, place.kind)))
                .collect::<Result<_, SelectorError>>()?,
            only: fields.only.as_ref().map(|only| Condition::compile("only", only)).transpose()?,
        })
    }

    pub(super) fn counts(&self, item: &Value) -> bool {
        self.only.as_ref().is_none_or(|only| only.holds(item))
    }

    pub(super) fn read(&self, item: &Value, base: &Base, seen_at: DateTime<Utc>, zone: Tz) -> Row {
        let title = self.title.written(item).map(|title| plain(&title)).unwrap_or_default();
        let dates = self.dates.iter();
        let stamp = dates.filter_map(|(path, kind)| Some((path.first(item).filter(is_set)?, *kind))).next();
        let url = self.link.as_ref().map(|link| address(link, item, base)).unwrap_or_default();
        let Some((stamp, kind)) = stamp else { return undated(title, url, RowError::Missing) };
        let written = stamp.as_str().map_or_else(|| stamp.to_string(), collapsed);
        let is_a_date = stamp.is_string() || stamp.is_u64();
        let date = if is_a_date {
            read_date(&written, seen_at, zone)
        } else {
            Err(RowError::Unreadable(clipped(written.clone())))
        };
        match date {
            Ok(read) => Ok(Sighting {
                title,
                url,
                date: read.date,
                raw_date: clipped(written),
                found: Found::Json,
                kind,
                sureness: read.sureness,
            }),
            Err(why) => undated(title, url, why),
        }
    }
}

/// Zero is what servers write for a stamp that was never set.
fn is_set(stamp: &&Value) -> bool {
    stamp.as_u64() != Some(0) && stamp.as_str() != Some("0")
}

/// A title with more tags than that is not marked up but broken.
const MOST_TAGS: usize = 64;

/// A title without the tags with which search services mark words.
pub(in crate::extract) fn plain(title: &str) -> String {
    let tags = title.matches('<').count();
    if tags > MOST_TAGS || (tags == 0 && !title.contains('&')) {
        return collapsed(title);
    }
    parse_text(title).map_or_else(|_| collapsed(title), |html| text_of(html.root_element()))
}

fn address(path: &Path, item: &Value, base: &Base) -> String {
    let Some(found) = path.first(item) else { return String::new() };
    let unwrapped: Value = match found {
        Value::String(text) if text.trim_start().starts_with('{') => {
            serde_json::from_str(text).unwrap_or_default()
        }
        other => other.clone(),
    };
    let link = match &unwrapped {
        Value::Object(addresses) => addresses.get("pc").and_then(Value::as_str),
        other => other.as_str(),
    };
    link.map(|link| base.resolve(link)).unwrap_or_default()
}
