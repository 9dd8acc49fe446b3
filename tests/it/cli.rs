//! The command as people and their scripts run it: words, streams and exit codes.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::county::{County, Unit};
use crate::support::daemon::{Daemon, Said, ask, say, xuncha};
use crate::support::web::{Answer, Web, list_page};

/// A file of a rules directory. A line that ends in `# !TEXT` is a mistake: `TEXT` is said of it, at least.
struct File(&'static str, &'static str);

const CADENCES: File = File(
    "cadences.toml",
    r#"
[[cadence]]
name = "half-year"
months = 6
lead-days = 30

[[cadence]]
name = "both"
days = 7
months = 1                        # !cadence.months: exactly one of days, months or unlimited
lead-days = 2

[[cadence]]
name = "half-year"                # !cadence.name: the cadence `half-year` is defined twice
months = 5
lead-days = 30
"#,
);

const PRESET: File = File(
    "presets/list.toml",
    r#"
[preset]
name = "list"
list = "ul.list"
row = "li["                       # !preset.row: 
date = "span"
"#,
);

const COUNTY: File = File(
    "langxi/county.toml",
    r#"
[county]
name = "郎溪县"
zone = "Asia/Langxi"              # !county.zone: `Asia/Langxi` is not a time zone
cut-off-day = 32                  # !county.cut-off-day: must be a whole number from 1 to 31
verdict-scheme = "carry-over"

[order]
annex-1 = [
    "fagaiwei",
    "nobody",                     # !order.annex-1: `nobody` is not a unit of this county
]

[[host]]
name = "www.langxi.example"
requests-per-second = 1
seconds-per-request = 3           # !host.seconds-per-request: give this or requests-per-second, not both
"#,
);

const FAGAIWEI: File = File(
    "langxi/units/fagaiwei.toml",
    r#"
[unit]
id = "fagaiwei"
name = "县发改委"
colour = "red"                    # !unit.colour: unknown key, allowed here: 
counted = "yes"                   # !unit.counted: must be true or false

[[unit.webmaster]]
name = "信息员"
email = "fagaiwei at langxi"      # !unit.webmaster.email: `fagaiwei at langxi` is not a mail address

[[column]]
id = "jihua"
name = "规划计划"
url = "http://www.langxi.example/1"
cadence = "fortnightly"           # !column.cadence: `fortnightly` is not a cadence, allowed: 

[[column]]
id = "renshi"
name = "人事信息"
url = "www.langxi.example/2"      # !column.url: `www.langxi.example/2` is not an address
cadence = "half-year"

[[column]]
id = "tongzhi"
name = "通知公告"
url = "http://www.langxi.example/3"
preset = "dreamweaver"            # !column.preset: `dreamweaver` is not a preset, allowed: auto
cadence = "half-year"

[[column]]
id = "dongtai"
name = "工作动态"
url = "http://www.langxi.example/4"
row = "li"
date = "span::"                   # !column.date: 
cadence = "half-year"

[[column]]
id = "Gongkai"                    # !column.id: `Gongkai` is not an id
name = "信息公开"
url = "http://www.langxi.example/5"
cadence = "half-year"

[[column]]
id = "zhaobiao"
name = "招标"
url = "http://www.langxi.example/6"
cadence = "half-year"

[[column]]
id = "zhaobiao"                   # !column.id: `fagaiwei/zhaobiao` is already used on line 
name = "招标公告"
url = "http://www.langxi.example/7"
cadence = "half-year"

[[column]]
id = "mima"
name = "密码"
url = "http://user:secret@www.langxi.example/7" # !column.url: must not hold a user name or password
cadence = "half-year"

[[column]]
id = "xin"
was = ["zhaobiao", "lao"]         # !column.was: `fagaiwei/zhaobiao` is still there, on line 
name = "新栏目"
url = "http://www.langxi.example/9"
cadence = "half-year"

[[column]]
id = "lingyige"
was = "lao"                       # !column.was: `fagaiwei/lao` has already become the source of line 
name = "另一个"
url = "http://www.langxi.example/10"
cadence = "half-year"

[[column]]
id = "disange"
was = "Lao"                       # !column.was: `Lao` is not an id, wanted: 
name = "第三个"
url = "http://www.langxi.example/11"
cadence = "half-year"

[[column]]                        # !column.name: is missing
id = "nameless"
url = "http://www.langxi.example/8"
cadence = "half-year"
"#,
);

