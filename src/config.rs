//! The daemon's settings: `xuncha.toml`.
//!
//! [`Config::load`] reads the file in one pass and names every mistake with file, line and key, like the rules.
//! Relative paths are taken from the directory of the file. `deploy/xuncha.toml` shows every key.

mod alerts;
mod channels;
mod fetching;
mod mail;
mod secret;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use url::Url;

use self::alerts::{read_alert, read_anchors, read_breaker, read_operator, read_oversight};
use self::fetching::{read_fetch, read_render};
use crate::alert::{Addressee, BreakerPolicy, OperatorPolicy};
use crate::assess::{Calendar, WorkDays};
use crate::deliver::NoticeKind;
use crate::rules::{Collector, Document, Problems, Table, looks_like_an_address};
use crate::serve::{Access, May, PageAt};
use crate::{alert, assess, fetch};

pub use channels::Channel;
pub use mail::{Bounces, Mail, Mailbox, Route};

/// The daemon's settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// The rules directory.
    pub rules: PathBuf,
    /// Which county of it; `None` where it holds just one.
    pub county: Option<String>,
    /// Where the store lives.
    pub state_dir: PathBuf,
    /// The status socket.
    pub socket: PathBuf,
    /// Where secrets are kept as files; `None` where they are all given otherwise.
    pub secrets: Option<PathBuf>,
    /// Where people put the lists that accounts' own back ends export.
    pub import_dir: PathBuf,
    /// Who may do what there.
    pub access: Access,
    /// Where the page can be looked at; `None` for nowhere but the socket.
    pub page: Option<PageAt>,
    /// How pages are fetched.
    pub fetch: fetch::Settings,
    /// How pages drawn by script are drawn.
    pub render: fetch::RenderSettings,
    /// Requests under way at the same time, over all hosts.
    pub workers: usize,
    /// How sure we must be before anybody is accused.
    pub assess: assess::Policy,
    /// How alerts behave.
    pub alert: alert::Policy,
    /// When units get their digests.
    pub digests: DigestHours,
    /// Changes of which units are told at once, whatever the hour.
    pub at_once: Vec<alert::Kind>,
    /// Who is told what keeps the monitor from its work; it is shown by `status` in any case.
    pub operators: Vec<Addressee>,
    /// How they are told.
    pub operator: OperatorPolicy,
    /// When so much has turned bad at once that units get no mail.
    pub breaker: BreakerPolicy,
    /// Pages that answer as long as our own network is up. If none does, units get no mail.
    pub anchors: Vec<Url>,
    /// So many bytes are to be free where the store and the mail are written, or the operator is told.
    pub disk_floor: u64,
    /// How notices leave, and what comes back.
    pub mail: Mail,
}

/// When units get their digests: at most one a day, within these hours of the county's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DigestHours {
    /// No digest before this time of day.
    pub from: NaiveTime,
    /// None at or after this one.
    pub until: NaiveTime,
    /// On which days.
    pub days: MailDays,
    /// How long a unit's first change waits for others, so that what happens together is said together.
    pub gather: TimeDelta,
}

/// On which days units get mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailDays {
    /// On those on which people work, make-up working days among them.
    Working,
    /// On every day.
    Every,
}

impl Default for DigestHours {
    fn default() -> Self {
        let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN);
        Self {
            from: time(8, 30),
            until: time(17, 30),
            days: MailDays::Working,
            gather: TimeDelta::minutes(30),
        }
    }
}

impl DigestHours {
    /// The first instant from `at` on that lies within the hours.
    pub fn next_open(&self, at: DateTime<Utc>, calendar: &Calendar, days: WorkDays<'_>) -> DateTime<Utc> {
        let today = calendar.day_of(at);
        let first = if at >= calendar.at(today, self.until) { today + Days::new(1) } else { today };
        let day = match self.days {
            MailDays::Working => days.on_or_after(first),
            MailDays::Every => first,
        };
        at.max(calendar.at(day, self.from))
    }
}

