//! A message on its way to several recipients.

mod id;
mod stored;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::choice::{Choice, targets};
use super::post::Attempt;
use super::recipient::{Recipient, Target};
use super::{operator, subject};
use crate::alert::{Addressee, Digest, DigestRow, Matter, News, OperatorDigest};
use crate::rules::SourceId;

pub use id::{NoticeId, message_id};
use stored::StoredNotice;

/// What a notice says, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Says {
    /// To a unit: what is new about its sources.
    Digest(Digest),
    /// To the operator: what is new about the monitor itself.
    Operator(OperatorDigest),
}

impl Says {
    /// Who gets it.
    pub fn to(&self) -> &[Addressee] {
        match self {
            Self::Digest(digest) => &digest.to,
            Self::Operator(digest) => &digest.to,
        }
    }

    /// Its subject.
    pub(super) fn subject(&self) -> String {
        match self {
            Self::Digest(digest) => subject::subject(digest),
            Self::Operator(digest) => operator::subject(digest),
        }
    }

    /// The id of the notice that says this, unless it is told at once.
    pub(super) fn id(&self) -> NoticeId {
        match self {
            Self::Digest(digest) => NoticeId::digest(&digest.unit, digest.date),
            Self::Operator(digest) => NoticeId::operator(digest.at),
        }
    }

    /// The sources of which it tells something new.
    pub fn new_of(&self) -> Vec<&SourceId> {
        match self {
            Self::Digest(digest) => {
                let rows = digest.rows.iter().filter(|row| !matches!(row.news, News::StillOpen { .. }));
                rows.map(|row| &row.facts.source).collect()
            }
            Self::Operator(_) => Vec::new(),
        }
    }

    /// Who gets a copy.
    pub fn copy(&self) -> &[Addressee] {
        match self {
            Self::Digest(digest) => &digest.copy,
            Self::Operator(_) => &[],
        }
    }
}

/// One message, and what has come of it for each of its recipients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredNotice")]
pub struct Notice {
    /// Its identity.
    pub id: NoticeId,
    /// What it says, and whom it names.
    #[serde(flatten)]
    pub says: Says,
    /// When it was put into the outbox.
    pub created_at: DateTime<Utc>,
    /// Who gets it, and who has it.
    pub recipients: Vec<Recipient>,
    /// Since when it has been held back because the monitor doubted itself; `None` where it may go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_since: Option<DateTime<Utc>>,
    /// The matters that it tells, should they have to be told otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tells: Vec<Matter>,
}

/// Where a notice belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Somebody still waits for it: into the outbox.
    Waits,
    /// Everybody has it.
    Delivered,
    /// Nobody waits any more, and somebody did not get it: for a person to look at.
    Dead,
}

impl Notice {
    /// A digest that may be mailed at once to those whom it names.
    pub fn new(digest: Digest, now: DateTime<Utc>) -> Self {
        Self::by(None, Says::Digest(digest), &[], now)
    }

    /// A mail to the operator that may be sent at once.
    pub fn to_operator(digest: OperatorDigest, now: DateTime<Utc>) -> Self {
        Self::by(None, Says::Operator(digest), &[], now)
    }

    /// A notice that may go at once to those who are chosen for it, under its usual id unless another one is given.
    pub fn by(id: Option<NoticeId>, says: Says, choices: &[Choice], now: DateTime<Utc>) -> Self {
        let id = id.unwrap_or_else(|| says.id());
        Self { id: id.clone(), ..Self::to(targets(&id, &says, choices), says, now) }
    }

    /// A notice that may go to these at once. Whoever is named twice gets it once.
    pub fn to(targets: Vec<Target>, says: Says, now: DateTime<Utc>) -> Self {
        let mut recipients: Vec<Recipient> = Vec::new();
        for target in targets {
            if !recipients.iter().any(|known| is_same_place(&known.target, &target)) {
                recipients.push(Recipient::new(target, now));
            }
        }
        Self { id: says.id(), says, created_at: now, recipients, held_since: None, tells: Vec::new() }
    }

