//! `[[channel]]`: the robots of group chats, and which notices each of them gets.

use std::collections::BTreeSet;
use std::path::Path;

use super::secret::{self, Keys, is_named};
use crate::deliver::{ChannelName, Choice, NoticeKind, Platform, RobotSettings};
use crate::rules::{Table, UnitId, is_valid_id};

/// A robot, and what it gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// How it is reached.
    pub settings: RobotSettings,
    /// Which notices it gets.
    pub choice: Choice,
}

const ADDRESS: Keys = Keys { file: "address-file", env: "address-env", credential: "address-credential" };
const SECRET: Keys = Keys { file: "secret-file", env: "secret-env", credential: "secret-credential" };

const PLATFORMS: [(&str, Platform); 4] = [
    ("wecom", Platform::Wecom),
    ("dingtalk", Platform::Dingtalk),
    ("feishu", Platform::Feishu),
    ("json", Platform::Json),
];

const KINDS: [(&str, NoticeKind); 3] = [
    ("warning", NoticeKind::Warning),
    ("recovery", NoticeKind::Recovery),
    ("operator", NoticeKind::Operator),
];

pub(super) fn read_channels(root: &Table<'_>, directory: &Path) -> Vec<Channel> {
    let mut channels: Vec<Channel> = Vec::new();
    for table in root.tables("channel") {
        let Some(channel) = read_channel(&table, directory) else { continue };
        if channels.iter().any(|known| known.settings.name == channel.settings.name) {
            table.report("name", format!("`{}` is already used", channel.settings.name));
        }
        channels.push(channel);
    }
    channels
}

fn read_channel(table: &Table<'_>, directory: &Path) -> Option<Channel> {
    let name = table.string("name").map(ChannelName::new);
    let platform = table.word("platform", &PLATFORMS);
    let has_address = is_named(table, &ADDRESS);
    let address = secret::read(table, &ADDRESS, directory);
    if !has_address {
        table.report(
            "address-file",
            "is missing: the robot's address holds its key, so it stands in a file of its own",
        );
    }
    let secret = secret::read(table, &SECRET, directory);
    let units = table.has("units").then(|| read_units(table));
    let kinds = read_kinds(table);
    let instead_of_mail = table.boolean_or("instead-of-mail", false);
    table.finish();
    let (name, platform) = (name?, platform?);
    if secret.is_some() && platform == Platform::Wecom {
        table.report("secret-file", "does not apply: 企业微信 signs nothing, its key is part of the address");
    }
    let settings = RobotSettings { name: name.clone(), platform, address: address?, secret };
    if !settings.has_usable_address() {
        table.report("address-file", "does not hold a web address, wanted: https://…");
    }
    Some(Channel { settings, choice: Choice { channel: name, platform, units, kinds, instead_of_mail } })
}

/// Whether such units exist, `check` says, which knows the rules.
fn read_units(table: &Table<'_>) -> BTreeSet<UnitId> {
    let ids = table.strings("units");
    if let Some(odd) = ids.iter().find(|id| !is_valid_id(id)) {
        table.report("units", format!("`{odd}` is not the id of a unit"));
    }
    ids.into_iter().map(UnitId::new).collect()
}

fn read_kinds(table: &Table<'_>) -> BTreeSet<NoticeKind> {
    if !table.has("kinds") {
        return [NoticeKind::Warning, NoticeKind::Recovery].into();
    }
    let mut kinds = BTreeSet::new();
    for word in table.strings("kinds") {
        match KINDS.iter().find(|(known, _)| *known == word) {
            Some((_, kind)) => {
                kinds.insert(*kind);
            }
            None => {
                table.report("kinds", format!("`{word}` is not known, allowed: warning, recovery, operator"));
            }
        }
    }
    kinds
}
