//! Reads the mails that came back, and tells the operator of addresses that take none.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use tracing::{info, warn};

use super::line::Line;
use crate::alert::{OperatorKey, Sign};
use crate::config::{Bounces, Mailbox};
use crate::deliver::imap::{self, ImapError, MailNumber};
use crate::deliver::maildir::{beginning, mark_read, unread};
use crate::deliver::{Action, Bounce, ImapSettings, NoticeId, Report, Said, read_report};
use crate::rules::{Rules, UnitId};
use crate::store::StoreError;

/// Looks through a mailbox, again and again.
pub(super) struct BounceReader {
    settings: Bounces,
    next_at: Option<DateTime<Utc>>,
    /// What is no report: left unread for people, and not looked into again.
    of_people: HashSet<Place>,
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

impl BounceReader {
    pub(super) fn new(settings: Bounces) -> Self {
        Self { settings, next_at: None, of_people: HashSet::new() }
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
        line.observe_bounces(now)?;
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
        self.of_people.retain(|place| matches!(place, Place::File(path) if paths.contains(path)));
        for path in paths {
            let place = Place::File(path.clone());
            if self.of_people.contains(&place) {
                continue;
            }
            match beginning(&path).await {
                Ok(mail) if self.keep(line, place, &mail, now).await? => {
                    if let Err(error) = mark_read(maildir, &path).await {
                        warn!("cannot mark `{}` as read: {error}", path.display());
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
        self.of_people.retain(|place| matches!(place, Place::Number(mail) if unread.contains(mail)));
        let is_new = |mail: &MailNumber| !self.of_people.contains(&Place::Number(*mail));
        let new: Vec<MailNumber> = unread.into_iter().filter(is_new).take(MOST_FETCHED).collect();
        for mail in new {
            match mailbox.read(mail).await? {
                Some(text) if self.keep(line, Place::Number(mail), &text, now).await? => {
                    mailbox.mark_read(mail).await?;
                }
                Some(_) => {}
                None => {
                    self.of_people.insert(Place::Number(mail));
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
            self.of_people.insert(place);
            return Ok(false);
        };
        let bounces = attribute(report, &line.rules, now);
        if bounces.is_empty() {
            warn!("a mail that came back ({place:?}) reports on an address of no unit");
        }
        for bounce in &bounces {
            line.store.keep_bounce(bounce)?;
            line.changes.note_other();
            info!(unit = bounce.unit.as_str(), "a mail to unit `{}` came back", bounce.unit);
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
    fn observe_bounces(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        for unit in &self.rules.units {
            let bounces = self.store.bounces(&unit.id)?;
            for person in &unit.webmasters {
                let address = person.email.to_ascii_lowercase();
                if let Some(says) = standing(&bounces, &address, now) {
                    let key = OperatorKey::Bounced { unit: unit.id.clone(), address };
                    self.observe(&key, &Sign::Stands(says))?;
                }
            }
        }
        for matter in self.store.operator_matters()? {
            let OperatorKey::Bounced { unit, address } = &matter.key else { continue };
            let is_theirs = is_of(&self.rules, unit, address);
            if !is_theirs || standing(&self.store.bounces(unit)?, address, now).is_none() {
                self.observe(&matter.key, &Sign::Over)?;
            }
        }
        Ok(())
    }
}

/// Whose bounces these are: by the notice where the report names one, otherwise by the address.
fn attribute(report: Report, rules: &Rules, now: DateTime<Utc>) -> Vec<Bounce> {
    let Report { notice, about } = report;
    let named = notice.as_ref().and_then(NoticeId::unit).filter(|unit| rules.unit(unit).is_some());
    let mut bounces = Vec::new();
    for (address, said) in about {
        let units: Vec<UnitId> = match &named {
            Some(unit) => vec![unit.clone()],
            None => {
                let all = rules.units.iter().map(|unit| &unit.id);
                all.filter(|unit| is_of(rules, unit, &address)).cloned().collect()
            }
        };
        let bounce = |unit| Bounce {
            at: now,
            unit,
            notice: notice.clone(),
            address: address.clone(),
            said: said.clone(),
        };
        bounces.extend(units.into_iter().map(bounce));
    }
    bounces
}

fn is_of(rules: &Rules, unit: &UnitId, address: &str) -> bool {
    rules
        .unit(unit)
        .is_some_and(|unit| unit.webmasters.iter().any(|person| person.email.eq_ignore_ascii_case(address)))
}

/// What to say of an address that does not take mail; `None` where it does, as far as anybody knows.
fn standing(bounces: &[Bounce], address: &str, now: DateTime<Utc>) -> Option<String> {
    let latest = bounces.iter().rfind(|bounce| {
        bounce.address == address && bounce.said.action == Action::Failed && now - bounce.at < FORGOTTEN_AFTER
    });
    let Bounce { said: Said { status, reason, .. }, .. } = latest?;
    Some(format!("{status} {reason}；请核对该单位信息员的邮箱地址").trim().to_owned())
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
            unit: UnitId::new("zhujianju"),
            notice: None,
            address: "a@langxi.example".into(),
            said: Said { action, status: "5.1.1".into(), reason: "user unknown".into() },
        }
    }

    #[test]
    fn an_address_is_bad_until_nothing_has_come_back_for_a_month() {
        let failed = [bounce(1, Action::Failed)];
        let said = "5.1.1 user unknown；请核对该单位信息员的邮箱地址";
        assert_eq!(standing(&failed, "a@langxi.example", at(30)).as_deref(), Some(said));
        assert_eq!(standing(&failed, "a@langxi.example", at(31)), None);
        assert_eq!(standing(&failed, "b@langxi.example", at(2)), None);
        assert_eq!(standing(&[bounce(1, Action::Delayed)], "a@langxi.example", at(2)), None);
    }
}
