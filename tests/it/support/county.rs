//! A county on disk: crawl rules, `xuncha.toml`, and room for state, mails and the socket.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike, Days, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;
use tempfile::TempDir;

use super::now;
use super::web::Web;

/// One unit and its columns.
pub(crate) struct Unit {
    id: &'static str,
    name: &'static str,
    columns: Vec<Column>,
    feeds: String,
}

struct Column {
    id: String,
    name: String,
    cadence: &'static str,
    url: String,
    /// How it is read.
    keys: String,
}

impl Unit {
    pub(crate) fn new(id: &'static str, name: &'static str) -> Self {
        Self { id, name, columns: Vec::new(), feeds: String::new() }
    }

    /// A column that must publish twice a year.
    pub(crate) fn column(self, id: &str, name: &str, url: impl Into<String>) -> Self {
        self.paced(id, name, "half-year", url)
    }

    pub(crate) fn paced(
        mut self,
        id: &str,
        name: &str,
        cadence: &'static str,
        url: impl Into<String>,
    ) -> Self {
        let (id, name, keys) = (id.to_owned(), name.to_owned(), "preset = \"list\"".to_owned());
        self.columns.push(Column { id, name, cadence, url: url.into(), keys });
        self
    }

    /// The same with one more weekly account, with these keys and ways besides.
    pub(crate) fn feed(mut self, id: &str, name: &str, keys: &str) -> Self {
        write!(self.feeds, "\n[[feed]]\nid = \"{id}\"\naccount = \"{name}\"\ncadence = \"weekly\"\n{keys}\n")
            .unwrap();
        self
    }

    /// The same, with the last column read by these keys instead.
    pub(crate) fn read_by(mut self, keys: &str) -> Self {
        self.columns.last_mut().expect("there is a column").keys = keys.to_owned();
        self
    }

    fn rules(&self) -> String {
        let Self { id, name, .. } = self;
        let mut text = format!(
            "[unit]\nid = \"{id}\"\nname = \"{name}\"\n[[unit.webmaster]]\nname = \"信息员\"\nemail = \"{id}@langxi.example\"\n"
        );
        for Column { id, name, cadence, url, keys } in &self.columns {
            write!(
                text,
                "\n[[column]]\nid = \"{id}\"\nname = \"{name}\"\nurl = \"{url}\"\n{keys}\ncadence = \"{cadence}\"\n"
            )
            .unwrap();
        }
        text + &self.feeds
    }
}

const CADENCES: &str = r#"
[[cadence]]
name = "half-year"
months = 6
lead-days = 30
remark-due-soon = true

[[cadence]]
name = "weekly"
days = 7
lead-days = 2

[[cadence]]
name = "never"
unlimited = true
"#;

const PRESET: &str = r#"
[preset]
name = "list"
list = "ul.list"
row = "li"
link = "a"
date = "span"
empty = ["暂无信息"]
empty-in = "div.nodata"
"#;

/// When digests go out.
#[derive(Clone, Copy)]
pub(crate) enum Digests {
    /// Not today any more: what is to be told gathers.
    Later,
    /// Their time has come.
    Now,
}

/// By which way mail leaves.
#[derive(Clone, Copy)]
pub(crate) enum Post {
    Files,
    Smtp(SocketAddr),
}

pub(crate) struct County {
    directory: TempDir,
    zone: Tz,
}

impl County {
    /// A county whose only host is `web`, asked fast.
    pub(crate) fn new(web: &Web, units: &[Unit]) -> Self {
        Self::paced(web, units, "requests-per-second = 200\nburst = 20\nconcurrent = 8")
    }

    pub(crate) fn paced(web: &Web, units: &[Unit], pace: &str) -> Self {
        Self::make(web, units, pace, zone_far_from_midnight(now()))
    }

    /// A county for a simulation, which has its own time: in its real zone.
    pub(crate) fn simulated(web: &Web, units: &[Unit], pace: &str) -> Self {
        Self::make(web, units, pace, chrono_tz::Asia::Shanghai)
    }

