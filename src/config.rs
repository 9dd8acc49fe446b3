//! The daemon's settings: `xuncha.toml`.
//!
//! [`Config::load`] reads the file in one pass and names every mistake with file, line and key, like the rules.
//! Relative paths are taken from the directory of the file. `deploy/xuncha.toml` shows every key.

mod channels;
mod mail;
mod secret;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use url::Url;

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

fn read_fetch(table: &Table<'_>) -> Option<(fetch::Settings, usize)> {
    let contact = table.string("contact");
    let usual = fetch::Settings::new("");
    let connect_timeout = duration(table, "connect-timeout", usual.connect_timeout);
    let total_timeout = duration(table, "total-timeout", usual.total_timeout);
    let longest_body = table.optional_integer("longest-body-mib", 1..=256);
    let workers = table.optional_integer("workers", 1..=1024).unwrap_or(32);
    let resolve = table.optional_table("resolve").map_or_else(BTreeMap::new, |hosts| read_resolve(&hosts));
    if let Some(contact) = &contact
        && !contact.bytes().all(|byte| byte.is_ascii_graphic())
    {
        table.report("contact", "must be a mail or web address, without spaces");
    }
    table.finish();
    let settings = fetch::Settings {
        contact: contact?,
        connect_timeout,
        total_timeout,
        longest_body: longest_body.map_or(usual.longest_body, |mebibytes| u64::from(mebibytes) << 20),
        resolve,
        ..usual
    };
    Some((settings, usize::try_from(workers).unwrap_or(32)))
}

fn read_render(root: &Table<'_>, directory: &Path) -> fetch::RenderSettings {
    let usual = fetch::RenderSettings::new("");
    let Some(table) = root.optional_table("render") else { return usual };
    let browser = table.string("browser").map(|text| directory.join(text));
    let most_pages = table.optional_integer("most-pages", 1..=32);
    let page_timeout = table.optional_integer("page-timeout-seconds", 1..=600);
    let settings = fetch::RenderSettings {
        browser,
        most_pages: most_pages.map_or(usual.most_pages, |pages| usize::try_from(pages).unwrap_or(1)),
        page_timeout: page_timeout
            .map_or(usual.page_timeout, |seconds| Duration::from_secs(u64::from(seconds))),
        further_hosts: read_hosts(&table, "further-hosts"),
        no_sandbox: table.boolean_or("no-sandbox", false),
        ..usual
    };
    table.finish();
    settings
}

/// Plain names: the browser would take `*` for every host there is.
fn read_hosts(table: &Table<'_>, key: &'static str) -> Vec<String> {
    let hosts = table.strings(key);
    let is_plain =
        |host: &String| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    if let Some(odd) = hosts.iter().find(|host| !is_plain(host)) {
        table.report(key, format!("`{odd}` is not a host, wanted: a name such as static.langxi.example"));
    }
    hosts
}

