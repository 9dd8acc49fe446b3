use std::path::Path;

use super::super::document::Document;
use super::super::problem::Collector;
use super::read::Outlines;
use super::*;

const OURS: &str = "[unit]\nid = \"yiju\"\nname = \"县一局\"\n\n[[unit.webmaster]]\nname = \"甲\"\nemail = \"a@example.gov.cn\"\n\n\
    [[column]]\nid = \"dongtai\"\nname = \"动态\"\nurl = \"https://www.example.gov.cn/1\"\n\n\
    [[feed]]\nid = \"weixin\"\nplatform = \"wechat\"\naccount = \"<一局> & \\\"他\\\"\\n们\\t🎉\"\ncadence = \"weekly\"\n\n\
    [[feed.via]]\nkind = \"rss\"\nurl = \"https://rss.example.gov.cn/1?a=b&c=d#e\"\n\n\
    [[feed]]\nid = \"weibo\"\nplatform = \"weibo\"\naccount = \"一局\"\ncadence = \"two-weeks\"\n\n\
    [[feed.via]]\nkind = \"rss\"\nurl = \"https://rss.example.gov.cn/2\"\n";

fn file(text: &str) -> UnitFile {
    let problems = Collector::default();
    let file = UnitFile::read(&Document::from_text("yiju.toml", text), &problems);
    problems.into_result(file).unwrap()
}

fn said(outlines: &Outlines) -> Vec<String> {
    outlines.problems(Path::new("f.opml"), Vec::new()).iter().map(ToString::to_string).collect()
}

fn foreign() -> ForeignAccounts {
    let some = |text: &str| Some(text.to_owned());
    ForeignAccounts { unit: some("yiju"), cadence: some("weekly"), platform: None }
}

const MORE_WAYS: &str = "\n[[feed.via]]\nkind = \"weibo-openapi\"\nname = \"own\"\nuid = \"1000000001\"\n\
    secret = \"yiju-weibo\"\nbase = \"https://weibo.example/\"\n\n\
    [[feed.via]]\nkind = \"record\"\n";

const FOREIGN: &str = "<?xml version=\"1.0\"?>\n<opml version=\"1.0\"><head><title>x</title></head><body>\n\
    <outline text=\"政务\">\n\
    <outline type=\"rss\" text=\"一局\" category=\"/微博\" xmlUrl=\"https://rss.example.gov.cn/new\" htmlUrl=\"x\"/>\n\
    <outline\n  title=\"一局发布\" type=\"rss\" category=\"douyin\" xmlUrl=\"https://rss.example.gov.cn/3\"/>\n\
    </outline></body></opml>";

#[test]
fn accounts_are_kept_whole_and_columns_left_alone() {
    let ours = file(OURS);
    let text = write("县", std::slice::from_ref(&ours));
    let outlines = read(&text, &ForeignAccounts::default());
    assert_eq!(said(&outlines), [""; 0]);
    assert_eq!(outlines.units(), ["yiju"]);
    assert!(keeps(&text, &ours));
    let lost = file(&OURS.replace("<一局>", "\\u0001"));
    assert!(!keeps(&write("县", std::slice::from_ref(&lost)), &lost));
    assert!(!keeps(&text, &lost));
}

#[test]
fn a_list_from_elsewhere_is_given_what_it_lacks() {
    let outlines = read(FOREIGN, &foreign());
    assert_eq!(said(&outlines), [""; 0]);
    let mut ours = file(OURS);
    outlines.give_to(&mut ours);
    let accounts: Vec<[&str; 4]> = ours
        .feeds
        .iter()
        .map(|feed| {
            let account = &feed.account;
            [account.text("id"), account.text("platform"), account.text("cadence"), feed.ways[0].text("url")]
        })
        .collect();
    // The account that is known keeps its id and gets its new address; the other one is new.
    assert_eq!(accounts.len(), 3);
    assert_eq!(accounts[1], ["weibo", "weibo", "weekly", "https://rss.example.gov.cn/new"]);
    assert_eq!(accounts[2], ["yijufabu", "douyin", "weekly", "https://rss.example.gov.cn/3"]);
}

#[test]
fn ways_without_an_address_are_kept_and_offered_to_no_other_reader() {
    let ours = file(&format!("{OURS}{MORE_WAYS}"));
    let text = write("县", std::slice::from_ref(&ours));
    assert!(keeps(&text, &ours), "{text}");
    assert_eq!(text.matches("type=\"rss\"").count(), 2);
    assert_eq!(text.matches("xuncha-kind=").count(), 4);
}

#[test]
fn a_list_of_feeds_leaves_the_other_ways_of_an_account_alone() {
    let mut ours = file(&format!("{OURS}{MORE_WAYS}"));
    read(FOREIGN, &foreign()).give_to(&mut ours);
    let ways: Vec<&str> = ours.feeds[1].ways.iter().map(|way| way.text("kind")).collect();
    assert_eq!(ways, ["rss", "weibo-openapi", "record"]);
    assert_eq!(ours.feeds[1].ways[0].text("url"), "https://rss.example.gov.cn/new");
}

#[test]
fn what_nobody_says_is_asked_for_with_its_line() {
    let outlines = read(&FOREIGN.replace(" category=\"/微博\"", ""), &ForeignAccounts::default());
    assert_eq!(
        said(&outlines),
        [
            "f.opml:4: xuncha-unit: does not say whose account this is: give --unit ID",
            "f.opml:5: xuncha-unit: does not say whose account this is: give --unit ID",
        ]
    );
    let only_unit = ForeignAccounts { cadence: None, ..foreign() };
    let outlines = read(&FOREIGN.replace(" category=\"/微博\"", ""), &only_unit);
    assert_eq!(
        said(&outlines),
        [
            "f.opml:4: xuncha-cadence: is missing: give --cadence NAME",
            "f.opml:4: xuncha-platform: is missing: give --platform NAME",
            "f.opml:5: xuncha-cadence: is missing: give --cadence NAME",
        ]
    );
}

#[test]
fn an_account_that_is_listed_twice_is_never_half_lost() {
    let text = write("县", &[file(OURS)]).replace("xuncha-id=\"weibo\"", "xuncha-id=\"weixin\"");
    let said = said(&read(&text, &ForeignAccounts::default()));
    assert_eq!(said, ["f.opml:9: text: the account is on line 8 already"]);
}

#[test]
fn text_that_is_no_opml_is_refused() {
    for text in [
        "",
        "<rss/>",
        "<opml><body><outline",
        "<opml><body></opml>",
        "<opml a=&x;><outline text='&y;'/></opml>",
    ] {
        assert!(!said(&read(text, &foreign())).is_empty(), "{text}");
    }
}

#[test]
fn outlines_may_nest_as_deep_as_they_like() {
    let text = format!("<opml>{}{}</opml>", "<outline>".repeat(50_000), "</outline>".repeat(50_000));
    assert_eq!(said(&read(&text, &foreign())), [""; 0]);
}
