//! What a person decides about notices that were given up.

use super::line::Line;
use crate::alert::Addressee;
use crate::deliver::{Notice, NoticeId, People, Says};
use crate::rules::Role;
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

    fn people_of(&self, says: &Says) -> People {
        let Says::Digest(digest) = says else {
            return People { to: self.operators.clone(), copy: Vec::new() };
        };
        let of = |name: &str, email: &str| Addressee { name: name.to_owned(), email: email.to_owned() };
        let unit = self.rules.unit(&digest.unit);
        let webmasters = unit.into_iter().flat_map(|unit| &unit.webmasters);
        let superiors = [Role::Supervisor, Role::DeputyHead]
            .into_iter()
            .flat_map(|role| self.rules.county.superiors_of(&digest.unit, role));
        People {
            to: webmasters.map(|person| of(&person.name, &person.email)).collect(),
            copy: superiors.map(|superior| of(&superior.name, &superior.email)).collect(),
        }
    }
}