/// The socket that commands use when nothing else is said.
pub const DEFAULT_SOCKET: &str = "/run/xuncha/xuncha.sock";
/// The configuration that commands use when nothing else is said.
pub const DEFAULT_CONFIG: &str = "xuncha.toml";

impl Config {
    /// Loads a configuration file.
    ///
    /// # Errors
    /// All its mistakes.
    pub fn load(path: &Path) -> Result<Self, Problems> {
        let problems = Collector::default();
        let directory = path.parent().unwrap_or(Path::new("")).to_owned();
        let config = Document::read(path, &problems)
            .and_then(|document| document.with_root(&problems, |root| read(root, &directory)));
        problems.into_result(config).and_then(|config| config.ok_or(Problems(Vec::new())))
    }

    /// What is no mistake and may yet be none of what was meant, one sentence each.
    pub fn remarks(&self) -> Vec<String> {
        let nobody = "operator: nobody is told when mail to units is held back or does not arrive: \
                      only `xuncha status` shows it; add an [[operator]], or a [[channel]] with kinds = [\"operator\"]";
        if tells_operator(&self.operators, &self.mail) { Vec::new() } else { vec![nobody.to_owned()] }
    }
}

/// Whether anybody is told what keeps the monitor from its work.
fn tells_operator(operators: &[Addressee], mail: &Mail) -> bool {
    let mut chosen = mail.channels.iter().map(|channel| &channel.choice);
    !operators.is_empty() || chosen.any(|choice| choice.kinds.contains(&NoticeKind::Operator))
}

fn read(root: &Table<'_>, directory: &Path) -> Option<Config> {
    let path = |text: String| directory.join(text);
    let rules = root.string("rules").map(path);
    let county = root.optional_string("county");
    let state_dir = root.string("state-dir").map(path);
    let (socket, access) = read_socket(root, directory);
    let import_dir = root.optional_string("import-dir").map(path);
    let secrets = read_secrets(root, directory);
    let page = root.optional_table("page").and_then(|table| read_page(&table));
    let fetching = root.table("fetch").and_then(|table| read_fetch(&table));
    let render = read_render(root, directory);
    let assess = read_assess(root);
    let (alert, digests, at_once) = read_alert(root);
    let operators: Vec<Addressee> = root.tables("operator").iter().filter_map(read_operator).collect();
    let operator = read_oversight(root);
    let breaker = read_breaker(root);
    let anchors = root.optional_table("anchors").map_or_else(Vec::new, |table| read_anchors(&table));
    let disk_floor = root.optional_table("disk").map_or(DISK_FLOOR, |table| read_disk(&table));
    let mail = mail::read(root, directory);
    if let Some(mail) = &mail
        && matches!(mail.route, Route::Smtp(_))
        && !tells_operator(&operators, mail)
    {
        let what = "is missing: where mail leaves by SMTP somebody must hear when it is held back or does not arrive; \
                    add an [[operator]] with name and email, or a [[channel]] with kinds = [\"operator\"]";
        root.report("operator", what);
    }
    root.finish();
    let (fetch, workers) = fetching?;
    let state_dir = state_dir?;
    let render = fetch::RenderSettings {
        contact: fetch.contact.clone(),
        longest_body: fetch.longest_body,
        resolve: fetch.resolve.clone(),
        ..render
    };
    Some(Config {
        rules: rules?,
        county,
        import_dir: import_dir.unwrap_or_else(|| state_dir.join("import")),
        state_dir,
        socket,
        access,
        page,
        secrets,
        fetch,
        render,
        workers,
        assess,
        alert,
        digests,
        at_once,
        operators,
        operator,
        breaker,
        anchors,
        disk_floor,
        mail: mail?,
    })
}

fn read_secrets(root: &Table<'_>, directory: &Path) -> Option<PathBuf> {
    let table = root.optional_table("secrets")?;
    let secrets = table.string("dir").map(|text| directory.join(text));
    table.finish();
    secrets
}

