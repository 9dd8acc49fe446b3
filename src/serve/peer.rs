//! Who is at the other end of the socket, and what they may do.
//!
//! The system tells the user and the group of whoever connects, as they were at that moment. Root, the daemon's own user and
//! those named in the configuration may write; all others may read, or nothing, as configured. Who belongs to a group
//! is taken from `/etc/passwd` and `/etc/group` as they stood when the daemon started.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;

/// Whoever sent a request. Every request over the socket has one among its extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The user.
    pub uid: u32,
    /// The user's group.
    pub gid: u32,
    /// The process, where the system tells.
    pub pid: Option<i32>,
    /// The user's name; `uid 1000` where it has none.
    pub name: String,
    /// What they may do.
    pub may: May,
}

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum May {
    /// Not even read.
    Nothing,
    /// Read.
    Read,
    /// Read and write.
    Write,
}

/// Who may do what at the socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Permission bits of the socket: who may connect at all.
    pub mode: u32,
    /// Users who may write, besides root and the daemon's own.
    pub write_uids: Vec<u32>,
    /// Groups whose members may write.
    pub write_gids: Vec<u32>,
    /// What all others may do.
    pub others: May,
}

impl Default for Access {
    fn default() -> Self {
        Self { mode: 0o660, write_uids: Vec::new(), write_gids: Vec::new(), others: May::Read }
    }
}

/// The users of this machine, and what they may do.
#[derive(Debug, Clone)]
pub(super) struct People {
    access: Access,
    daemon_uid: Option<u32>,
    names: BTreeMap<u32, String>,
    /// Names of those who may write since they belong to a group.
    writers: BTreeSet<String>,
}

impl People {
    /// The users as the system's files list them.
    pub(super) fn of_this_machine(access: Access) -> Self {
        let text = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let daemon_uid = std::fs::metadata("/proc/self").ok().map(|own| own.uid());
        Self::new(access, daemon_uid, &text("/etc/passwd"), &text("/etc/group"))
    }

    fn new(access: Access, daemon_uid: Option<u32>, passwd: &str, group: &str) -> Self {
        let names = rows(passwd).filter_map(|row| Some((row.get(2)?.parse().ok()?, row[0].to_owned())));
        let may_write = |row: &Vec<&str>| {
            row.get(2).and_then(|gid| gid.parse().ok()).is_some_and(|gid| access.write_gids.contains(&gid))
        };
        let members = rows(group).filter(may_write).filter_map(|row| row.get(3).copied());
        let writers = members.flat_map(|names| names.split(',')).map(|name| name.trim().to_owned()).collect();
        Self { names: names.collect(), writers, daemon_uid, access }
    }

    /// Who that is.
    pub(super) fn peer(&self, uid: u32, gid: u32, pid: Option<i32>) -> Peer {
        let name = self.names.get(&uid).cloned().unwrap_or_else(|| format!("uid {uid}"));
        let may_write = uid == 0
            || Some(uid) == self.daemon_uid
            || self.access.write_uids.contains(&uid)
            || self.access.write_gids.contains(&gid)
            || self.writers.contains(&name);
        Peer { uid, gid, pid, name, may: if may_write { May::Write } else { self.access.others } }
    }
}

/// The fields of each line.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().filter(|line| !line.is_empty()).map(|line| line.split(':').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0::/root:/bin/sh\nxuncha:x:990:990::/:/bin/false\nwang:x:1001:1001::/:/bin/sh\n\
                          li:x:1002:1002::/:/bin/sh\nbroken line\n";
    const GROUP: &str = "root:x:0:\noffice:x:2000:wang,zhao\nothers:x:2001:li\n";

    fn people(access: Access) -> People {
        People::new(access, Some(990), PASSWD, GROUP)
    }

    #[test]
    fn root_the_daemon_and_those_named_may_write_and_all_others_read() {
        let people = people(Access { write_uids: vec![1005], write_gids: vec![2000], ..Access::default() });
        let may = |uid, gid| people.peer(uid, gid, None).may;
        assert_eq!(may(0, 0), May::Write);
        assert_eq!(may(990, 990), May::Write, "the daemon's own user");
        assert_eq!(may(1005, 100), May::Write, "a user who is named");
        assert_eq!(may(1001, 1001), May::Write, "a member of a group that is named");
        assert_eq!(may(1009, 2000), May::Write, "whose first group is named");
        assert_eq!(may(1002, 1002), May::Read);
        assert_eq!(may(1002, 2001), May::Read);
    }

    #[test]
    fn others_may_be_shut_out() {
        let people = people(Access { others: May::Nothing, ..Access::default() });
        assert_eq!(people.peer(1002, 1002, Some(7)).may, May::Nothing);
        assert_eq!(people.peer(1002, 1002, Some(7)).name, "li");
        assert_eq!(people.peer(4242, 1, None).name, "uid 4242");
    }

    #[test]
    fn nobody_writes_by_the_emptiness_of_a_list() {
        let people = people(Access::default());
        assert_eq!(people.peer(1001, 1001, None).may, May::Read);
        assert_eq!(People::new(Access::default(), None, "", "").peer(1, 1, None).may, May::Read);
    }
}
