//! A source's page: how it stands, how we know, and when it was updated.

use chrono::NaiveDate;
use serde::Serialize;

use super::frame::local;
use super::listed::{Row, row};
use super::plot::{Plot, Record, plot};
use crate::alert::State;
use crate::assess::{Calendar, deadline};
use crate::rules::Source;
use crate::serve::view::{AccountView, SourceDetail, SourceView, WayView};
use crate::serve::words::{level_in_words, said_in_public};
use crate::store::SightingRecord;

/// Items listed.
const ITEMS: usize = 40;

#[derive(Debug, Serialize)]
pub(super) struct SourcePage {
    #[serde(flatten)]
    row: Row,
    url: Address,
    cadence: String,
    /// Why it stands so, in one sentence.
    because: String,
    /// What that rests on: a name and what is to be said.
    proof: Vec<(&'static str, String)>,
    newest: Option<Item>,
    remarks: Vec<String>,
    suspicions: Vec<String>,
    plot: Option<Plot>,
    items: Vec<Item>,
    seen: usize,
    account: Option<AccountBlock>,
}

/// What is said of an account besides. Who put what on record stays off the page.
#[derive(Debug, Serialize)]
struct AccountBlock {
    posts: String,
    ways: Vec<WayRow>,
    /// Days on which persons saw it, and the newest post that they saw.
    records: Vec<(String, String)>,
}

#[derive(Debug, Serialize)]
struct WayRow {
    chinese: String,
    health: &'static str,
    newest: Option<NaiveDate>,
    looked_at: String,
    trouble: String,
}

/// An address of a watched site. Only plain web addresses become links.
#[derive(Debug, Serialize)]
struct Address {
    text: String,
    is_link: bool,
}

#[derive(Debug, Serialize)]
struct Item {
    date: NaiveDate,
    title: String,
    url: Address,
    raw_date: String,
    found: String,
    first_seen: String,
}

pub(super) fn source(
    detail: &SourceDetail,
    history: &[SightingRecord],
    rule: &Source,
    calendar: &Calendar,
    today: NaiveDate,
) -> SourcePage {
    let view = detail.source.as_ref();
    let days: Vec<NaiveDate> = history.iter().map(|record| record.sighting.date).collect();
    let due_after = |day| deadline(day, &rule.cadence, calendar).map(|deadline| deadline.due);
    let first_seen = history.iter().map(|record| calendar.day_of(record.first_seen_at)).min();
    let record = Record {
        updates: &days,
        watched_since: first_seen.unwrap_or(today),
        is_late: view.standing == "overdue",
    };
    let items: Vec<Item> = history.iter().take(ITEMS).map(|record| item(record, calendar)).collect();
    SourcePage {
        row: row(view),
        url: address(&view.url),
        cadence: view.cadence.clone(),
        because: because(view),
        proof: proof(view, calendar),
        newest: history
            .iter()
            .find(|record| Some(record.sighting.date) == view.last)
            .map(|record| item(record, calendar)),
        remarks: detail
            .remarks
            .iter()
            .map(|remark| format!("{}（{}）", remark.chinese, remark.reason))
            .collect(),
        suspicions: detail.suspicions.iter().map(crate::assess::honesty::Suspicion::chinese).collect(),
        plot: plot(record, due_after, today),
        items,
        seen: history.len(),
        account: detail.account.as_ref().map(|account| account_block(account, calendar)),
    }
}

fn account_block(account: &AccountView, calendar: &Calendar) -> AccountBlock {
    let activity = &account.activity;
    let way = |way: &WayView| WayRow {
        chinese: way.chinese.clone(),
        health: match (way.health.as_str(), way.lacks_since) {
            ("well", None) => "正常",
            ("well", Some(_)) => "缺少最新内容",
            ("troubled", _) => "异常",
            _ => "尚无依据",
        },
        newest: way.newest.as_ref().map(|newest| newest.date),
        looked_at: way.looked_at.map_or_else(|| "—".to_owned(), |at| local(at, calendar.zone)),
        trouble: way.cause.as_ref().map(crate::assess::Cause::chinese).unwrap_or_default(),
    };
    let records = account.records.iter();
    AccountBlock {
        posts: format!("近 7 天 {} 条，近 30 天 {} 条", activity.posts_7d, activity.posts_30d),
        ways: account.ways.iter().map(way).collect(),
        records: records
            .map(|record| (local(record.at, calendar.zone), format!("{}《{}》", record.date, record.title)))
            .collect(),
    }
}

fn item(record: &SightingRecord, calendar: &Calendar) -> Item {
    let sighting = &record.sighting;
    let words = [Some(sighting.found.chinese()), sighting.kind.remark(), sighting.sureness.remark()];
    Item {
        date: sighting.date,
        title: sighting.title.clone(),
        url: address(&sighting.url),
        raw_date: sighting.raw_date.clone(),
        found: words.into_iter().flatten().collect::<Vec<_>>().join("，"),
        first_seen: local(record.first_seen_at, calendar.zone),
    }
}

fn address(text: &str) -> Address {
    let is_link = url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    Address { text: text.to_owned(), is_link }
}

fn because(view: &SourceView) -> String {
    let last = view.last.map_or_else(|| "无".to_owned(), |day| day.to_string());
    let limit = view.limit.as_deref().unwrap_or("无");
    match (view.standing.as_str(), &view.cause, view.due) {
        (_, Some(cause), _) => cause.chinese_in_public(),
        ("overdue", None, Some(due)) => format!(
            "最近更新为 {last}，期限{limit}，应于 {due} 前（含当日）更新；经 {} 次完整核查，仍未见更新的条目。",
            view.full_looks.len()
        ),
        ("blank", None, _) => format!("经 {} 次完整核查，栏目一直没有内容。", view.full_looks.len()),
        ("due-soon", None, Some(due)) => {
            format!("最近更新为 {last}，期限{limit}，请于 {due} 前（含当日）更新。")
        }
        ("fresh", None, Some(due)) => format!("最近更新为 {last}，期限{limit}，{due} 到期。"),
        ("exempt", None, _) if view.standpoint.exempted.is_some() => "经批准，暂不要求更新。".to_owned(),
        _ => "不设更新期限。".to_owned(),
    }
}

fn proof(view: &SourceView, calendar: &Calendar) -> Vec<(&'static str, String)> {
    let at = |at| local(at, calendar.zone);
    let mut proof = Vec::new();
    proof.push(("最近巡检", view.polled_at.map_or_else(|| "尚未巡检".to_owned(), at)));
    if let Some(seen_at) = view.seen_at {
        proof.push(("最近一次读到页面", at(seen_at)));
    }
    proof.push(("下次巡检", view.next_poll_at.map_or_else(|| "未安排".to_owned(), at)));
    match view.full_looks.as_slice() {
        [] => {}
        [only] => proof.push(("完整核查", format!("1 次，{}", at(*only)))),
        [first, .., last] => {
            let said = format!("{} 次，{} 至 {}", view.full_looks.len(), at(*first), at(*last));
            proof.push(("完整核查", said));
        }
    }
    if let Some(since) = view.failing_since {
        proof.push(("连续失败", format!("{} 次，自 {}", view.failures, at(since))));
    }
    if let State::Raised { level, raised_at, reminded_at } = view.alert {
        let said = format!("{}，自 {}，最近提醒 {}", level_in_words(level), at(raised_at), at(reminded_at));
        proof.push(("预警", said));
    }
    if view.told_this_week > 0 {
        proof.push(("本周提醒", format!("{} 次", view.told_this_week)));
    }
    proof.extend(said_in_public(view).into_iter().map(|said| ("人工", said)));
    proof
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{Stance, StanceKind, Standpoint};
    use crate::rules::SourceId;

    #[test]
    fn only_web_addresses_become_links() {
        assert!(address("https://www.langxi.example/a").is_link);
        for text in ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x", ""] {
            assert!(!address(text).is_link, "{text}");
        }
    }