    fn make(web: &Web, units: &[Unit], pace: &str, zone: Tz) -> Self {
        let county = Self { directory: tempfile::tempdir().unwrap(), zone };
        let order: Vec<&str> = units.iter().map(|unit| unit.id).collect();
        county.write("crawl-rules/cadences.toml", CADENCES);
        county.write("crawl-rules/presets/list.toml", PRESET);
        county.write_holidays();
        county.write(
            "crawl-rules/langxi/county.toml",
            &format!(
                "[county]\nname = \"郎溪县\"\nzone = \"{}\"\ncut-off-day = 27\nverdict-scheme = \"carry-over\"\n\
                 [order]\nannex-1 = {order:?}\n[[host]]\nname = \"{}\"\n{pace}\n",
                county.zone, web.address
            ),
        );
        for unit in units {
            county.write(&format!("crawl-rules/langxi/units/{}.toml", unit.id), &unit.rules());
        }
        std::fs::create_dir(county.path("run")).unwrap();
        county.configure(Digests::Later, Post::Files);
        county
    }

    /// Writes the configuration. It counts from the next start of the daemon on.
    pub(crate) fn configure(&self, digests: Digests, post: Post) {
        let digests_from = match digests {
            Digests::Later => "23:58",
            Digests::Now => "00:00",
        };
        let (operator, route) = match post {
            Post::Files => ("", "transport = \"file\"\ndirectory = \"mail\"".to_owned()),
            Post::Smtp(address) => {
                let port = address.port();
                let route =
                    format!("transport = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"");
                ("[[operator]]\nname = \"管理员\"\nemail = \"ops@langxi.example\"\n", route)
            }
        };
        self.write(
            "xuncha.toml",
            &format!(
                "rules = \"crawl-rules\"\nstate-dir = \"state\"\nsocket = \"run/xuncha.sock\"\n\
                 [fetch]\ncontact = \"xxzx@langxi.example\"\ntotal-timeout = \"5m\"\n\
                 [assess]\nconfirm-gap = \"1s\"\n[alert]\ndigest-from = \"{digests_from}\"\n\
                 digest-until = \"23:59\"\ndigest-days = \"every\"\ndigest-gather = \"0s\"\n{operator}\
                 [mail]\nfrom-name = \"信息中心\"\nfrom-email = \"xxzx@langxi.example\"\n{route}\n"
            ),
        );
    }

    /// Adds to the configuration. It counts from the next start of the daemon on.
    pub(crate) fn add(&self, text: &str) {
        let before = std::fs::read_to_string(self.config()).unwrap();
        self.write("xuncha.toml", &format!("{before}\n{text}"));
    }

    /// Sets the socket up otherwise, from the next start on.
    pub(crate) fn set_socket(&self, value: &str) {
        let text = std::fs::read_to_string(self.config()).unwrap();
        self.write(
            "xuncha.toml",
            &text.replace("socket = \"run/xuncha.sock\"", &format!("socket = {value}")),
        );
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.path("xuncha.toml")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.path("run/xuncha.sock")
    }

    /// The day this many days ago, as the county counts them.
    pub(crate) fn days_ago(&self, days: u64) -> NaiveDate {
        now().with_timezone(&self.zone).date_naive() - Days::new(days)
    }

    /// The mails in the drop directory, by name.
    pub(crate) fn mails(&self) -> Vec<(String, String)> {
        mails_in(&self.path("mail"))
    }

    /// The shipped holidays, and for this year and the next at least none.
    fn write_holidays(&self) {
        let this_year = now().with_timezone(&self.zone).year();
        for year in (2022..=2026).chain([this_year, this_year + 1]) {
            let shipped = format!("{}/crawl-rules/holidays/{year}.toml", env!("CARGO_MANIFEST_DIR"));
            let none = || format!("year = {year}\npapers = []\n");
            let text = std::fs::read_to_string(shipped).unwrap_or_else(|_| none());
            self.write(&format!("crawl-rules/holidays/{year}.toml"), &text);
        }
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// The mails in a directory, by name.
pub(crate) fn mails_in(directory: &Path) -> Vec<(String, String)> {
    let mut mails: Vec<(String, String)> = std::fs::read_dir(directory)
        .map(|entries| {
            let paths = entries.map(|entry| entry.unwrap().path());
            paths
                .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
                .map(|path| {
                    let name = path.file_name().unwrap().to_string_lossy().into_owned();
                    (name, std::fs::read_to_string(path).unwrap())
                })
                .collect()
        })
        .unwrap_or_default();
    mails.sort();
    mails
}

/// Shanghai, unless a new day is about to begin there or has just begun: no test shall run across midnight.
fn zone_far_from_midnight(now: DateTime<Utc>) -> Tz {
    match now.with_timezone(&chrono_tz::Asia::Shanghai).hour() {
        1..23 => chrono_tz::Asia::Shanghai,
        _ => chrono_tz::Europe::London,
    }
}
