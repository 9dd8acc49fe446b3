//! Which way a notice goes: by mail to the people it names, and to which chats.

use std::collections::BTreeSet;

use super::notice::Says;
use super::recipient::{ChannelName, Target};
use super::subject::is_only_relief;
use crate::alert::Addressee;
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
    /// The units whose notices it gets; `None` for all.
    pub units: Option<BTreeSet<UnitId>>,
    /// The kinds of notices it gets.
    pub kinds: BTreeSet<NoticeKind>,
    /// Whether the people do not get these by mail.
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

/// Where a notice goes. Nobody chosen means mail, so that no choice can silence a notice.
pub fn targets(says: &Says, choices: &[Choice]) -> Vec<Target> {
    let taken: Vec<&Choice> = choices.iter().filter(|choice| choice.takes(says)).collect();
    let people = says.to().iter().chain(says.copy()).cloned();
    let by_mail: Vec<Addressee> =
        if taken.iter().any(|choice| choice.instead_of_mail) { Vec::new() } else { people.collect() };
    let robots = taken.iter().map(|choice| Target::Channel(choice.channel.clone()));
    by_mail.into_iter().map(Target::Mail).chain(robots).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{DigestRow, Level, News};
    use crate::deliver::notice::samples::{digest, now, raised, row};

    fn choice(name: &str, units: Option<&[&str]>, kinds: &[NoticeKind], instead_of_mail: bool) -> Choice {
        Choice {
            channel: ChannelName::new(name),
            units: units.map(|ids| ids.iter().map(|id| UnitId::new(*id)).collect()),
            kinds: kinds.iter().copied().collect(),
            instead_of_mail,
        }
    }

    fn chosen(rows: Vec<DigestRow>, choices: &[Choice]) -> Vec<String> {
        let name = |target| match target {
            Target::Mail(Addressee { name, .. }) => name,
            Target::Channel(name) => name.to_string(),
        };
        targets(&Says::Digest(digest(rows)), choices).into_iter().map(name).collect()
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
}
