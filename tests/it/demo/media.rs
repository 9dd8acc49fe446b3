//! The demo's accounts: on platforms that refuse, behind a bridge that stands still, and by files that are handed in.

use std::collections::BTreeSet;

use xuncha::assess::BridgeHealth;
use xuncha::rules::{Source, SourceKind, WayKind};
use xuncha::store::WayRecord;

use super::PLAYED;
use super::sites::traffic;
use crate::support::text::plain_text_of;

fn accounts() -> impl Iterator<Item = &'static Source> {
    PLAYED.rules.sources.iter().filter(|source| source.kind != SourceKind::Column)
}

fn way<'p>(account: &str, way: &str) -> &'p WayRecord {
    let (_, record) = PLAYED.records.iter().find(|(id, _)| id.as_str() == account).expect(account);
    record.ways.iter().find(|known| known.way.as_str() == way).expect(way)
}

#[test]
fn the_accounts_are_read_by_many_kinds_of_ways_and_all_are_well_in_the_end() {
    let ways = || accounts().flat_map(|account| &account.ways);
    let kinds: BTreeSet<&str> = ways().map(|way| way.kind.word()).collect();
    let expected = [
        "douyin-openapi",
        "huawei-appdl",
        "itunes",
        "rss",
        "wechat-api",
        "wechat-backend",
        "weibo-openapi",
        "yyb",
    ];
    assert_eq!(kinds, BTreeSet::from(expected));
    assert!(ways().filter(|way| way.bridge.is_some()).count() >= 8);
    for account in accounts().filter(|account| account.is_read_by_ways()) {
        for known in &PLAYED.records[&account.id].ways {
            assert_eq!(known.trouble, None, "{} by {}", account.id, known.way);
            assert!(known.newest.is_some(), "{} by {}", account.id, known.way);
            assert!(
                matches!(known.bridge, None | Some(BridgeHealth::Well { .. })),
                "{}: {known:?}",
                account.id
            );
        }
    }
    assert_eq!(way("yibaoju/weixin", "wechat-backend").newest.as_ref().unwrap().found.word(), "json");
}

#[test]
fn platforms_turned_us_away_as_the_scenario_says_and_were_left_alone_for_hours() {
    for host in
        ["weibo.langxi.example", "weixin.langxi.example", "douyin.langxi.example", "rss.langxi.example"]
    {
        let [requests, _, _, refused, again] = traffic(host).map(Option::unwrap_or_default);
        assert!(refused > 0.0 && refused < requests / 4.0, "{host}: {refused} of {requests}");
        assert!(again == 0.0 || again >= 6.0, "{host}: {again}");
    }
    for host in
        ["itunes.langxi.example", "yyb.langxi.example", "huawei.langxi.example", "zhuanhuan.langxi.example"]
    {
        assert_eq!(traffic(host)[3], Some(0.0), "{host}");
    }
}

#[test]
fn only_accounts_that_fell_silent_are_accused_in_any_mail() {
    let silent = ["郎溪县民生工程", "毕桥印象", "郎溪普法"];
    let accused = |name: &str| {
        let lines = [format!("超期】{name}（"), format!("未处理】{name}（")];
        let accuses = |mail: &str| lines.iter().any(|line| plain_text_of(mail).contains(line));
        PLAYED.mails.iter().find(|(_, mail)| accuses(mail)).map(|(mail, _)| mail)
    };
    for account in accounts().filter(|account| !silent.contains(&account.name.as_str())) {
        assert_eq!(accused(&account.name), None, "{}", account.name);
    }
    for name in silent {
        assert!(accused(name).is_some(), "{name}");
    }
}

#[test]
fn no_mail_speaks_of_an_account_while_its_bridge_is_sick() {
    let bridged = accounts().filter(|account| account.ways.iter().all(|way| way.bridge.is_some()));
    let days = "20221208"..="20221214";
    for account in bridged {
        let told = format!("】{}（", account.name);
        let while_sick = PLAYED.mails.iter().filter(|(name, _)| {
            let [_, _, day, ..] = name.split(['.', '@']).collect::<Vec<_>>()[..] else { panic!("{name}") };
            days.contains(&day)
        });
        let mut mails = while_sick.filter(|(_, mail)| plain_text_of(mail).contains(&told));
        assert_eq!(mails.next().map(|(name, _)| name), None, "{}", account.name);
    }
}

#[test]
fn the_menu_was_followed_and_nothing_is_wrong_with_it() {
    let account = accounts().find(|account| account.id.as_str() == "zhengfuban/weixin").unwrap();
    assert!(account.ways.iter().any(|way| matches!(way.kind, WayKind::WechatApi { .. })));
    let menu = PLAYED.menu.as_ref().expect("the menu was looked at");
    assert_eq!((menu.unknown.as_ref(), menu.links.len()), (None, 2));
    assert!(menu.links.iter().all(|link| link.fault.is_none() && link.look.newest.is_some()), "{menu:?}");
}
