use super::*;
use crate::deliver::notice::samples::{day, digest, now, raised, row};

fn weibo(mut row: DigestRow) -> DigestRow {
    row.facts.channel = "微博".into();
    row
}

#[test]
fn the_subject_counts_what_is_new() {
    let overdue = || raised(Level::Overdue);
    let soon = || raised(Level::DueSoon);
    let open = || row(News::StillOpen { level: Level::Overdue });
    let resolved = || row(News::Resolved { level: Level::Overdue, raised_at: now() });
    let reminded = || row(News::Reminded { level: Level::Blank, raised_at: now() });
    let table = [
        (vec![overdue(), overdue(), soon(), open()], "[栏目预警] 县住建局：2 个栏目超期、1 个栏目即将到期"),
        (vec![raised(Level::Blank)], "[栏目预警] 县住建局：1 个栏目空白"),
        (vec![reminded(), soon()], "[栏目预警] 县住建局：1 个栏目仍空白、1 个栏目即将到期"),
        (vec![overdue(), resolved()], "[栏目预警] 县住建局：1 个栏目超期、1 个栏目已恢复正常"),
        (vec![resolved(), open()], "[栏目恢复] 县住建局：1 个栏目已恢复正常"),
        (vec![weibo(overdue())], "[账号预警] 县住建局：1 个账号超期"),
        (vec![weibo(overdue()), soon()], "[栏目预警] 县住建局：1 个账号超期、1 个栏目即将到期"),
        (vec![open()], "[栏目预警] 县住建局：1 个栏目仍未处理"),
        (vec![], "[栏目预警] 县住建局：没有新的变化"),
    ];
    for (rows, expected) in table {
        assert_eq!(subject(&digest(rows)), expected);
    }
}

#[test]
fn the_subject_says_within_how_many_days() {
    let due = |day_of_month: Option<u32>| {
        let mut row = raised(Level::DueSoon);
        row.facts.due = day_of_month.map(|day_of_month| day(11, day_of_month));
        row
    };
    let table = [
        (vec![due(Some(28)), due(Some(30))], "2 个栏目将于 3 天内到期"),
        (vec![due(Some(27))], "1 个栏目今天到期"),
        (vec![due(Some(26))], "1 个栏目即将到期"),
        (vec![due(Some(30)), due(None)], "2 个栏目即将到期"),
    ];
    for (rows, expected) in table {
        assert_eq!(subject(&digest(rows)), format!("[栏目预警] 县住建局：{expected}"));
    }
}

#[test]
fn a_line_break_in_the_name_of_a_unit_does_not_reach_the_subject() {
    let mut digest = digest(vec![raised(Level::Overdue)]);
    digest.unit_name = "县住建局\r\nBcc: all@langxi.example".into();
    assert_eq!(subject(&digest), "[栏目预警] 县住建局 Bcc: all@langxi.example：1 个栏目超期");
}