const SYNTAX: File = File(
    "langxi/units/shenjiju.toml",
    r#"
[unit]
id = "shenjiju"
name = = "县审计局"               # !: is not TOML here: 
"#,
);

const NAMED_WRONG: File = File(
    "langxi/units/tongji.toml",
    r#"
[unit]                            # !unit.webmaster: is missing
id = "tongjiju"
name = "县统计局"
"#,
);

impl File {
    fn write(&self, directory: &Path) {
        let path = directory.join(self.0);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, self.1).unwrap();
    }

    /// What must be said of this file.
    fn expected(&self, directory: &Path) -> Vec<String> {
        let path = directory.join(self.0);
        let lines = self.1.lines().zip(1..);
        lines
            .filter_map(|(line, number)| Some((line.split_once("# !")?.1, number)))
            .map(|(what, number)| format!("{}:{number}: {}", path.display(), what.trim_start_matches(": ")))
            .collect()
    }
}

#[test]
fn check_names_every_mistake_with_file_and_line() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let files = [CADENCES, PRESET, COUNTY, FAGAIWEI, SYNTAX, NAMED_WRONG];
    for file in &files {
        file.write(directory);
    }
    let said = say(&["check", directory.to_str().unwrap()]);
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
    let mut expected: Vec<String> = files.iter().flat_map(|file| file.expected(directory)).collect();
    assert!(expected.len() >= 20);
    let unit = directory.join("langxi/units/tongji.toml");
    expected.push(format!("{}: unit.id: the file must be called tongjiju.toml", unit.display()));
    let missing: Vec<&String> = expected.iter().filter(|line| !said.out.contains(line.as_str())).collect();
    assert!(missing.is_empty(), "{missing:#?}\nnot in\n{}", said.out);
    // Text that is not TOML may confuse what follows it; every other mistake is one line.
    let elsewhere = |line: &&str| !line.contains(SYNTAX.0);
    let of_files = said.out.lines().filter(|line| line.starts_with(directory.to_str().unwrap()));
    assert_eq!(of_files.filter(elsewhere).count(), expected.len() - 1, "{}", said.out);
}

#[test]
fn check_accepts_the_shipped_rules() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("crawl-rules");
    let said = say(&["check", rules.to_str().unwrap(), "--on", "2025-06-01"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("in order: 郎溪县, "), "{}", said.out);
    assert!(!said.out.contains("warning"), "{}", said.out);
}

#[test]
fn check_refuses_a_year_without_holidays_and_warns_of_the_next() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("crawl-rules");
    let on = |day: &str| say(&["check", rules.to_str().unwrap(), "--on", day]);
    let said = on("2026-06-01");
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(said.out.contains("holidays/2027.toml: is missing: add it once"), "{}", said.out);
    let said = on("2027-01-01");
    assert_eq!(said.code, 2, "{}", said.out);
    assert!(
        said.out.contains("holidays/2027.toml: is missing: without the holidays of 2027"),
        "{}",
        said.out
    );
}

#[test]
fn check_accepts_the_shipped_configuration() {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/xuncha.toml");
    let said = xuncha(&["check", "--on", "2025-06-01", "--config"]).arg(&config).output().unwrap();
    let said = Said::from(said);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains(&format!("{}: in order", config.display())), "{}", said.out);
    assert!(said.out.contains("in order: 郎溪县, "), "{}", said.out);
}

#[test]
fn check_without_arguments_takes_the_configuration_of_this_directory() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("xuncha.toml"), "rules = \"crawl-rules\"\nstat-dir = \"state\"\n")
        .unwrap();
    let said: Said = xuncha(&["check"]).current_dir(directory.path()).output().unwrap().into();
    assert_eq!(said.code, 2);
    assert!(said.out.contains("xuncha.toml:2: stat-dir: unknown key"), "{}", said.out);
    assert!(said.out.contains("state-dir: is missing"), "{}", said.out);
}

