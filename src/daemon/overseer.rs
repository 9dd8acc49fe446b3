//! The overseer: turns signs of trouble into matters for the operator, and matters into mail.
//!
//! It works within the mailer's turns. Whoever else sees a sign tells it to [`Line::observe`].

use std::sync::PoisonError;

use chrono::{DateTime, Datelike, Utc};

use super::line::Line;
use super::picture::is_of_the_picture;
use crate::alert::operator::{next_news, tell};
use crate::alert::{OperatorDigest, OperatorKey, OperatorMatter, OperatorRow, Sign};
use crate::deliver::{Notice, NoticeKind, Says};
use crate::store::{StoreError, ToldMatter};

impl Line {
    /// Takes a sign of a matter for the operator. Signs may be repeated at will: a matter is told once.
    ///
    /// # Errors
    /// If the store fails.
    pub fn observe(&self, key: &OperatorKey, sign: &Sign) -> Result<(), StoreError> {
        if self.store.observe_matter(key, sign, self.clock.now())? {
            let matter = key.without_address();
            match sign {
                Sign::Stands(says) => tracing::warn!(matter, "for the operator: `{matter}`: {says}"),
                Sign::Over => tracing::info!(matter, "for the operator: `{matter}` is over"),
            }
            self.changes.note_other();
            self.news.notify_one();
        }
        Ok(())
    }

    /// Looks at the picture, plans the operator's mail, and returns when to look again.
    pub(super) fn oversee(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let next_sign_at = self.observe_picture(now)?;
        let next_news_at = self.tell_operator(now)?;
        Ok([next_sign_at, next_news_at].into_iter().flatten().min())
    }

    fn observe_picture(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let (standing, next_at) = {
            let picture = self.picture.lock().unwrap_or_else(PoisonError::into_inner);
            if !picture.is_complete() {
                return Ok(None);
            }
            picture.matters(&self.rules.sources, &self.operator, now)
        };
        self.check_breaker(now)?;
        self.check_holidays(now)?;
        for matter in self.store.operator_matters()? {
            if is_of_the_picture(&matter.key) && !standing.contains_key(&matter.key) {
                self.observe(&matter.key, &Sign::Over)?;
            }
        }
        for (key, says) in standing {
            self.observe(&key, &Sign::Stands(says))?;
        }
        Ok(next_at)
    }

    /// This year's holidays are wanted always, the next year's from December on: they are announced each November.
    fn check_holidays(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let today = self.calendar.day_of(now);
        let mut missing = self.rules.holidays.missing_years(today);
        missing.retain(|year| *year == today.year() || today.month() == 12);
        for matter in self.store.operator_matters()? {
            if matches!(matter.key, OperatorKey::HolidayYearMissing { year } if !missing.contains(&year)) {
                self.observe(&matter.key, &Sign::Over)?;
            }
        }
        for year in missing {
            let says =
                format!("请按国务院办公厅放假通知补充 holidays/{year}.toml；在此之前按周一至周五计算工作日");
            self.observe(&OperatorKey::HolidayYearMissing { year }, &Sign::Stands(says))?;
        }
        Ok(())
    }

    /// Writes one mail of all that is new, once some of it is due; returns when there will be more.
    fn tell_operator(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        if self.operators.is_empty()
            && !self.choices.iter().any(|choice| choice.kinds.contains(&NoticeKind::Operator))
        {
            return Ok(None);
        }
        let matters = self.store.operator_matters()?;
        // What fell due within the hours and was missed waits for the hours to come, like everything else.
        let due_at = |matter: &OperatorMatter| {
            self.may_tell_from(matter, next_news(matter, &self.operator).0.max(now))
        };
        if matters.iter().any(|matter| due_at(matter) <= now) {
            let may_be_told = matters.iter().filter(|matter| self.may_tell_from(matter, now) <= now);
            self.post_to_operator(may_be_told, now)?;
        }
        let left = self.store.operator_matters()?;
        Ok(left.iter().map(due_at).filter(|at| *at > now).min())
    }

    fn post_to_operator<'m>(
        &self,
        matters: impl Iterator<Item = &'m OperatorMatter>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut rows: Vec<OperatorRow> = Vec::new();
        let mut told = Vec::new();
        for matter in matters {
            if let Some((row, after)) = tell(matter, now, &self.operator) {
                rows.push(row);
                told.push(ToldMatter { before: matter.clone(), after });
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        rows.sort_by_key(|row| row.news);
        let digest = OperatorDigest {
            county: self.rules.county.name.clone(),
            at: now,
            date: self.calendar.day_of(now),
            to: self.operators.clone(),
            rows,
        };
        let says = Says::Operator(digest);
        let notice = Notice::by(None, says, &self.choices, now);
        // A matter that has changed meanwhile is told in the next turn.
        self.store.post_to_operator(&notice, &told)?;
        self.changes.note_other();
        Ok(())
    }

    /// The first instant from `at` on at which the operator may be told: at any hour of what is urgent, of the rest in the
    /// hours in which units get their mail.
    fn may_tell_from(&self, matter: &OperatorMatter, at: DateTime<Utc>) -> DateTime<Utc> {
        if matter.key.is_urgent() { at } else { self.digests.next_open(at, &self.calendar, self.work_days()) }
    }
}
