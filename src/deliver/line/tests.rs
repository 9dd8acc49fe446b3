use super::*;
use crate::deliver::notice::samples::{day, now, raised, row};

fn line(mut row: DigestRow, due: Option<NaiveDate>) -> Line {
    row.facts.due = due;
    Line::of(&row, day(11, 27))
}

#[test]
fn days_are_counted_to_or_from_the_due_date() {
    let resolved = || row(News::Resolved { level: Level::Overdue, raised_at: now() });
    let table = [
        (raised(Level::Overdue), day(11, 26), Some("已超期 1 天")),
        (raised(Level::Overdue), day(11, 27), None),
        (raised(Level::DueSoon), day(12, 4), Some("还剩 7 天")),
        (raised(Level::DueSoon), day(11, 27), Some("今天截止")),
        (raised(Level::DueSoon), day(11, 25), Some("截止日已过 2 天，正在复核")),
        (raised(Level::Blank), day(11, 1), None),
        (resolved(), day(12, 27), Some("还剩 30 天")),
        (resolved(), day(11, 1), None),
    ];
    for (row, due, expected) in table {
        let news = row.news;
        assert_eq!(line(row, Some(due)).days.as_deref(), expected, "{news:?} {due}");
    }
    assert_eq!(line(raised(Level::Blank), None).due, None);
}

#[test]
fn each_news_has_its_label() {
    let reminded = row(News::Reminded { level: Level::Overdue, raised_at: now() });
    let table = [
        (raised(Level::Overdue), "超期", ""),
        (raised(Level::DueSoon), "即将到期", ""),
        (raised(Level::Blank), "空白", ""),
        (reminded, "超期", "仍未处理"),
        (row(News::StillOpen { level: Level::DueSoon }), "即将到期", "此前已提醒"),
        (row(News::Reminded { level: Level::DueSoon, raised_at: now() }), "即将到期", "再次提醒"),
        (row(News::Escalated { level: Level::Overdue, raised_at: now() }), "超期", "长期未处理"),
        (row(News::Resolved { level: Level::Overdue, raised_at: now() }), "已恢复", ""),
    ];
    for (row, label, again) in table {
        let line = line(row, None);
        assert_eq!((line.label, line.again), (label, again));
    }
}

#[test]
fn how_long_how_often_and_what_people_said_is_noted() {
    let (level, raised_at) = (Level::Overdue, now());
    let mut reminded = row(News::Reminded { level, raised_at });
    reminded.lasts = Some(7);
    reminded.facts.told_this_week = 1;
    reminded.facts.remarks = vec!["已确认：正在办理（王五）".into()];
    let expected = ["自首次通报起第 8 天", "本周第 2 次提醒", "已确认：正在办理（王五）"];
    assert_eq!(Line::of(&reminded, day(11, 27)).notes, expected);
    let resolved = DigestRow { lasts: Some(21), ..row(News::Resolved { level, raised_at }) };
    assert_eq!(Line::of(&resolved, day(11, 27)).notes, ["自首次通报至今共 21 天"]);
}

#[test]
fn dates_are_in_chinese_form_and_an_unknown_last_update_says_so() {
    let mut row = raised(Level::Overdue);
    assert_eq!(line(row.clone(), Some(day(11, 26))).due.as_deref(), Some("2022年11月26日（周六）"));
    assert_eq!(line(row.clone(), None).last, "2022年5月26日");
    row.facts.last = None;
    assert_eq!(line(row, None).last, "无记录");
}

#[test]
fn only_addresses_of_web_pages_become_links() {
    for bad in ["javascript:alert(1)", "data:text/html,x", "ftp://a.example/", "not an address", ""] {
        assert_eq!(link(bad), None, "{bad}");
    }
    let spaced = link("http://a.example/ 公告\r\n");
    assert_eq!(spaced.as_deref(), Some("http://a.example/%20%E5%85%AC%E5%91%8A"));
}
