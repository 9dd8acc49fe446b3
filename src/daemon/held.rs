//! Notices to units that lie in the outbox while the monitor doubts itself: none of them goes out then, and afterwards none
//! goes out that is not so any more.
//!
//! A notice of today of which every line is still so, and to which there is nothing to add, goes on as it was. Otherwise,
//! where nobody has it, its matters are told anew: with what has happened since, by which some cancel out, under the
//! notice of the day on which that is done. Where somebody has it, the others get of it what is still so.

use chrono::{DateTime, Utc};

use super::line::Line;
use crate::alert::DigestRow;
use crate::deliver::{Notice, NoticeId, Says};
use crate::store::StoreError;

impl Line {
    /// Holds what is in the outbox for units while the monitor doubts itself; afterwards sees to what was held.
    pub(super) fn see_to_held(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        if self.doubts_itself()? {
            for notice in self.store.outbox()? {
                if notice.id.unit().is_some() && notice.held_since.is_none() {
                    self.revise_held(&notice.id, |notice| notice.held(now))?;
                }
            }
        } else if !self.unit_mail_is_held()? {
            let held = self.store.outbox()?.into_iter().filter(|notice| notice.held_since.is_some());
            for notice in held {
                self.end_hold(&notice, now)?;
            }
        }
        Ok(())
    }

    fn end_hold(&self, notice: &Notice, now: DateTime<Utc>) -> Result<(), StoreError> {
        let from = self.may_go_from(&notice.id, now);
        let Says::Digest(digest) = &notice.says else {
            return self.revise_held(&notice.id, |notice| notice.let_go(from, now));
        };
        let so: Vec<bool> =
            digest.rows.iter().map(|row| self.is_so_now(row, now)).collect::<Result<_, _>>()?;
        let is_of_today = digest.date == self.calendar.day_of(now);
        let has_news = !self.store.matters(&digest.unit)?.is_empty();
        if is_of_today && !has_news && so.iter().all(|so| *so) {
            return self.revise_held(&notice.id, |notice| notice.let_go(from, now));
        }
        if self.store.take_back(&notice.id)? {
            tracing::info!(notice.id = notice.id.as_str(), "`{}` was held back and is told anew", notice.id);
            self.changes.note(digest.rows.iter().filter_map(|row| self.slot(&row.facts.source)));
            self.changes.note_other();
            return Ok(());
        }
        let is_so = |row: &DigestRow| {
            digest.rows.iter().zip(&so).any(|(known, so)| *so && known.facts.source == row.facts.source)
        };
        self.revise_held(&notice.id, |notice| notice.let_go(from, now).with_what_is_so(is_so, now))
    }

    fn revise_held(&self, id: &NoticeId, revise: impl Fn(Notice) -> Notice) -> Result<(), StoreError> {
        self.store.revise_notice(id, revise)?;
        self.changes.note_other();
        Ok(())
    }

    /// Whether what a row says is still so, and may be said.
    fn is_so_now(&self, row: &DigestRow, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let Some(source) = self.rules.source(&row.facts.source) else { return Ok(false) };
        Ok(row.is_still_so(&self.stored(source)?.record.alert) && !self.is_untellable(source, now)?)
    }

    /// What is told at once goes at any hour, the rest in the hours of mail.
    fn may_go_from(&self, id: &NoticeId, now: DateTime<Utc>) -> DateTime<Utc> {
        if id.is_at_once() { now } else { self.digests.next_open(now, &self.calendar, self.work_days()) }
    }
}
