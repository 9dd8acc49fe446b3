//! What a person decides about notices that were given up.

use super::line::Line;
use crate::alert::Addressee;
use crate::deliver::{Notice, NoticeId, Says};
use crate::store::StoreError;

impl Line {
    /// Has a notice tried again for those for whom it was given up, under the addresses that its people have now; `None`
    /// where no such notice waits or is dead.
    ///
    /// # Errors
    /// If the store fails.
    pub fn retry_notice(&self, id: &NoticeId) -> Result<Option<Notice>, StoreError> {
        let now = self.clock.now();
        let revised = self.store.revise_notice(id, |notice| {
            let present = self.people_of(&notice.says);
            notice.revived(&present, now)
        })?;
        self.news.notify_one();
        Ok(revised)
    }

    /// Lets a notice be that was given up for somebody; `None` where no such notice waits or is dead.
    ///
    /// # Errors
    /// If the store fails.
    pub fn dismiss_notice(&self, id: &NoticeId) -> Result<Option<Notice>, StoreError> {
        let now = self.clock.now();
        let revised = self.store.revise_notice(id, |notice| notice.dismissed(now))?;
        self.news.notify_one();
        Ok(revised)
    }

    fn people_of(&self, says: &Says) -> Vec<Addressee> {
        match says {
            Says::Operator(_) => self.operators.clone(),
            Says::Digest(digest) => self.rules.unit(&digest.unit).map_or_else(Vec::new, |unit| {
                let webmasters = unit.webmasters.iter();
                webmasters
                    .map(|person| Addressee { name: person.name.clone(), email: person.email.clone() })
                    .collect()
            }),
        }
    }
}
