//! The keys with which a JSON preset or a column says what the parts of an answer mean.
//!
//! A preset may give all keys, some or none; the column's own stand over them, and together they must be enough.

use super::document::Table;
use super::presets::read_selectors;

use crate::extract::{
    DateKind, Extractor, JsonCondition, JsonDate, JsonFields, JsonItems, JsonRows, ListSelectors, Reading,
};

/// The keys as far as they are given.
#[derive(Debug, Default, Clone)]
pub(super) struct FieldKeys {
    rows: RowKeys,
    total: Option<String>,
    success: Option<JsonCondition>,
}

/// With `html`, the keys `link` and `date` are CSS selectors, as for a list; with `items`, they are paths.
#[derive(Debug, Clone)]
enum RowKeys {
    Items(ItemKeys),
    Html { path: String, selectors: Option<ListSelectors> },
}

#[derive(Debug, Default, Clone)]
struct ItemKeys {
    items: Option<String>,
    title: Option<String>,
    link: Option<String>,
    date: Vec<String>,
    date_signed: Vec<String>,
    date_created: Vec<String>,
    only: Option<JsonCondition>,
}

impl Default for RowKeys {
    fn default() -> Self {
        Self::Items(ItemKeys::default())
    }
}

impl FieldKeys {
    /// The keys of a preset. What is missing is for columns to give, but what is there must be sound.
    pub(super) fn of_preset(table: &Table<'_>) -> Self {
        let keys = Self::default().overlaid(table);
        checked(table, keys.clone().with_stand_ins());
        keys
    }

    /// These keys, under those of a table.
    fn overlaid(&self, table: &Table<'_>) -> Self {
        let rows = match &self.rows {
            RowKeys::Html { path, selectors } if !table.has("items") => RowKeys::Html {
                path: table.optional_string("html").unwrap_or_else(|| path.clone()),
                selectors: read_selectors(table, selectors.clone()),
            },
            _ if table.has("html") => RowKeys::Html {
                path: table.optional_string("html").unwrap_or_default(),
                selectors: read_selectors(table, None),
            },
            RowKeys::Html { .. } => RowKeys::Items(ItemKeys::default().overlaid(table)),
            RowKeys::Items(keys) => RowKeys::Items(keys.overlaid(table)),
        };
        Self {
            rows,
            total: table.optional_string("total").or_else(|| self.total.clone()),
            success: condition(table, "success").or_else(|| self.success.clone()),
        }
    }

    /// The fields, if nothing is missing.
    pub(super) fn complete(self) -> Option<JsonFields> {
        let rows = match self.rows {
            RowKeys::Html { path, selectors } => JsonRows::Html { path, selectors },
            RowKeys::Items(keys) => JsonRows::Items(JsonItems {
                dates: Some(keys.dates()).filter(|dates| !dates.is_empty())?,
                items: keys.items?,
                title: keys.title?,
                link: keys.link,
                only: keys.only,
            }),
        };
        Some(JsonFields { rows, total: self.total, success: self.success })
    }

    /// With a path that is always sound for each that is missing.
    fn with_stand_ins(mut self) -> Option<JsonFields> {
        let stand_in = || Some("$".to_owned());
        if let RowKeys::Items(keys) = &mut self.rows {
            keys.items = keys.items.take().or_else(stand_in);
            keys.title = keys.title.take().or_else(stand_in);
            if keys.dates().is_empty() {
                keys.date.extend(stand_in());
            }
        }
        self.complete()
    }

    fn report_missing(&self, table: &Table<'_>) {
        let RowKeys::Items(keys) = &self.rows else { return };
        for (key, is_given) in [
            ("items", keys.items.is_some()),
            ("title", keys.title.is_some()),
            ("date", !keys.dates().is_empty()),
        ] {
            if !is_given {
                table.report(key, "is missing, and the preset does not give it: a JSON path is wanted");
            }
        }
    }
}

impl ItemKeys {
    fn overlaid(&self, table: &Table<'_>) -> Self {
        let text = |key, base: &Option<String>| table.optional_string(key).or_else(|| base.clone());
        let texts = |key, base: &Vec<String>| {
            let own = table.text_or_texts(key);
            if own.is_empty() { base.clone() } else { own }
        };
        Self {
            items: text("items", &self.items),
            title: text("title", &self.title),
            link: text("link", &self.link),
            date: texts("date", &self.date),
            date_signed: texts("date-signed", &self.date_signed),
            date_created: texts("date-created", &self.date_created),
            only: condition(table, "only").or_else(|| self.only.clone()),
        }
    }

    /// All places of dates: publication before what stands in for it.
    fn dates(&self) -> Vec<JsonDate> {
        let by_kind = [
            (&self.date, DateKind::Published),
            (&self.date_created, DateKind::Created),
            (&self.date_signed, DateKind::Signed),
        ];
        let of_kind = |(paths, kind): (&Vec<String>, DateKind)| -> Vec<JsonDate> {
            paths.iter().map(|path| JsonDate { path: path.clone(), kind }).collect()
        };
        by_kind.into_iter().flat_map(of_kind).collect()
    }
}

/// What a column's keys, over those of its preset, come to.
pub(super) fn read_fields(table: &Table<'_>, preset: &FieldKeys) -> Option<JsonFields> {
    let keys = preset.overlaid(table);
    keys.report_missing(table);
    checked(table, keys.complete())
}

/// The fields, if all their paths can be read.
fn checked(table: &Table<'_>, fields: Option<JsonFields>) -> Option<JsonFields> {
    let fields = fields?;
    match Extractor::new(&Reading::Json(fields.clone())) {
        Ok(_) => Some(fields),
        Err(error) => {
            table.report(error.key, error.to_string());
            None
        }
    }
}

/// `PATH = VALUE`. Paths may hold `=` themselves, in filters, so the last one that stands free divides.
fn condition(table: &Table<'_>, key: &'static str) -> Option<JsonCondition> {
    let text = table.optional_string(key)?;
    let parts = text.rsplit_once(" = ").map(|(path, value)| (path.trim(), value.trim()));
    match parts {
        Some((path, value)) if !path.is_empty() && !value.is_empty() => {
            Some(JsonCondition { path: path.to_owned(), value: value.to_owned() })
        }
        _ => {
            table.report(key, format!("`{text}` is no condition, wanted: \"$.path = value\""));
            None
        }
    }
}
