//! Reads the mails that came back, and tells the operator of addresses that take none.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use tracing::{info, warn};

use super::line::Line;
use crate::alert::{Addressee, OperatorKey, Sign};
use crate::config::Bounces;
use crate::deliver::maildir::{beginning, mark_read, unread};
use crate::deliver::{Action, Bounce, NoticeId, Report, Said, read_report};
use crate::rules::{Rules, Unit, UnitId};
use crate::store::StoreError;

/// Looks through a mailbox, again and again.
pub(super) struct BounceReader {
    settings: Bounces,
    next_at: Option<DateTime<Utc>>,
    /// What is not looked into again: what is no report, left unread for people, and reports that are kept here and could
    /// not be marked as read.
    known: HashSet<PathBuf>,
}

/// An address of which nothing has come back for so long is believed to be mended.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(30);
/// So many addresses that are nobody's are believed of one report: a notice has few recipients, and anybody can write a report.
const MOST_OF_NOBODY: usize = 5;

impl BounceReader {
    pub(super) fn new(settings: Bounces) -> Self {
        Self { settings, next_at: None, known: HashSet::new() }
    }

    /// Reads what has come, if it is time; returns when to look again.
    pub(super) async fn look(
        &mut self,
        line: &Line,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, StoreError> {
        if let Some(next_at) = self.next_at.filter(|at| now < *at) {
            return Ok(next_at);
        }
        match unread(&self.settings.maildir).await {
            Ok(paths) => self.read_all(line, paths, now).await?,
            Err(error) => {
                warn!("cannot look for bounces in `{}`: {error}", self.settings.maildir.display());
            }
        }
        let next_at = now + self.settings.every;
        self.next_at = Some(next_at);
        Ok(next_at)
    }

    async fn read_all(
        &mut self,
        line: &Line,
        paths: Vec<PathBuf>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.known.retain(|path| paths.contains(path));
        for path in paths {
            if self.known.contains(&path) {
                continue;
            }
            match beginning(&path).await.map(|mail| read_report(&mail)) {
                Ok(Some(report)) => self.keep(line, path, report, now).await?,
                Ok(None) => {
                    self.known.insert(path);
                }
                Err(error) => warn!("cannot read `{}`: {error}", path.display()),
            }
        }
        Ok(())
    }

    /// The report is on disk here before it counts as read there.
    async fn keep(
        &mut self,
        line: &Line,
        path: PathBuf,
        report: Report,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let bounces = attribute(report, &line.rules, &line.operators, now);
        if bounces.is_empty() {
            warn!("`{}` reports on an address of no unit", path.display());
        }
        for bounce in &bounces {
            line.store.keep_bounce(bounce)?;
            line.changes.note_other();
            match &bounce.unit {
                Some(unit) => info!(unit = unit.as_str(), "a mail to unit `{unit}` came back"),
                None => warn!("a mail to the operator came back: {}", bounce.said.reason),
            }
        }
        line.store.flush().await?;
        if let Err(error) = mark_read(&self.settings.maildir, &path).await {
            warn!("cannot mark `{}` as read: {error}", path.display());
            self.known.insert(path);
        }
        Ok(())
    }
}

impl Line {
    /// Tells the operator of every address that does not take mail, and of those that are no longer anybody's or have
    /// been quiet for long, that this is over.
    pub(super) fn observe_bounces(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let bad = self.bad_addresses(now)?;
        for matter in self.store.operator_matters()? {
            let is_of_bounces =
                matches!(matter.key, OperatorKey::Bounced { .. } | OperatorKey::OperatorBounced { .. });
            if is_of_bounces && !bad.contains_key(&matter.key) {
                self.observe(&matter.key, &Sign::Over)?;
            }
        }
        bad.into_iter().try_for_each(|(key, says)| self.observe(&key, &Sign::Stands(says)))
    }