/// A path, or a table with the path and who may do what there.
fn read_socket(root: &Table<'_>, directory: &Path) -> (PathBuf, Access) {
    let place =
        |path: Option<String>| path.map_or_else(|| DEFAULT_SOCKET.into(), |path| directory.join(path));
    let usual = Access::default();
    if root.is_text("socket") {
        return (place(root.optional_string("socket")), usual);
    }
    let Some(table) = root.optional_table("socket") else { return (place(None), usual) };
    let path = place(table.optional_string("path"));
    let access = Access {
        mode: table
            .optional_word("mode", &[("0600", 0o600), ("0660", 0o660), ("0666", 0o666)])
            .unwrap_or(usual.mode),
        write_uids: table.integers("write-uids", 0..=u32::MAX - 1),
        write_gids: table.integers("write-gids", 0..=u32::MAX - 1),
        others: table
            .optional_word("others", &[("read", May::Read), ("nothing", May::Nothing)])
            .unwrap_or(usual.others),
    };
    table.finish();
    (path, access)
}

/// The page has no password: whoever reaches the address reads it.
fn read_page(table: &Table<'_>) -> Option<PageAt> {
    let text = table.string("listen");
    let open_to_network = table.boolean_or("open-to-network", false);
    table.finish();
    let text = text?;
    let Ok(listen) = text.parse::<SocketAddr>() else {
        table.report("listen", format!("`{text}` is not an address with port, wanted: 127.0.0.1:8420"));
        return None;
    };
    if !listen.ip().is_loopback() && !open_to_network {
        let what = "can be reached by others, and the page has no password: say `open-to-network = true` if that is meant";
        table.report("listen", format!("`{text}` {what}"));
        return None;
    }
    Some(PageAt { listen, open_to_network })
}

fn read_assess(root: &Table<'_>) -> assess::Policy {
    let usual = assess::Policy::default();
    let Some(table) = root.optional_table("assess") else { return usual };
    let policy = assess::Policy {
        confirm_gap: table.duration_or("confirm-gap", usual.confirm_gap),
        confirm_recent: table.duration_or("confirm-recent", usual.confirm_recent),
        doubt_withdrawal: table.duration_or("doubt-withdrawal", usual.doubt_withdrawal),
        way_refused_after: table.duration_or("way-refused-after", usual.way_refused_after),
        ways_disagree_after: table.duration_or("ways-disagree-after", usual.ways_disagree_after),
        evidence_lasts: table.duration_or("evidence-lasts", usual.evidence_lasts),
    };
    if policy.confirm_gap <= TimeDelta::zero() {
        table.report("confirm-gap", "must be longer than nothing: one look convicts nobody");
    }
    if policy.confirm_recent < policy.confirm_gap * 2 {
        table.report("confirm-recent", "must be at least twice confirm-gap");
    }
    table.finish();
    policy
}

/// Room for months of a county, and for the operator to come and look.
const DISK_FLOOR: u64 = 512 << 20;

fn read_disk(table: &Table<'_>) -> u64 {
    let floor = table.optional_integer("free-at-least-mib", 16..=1_048_576);
    table.finish();
    floor.map_or(DISK_FLOOR, |mebibytes| u64::from(mebibytes) << 20)
}

fn read_address(table: &Table<'_>, key: &'static str, required: bool) -> Option<String> {
    let address = if required { table.string(key) } else { table.optional_string(key) }?;
    if !looks_like_an_address(&address) {
        table.report(key, format!("`{address}` is not a mail address, wanted: name@host"));
        return None;
    }
    Some(address)
}

fn duration(table: &Table<'_>, key: &'static str, default: Duration) -> Duration {
    let default = TimeDelta::from_std(default).unwrap_or(TimeDelta::seconds(30));
    table.duration_or(key, default).to_std().unwrap_or_default()
}

#[cfg(test)]
mod shown;

#[cfg(test)]
mod tests;