    /// Where it belongs. A notice for nobody is dead from the start: silence would pass for delivery.
    pub fn fate(&self) -> Fate {
        if self.next_try_at().is_some() {
            Fate::Waits
        } else if self.recipients.is_empty() || self.recipients.iter().any(Recipient::is_dead) {
            Fate::Dead
        } else {
            Fate::Delivered
        }
    }

    /// When it is to be tried next; `None` where nobody waits for it.
    pub fn next_try_at(&self) -> Option<DateTime<Utc>> {
        self.recipients.iter().filter_map(Recipient::next_try_at).min()
    }

    /// Why it has not arrived everywhere, where it was tried.
    pub fn last_error(&self) -> Option<&str> {
        self.recipients.iter().find_map(Recipient::error)
    }

    /// Its subject.
    pub fn subject(&self) -> String {
        self.says.subject()
    }

    /// Those who are to be tried now, with their positions.
    pub(super) fn due(&self, now: DateTime<Utc>) -> impl Iterator<Item = (usize, &Target)> {
        let numbered = self.recipients.iter().enumerate();
        numbered.filter_map(move |(position, recipient)| {
            recipient.next_try_at().is_some_and(|at| at <= now).then_some((position, &recipient.target))
        })
    }

    /// The notice after what was tried at `now`. Recipients are told by where they are, so that a notice that was
    /// changed in the meantime is not confused.
    #[must_use]
    pub fn after(self, attempts: &[Attempt], now: DateTime<Utc>, give_up_after: TimeDelta) -> Self {
        let Self { id, recipients, .. } = self;
        let recipients = recipients.into_iter().map(|recipient| {
            match attempts.iter().find(|attempt| attempt.target == recipient.target) {
                Some(Attempt { result, .. }) => {
                    recipient.after(result.as_ref().copied().map_err(AsRef::as_ref), &id, now, give_up_after)
                }
                None => recipient,
            }
        });
        Self { recipients: recipients.collect(), id, ..self }
    }

    /// The notice as those for whom it was given up are tried again, under the addresses that they have `present`ly.
    #[must_use]
    pub fn revived(self, present: &People, now: DateTime<Utc>) -> Self {
        let was_copied = |person: &Addressee| self.says.copy().contains(person);
        let revived = self.recipients.into_iter().map(|recipient| {
            let address = match &recipient.target {
                Target::Mail(old) => present.now(old, was_copied(old)).cloned(),
                Target::Channel(_) => None,
            };
            recipient.revived(address, now)
        });
        let mut recipients: Vec<Recipient> = revived.collect();
        if recipients.is_empty() {
            let people = present.to.iter().cloned().map(Target::Mail);
            recipients.extend(people.map(|person| Recipient::new(person, now)));
        }
        Self { recipients, ..self }
    }

    /// Whether nobody has it, and nobody has decided anything about it.
    pub fn is_with_nobody(&self) -> bool {
        self.recipients.iter().all(|recipient| recipient.next_try_at().is_some())
    }

    /// The notice as it is held back, until it is [let go](Self::let_go) or withdrawn.
    #[must_use]
    pub fn held(self, now: DateTime<Utc>) -> Self {
        Self { held_since: self.held_since.or(Some(now)), ..self }
    }

    /// The notice as it may go on from an instant. The time for which it was held does not count as time in which it
    /// could not be delivered.
    #[must_use]
    pub fn let_go(self, from: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let Some(since) = self.held_since else { return self };
        let recipients = self.recipients.into_iter().map(|recipient| recipient.put_off(now - since, from));
        Self { recipients: recipients.collect(), held_since: None, ..self }
    }

