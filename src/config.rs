//! The daemon's settings: `xuncha.toml`.
//!
//! [`Config::load`] reads the file in one pass and names every mistake with file, line and key, like the rules.
//! Relative paths are taken from the directory of the file. `deploy/xuncha.toml` shows every key.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{Days, NaiveTime, TimeDelta};

use crate::deliver::{Credentials, Sender, SmtpSettings, Tls};
use crate::rules::{Collector, Document, Problems, Table, looks_like_an_address};
use crate::serve::{Access, May, PageAt};
use crate::{alert, assess, fetch};

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
    /// How mail leaves.
    pub mail: Mail,
}

/// When units get their digests: at most one a day, within these hours of the county's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DigestHours {
    /// No digest before this time of day.
    pub from: NaiveTime,
    /// None at or after this one.
    pub until: NaiveTime,
    /// How long a unit's first change waits for others, so that what happens together is said together.
    pub gather: TimeDelta,
}

impl Default for DigestHours {
    fn default() -> Self {
        let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN);
        Self { from: time(9, 0), until: time(17, 30), gather: TimeDelta::minutes(30) }
    }
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct Mail {
    /// In whose name.
    pub sender: Sender,
    /// By which way.
    pub route: Route,
}

/// By which way mail leaves.
#[derive(Debug, Clone)]
pub enum Route {
    /// Through a mail server.
    Smtp(SmtpSettings),
    /// As `.eml` files into a directory.
    File(PathBuf),
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
}

fn read(root: &Table<'_>, directory: &Path) -> Option<Config> {
    let path = |text: String| directory.join(text);
    let rules = root.string("rules").map(path);
    let county = root.optional_string("county");
    let state_dir = root.string("state-dir").map(path);
    let (socket, access) = read_socket(root, directory);
    let page = root.optional_table("page").and_then(|table| read_page(&table));
    let fetching = root.table("fetch").and_then(|table| read_fetch(&table));
    let render = read_render(root, directory);
    let assess = read_assess(root);
    let (alert, digests) = read_alert(root);
    let mail = root.table("mail").and_then(|table| read_mail(&table, directory));
    root.finish();
    let (fetch, workers) = fetching?;
    let render = fetch::RenderSettings {
        contact: fetch.contact.clone(),
        longest_body: fetch.longest_body,
        resolve: fetch.resolve.clone(),
        ..render
    };
    Some(Config {
        rules: rules?,
        county,
        state_dir: state_dir?,
        socket,
        access,
        page,
        fetch,
        render,
        workers,
        assess,
        alert,
        digests,
        mail: mail?,
    })
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

fn read_alert(root: &Table<'_>) -> (alert::Policy, DigestHours) {
    let (usual, hours) = (alert::Policy::default(), DigestHours::default());
    let Some(table) = root.optional_table("alert") else { return (usual, hours) };
    let remind = table.optional_integer("remind-every-days", 1..=366).map(|days| Days::new(u64::from(days)));
    let hours = DigestHours {
        from: time_of_day(&table, "digest-from", hours.from),
        until: time_of_day(&table, "digest-until", hours.until),
        gather: table.duration_or("digest-gather", hours.gather),
    };
    if hours.from >= hours.until {
        table.report("digest-until", "must be later than digest-from, or no digest is ever sent");
    }
    table.finish();
    (alert::Policy { remind_every: remind.unwrap_or(usual.remind_every) }, hours)
}

fn time_of_day(table: &Table<'_>, key: &'static str, default: NaiveTime) -> NaiveTime {
    let Some(text) = table.optional_string(key) else { return default };
    NaiveTime::parse_from_str(&text, "%H:%M").unwrap_or_else(|_| {
        table.report(key, format!("`{text}` is not a time of day, wanted: \"09:00\""));
        default
    })
}

fn read_mail(table: &Table<'_>, directory: &Path) -> Option<Mail> {
    let name = table.string("from-name");
    let email = read_address(table, "from-email", true);
    let reply_to = read_address(table, "reply-to", false);
    let by_smtp = table.word("transport", &[("smtp", true), ("file", false)]);
    let route = match by_smtp {
        Some(true) => read_smtp(table, email.as_deref(), directory).map(Route::Smtp),
        Some(false) => table.string("directory").map(|text| Route::File(directory.join(text))),
        None => None,
    };
    if by_smtp.is_some() {
        table.finish();
    }
    Some(Mail { sender: Sender { name: name?, email: email?, reply_to }, route: route? })
}

fn read_address(table: &Table<'_>, key: &'static str, required: bool) -> Option<String> {
    let address = if required { table.string(key) } else { table.optional_string(key) }?;
    if !looks_like_an_address(&address) {
        table.report(key, format!("`{address}` is not a mail address, wanted: name@host"));
        return None;
    }
    Some(address)
}

fn read_smtp(table: &Table<'_>, from: Option<&str>, directory: &Path) -> Option<SmtpSettings> {
    let host = table.string("host");
    let tls = table
        .optional_word(
            "tls",
            &[("none", Tls::None), ("starttls", Tls::StartTls), ("implicit", Tls::Implicit)],
        )
        .unwrap_or(Tls::StartTls);
    let usual_port = match tls {
        Tls::None => 25,
        Tls::StartTls => 587,
        Tls::Implicit => 465,
    };
    let port = table.optional_integer("port", 1..=65535).and_then(|port| u16::try_from(port).ok());
    let credentials = read_credentials(table, directory);
    let hello = table.optional_string("hello");
    let timeout = duration(table, "timeout", Duration::from_secs(30));
    let own_host =
        || from.and_then(|address| address.split('@').next_back()).unwrap_or("localhost").to_owned();
    Some(SmtpSettings {
        host: host?,
        port: port.unwrap_or(usual_port),
        tls,
        credentials,
        hello: hello.unwrap_or_else(own_host),
        timeout,
    })
}

/// A password never stands in the configuration itself, but in a file that only the daemon may read.
fn read_credentials(table: &Table<'_>, directory: &Path) -> Option<Credentials> {
    let user = table.optional_string("user");
    let file = table.optional_string("password-file");
    match (user, file) {
        (None, None) => None,
        (Some(user), Some(file)) => match std::fs::read_to_string(directory.join(&file)) {
            Ok(password) => Some(Credentials { user, password: password.trim_end().to_owned() }),
            Err(error) => {
                table.report("password-file", format!("`{file}` cannot be read: {error}"));
                None
            }
        },
        (Some(_), None) => {
            table.report("password-file", "is missing: `user` needs a file that holds the password");
            None
        }
        (None, Some(_)) => {
            table.report("user", "is missing: `password-file` needs a user");
            None
        }
    }
}

fn duration(table: &Table<'_>, key: &'static str, default: Duration) -> Duration {
    let default = TimeDelta::from_std(default).unwrap_or(TimeDelta::seconds(30));
    table.duration_or(key, default).to_std().unwrap_or_default()
}

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
            ":2: colour: unknown key, allowed here: rules, county, state-dir, socket, page, fetch, render, assess, alert, mail",
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