    #[test]
    fn every_standing_says_why() {
        for (standing, expected) in [
            ("overdue", "仍未见更新"),
            ("due-soon", "请于 2022-12-30 前"),
            ("fresh", "2022-12-30 到期"),
            ("exempt", "不设更新期限"),
        ] {
            let view = SourceView {
                last: Some("2022-06-30".parse().unwrap()),
                due: Some("2022-12-30".parse().unwrap()),
                ..crate::serve::samples::source("a/1", standing)
            };
            assert!(because(&view).contains(expected), "{standing}: {}", because(&view));
        }
    }

    #[test]
    fn an_exemption_is_shown_with_why_it_was_given_and_without_names() {
        let until = crate::serve::samples::instant(0);
        let (evidence, approver) = ("郎政办〔2022〕1号".to_owned(), "李主任".to_owned());
        let given = Stance {
            source: SourceId::new("a/1"),
            given_at: until,
            by: "王五".to_owned(),
            reason: "网站迁移".to_owned(),
            kind: StanceKind::Exempted { evidence, approver, until },
        };
        let view = SourceView {
            standpoint: Standpoint { exempted: Some(given), ..Standpoint::default() },
            ..crate::serve::samples::source("a/1", "exempt")
        };
        assert_eq!(because(&view), "经批准，暂不要求更新。");
        let calendar = Calendar { zone: chrono_tz::Asia::Shanghai, cut_off_day: 27 };
        let said = proof(&view, &calendar);
        let [.., (name, said)] = &said[..] else { panic!("{said:?}") };
        assert_eq!((*name, said.as_str()), ("人工", "豁免至 2022-11-04：网站迁移；依据：郎政办〔2022〕1号"));
    }
}
