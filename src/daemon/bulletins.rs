//! Gathers what a bulletin is drafted from, and keeps the ones that are issued.
//!
//! A bulletin judges each source at the end of the cut-off day by what was known then. What was learned later, up to
//! `as_of`, may only speak for a unit or lift a doubt: an item of the cut-off day that was polled after midnight counts,
//! and a page that could not be read that night counts as it was read the next morning.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::line::Line;
use crate::alert::{StanceKind, State};
use crate::assess::activity::is_zombie;
use crate::assess::{Backing, Case, Known, Shown, Standing, judged_at};
use crate::bulletin::{
    Bulletin, Channel, County, Evidence, Exemption, Input, IssueError, Month, SourceMonth, UnitMonth,
    Unverified, VerdictScheme, draft,
};
use crate::extract::Sighting;
use crate::fetch::text_without_secrets;
use crate::rules::{self, Platform, Source, SourceKind};
use crate::store::{Replayed, StoreError};

/// Which bulletin is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The month it speaks of.
    pub month: Month,
    /// The date up to which it counts; the county's own day of the month where `None`.
    pub cutoff: Option<NaiveDate>,
    /// Up to when knowledge counts; now where `None`.
    pub as_of: Option<DateTime<Utc>>,
}

/// Why a bulletin was not issued.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueFailure {
    /// The cut-off lies in another month.
    #[error("the cut-off {0} does not lie in the month {1}")]
    OtherMonth(NaiveDate, Month),
    /// The cut-off day has not ended.
    #[error("the cut-off day {0} has not ended; a draft can be had at any time")]
    TooEarly(NaiveDate),
    /// Some sources could not be verified.
    #[error("{} sources could not be verified at the cut-off, first `{}`", .0.len(), .0.first().map_or("", |first| first.source.as_str()))]
    Unverified(Vec<Unverified>),
    /// Rows, totals and text disagree.
    #[error(transparent)]
    Refused(#[from] IssueError),
    /// The store failed, or the month has been issued.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Line {
    /// Drafts a bulletin.
    ///
    /// # Errors
    /// If the cut-off lies in another month, or the store cannot be read.
    pub fn draft_bulletin(&self, wanted: &Wanted) -> Result<Bulletin, IssueFailure> {
        let now = self.clock.now();
        let (county_rules, county) = (&self.rules, &self.rules.county);
        let cutoff = self.cutoff(wanted)?;
        let known_until = wanted.as_of.unwrap_or(now).min(now);
        let mut earlier: Vec<Bulletin> = self.store.bulletins()?;
        earlier.reverse();
        for bulletin in &mut earlier {
            bulletin.name_sources(|id| county_rules.now_called(id).clone());
        }
        let version =
            earlier.iter().filter(|bulletin| bulletin.month == wanted.month).map(|b| b.version).max();
        let mut units = Vec::with_capacity(self.rules.units.len());
        for unit in &self.rules.units {
            units.push(self.unit_month(unit, cutoff, known_until)?);
        }
        Ok(draft(&Input {
            county: County { name: county.name.clone(), issuer: county.issuer.clone() },
            month: wanted.month,
            cutoff,
            dated: self.calendar().day_of(known_until),
            version: version.unwrap_or(0) + 1,
            scheme: match county.verdict_scheme {
                rules::VerdictScheme::CarryOver => VerdictScheme::CarryOver,
            },
            units,
            annex1_order: county.annex1_order.clone(),
            annex2_order: county.annex2_order.clone(),
            annex3_order: county.annex3_order.clone(),
            earlier,
        }))
    }

    /// Issues a bulletin: drafts it, checks it against itself, and keeps it for ever.
    ///
    /// # Errors
    /// If the cut-off has not passed, sources could not be verified and that was not accepted, the bulletin contradicts
    /// itself, or the month has been issued.
    pub fn issue_bulletin(
        &self,
        month: Month,
        cutoff: Option<NaiveDate>,
        accept_unverified: bool,
    ) -> Result<Bulletin, IssueFailure> {
        // A bulletin is issued by all that is known, so there is no `as_of` here.
        let wanted = Wanted { month, cutoff, as_of: None };
        let cutoff = self.cutoff(&wanted)?;
        if self.clock.now() <= judged_at(self.calendar(), cutoff) {
            return Err(IssueFailure::TooEarly(cutoff));
        }
        let draft = self.draft_bulletin(&wanted)?;
        if draft.version > 1 {
            let (month, version) = (draft.month.to_string(), draft.version - 1);
            return Err(StoreError::AlreadyIssued { month, version }.into());
        }
        if !draft.unverified.is_empty() && !accept_unverified {
            return Err(IssueFailure::Unverified(draft.unverified));
        }
        let issued = draft.issue()?;
        self.store.keep_bulletin(&issued.month.to_string(), issued.version, &issued)?;
        Ok(issued)
    }

    fn cutoff(&self, wanted: &Wanted) -> Result<NaiveDate, IssueFailure> {
        let usual = wanted.month.cut_off(self.rules.county.cut_off_day);
        let cutoff = wanted.cutoff.unwrap_or(usual);
        if Month::of(cutoff) == wanted.month {
            Ok(cutoff)
        } else {
            Err(IssueFailure::OtherMonth(cutoff, wanted.month))
        }
    }

    fn unit_month(
        &self,
        unit: &rules::Unit,
        cutoff: NaiveDate,
        known_until: DateTime<Utc>,
    ) -> Result<UnitMonth, StoreError> {
        let sources: Result<Vec<SourceMonth>, StoreError> = self
            .rules
            .sources_of(&unit.id)
            .filter(|source| !is_deregistered(source, cutoff))
            .map(|source| self.source_month(source, cutoff, known_until))
            .collect();
        Ok(UnitMonth {
            id: unit.id.clone(),
            name: unit.name.clone(),
            display_name: unit.display_name.clone(),
            media_name: unit.media_name.clone(),
            counted: unit.counted,
            sources: sources?,
        })
    }

    fn source_month(
        &self,
        source: &Source,
        cutoff: NaiveDate,
        known_until: DateTime<Utc>,
    ) -> Result<SourceMonth, StoreError> {
        let at = judged_at(self.calendar(), cutoff).min(known_until);
        let (known, standing) = self.at_cut_off(source, at, cutoff, known_until)?;
        let due = self.case(source, known.known(), at).deadline().map(|deadline| deadline.due);
        let evidence = match &known.newest {
            Some(newest) => self.evidence(source, newest)?,
            None => None,
        };
        Ok(SourceMonth {
            id: source.id.clone(),
            name: source.name.clone(),
            channel: channel(source.kind),
            standing,
            last: known.newest.as_ref().map(|newest| newest.date),
            due,
            limit: source.cadence.period.limit(),
            remark_due_soon: source.cadence.remark_due_soon,
            evidence,
            low_volume: self.low_volume_at(source, cutoff, known_until)?,
            menu: self.menu_faults_at(source, at, known_until)?,
            is_zombie: source.kind != SourceKind::Column
                && known.newest.as_ref().is_some_and(|newest| is_zombie(newest.date, cutoff)),
            exemption: self.exemption_at(source, at),
        })
    }

    /// By what a person had exempted a source at an instant.
    fn exemption_at(&self, source: &Source, at: DateTime<Utc>) -> Option<Exemption> {
        let stance = self.standpoint(source, &State::Quiet, at).exempted?;
        match stance.kind {
            StanceKind::Exempted { evidence, approver, until } => {
                let until = self.calendar().day_of(until - TimeDelta::milliseconds(1));
                Some(Exemption { reason: stance.reason, evidence, approver, until })
            }
            StanceKind::Acknowledged { .. } | StanceKind::Silenced { .. } => None,
        }
    }

    /// What was known of a source at the cut-off, in the light of what was learned until `known_until`.
    fn at_cut_off(
        &self,
        source: &Source,
        at: DateTime<Utc>,
        cutoff: NaiveDate,
        known_until: DateTime<Utc>,
    ) -> Result<(Replayed, Standing), StoreError> {
        let mut known = self.store.known_at(&source.id, at)?;
        if known_until > at {
            let later = self.store.known_at(&source.id, known_until)?;
            let in_doubt = matches!(self.case(source, known.known(), at).standing(at), Standing::Unknown(_));
            let same_rule = !self.store.rule_changed_between(&source.id, at, known_until)?;
            if in_doubt && same_rule && later.newest.as_ref().is_none_or(|newest| newest.date <= cutoff) {
                known = later.clone();
            }
            if let Some(item) = self.seen_late(source, at, cutoff, known_until)?
                && known.newest.as_ref().is_none_or(|newest| newest.date < item.date)
            {
                let backing = match later.shown {
                    Some(Shown::Items { newest, backing, .. }) if newest == item.date => backing,
                    Some(_) | None => Backing::default(),
                };
                known = Replayed {
                    shown: Some(Shown::Items { newest: item.date, undated: 0, was: None, backing }),
                    newest: Some(item),
                    since: Some(at),
                    seen_at: Some(at),
                    failure: None,
                    full_looks: Vec::new(),
                };
            }
        }
        let standing = self.case(source, known.known(), at).standing(at);
        Ok((known, standing))
    }

    /// The newest item dated on or before the cut-off that was first seen after it was judged.
    fn seen_late(
        &self,
        source: &Source,
        at: DateTime<Utc>,
        cutoff: NaiveDate,
        known_until: DateTime<Utc>,
    ) -> Result<Option<Sighting>, StoreError> {
        let seen = self.store.sightings(&source.id)?.into_iter();
        let late = seen.filter(|record| record.first_seen_at > at && record.first_seen_at <= known_until);
        Ok(late.map(|record| record.sighting).filter(|item| item.date <= cutoff).max_by_key(|item| item.date))
    }

    fn case<'a>(&'a self, source: &'a Source, known: Known<'a>, at: DateTime<Utc>) -> Case<'a> {
        Case {
            known,
            cadence: &source.cadence,
            owes_nothing_from: source.deregistered.as_ref().map(|deregistered| deregistered.since),
            calendar: self.calendar(),
            policy: self.assess_policy(),
            exempt_until: self.standpoint(source, &State::Quiet, at).exempt_until(),
        }
    }

    fn evidence(&self, source: &Source, newest: &Sighting) -> Result<Option<Evidence>, StoreError> {
        let Some(first_seen_at) = self.store.first_seen_at(&source.id, newest)? else { return Ok(None) };
        Ok(Some(Evidence {
            title: newest.title.clone(),
            url: text_without_secrets(&newest.url),
            raw_date: newest.raw_date.clone(),
            found: newest.found.word().to_owned(),
            first_seen_at,
        }))
    }
}

/// Whether an account was no longer kept on a day: then it is neither listed nor counted.
fn is_deregistered(source: &Source, day: NaiveDate) -> bool {
    source.deregistered.as_ref().is_some_and(|deregistered| deregistered.since <= day)
}

fn channel(kind: SourceKind) -> Channel {
    match kind {
        SourceKind::Column => Channel::Website,
        SourceKind::Feed(Platform::Wechat) => Channel::Wechat,
        SourceKind::Feed(Platform::Weibo) => Channel::Weibo,
        SourceKind::Feed(Platform::Douyin) => Channel::Douyin,
        SourceKind::Feed(Platform::App) => Channel::App,
    }
}