    /// The notice with no more than what is still so, for those who wait for it. Where nothing new is left, nobody does.
    #[must_use]
    pub fn with_what_is_so(self, is_so: impl Fn(&DigestRow) -> bool, now: DateTime<Utc>) -> Self {
        let Says::Digest(mut digest) = self.says else { return self };
        digest.rows.retain(is_so);
        let says = Says::Digest(digest);
        let recipients = if says.new_of().is_empty() {
            self.recipients.into_iter().map(|recipient| recipient.withdrawn(now)).collect()
        } else {
            self.recipients
        };
        Self { says, recipients, ..self }
    }

    /// The notice as nobody need think any more of those for whom it was given up.
    #[must_use]
    pub fn dismissed(self, now: DateTime<Utc>) -> Self {
        let recipients = self.recipients.into_iter().map(|recipient| recipient.dismissed(now));
        Self { recipients: recipients.collect(), ..self }
    }
}

/// Who is to be written to at present about what a notice says.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// The unit's webmasters, or the operators.
    pub to: Vec<Addressee>,
    /// Those above the unit.
    pub copy: Vec<Addressee>,
}

impl People {
    /// Who stands now for somebody whose address may have changed. Nobody does while the address is still somebody's, since
    /// names such as 信息员 are shared; then the only one of that name, among those first who would get a copy if it was one.
    fn now(&self, old: &Addressee, was_copy: bool) -> Option<&Addressee> {
        let (first, then) = if was_copy { (&self.copy, &self.to) } else { (&self.to, &self.copy) };
        let is_still_there = |person: &Addressee| person.email.eq_ignore_ascii_case(&old.email);
        if first.iter().chain(then).any(is_still_there) {
            return None;
        }
        for group in [first, then] {
            let mut namesakes = group.iter().filter(|person| person.name == old.name);
            match (namesakes.next(), namesakes.next()) {
                (Some(only), None) => return Some(only),
                (Some(_), Some(_)) => return None,
                (None, _) => {}
            }
        }
        None
    }
}

fn is_same_place(one: &Target, other: &Target) -> bool {
    match (one, other) {
        (Target::Mail(one), Target::Mail(other)) => one.email.eq_ignore_ascii_case(&other.email),
        (one, other) => one == other,
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use chrono::{DateTime, NaiveDate, TimeZone, Utc};

    use crate::alert::{Addressee, Digest, DigestRow, Level, News, SourceFacts, State};
    use crate::rules::{SourceId, UnitId};

    pub(crate) fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2022, month, day).unwrap()
    }

    pub(crate) fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2022, 11, 27, 0, 30, 0).unwrap()
    }

    pub(crate) fn row(news: News) -> DigestRow {
        DigestRow {
            news,
            lasts: None,
            facts: SourceFacts {
                source: SourceId::new("zhujianju/benji-jiedu-fuzeren"),
                name: "本级政策解读—负责人解读".into(),
                channel: "栏目".into(),
                url: "http://www.langxi.example/OpennessContent/showList/1389/page_1.html".into(),
                limit: "半年".into(),
                last: Some(day(5, 26)),
                last_title: Some("县住建局负责人解读《郎溪县物业管理办法》".into()),
                due: Some(day(11, 26)),
                state: State::Quiet,
                remarks: Vec::new(),
                told_this_week: 0,
            },
        }
    }

    pub(crate) fn raised(level: Level) -> DigestRow {
        row(News::Raised { level })
    }

    pub(crate) fn digest(rows: Vec<DigestRow>) -> Digest {
        Digest {
            county: "郎溪县".into(),
            unit: UnitId::new("zhujianju"),
            unit_name: "县住建局".into(),
            date: day(11, 27),
            to: vec![
                Addressee { name: "张三".into(), email: "zhangsan@langxi.example".into() },
                Addressee { name: "李四".into(), email: "lisi@langxi.example".into() },
            ],
            copy: Vec::new(),
            rows,
        }
    }
}

#[cfg(test)]
mod tests;
