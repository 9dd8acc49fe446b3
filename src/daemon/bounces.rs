//! Reads the mails that came back, and tells the operator of addresses that take none.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use tracing::{info, warn};

use super::line::Line;
use crate::alert::{Addressee, OperatorKey, Sign};
use crate::config::{Bounces, Mailbox};
use crate::deliver::imap::{self, ImapError, MailNumber};
use crate::deliver::maildir::{beginning, mark_read, unread};
use crate::deliver::{Action, Bounce, ImapSettings, NoticeId, Report, Said, read_report};
use crate::rules::{Rules, Unit, UnitId};
use crate::store::StoreError;

/// Looks through a mailbox, again and again.
pub(super) struct BounceReader {
    settings: Bounces,
    next_at: Option<DateTime<Utc>>,
    /// What is not looked into again: what is no report, left unread for people, and reports that are kept here and could
    /// not be marked as read.
    known: HashSet<Place>,
}

/// Where a mail lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Place {
    File(PathBuf),
    Number(MailNumber),
}

/// An address of which nothing has come back for so long is believed to be mended.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(30);
/// So many mails are fetched from a server in one look; what is left is fetched in the next.
const MOST_FETCHED: usize = 50;
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
        let looked = match self.settings.mailbox.clone() {
            Mailbox::Maildir(maildir) => self.look_into_maildir(line, &maildir, now).await,
            Mailbox::Imap(settings) => self.look_into_server(line, &settings, now).await,
        };
        let sign = match looked {
            Ok(()) => Sign::Over,
            Err(Trouble::Store(error)) => return Err(error),
            Err(Trouble::Mailbox(why)) => {
                warn!("cannot look for bounces: {why}");
                Sign::Stands(format!(
                    "{why}；请核对 [bounces] 的设置和邮箱密码，恢复前无法得知哪些邮件被退回"
                ))
            }
        };
        line.observe(&OperatorKey::Mailbox, &sign)?;
        let next_at = now + self.settings.every;
        self.next_at = Some(next_at);
        Ok(next_at)
    }

    async fn look_into_maildir(
        &mut self,
        line: &Line,
        maildir: &Path,
        now: DateTime<Utc>,
    ) -> Result<(), Trouble> {
        let of_maildir = |error| Trouble::Mailbox(format!("`{}`: {error}", maildir.display()));
        let paths = unread(maildir).await.map_err(of_maildir)?;
        self.known.retain(|place| matches!(place, Place::File(path) if paths.contains(path)));
        for path in paths {
            let place = Place::File(path.clone());
            if self.known.contains(&place) {
                continue;
            }
            match beginning(&path).await {
                Ok(mail) if self.keep(line, place, &mail, now).await? => {
                    if let Err(error) = mark_read(maildir, &path).await {
                        warn!("cannot mark `{}` as read: {error}", path.display());
                        self.known.insert(Place::File(path));
                    }
                }
                Ok(_) => {}
                Err(error) => warn!("cannot read `{}`: {error}", path.display()),
            }
        }
        Ok(())
    }

    async fn look_into_server(
        &mut self,
        line: &Line,
        settings: &ImapSettings,
        now: DateTime<Utc>,
    ) -> Result<(), Trouble> {
        let mut mailbox = imap::Mailbox::open(settings).await?;
        let unread = mailbox.unread().await?;
        self.known.retain(|place| matches!(place, Place::Number(mail) if unread.contains(mail)));
        let is_new = |mail: &MailNumber| !self.known.contains(&Place::Number(*mail));
        let new: Vec<MailNumber> = unread.into_iter().filter(is_new).take(MOST_FETCHED).collect();
        for mail in new {
            match mailbox.read(mail).await? {
                Some(text) if self.keep(line, Place::Number(mail), &text, now).await? => {
                    mailbox.mark_read(mail).await?;
                }
                Some(_) => {}
                None => {
                    self.known.insert(Place::Number(mail));
                }
            }
        }
        mailbox.close().await;
        Ok(())
    }

    /// Keeps what a mail reports, if it is a report, and says whether it is. The report is on disk here before it counts as
    /// read there.
    async fn keep(
        &mut self,
        line: &Line,
        place: Place,
        mail: &[u8],
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let Some(report) = read_report(mail) else {
            self.known.insert(place);
            return Ok(false);
        };
        let bounces = attribute(report, &line.rules, &line.operators, now);
        if bounces.is_empty() {
            warn!("a mail that came back ({place:?}) reports on an address of no unit");
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
        Ok(true)
    }
}

/// Why a look came to nothing.
enum Trouble {
    /// The mailbox cannot be read.
    Mailbox(String),
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ImapError> for Trouble {
    fn from(error: ImapError) -> Self {
        Self::Mailbox(error.to_string())
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