#[test]
fn run_with_mistakes_names_them_and_starts_nothing() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("xuncha.toml"), "rules = \"crawl-rules\"\ncolour = \"red\"\n")
        .unwrap();
    let said: Said = xuncha(&["run"]).current_dir(directory.path()).output().unwrap().into();
    assert_eq!(said.code, 1);
    assert!(said.err.contains("xuncha.toml:2: colour: unknown key"), "{}", said.err);
    assert!(said.err.contains("fetch: is missing"), "{}", said.err);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn help_lists_the_commands_and_the_exit_codes() {
    let said = say(&["--help"]);
    assert_eq!(said.code, 0);
    for command in ["demo", "run", "check", "status", "due", "alerts", "recheck", "bulletin"] {
        let line = format!("\n  {command} ");
        assert!(said.out.contains(&line), "{command} not in\n{}", said.out);
    }
    assert!(said.out.contains("XUNCHA_SOCKET"));
    let said = say(&["status", "--help"]);
    assert!(said.out.contains("0 all fresh, 1 something due soon, 2 something overdue or blank, 3 unknown"));
    let said = say(&["bulletin", "--help"]);
    for command in ["draft", "issue", "export"] {
        assert!(said.out.contains(&format!("\n  {command} ")), "{}", said.out);
    }
    assert_eq!(say(&["--version"]).out, concat!("xuncha ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn without_a_daemon_questions_say_so_and_status_ends_with_3() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("none.sock");
    let table: [(&[&str], i32); 5] = [
        (&["status"], 3),
        (&["due"], 1),
        (&["alerts"], 1),
        (&["recheck", "x"], 1),
        (&["bulletin", "draft", "2022-12"], 1),
    ];
    for (arguments, code) in table {
        let said = ask(&socket, arguments);
        assert_eq!(said.code, code, "{arguments:?}");
        assert_eq!(said.out, "");
        let expected =
            format!("xuncha: no daemon answers on `{}`: No such file or directory", socket.display());
        assert!(said.err.starts_with(&expected), "{}", said.err);
        assert!(said.err.contains("start one with `xuncha run`"), "{}", said.err);
        assert_eq!(said.err.matches("No such file").count(), 1, "{}", said.err);
    }
}

/// One unit of each standing.
async fn county() -> (Web, County, Daemon) {
    let web = Web::start().await;
    let units = [
        Unit::new("fagaiwei", "县发改委").column("jihua", "规划计划", web.url("/fresh")).paced(
            "lishi",
            "历史专题",
            "never",
            web.url("/old"),
        ),
        Unit::new("gonganju", "县公安局").paced("dongtai", "警务动态", "weekly", web.url("/due")),
        Unit::new("shenjiju", "县审计局").column("jihua", "规划计划", web.url("/old")).column(
            "jieguo",
            "审计结果",
            web.url("/old"),
        ),
        Unit::new("tongjiju", "县统计局").column("shuju", "统计数据", web.url("/gone")),
    ];
    let county = County::new(&web, &units);
    for (path, days) in [("/fresh", 20), ("/due", 6), ("/old", 300)] {
        web.tell(path, Answer::page(list_page(&[("通知\u{1b}[2J公告", county.days_ago(days))])));
    }
    let daemon = Daemon::start(&county).await;
    daemon.has_polled_all().await;
    daemon.stands("shenjiju/jihua", "overdue").await;
    daemon.stands("shenjiju/jieguo", "overdue").await;
    (web, county, daemon)
}

#[tokio::test]
async fn status_says_how_things_stand_in_words_in_json_and_in_its_exit_code() {
    let (_web, _county, daemon) = county().await;
    let table: [(&[&str], i32, &str); 10] = [
        (&["status"], 2, "县审计局"),
        (&["status", "fagaiwei"], 0, "县发改委（fagaiwei）"),
        (&["status", "县公安局"], 1, "即将到期 1"),
        (&["status", "审计局"], 2, "超期 2"),
        (&["status", "统计"], 3, "未知 1"),
        (&["status", "fagaiwei/jihua"], 0, "规划计划（fagaiwei/jihua）"),
        (&["status", "历史专题"], 0, "豁免"),
        (&["status", "警务"], 1, "即将到期"),
        (&["status", "审计结果"], 2, "超期"),
        (&["status", "shuju"], 3, "there is no such page: HTTP 404"),
    ];
    for (arguments, code, part) in table {
        let said = daemon.say(arguments);
        assert_eq!(said.code, code, "{arguments:?}\n{}{}", said.out, said.err);
        assert!(said.out.contains(part), "{arguments:?}: {part} not in\n{}", said.out);
        assert!(!said.out.contains('\u{1b}'), "a title reached the terminal as it was:\n{}", said.out);

        let said = daemon.say(&[arguments, &["--json"]].concat());
        assert_eq!(said.code, code, "{arguments:?}");
        let json: Value = serde_json::from_str(&said.out).unwrap();
        assert!(json["as_of"].is_string(), "{arguments:?}");
    }
    let json: Value = serde_json::from_str(&daemon.say(&["status", "--json"]).out).unwrap();
    let counts = serde_json::json!({"due-soon": 1, "exempt": 1, "fresh": 1, "overdue": 2, "unknown": 1});
    assert_eq!(json["counts"], counts);
}

#[tokio::test]
async fn who_asks_in_english_is_told_the_same_in_english() {
    let (_web, county, daemon) = county().await;
    for (arguments, part) in [
        (&["status"][..], "Overdue"),
        (&["status", "gonganju/dongtai"], "Standing   due soon"),
        (&["status", "shenjiju"], "overdue 2"),
        (&["due"], "overdue, blank, or due until "),
        (&["alerts"], "cannot be verified: "),
        (&["findings"], "findings on record: 0"),
        (&["events"], "alert: overdue"),
    ] {
        let said = daemon.say(&[arguments, &["--lang", "en"]].concat());
        assert!(
            said.out.to_lowercase().contains(&part.to_lowercase()),
            "{arguments:?}: {}{}",
            said.out,
            said.err
        );
        let chinese = daemon.say(arguments);
        assert_eq!(said.code, chinese.code);
        assert!(!chinese.out.contains(part), "{arguments:?}: {}", chinese.out);
    }
    let socket = county.socket();
    let json = |lang: &str| -> Value {
        let mut command = xuncha(&["status", "--json", "--socket"]);
        let said: Said = command.arg(&socket).env("XUNCHA_LANG", lang).output().unwrap().into();
        serde_json::from_str(&said.out).unwrap()
    };
    assert_eq!(json("en")["units"], json("zh-CN")["units"]);
}

#[tokio::test]
async fn what_is_watched_is_drawn_anew_on_a_terminal_until_told_to_end() {
    let (_web, county, daemon) = county().await;
    let piped = daemon.say(&["status", "--watch"]);
    assert_eq!(piped.code, 3);
    assert!(piped.err.contains("--watch wants a terminal"), "{}", piped.err);
    if Command::new("script").arg("--version").output().is_err() {
        println!("skipped: there is no `script` to give a terminal");
        return;
    }
    let typescript = county.path("typescript");
    let watched = format!(
        "{} status --watch=1 --lang en --socket {}",
        env!("CARGO_BIN_EXE_xuncha"),
        county.socket().display()
    );
    let pid = county.path("pid");
    let mut terminal = Command::new("script")
        .args(["-qefc", &format!("echo $$ > {}; exec {watched}", pid.display())])
        .arg(&typescript)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    crate::support::eventually("it is drawn twice", async || {
        let drawn = std::fs::read_to_string(&typescript).unwrap_or_default();
        (drawn.matches("\u{1b}[H").count() >= 2).then_some(())
    })
    .await;
    let pid = std::fs::read_to_string(pid).unwrap();
    assert!(Command::new("sh").args(["-c", "kill -INT \"$0\"", pid.trim()]).status().unwrap().success());
    let ended = crate::support::eventually("it ends", async || terminal.try_wait().unwrap()).await;
    assert!(ended.success(), "{ended}");
    let drawn = std::fs::read_to_string(&typescript).unwrap();
    assert!(drawn.contains("again every 1 s"), "{drawn}");
    let (screen, after) = drawn.rsplit_once("\u{1b}[?1049l").expect("the screen of before comes back");
    assert!(screen.contains("\u{1b}[?25h") && !after.contains("\u{1b}[?1049h"), "so does the cursor");
    assert!(!drawn.contains("\u{1b}[2J"), "nothing is cleared first");
}

#[tokio::test]
async fn a_name_that_fits_several_is_refused_with_all_of_them() {
    let (_web, _county, daemon) = county().await;
    let said = daemon.say(&["status", "规划计划"]);
    assert_eq!((said.code, said.out.as_str()), (3, ""));
    assert!(said.err.contains("`规划计划` fits 2 units or sources"), "{}", said.err);
    assert!(said.err.contains("fagaiwei/jihua, shenjiju/jihua"), "{}", said.err);
    let said = daemon.say(&["status", "没有这个"]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("no unit or source is called `没有这个`"), "{}", said.err);
    let said = daemon.say(&["recheck", "fagaiwei"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("`fagaiwei` is a unit"), "{}", said.err);
}

#[tokio::test]
async fn lists_and_writes_go_through_the_socket_however_it_is_named() {
    let (web, county, daemon) = county().await;
    let due = daemon.say(&["due", "--within", "30d"]);
    assert_eq!(due.code, 0, "{}", due.err);
    assert!(due.out.contains("审计结果") && due.out.contains("警务动态"), "{}", due.out);
    assert!(!due.out.contains("统计数据"), "{}", due.out);
    let due = daemon.say(&["due", "--within", "soon"]);
    assert_eq!(due.code, 1);
    assert!(due.err.contains("`soon` is not a number of days"), "{}", due.err);

    let said: Said = xuncha(&["alerts"]).env("XUNCHA_SOCKET", county.socket()).output().unwrap().into();
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.contains("当前预警 3 个") && said.out.contains("无法核实：无法打开页面："),
        "{}",
        said.out
    );

    let before = web.asked_for("/due").len();
    let inside = county.config().parent().unwrap().to_owned();
    let said: Said = xuncha(&["recheck", "警务动态"]).current_dir(inside).output().unwrap().into();
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("gonganju/dongtai"), "{}", said.out);
    crate::support::eventually("it is polled", async || (web.asked_for("/due").len() > before).then_some(()))
        .await;
}

#[tokio::test]
async fn a_bulletin_is_drafted_issued_and_exported() {
    let (_web, county, daemon) = county().await;
    let cutoff = county.days_ago(0).to_string();
    let this_month = county.days_ago(0).format("%Y-%m").to_string();
    let said = daemon.say(&["bulletin", "draft", &this_month, "--cutoff", &cutoff, "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let draft: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((draft["state"].as_str(), draft["cutoff"].as_str()), (Some("draft"), Some(cutoff.as_str())));

    let said = daemon.say(&["bulletin", "issue", "2022-12"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("could not be verified"), "{}", said.err);
    let said = daemon.say(&["bulletin", "issue", "2999-12"]);
    assert!(said.err.contains("the cut-off day 2999-12-27 has not ended"), "{}", said.err);
    let said = daemon.say(&["bulletin", "issue", "2022-12", "--accept-unverified"]);
    assert_eq!(said.code, 0, "{}", said.err);

    let out = county.path("out");
    let said = daemon.say(&[
        "bulletin",
        "export",
        "2022-12",
        "--format",
        "json,md,html",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_eq!(said.code, 0, "{}", said.err);
    for format in ["json", "md", "html"] {
        let path = out.join("2022-12").join(format!("bulletin.{format}"));
        assert!(std::fs::read_to_string(&path).unwrap().contains("郎溪县"), "{}", path.display());
        assert!(said.out.contains(&path.display().to_string()), "{}", said.out);
    }
    let said = daemon.say(&["bulletin", "export", "2022-11"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("no bulletin of 2022-11 has been issued"), "{}", said.err);
}