fn read_resolve(table: &Table<'_>) -> BTreeMap<String, SocketAddr> {
    let mut hosts = BTreeMap::new();
    for (host, text) in table.named_strings() {
        match text.parse() {
            Ok(address) => {
                hosts.insert(host.to_ascii_lowercase(), address);
            }
            Err(_) => {
                table.report(&host, format!("`{text}` is not an address with port, wanted: 127.0.0.1:8080"));
            }
        }
    }
    hosts
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

fn read_alert(root: &Table<'_>) -> (alert::Policy, DigestHours, Vec<alert::Kind>) {
    let (usual, hours) = (alert::Policy::default(), DigestHours::default());
    let Some(table) = root.optional_table("alert") else { return (usual, hours, Vec::new()) };
    let days = |key| table.optional_integer(key, 1..=366).map(|days| Days::new(u64::from(days)));
    let policy = alert::Policy {
        remind_every: days("remind-every-days").unwrap_or(usual.remind_every),
        escalate_after: days("escalate-after-days").unwrap_or(usual.escalate_after),
    };
    let hours = DigestHours {
        from: time_of_day(&table, "digest-from", hours.from),
        until: time_of_day(&table, "digest-until", hours.until),
        days: table
            .optional_word("digest-days", &[("working", MailDays::Working), ("every", MailDays::Every)])
            .unwrap_or(hours.days),
        gather: table.duration_or("digest-gather", hours.gather),
    };
    let at_once = read_at_once(&table);
    if hours.from >= hours.until {
        table.report("digest-until", "must be later than digest-from, or no digest is ever sent");
    }
    table.finish();
    (policy, hours, at_once)
}

fn read_at_once(table: &Table<'_>) -> Vec<alert::Kind> {
    let kind_of =
        |word: &String| alert::Kind::WORDS.iter().find(|(known, _)| known == word).map(|(_, kind)| *kind);
    let words = table.strings("at-once");
    if let Some(odd) = words.iter().find(|word| kind_of(word).is_none()) {
        let known: Vec<&str> = alert::Kind::WORDS.iter().map(|(word, _)| *word).collect();
        table.report("at-once", format!("`{odd}` is not known, allowed: {}", known.join(", ")));
    }
    words.iter().filter_map(kind_of).collect()
}

fn read_operator(table: &Table<'_>) -> Option<Addressee> {
    let name = table.string("name");
    let email = read_address(table, "email", true);
    table.finish();
    Some(Addressee { name: name?, email: email? })
}

fn read_oversight(root: &Table<'_>) -> OperatorPolicy {
    let usual = OperatorPolicy::default();
    let Some(table) = root.optional_table("oversight") else { return usual };
    let policy = OperatorPolicy {
        unknown_after: table.duration_or("unknown-after", usual.unknown_after),
        remind_every: table.duration_or("remind-every", usual.remind_every),
        gather: table.duration_or("gather", usual.gather),
    };
    if policy.remind_every < TimeDelta::days(1) {
        table.report("remind-every", "must be a day at least, or nobody reads it any more");
    }
    table.finish();
    policy
}

fn read_breaker(root: &Table<'_>) -> BreakerPolicy {
    let usual = BreakerPolicy::default();
    let Some(table) = root.optional_table("breaker") else { return usual };
    let at_least = table.optional_integer("at-least", 1..=1_000_000);
    let policy = BreakerPolicy {
        share: table.optional_integer("share-percent", 1..=100).unwrap_or(usual.share),
        at_least: at_least
            .map_or(usual.at_least, |sources| usize::try_from(sources).unwrap_or(usual.at_least)),
        within: table.duration_or("within", usual.within),
    };
    table.finish();
    policy
}

fn read_anchors(table: &Table<'_>) -> Vec<Url> {
    let mut anchors = Vec::new();
    for text in table.strings("urls") {
        match Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        {
            Some(url) => anchors.push(url),
            None => {
                table.report("urls", format!("`{text}` is not an address, wanted: http://… or https://…"));
            }
        }
    }
    table.finish();
    anchors
}

/// Room for months of a county, and for the operator to come and look.
const DISK_FLOOR: u64 = 512 << 20;

fn read_disk(table: &Table<'_>) -> u64 {
    let floor = table.optional_integer("free-at-least-mib", 16..=1_048_576);
    table.finish();
    floor.map_or(DISK_FLOOR, |mebibytes| u64::from(mebibytes) << 20)
}

fn time_of_day(table: &Table<'_>, key: &'static str, default: NaiveTime) -> NaiveTime {
    let Some(text) = table.optional_string(key) else { return default };
    NaiveTime::parse_from_str(&text, "%H:%M").unwrap_or_else(|_| {
        table.report(key, format!("`{text}` is not a time of day, wanted: \"09:00\""));
        default
    })
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
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Config, Problems> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("xuncha.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(&path)
    }

    #[test]
    fn a_short_configuration_is_enough() {
        let config = load(
            "rules = \"rules\"\nstate-dir = \"state\"\n[fetch]\ncontact = \"it@b.cn\"\n[mail]\ntransport = \"file\"\n\
             directory = \"mail\"\nfrom-name = \"中心\"\nfrom-email = \"a@b.cn\"\n",
        )
        .unwrap();
        assert_eq!(config.workers, 32);
        assert_eq!(config.assess.confirm_gap, TimeDelta::hours(6));
        assert!(config.rules.ends_with("rules") && config.rules.is_absolute());
        assert_eq!((config.render.browser, config.render.contact.as_str()), (None, "it@b.cn"));
    }

    #[test]
    fn a_browser_may_be_named_and_bounded() {
        let config = load(
            "rules = \"rules\"\nstate-dir = \"state\"\n[fetch]\ncontact = \"it@b.cn\"\n[mail]\ntransport = \"file\"\n\
             directory = \"mail\"\nfrom-name = \"中心\"\nfrom-email = \"a@b.cn\"\n[render]\n\
             browser = \"/usr/bin/chromium\"\nmost-pages = 1\npage-timeout-seconds = 45\n",
        )
        .unwrap();
        assert_eq!(config.render.browser.as_deref(), Some(Path::new("/usr/bin/chromium")));
        assert_eq!((config.render.most_pages, config.render.page_timeout.as_secs()), (1, 45));
    }

    const SHORT: &str = "rules = \"rules\"\nstate-dir = \"state\"\n[fetch]\ncontact = \"it@b.cn\"\n[mail]\n\
        from-name = \"中心\"\nfrom-email = \"a@b.cn\"\n";

    /// The configuration with `further` lines, beside a file `secret` that holds a secret.
    fn load_beside_a_secret(further: &str) -> Result<Config, Problems> {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("secret"), "https://robot.example/send?key=k3y\n").unwrap();
        std::fs::write(directory.path().join("empty"), "\n").unwrap();
        let path = directory.path().join("xuncha.toml");
        std::fs::write(&path, format!("{SHORT}{further}")).unwrap();
        Config::load(&path)
    }

    #[test]
    fn a_robot_is_named_by_a_secret_address_and_gets_warnings_and_recoveries_unless_told_otherwise() {
        let further = "transport = \"file\"\ndirectory = \"mail\"\ngive-up-after = \"10d\"\n[[channel]]\nname = \"group\"\n\
            platform = \"dingtalk\"\naddress-file = \"secret\"\nsecret-env = \"PATH\"\nunits = [\"fagaiwei\"]\n";
        let mail = load_beside_a_secret(further).unwrap().mail;
        assert_eq!(mail.give_up_after, TimeDelta::days(10));
        let [channel] = &mail.channels[..] else { panic!("one channel") };
        assert!(channel.settings.secret.is_some() && channel.settings.has_usable_address());
        assert_eq!((channel.choice.kinds.len(), channel.choice.instead_of_mail), (2, false));
        assert!(!format!("{channel:?}").contains("k3y"));
    }

    #[test]
    fn every_mistake_about_secrets_and_robots_is_named() {
        let further = "transport = \"smtp\"\nhost = \"mail.example\"\nuser = \"u\"\npassword-file = \"empty\"\n\
            ca-file = \"secret\"\ngive-up-after = \"1h\"\n[[channel]]\nname = \"a\"\nplatform = \"icq\"\n\
            address-file = \"secret\"\naddress-env = \"PATH\"\n[[channel]]\nname = \"b\"\nplatform = \"wecom\"\n\
            kinds = [\"gossip\"]\naddress-credential = \"robot\"\n[bounces]\nmaildir = \"m\"\nevery = \"0s\"\n";
        let said = load_beside_a_secret(further).unwrap_err().to_string();
        for expected in [
            "empty` holds nothing",
            "ca-file: `secret`: it holds no certificate",
            "give-up-after: must be a day at least",
            "platform: `icq` is not known, allowed: wecom, dingtalk, feishu, json",
            "only one of address-file, address-env and address-credential may be given",
            "kinds: `gossip` is not known",
            "there is no credential `robot`: systemd has handed none over",
            "every: must be a second at least",
        ] {
            assert!(said.contains(expected), "{expected}\nnot in\n{said}");
        }
        assert!(!said.contains("k3y"), "{said}");
    }

    #[test]
    fn mail_that_leaves_for_real_wants_somebody_who_hears_that_it_does_not() {
        let smtp = "transport = \"smtp\"\nhost = \"mail.example\"\n";
        let said = load_beside_a_secret(smtp).unwrap_err().to_string();
        assert!(said.contains("xuncha.toml:1: operator: is missing: where mail leaves by SMTP"), "{said}");
        let operator = "[[operator]]\nname = \"w\"\nemail = \"ops@b.cn\"\n";
        let chat = |kind: &str| {
            format!(
                "[[channel]]\nname = \"g\"\nplatform = \"wecom\"\naddress-file = \"secret\"\nkinds = [\"{kind}\"]\n"
            )
        };
        for somebody in [operator.to_owned(), chat("operator")] {
            let config = load_beside_a_secret(&format!("{smtp}{somebody}")).unwrap();
            assert_eq!(config.remarks(), Vec::<String>::new());
        }
        assert!(load_beside_a_secret(&format!("{smtp}{}", chat("warning"))).is_err());
        let files = load_beside_a_secret("transport = \"file\"\ndirectory = \"mail\"\n").unwrap();
        assert!(files.remarks()[0].contains("only `xuncha status` shows it"), "{:?}", files.remarks());
    }

    const REST: &str = "rules = \"rules\"\nstate-dir = \"state\"\n[fetch]\ncontact = \"it@b.cn\"\n[mail]\n\
                        transport = \"file\"\ndirectory = \"mail\"\nfrom-name = \"中心\"\nfrom-email = \"a@b.cn\"\n";

    #[test]
    fn the_door_is_as_open_as_it_is_said_to_be_and_no_more() {
        let plain = load(&format!("socket = \"s.sock\"\n{REST}")).unwrap();
        assert!(plain.socket.ends_with("s.sock"));
        assert_eq!(plain.access, Access::default());
        let table = "[socket]\npath = \"t.sock\"\nmode = \"0666\"\nwrite-uids = [7]\nothers = \"nothing\"\n";
        let table = load(&format!("{REST}{table}")).unwrap();
        assert!(table.socket.ends_with("t.sock"));
        let access = Access { mode: 0o666, write_uids: vec![7], write_gids: vec![], others: May::Nothing };
        assert_eq!(table.access, access);
        let page = |keys: &str| load(&format!("{REST}[page]\n{keys}\n"));
        assert!(!page("listen = \"127.0.0.1:8420\"").unwrap().page.unwrap().open_to_network);
        assert!(
            page("listen = \"0.0.0.0:80\"\nopen-to-network = true").unwrap().page.unwrap().open_to_network
        );
        let said = page("listen = \"0.0.0.0:80\"").unwrap_err().to_string();
        assert!(said.contains("page.listen: `0.0.0.0:80` can be reached by others"), "{said}");
        let said = load(&format!("{REST}[socket]\nmode = \"0777\"\n")).unwrap_err().to_string();
        assert!(said.contains("socket.mode: `0777` is not known, allowed: 0600, 0660, 0666"), "{said}");
    }

    #[test]
    fn every_mistake_is_named_at_once() {
        let error = load(
            "rules = \"rules\"\ncolour = 1\n[fetch]\nworkers = 0\n[assess]\nconfirm-gap = \"0s\"\n[alert]\n\
             digest-from = \"nine\"\n[mail]\ntransport = \"pigeon\"\nfrom-name = \"x\"\nfrom-email = \"nobody\"\n\
             [render]\nmost-pages = 0\nfurther-hosts = [\"*\"]\n",
        )
        .unwrap_err();
        let said = error.to_string();
        for expected in [
            "state-dir: is missing",
            ":2: colour: unknown key, allowed here: rules, county, state-dir, socket, import-dir, secrets, page, fetch, render, assess, alert, operator, oversight, breaker, anchors, disk, mail, channel, bounces",
            "fetch.contact: is missing",
            ":4: fetch.workers: must be a whole number from 1 to 1024",
            ":6: assess.confirm-gap: must be longer than nothing",
            ":8: alert.digest-from: `nine` is not a time of day",
            ":10: mail.transport: `pigeon` is not known, allowed: smtp, file",
            ":12: mail.from-email: `nobody` is not a mail address",
            ":13: render.browser: is missing",
            ":14: render.most-pages: must be a whole number from 1 to 32",
            ":15: render.further-hosts: `*` is not a host",
        ] {
            assert!(said.contains(expected), "{expected}\nnot in\n{said}");
        }
    }
}