    fn bad_addresses(&self, now: DateTime<Utc>) -> Result<BTreeMap<OperatorKey, String>, StoreError> {
        let mut bad = BTreeMap::new();
        // Whoever is above many units is one matter, under the first of them.
        let mut once = HashSet::new();
        for unit in &self.rules.units {
            for bounce in standing(&self.store.bounces(Some(&unit.id))?, now) {
                let address = bounce.address.clone();
                let whose = if unit.webmasters.iter().any(|person| is_same(&person.email, &address)) {
                    Whose::Webmasters
                } else if is_of(&self.rules, &unit.id, &address) {
                    Whose::Superiors
                } else if bounce.of_nobody {
                    Whose::Nobodys
                } else {
                    continue;
                };
                if whose == Whose::Webmasters || once.insert(address.clone()) {
                    let key = OperatorKey::Bounced { unit: unit.id.clone(), address };
                    bad.insert(key, says(&bounce.said, whose));
                }
            }
        }
        for bounce in standing(&self.store.bounces(None)?, now) {
            let address = bounce.address.clone();
            if bounce.of_nobody || self.operators.iter().any(|person| is_same(&person.email, &address)) {
                let whose = if bounce.of_nobody { Whose::Nobodys } else { Whose::Operators };
                bad.insert(OperatorKey::OperatorBounced { address }, says(&bounce.said, whose));
            }
        }
        Ok(bad)
    }
}

/// Whose these bounces are: by the notice where the report names one, otherwise by the address.
fn attribute(report: Report, rules: &Rules, operators: &[Addressee], now: DateTime<Utc>) -> Vec<Bounce> {
    let Report { notice, about } = report;
    let named = notice.as_ref().and_then(NoticeId::unit).filter(|unit| rules.unit(unit).is_some());
    let is_to_operator = notice.as_ref().is_some_and(|notice| notice.unit().is_none());
    let mut bounces = Vec::new();
    for (address, said) in about {
        let is_operators = operators.iter().any(|person| is_same(&person.email, &address));
        let units: Vec<Option<UnitId>> = match &named {
            Some(unit) => vec![Some(unit.clone())],
            None if is_to_operator => vec![None],
            None => {
                let by_address = units_of(rules, &address);
                let to_operator = (by_address.is_empty() && is_operators).then_some(None);
                by_address.into_iter().map(Some).chain(to_operator).collect()
            }
        };
        let bounce = |unit: Option<UnitId>| Bounce {
            at: now,
            of_nobody: !unit.as_ref().map_or(is_operators, |unit| is_of(rules, unit, &address)),
            unit,
            notice: notice.clone(),
            address: address.clone(),
            said: said.clone(),
        };
        bounces.extend(units.into_iter().map(bounce));
    }
    let mut of_nobody = 0;
    bounces.retain(|bounce| {
        of_nobody += usize::from(bounce.of_nobody);
        !bounce.of_nobody || of_nobody <= MOST_OF_NOBODY
    });
    bounces
}

/// The units whose webmaster has that address; where it is nobody's of these, the first of those whom it is above.
fn units_of(rules: &Rules, address: &str) -> Vec<UnitId> {
    let is_webmasters = |unit: &&Unit| unit.webmasters.iter().any(|person| is_same(&person.email, address));
    let of_webmaster: Vec<UnitId> =
        rules.units.iter().filter(is_webmasters).map(|unit| unit.id.clone()).collect();
    if of_webmaster.is_empty() {
        let below = rules.units.iter().find(|unit| is_of(rules, &unit.id, address));
        below.map(|unit| unit.id.clone()).into_iter().collect()
    } else {
        of_webmaster
    }
}

fn is_of(rules: &Rules, unit: &UnitId, address: &str) -> bool {
    rules.people_of(unit).any(|(_, email)| is_same(email, address))
}

fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// The latest failure of each address that does not take mail, as far as anybody knows.
fn standing(bounces: &[Bounce], now: DateTime<Utc>) -> Vec<&Bounce> {
    let mut latest: BTreeMap<&str, &Bounce> = BTreeMap::new();
    for bounce in bounces {
        if bounce.said.action == Action::Failed && now - bounce.at < FORGOTTEN_AFTER {
            latest.insert(&bounce.address, bounce);
        }
    }
    latest.into_values().collect()
}

/// Whose an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Webmasters,
    Superiors,
    Operators,
    Nobodys,
}

fn says(said: &Said, whose: Whose) -> String {
    let Said { status, reason, .. } = said;
    let advice = match whose {
        Whose::Webmasters => "请核对该单位信息员的邮箱地址",
        Whose::Superiors => "请核对 county.toml 中督办人员、分管领导的邮箱地址",
        Whose::Operators => "请核对 xuncha.toml 中 [[operator]] 的邮箱地址",
        Whose::Nobodys => "该地址不在规则和配置中，可能是收件人设置的转发地址，请核对",
    };
    format!("{status} {reason}；{advice}").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    fn bounce(day: i64, action: Action) -> Bounce {
        Bounce {
            at: at(day),
            unit: Some(UnitId::new("zhujianju")),
            notice: None,
            address: "a@langxi.example".into(),
            of_nobody: false,
            said: Said { action, status: "5.1.1".into(), reason: "user unknown".into() },
        }
    }

    #[test]
    fn an_address_is_bad_until_nothing_has_come_back_for_a_month() {
        let failed = [bounce(1, Action::Failed)];
        let is_bad = |bounces: &[Bounce], day| !standing(bounces, at(day)).is_empty();
        assert!(is_bad(&failed, 30) && !is_bad(&failed, 31));
        assert!(!is_bad(&[bounce(1, Action::Delayed)], 2));
        let said = says(&standing(&failed, at(2))[0].said, Whose::Webmasters);
        assert_eq!(said, "5.1.1 user unknown；请核对该单位信息员的邮箱地址");
    }
}
