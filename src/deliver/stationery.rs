//! On what mails are written: in whose name, and by which templates.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use serde::Serialize;

use super::compose::Sender;
use super::letter::Letter;
use super::sample::{SampleKind, SampleUnit, sample};
use super::templates::Templates;

/// On what mails are written. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Stationery {
    pub(super) sender: Sender,
    templates: Arc<Templates>,
}

impl Stationery {
    /// Mails of this sender, by these templates.
    pub fn new(sender: Sender, templates: Templates) -> Self {
        Self { sender, templates: Arc::new(templates) }
    }

    /// What is wrong with the office's own templates: found by writing an invented notice of every kind.
    pub fn faults(&self) -> Vec<String> {
        let (now, today) = (DateTime::UNIX_EPOCH, NaiveDate::default());
        let notices = SampleKind::ALL.map(|kind| sample(kind, &SampleUnit::invented(), now, today));
        let mut faults: Vec<String> = notices.iter().flat_map(|notice| Letter::trial(notice, self)).collect();
        faults.sort();
        faults.dedup();
        faults
    }

    /// Why the office's own template of that name cannot be filled in.
    pub(super) fn fault(&self, name: &str, view: &impl Serialize) -> Option<String> {
        self.templates.trial(name, view).map(|error| format!("{error:#}"))
    }

    /// The text of a template of that name, filled in.
    pub(super) fn fill_in(&self, name: &str, view: &impl Serialize) -> Result<String, minijinja::Error> {
        self.templates.render(name, view)
    }
}

/// By the templates that come with the program.
impl From<Sender> for Stationery {
    fn from(sender: Sender) -> Self {
        Self::new(sender, Templates::default())
    }
}
