//! Which way a notice goes: by mail to the people it names, and to which chats.

use std::collections::BTreeSet;

use super::notice::{NoticeId, Says};
use super::recipient::{ChannelName, Target};
use super::robot::{Platform, has_room_for};
use super::subject::is_only_relief;
use crate::rules::UnitId;

/// What a notice is, as far as that decides who gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKind {
    /// To a unit: something has to be done.
    Warning,
    /// To a unit: all that is new is good.
    Recovery,
    /// To the operator.
    Operator,
}

/// Which notices a robot gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The robot.
    pub channel: ChannelName,
    /// Whose it is.
    pub platform: Platform,
    /// The units whose notices it gets; `None` for all.
    pub units: Option<BTreeSet<UnitId>>,
    /// The kinds of notices it gets.
    pub kinds: BTreeSet<NoticeKind>,
    /// Whether those whom a notice is for do not get it by mail, where the robot's message tells all of it.
    pub instead_of_mail: bool,
}

impl NoticeKind {
    /// The kind of a notice.
    pub fn of(says: &Says) -> Self {
        match says {
            Says::Digest(digest) if is_only_relief(digest) => Self::Recovery,
            Says::Digest(_) => Self::Warning,
            Says::Operator(_) => Self::Operator,
        }
    }
}

impl Choice {
    fn takes(&self, says: &Says) -> bool {
        let is_of_unit = match (&self.units, says) {
            (Some(units), Says::Digest(digest)) => units.contains(&digest.unit),
            (None, _) | (_, Says::Operator(_)) => true,
        };
        is_of_unit && self.kinds.contains(&NoticeKind::of(says))
    }
}

/// Where a notice goes. Nobody chosen means mail, so that no choice can silence a notice: those above a unit are in no group of
/// its webmasters, and what a message has no room for is read in the mail alone.
pub(super) fn targets(id: &NoticeId, says: &Says, choices: &[Choice]) -> Vec<Target> {
    let taken: Vec<&Choice> = choices.iter().filter(|choice| choice.takes(says)).collect();
    let stands_in = |choice: &&Choice| choice.instead_of_mail && has_room_for(choice.platform, id, says);
    let to = if taken.iter().any(stands_in) { &[] } else { says.to() };
    let by_mail = to.iter().chain(says.copy()).cloned();
    let robots = taken.iter().map(|choice| Target::Channel(choice.channel.clone()));
    by_mail.map(Target::Mail).chain(robots).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{Addressee, DigestRow, Level, News};
    use crate::deliver::notice::samples::{digest, now, raised, row};

    fn choice(name: &str, units: Option<&[&str]>, kinds: &[NoticeKind], instead_of_mail: bool) -> Choice {
        Choice {
            channel: ChannelName::new(name),
            platform: Platform::Wecom,
            units: units.map(|ids| ids.iter().map(|id| UnitId::new(*id)).collect()),
            kinds: kinds.iter().copied().collect(),
            instead_of_mail,
        }
    }

    fn chosen_with(rows: Vec<DigestRow>, copy: &[&str], choices: &[Choice]) -> Vec<String> {
        let name = |target| match target {
            Target::Mail(Addressee { name, .. }) => name,
            Target::Channel(name) => name.to_string(),
        };
        let mut digest = digest(rows);
        digest.copy =
            copy.iter().map(|name| Addressee { name: (*name).into(), email: "b@c.cn".into() }).collect();
        let says = Says::Digest(digest);
        targets(&says.id(), &says, choices).into_iter().map(name).collect()
    }

    fn chosen(rows: Vec<DigestRow>, choices: &[Choice]) -> Vec<String> {
        chosen_with(rows, &[], choices)
    }

    #[test]
    fn robots_get_what_they_were_chosen_for() {
        use NoticeKind::{Operator, Recovery, Warning};
        let choices = [
            choice("all", None, &[Warning, Recovery], false),
            choice("ours", Some(&["zhujianju"]), &[Warning], false),
            choice("theirs", Some(&["shuiwuju"]), &[Warning], true),
            choice("operator", None, &[Operator], true),
        ];
        let warning = vec![raised(Level::Overdue)];
        let resolved = vec![row(News::Resolved { level: Level::Overdue, raised_at: now() })];
        assert_eq!(chosen(warning, &choices), ["张三", "李四", "all", "ours"]);
        assert_eq!(chosen(resolved, &choices), ["张三", "李四", "all"]);
    }

    #[test]
    fn a_robot_may_stand_in_for_mail() {
        let choices = [choice("chat", None, &[NoticeKind::Warning], true)];
        assert_eq!(chosen(vec![raised(Level::Overdue)], &choices), ["chat"]);
        let resolved = vec![row(News::Resolved { level: Level::Overdue, raised_at: now() })];
        assert_eq!(chosen(resolved, &choices), ["张三", "李四"], "what it was not chosen for is mailed");
    }

    #[test]
    fn those_above_get_their_copy_by_mail_and_so_does_everybody_what_a_message_has_no_room_for() {
        let instead = choice("chat", None, &[NoticeKind::Warning], true);
        let said = |rows, platform| {
            chosen_with(
                vec![raised(Level::Overdue); rows],
                &["王局"],
                &[Choice { platform, ..instead.clone() }],
            )
        };
        assert_eq!(said(1, Platform::Wecom), ["王局", "chat"]);
        assert_eq!(said(40, Platform::Wecom), ["张三", "李四", "王局", "chat"]);
        assert_eq!(said(40, Platform::Feishu), ["王局", "chat"]);
        assert_eq!(said(41, Platform::Feishu), ["张三", "李四", "王局", "chat"]);
        assert_eq!(said(400, Platform::Json), ["王局", "chat"]);
    }
}
