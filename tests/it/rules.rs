//! `xuncha rules` as people run it: ledgers and feed lists out of a rules directory and back into it.

use std::path::{Path, PathBuf};

use rust_xlsxwriter::Workbook;

use crate::support::daemon::{Said, xuncha};
use crate::support::web::{Answer, Web, list_page};

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crawl-rules")
}

fn say(arguments: &[&str], paths: &[(&str, &Path)]) -> Said {
    let mut command = xuncha(arguments);
    for (option, path) in paths {
        if !option.is_empty() {
            command.arg(option);
        }
        command.arg(path);
    }
    command.output().unwrap().into()
}

/// A rules directory with what the shipped counties share, and a county without units.
fn county_without_units(directory: &Path) -> PathBuf {
    let rules = directory.join("rules");
    std::fs::create_dir_all(rules.join("langxi")).unwrap();
    std::fs::copy(shipped().join("cadences.toml"), rules.join("cadences.toml")).unwrap();
    for shared in ["presets", "holidays"] {
        std::fs::create_dir(rules.join(shared)).unwrap();
        for file in std::fs::read_dir(shipped().join(shared)).unwrap() {
            let path = file.unwrap().path();
            std::fs::copy(&path, rules.join(shared).join(path.file_name().unwrap())).unwrap();
        }
    }
    let county = "[county]\nname = \"郎溪县\"\ncut-off-day = 27\nverdict-scheme = \"carry-over\"\n";
    std::fs::write(rules.join("langxi/county.toml"), county).unwrap();
    std::fs::copy(shipped().join("langxi/bridges.toml"), rules.join("langxi/bridges.toml")).unwrap();
    rules
}

/// A ledger as a clerk writes it.
fn ledger(path: &Path, sheets: &[(&str, &[&[&str]])]) {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (row, cells) in (0..).zip(*rows) {
            for (column, text) in (0..).zip(*cells) {
                sheet.write_string(row, column, *text).unwrap();
            }
        }
    }
    book.save(path).unwrap();
}

const UNITS: (&str, &[&[&str]]) =
    ("单位", &[&["单位", "信息员姓名", "邮箱"], &["县一局", "甲", "yiju@example.gov.cn"]]);

#[test]
fn a_ledger_that_was_exported_is_imported_and_checked_clean() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ledger.xlsx");
    let out = say(&["rules", "export"], &[("--out", &file), ("", &shipped())]);
    assert_eq!((out.code, out.err.as_str()), (0, ""));
    assert!(out.out.ends_with("郎溪县, 46 units, 2250 columns, 40 accounts\n"), "{}", out.out);
    let again = say(&["rules", "export"], &[("--out", &file), ("", &shipped())]);
    assert!(again.code == 1 && again.err.contains("exists already"), "{}", again.err);

    let rules = county_without_units(directory.path());
    let came_in = say(&["rules", "import"], &[("", &file), ("--into", &rules)]);
    assert_eq!(came_in.code, 0, "{}{}", came_in.out, came_in.err);
    assert!(came_in.out.ends_with("46 unit files written, 0 unchanged\n"), "{}", came_in.out);
    let check = say(&["check", "--on", "2026-06-01"], &[("", &rules)]);
    assert!(check.code == 0 && check.out.contains("46 units, 2290 sources"), "{}", check.out);
}

#[test]
fn a_clerks_ledger_becomes_a_unit_file_once_its_mistakes_are_put_right() {
    let directory = tempfile::tempdir().unwrap();
    let rules = county_without_units(directory.path());
    let file = directory.path().join("ledger.xlsx");
    let heading: &[&str] = &["单位", "栏目", "地址", "更新周期"];
    let wrong: &[&[&str]] = &[
        heading,
        &["县一局", "动态", "www.example.gov.cn/1", ""],
        &["", "=HYPERLINK(1)", "https://www.example.gov.cn/2", "随时"],
    ];
    ledger(&file, &[UNITS, ("栏目", wrong)]);
    let refused = say(&["rules", "import"], &[("", &file), ("--into", &rules)]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    let lines: Vec<&str> = refused.out.lines().collect();
    assert!(lines[0].ends_with("ledger.xlsx: 栏目!C2 地址: `www.example.gov.cn/1` is not an address, wanted: http://… or https://…"), "{}", refused.out);
    assert!(lines[1].contains("栏目!D3 更新周期: `随时` is not a cadence, allowed: "), "{}", refused.out);
    assert_eq!(lines[2..], ["2 mistakes"]);
    assert!(!rules.join("langxi/units").exists());

    let right: &[&[&str]] = &[
        heading,
        &["县一局", "动态", "https://www.example.gov.cn/1", ""],
        &["", "=HYPERLINK(1)", "https://www.example.gov.cn/2", "半年"],
    ];
    ledger(&file, &[UNITS, ("栏目", right)]);
    assert_eq!(say(&["rules", "import"], &[("", &file), ("--into", &rules)]).code, 0);
    let unit = rules.join("langxi/units/xianyiju.toml");
    assert_eq!(
        std::fs::read_to_string(&unit).unwrap(),
        "[unit]\nid = \"xianyiju\"\nname = \"县一局\"\n\n\
         [[unit.webmaster]]\nname = \"甲\"\nemail = \"yiju@example.gov.cn\"\n\n\
         [[column]]\nid = \"dongtai\"\nname = \"动态\"\nurl = \"https://www.example.gov.cn/1\"\n\n\
         [[column]]\nid = \"hyperlink-1\"\nname = \"=HYPERLINK(1)\"\nurl = \"https://www.example.gov.cn/2\"\ncadence = \"half-year\"\n"
    );
    assert_eq!(say(&["check", "--on", "2026-06-01"], &[("", &rules)]).code, 0);
}

#[test]
fn a_unit_file_that_says_something_else_is_overwritten_only_by_force() {
    let directory = tempfile::tempdir().unwrap();
    let rules = county_without_units(directory.path());
    let file = directory.path().join("ledger.xlsx");
    ledger(&file, &[UNITS]);
    assert_eq!(say(&["rules", "import"], &[("", &file), ("--into", &rules)]).code, 0);
    let unit = rules.join("langxi/units/xianyiju.toml");
    let edited = std::fs::read_to_string(&unit).unwrap().replace("甲", "乙") + "# by hand\n";
    std::fs::write(&unit, &edited).unwrap();
    let refused = say(&["rules", "import"], &[("", &file), ("--into", &rules)]);
    assert!(refused.code == 2 && refused.out.contains("xianyiju.toml: exists already"), "{}", refused.out);
    assert_eq!(std::fs::read_to_string(&unit).unwrap(), edited);
    assert_eq!(say(&["rules", "import", "--force"], &[("", &file), ("--into", &rules)]).code, 0);
    assert!(std::fs::read_to_string(&unit).unwrap().contains("甲"));
}

#[test]
fn a_feed_list_from_elsewhere_is_given_to_a_unit() {
    let directory = tempfile::tempdir().unwrap();
    let rules = county_without_units(directory.path());
    let file = directory.path().join("ledger.xlsx");
    ledger(&file, &[UNITS]);
    assert_eq!(say(&["rules", "import"], &[("", &file), ("--into", &rules)]).code, 0);
    let list = directory.path().join("feeds.opml");
    let text = "<opml version=\"2.0\"><body>\n<outline type=\"rss\" text=\"一局发布\" xmlUrl=\"https://rss.example.gov.cn/1\"/>\n</body></opml>";
    std::fs::write(&list, text).unwrap();
    let asked = say(&["rules", "import", "--force"], &[("", &list), ("--into", &rules)]);
    assert!(
        asked.code == 2 && asked.out.contains("feeds.opml:2: xuncha-unit: does not say whose"),
        "{}",
        asked.out
    );
    let whose =
        ["rules", "import", "--force", "--unit", "xianyiju", "--cadence", "weekly", "--platform", "wechat"];
    let given = say(&whose, &[("", &list), ("--into", &rules)]);
    assert_eq!(given.code, 0, "{}{}", given.out, given.err);
    let unit = std::fs::read_to_string(rules.join("langxi/units/xianyiju.toml")).unwrap();
    assert!(unit.ends_with(
        "\n[[feed]]\nid = \"yijufabu\"\nplatform = \"wechat\"\naccount = \"一局发布\"\ncadence = \"weekly\"\n\n\
         [[feed.via]]\nkind = \"rss\"\nurl = \"https://rss.example.gov.cn/1\"\n"
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_heeds_robots_txt_and_its_pace() {
    let web = Web::start().await;
    web.tell("/robots.txt", Answer::page("User-agent: *\nDisallow: /open/7/2/\nCrawl-delay: 1\n"));
    let menu = "<html><head><meta charset=utf-8><title>县一局</title></head><body><ul class=menu>\
                <li><a href=/open/7/1/index.html>通知公告</a></li><li><a href=/open/7/2/index.html>人事信息</a></li>\
                <li><a href=/old/index.html>工作动态</a></li></ul></body></html>";
    web.tell("/open/7/index.html", Answer::page(menu));
    let rows = [("关于供水的公告", "2022-11-03"), ("关于供电的公告", "2022-10-03"), ("通告", "2022-09-03")];
    let rows = rows.map(|(title, day)| (title, day.parse().unwrap()));
    web.tell("/open/7/1/index.html", Answer::page(list_page(&rows)));
    web.tell("/open/7/2/index.html", Answer::page(list_page(&rows)));
    web.tell("/old/index.html", Answer::redirect("/open/7/2/index.html"));
    let directory = tempfile::tempdir().unwrap();
    let (out, rules) = (directory.path().join("unit.toml"), county_without_units(directory.path()));
    let start = web.url("/open/7/index.html");
    let arguments = ["rules", "discover", &start, "--unit", "yiju", "--name", "县一局"];
    let manners = ["--contact", "x@example.gov.cn", "--pace", "0.02"];
    let said = say(&[&arguments[..], &manners].concat(), &[("--out", &out), ("--rules", &rules)]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let asked = web.asked();
    let paths: Vec<&str> = asked.iter().map(|asked| asked.path.as_str()).collect();
    assert_eq!(paths, ["/robots.txt", "/open/7/index.html", "/open/7/1/index.html", "/old/index.html"]);
    for pair in asked.windows(2) {
        assert!((pair[1].at - pair[0].at).num_milliseconds() >= 950, "{}", pair[1].path);
    }
    assert!(said.out.contains("2 pages read, 2 not to be had"), "{}", said.out);

    web.tell("/robots.txt", Answer::page("User-agent: *\nDisallow: /\n"));
    let said =
        say(&[&arguments[..], &manners, &["--force"]].concat(), &[("--out", &out), ("--rules", &rules)]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("robots.txt forbids it: Disallow: / (line 2)"), "{}", said.err);
}

#[test]
fn a_walk_that_cannot_begin_says_why_and_writes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("unit.toml");
    let arguments = [
        "rules",
        "discover",
        "http://127.0.0.1:9/",
        "--unit",
        "yiju",
        "--name",
        "县一局",
        "--contact",
        "x@example.gov.cn",
    ];
    // A county may have no unit yet: this would be its first.
    let rules = county_without_units(directory.path());
    let said = say(&arguments, &[("--out", &out), ("--rules", &rules)]);
    assert_eq!(said.code, 1);
    assert!(
        said.err.contains("cannot read `http://127.0.0.1:9/`, where the walk should begin: cannot connect"),
        "{}",
        said.err
    );
    assert!(!out.exists());
}
