//! The text of a bulletin, one paragraph a line: who is addressed, three parts, the attachments, a note, who signs.
//!
//! Everything said is taken from the rows and holds for any county and month. A reviewer may rewrite the text; the
//! consistency check then reads the figures and names back out of it.

use super::document::Bulletin;
use super::titles::{annex_titles, chinese_date, cut_off_note};
use super::topics::Topic;
use super::totals::{Total, verdicts};
use super::wording::full_width;

/// The headings of the three parts, in order.
pub(super) const HEADINGS: [&str; 3] = ["一、总体情况", "二、存在问题", "三、下一步工作安排"];

/// The words that follow the names of units listed but not counted.
pub(super) const NOT_COUNTED: &str = "列入监测但不计入合格率统计";

/// The words that the sentence on the verdicts of annex 1 begins with.
pub(super) const BY_VERDICT: &str = "按检查结果分";

/// The whole text.
pub(super) fn text(bulletin: &Bulletin) -> String {
    let mut lines = vec!["各有关单位：".to_owned(), preamble(bulletin)];
    lines.push(HEADINGS[0].to_owned());
    lines.push(overview(bulletin));
    lines.push(HEADINGS[1].to_owned());
    lines.extend(problems(bulletin));
    lines.push(HEADINGS[2].to_owned());
    lines.extend(next_steps(bulletin));
    lines.extend(attachments(bulletin));
    lines.push(note(bulletin));
    lines.push(bulletin.issuer.clone());
    lines.push(chinese_date(bulletin.dated));
    lines.join("\n")
}

fn preamble(bulletin: &Bulletin) -> String {
    format!(
        "{}对{}信息公开栏目和政务新媒体账号{}年{}月份的内容更新情况开展了监测，统计数据截至{}。现通报如下。",
        bulletin.issuer,
        whole(&bulletin.county),
        bulletin.month.year(),
        bulletin.month.number(),
        chinese_date(bulletin.cutoff),
    )
}

/// The county as a whole: 全县, 全市, 全区.
fn whole(county: &str) -> String {
    match county.chars().last() {
        Some(level @ ('县' | '市' | '区' | '旗' | '州' | '省')) => format!("全{level}"),
        Some(_) | None => "辖区内".to_owned(),
    }
}

fn overview(bulletin: &Bulletin) -> String {
    let clauses: Vec<String> = bulletin.totals.iter().filter_map(clause).collect();
    let counted = match clauses.is_empty() {
        true => "本月没有计入合格率统计的网站和账号。".to_owned(),
        false => format!("{}{}。", whole(&bulletin.county), clauses.join("；")),
    };
    counted + &by_verdict(bulletin)
}

/// One channel: 信息公开网站列入监测44家，其中计入合格率统计41家，合格36家，合格率87.8%. `None` where nothing is counted.
fn clause(total: &Total) -> Option<String> {
    let Total { channel, listed, counted, passed, rate } = total;
    let rate = rate.as_ref()?;
    let listed = match listed == counted {
        true => format!("列入监测{listed}家"),
        false => format!("列入监测{listed}家，其中计入合格率统计{counted}家"),
    };
    Some(format!("{}{listed}，合格{passed}家，合格率{rate}", channel.chinese()))
}

fn by_verdict(bulletin: &Bulletin) -> String {
    if bulletin.annex1.is_empty() {
        return String::new();
    }
    let of = verdicts(&bulletin.annex1);
    format!(
        "信息公开方面，{BY_VERDICT}，无问题{}家、合格{}家、不合格{}家，无问题的一并视为合格。",
        of.no_issue, of.pass, of.fail
    )
}

fn problems(bulletin: &Bulletin) -> Vec<String> {
    let groups = [carried_over(bulletin), columns(bulletin), accounts(bulletin)];
    let numbered: Vec<String> = ["一是", "二是", "三是"]
        .into_iter()
        .zip(groups.into_iter().flatten())
        .map(|(number, group)| format!("{number}{group}"))
        .collect();
    match numbered.is_empty() {
        true => vec!["本月监测未发现需要通报的问题。".to_owned()],
        false => std::iter::once("从监测情况看，主要存在以下问题：".to_owned()).chain(numbered).collect(),
    }
}

fn carried_over(bulletin: &Bulletin) -> Option<String> {
    let said = statements(&[Topic::Unrectified, Topic::Partly], bulletin)?;
    let running = statements(&[Topic::Running], bulletin).unwrap_or_default();
    Some(format!("部分单位对通报问题整改不到位。{said}{running}"))
}

fn columns(bulletin: &Bulletin) -> Option<String> {
    let worse = statements(&[Topic::Overdue, Topic::Blank], bulletin);
    let soon = statements(&[Topic::DueSoon], bulletin);
    let lead = match (&worse, &soon) {
        (None, None) => return None,
        (Some(_), _) => "部分单位栏目内容保障不到位。",
        (None, Some(_)) => "部分单位栏目临近更新期限。",
    };
    Some(format!("{lead}{}{}", worse.unwrap_or_default(), soon.unwrap_or_default()))
}

fn accounts(bulletin: &Bulletin) -> Option<String> {
    let worse = statements(&[Topic::AccountOverdue, Topic::AccountBlank], bulletin);
    let soon = statements(&[Topic::AccountDueSoon], bulletin);
    let low = statements(&[Topic::AccountLowVolume], bulletin);
    let menu = statements(&[Topic::AccountMenu], bulletin);
    let lead = match (&worse, &soon, &low, &menu) {
        (None, None, None, None) => return None,
        (Some(_), _, _, _) => "部分政务新媒体维护不及时。",
        (None, Some(_), _, _) => "部分政务新媒体临近更新期限。",
        (None, None, Some(_), _) => "部分政务新媒体不够活跃。",
        (None, None, None, Some(_)) => "部分政务新媒体栏目维护不到位。",
    };
    Some([Some(lead.to_owned()), worse, soon, low, menu].into_iter().flatten().collect())
}

/// One sentence of the statements that are true of anybody.
fn statements(topics: &[Topic], bulletin: &Bulletin) -> Option<String> {
    let said: Vec<String> = topics.iter().filter_map(|topic| statement(*topic, bulletin)).collect();
    (!said.is_empty()).then(|| format!("{}。", said.join("；")))
}

fn statement(topic: Topic, bulletin: &Bulletin) -> Option<String> {
    let names = topic.names(bulletin);
    (!names.is_empty()).then(|| format!("{}{}{}", topic.opening(), names.join("、"), topic.words()))
}

fn next_steps(bulletin: &Bulletin) -> Vec<String> {
    let said = |topics: &[Topic]| topics.iter().any(|topic| !topic.names(bulletin).is_empty());
    let mut steps = Vec::new();
    if said(&[Topic::Unrectified, Topic::Partly]) {
        steps
            .push("对上月已经通报、至今没有整改到位的问题，责任单位要落实到人、限期办结，整改结果及时反馈。");
    }
    if accuses(bulletin) {
        steps
            .push("对超期未更新或者内容空白的栏目和账号，要尽快补充内容；确无内容可更新的，要书面说明理由。");
    }
    if said(&[Topic::DueSoon, Topic::AccountDueSoon]) {
        steps.push("对即将到期的栏目和账号，要提前准备，在期限之前完成更新。");
    }
    steps.push("各单位要坚持日常自查，按期更新栏目和账号内容，确保页面正常访问、信息真实准确。");
    vec![steps.concat()]
}

fn accuses(bulletin: &Bulletin) -> bool {
    let columns = bulletin.annex1.iter().flat_map(|row| &row.findings);
    let accounts = bulletin.accounts().flat_map(|row| &row.findings);
    columns.chain(accounts).any(|finding| finding.kind.accuses())
}

fn attachments(bulletin: &Bulletin) -> Vec<String> {
    let [first, second, third] = annex_titles(bulletin.month);
    vec![format!("附件：1．{first}"), format!("2．{second}"), format!("3．{third}")]
}

fn note(bulletin: &Bulletin) -> String {
    let cut_off = cut_off_note(bulletin);
    let aside = not_counted(bulletin);
    match aside.is_empty() {
        true => cut_off,
        false => format!("{cut_off}{}{NOT_COUNTED}。", aside.join("、")),
    }
}

/// The units that annex 1 lists outside the denominator, as printed.
pub(super) fn not_counted(bulletin: &Bulletin) -> Vec<String> {
    bulletin.annex1.iter().filter(|row| !row.counted).map(|row| full_width(&row.name)).collect()
}

#[cfg(test)]
mod tests {
    use crate::assess::Standing::{self, Blank, DueSoon, Fresh, Overdue};
    use crate::assess::activity::LowVolume;

    use super::super::Channel;
    use super::super::input::{SourceMonth, UnitMonth};
    use super::super::samples::{account, column, draft_of, unit};
    use super::*;

    fn with_column(id: &str, name: &str, standing: Standing) -> UnitMonth {
        unit(id, name).with(column("政府领导", standing, "1年"))
    }

    #[test]
    fn the_denominator_is_named_when_it_is_not_the_number_listed() {
        let mut units = vec![with_column("a", "甲镇", Fresh), with_column("b", "乙街道", Fresh)];
        units[1].counted = false;
        let body = draft_of("2022-12", units).body;
        assert!(
            body.contains("全县信息公开网站列入监测2家，其中计入合格率统计1家，合格1家，合格率100%。"),
            "{body}"
        );
        assert!(body.contains("乙街道列入监测但不计入合格率统计。"), "{body}");
        assert!(!body.contains("政务微信列入"), "{body}");
    }

    #[test]
    fn a_month_without_problems_says_so() {
        let body = draft_of("2023-05", vec![with_column("a", "甲镇", Fresh)]).body;
        assert!(body.contains("本月监测未发现需要通报的问题。"), "{body}");
        assert!(!body.contains("一是"), "{body}");
        for heading in HEADINGS {
            assert!(body.lines().any(|line| line == heading), "{body}");
        }
    }

    #[test]
    fn an_account_that_is_due_soon_and_posts_too_little_is_named_for_both() {
        let day = |day| chrono::NaiveDate::from_ymd_opt(2022, 12, day).unwrap();
        let low = LowVolume { posts: 2, wanted: 8, from: day(1), until: day(27) };
        let both = SourceMonth { low_volume: Some(low), ..account(Channel::Wechat, "甲", DueSoon) };
        let bulletin = draft_of("2022-12", vec![unit("a", "县甲局").with(both)]);
        for said in ["县甲局所办账号即将到期", "县甲局所办账号更新数量偏少"] {
            assert!(bulletin.body.contains(said), "{}", bulletin.body);
        }
        bulletin.issue().expect("rows, totals and text agree");
    }

    #[test]
    fn numbering_follows_the_groups_present() {
        let units = vec![
            with_column("a", "县甲局(县乙局)", DueSoon),
            unit("b", "县丙局").with(account(Channel::Wechat, "丙", Overdue)),
        ];
        let body = draft_of("2022-12", units).body;
        assert!(body.contains("一是部分单位栏目临近更新期限。县甲局（县乙局）有栏目即将到期。"), "{body}");
        assert!(body.contains("二是部分政务新媒体维护不及时。县丙局所办账号超期未更新。"), "{body}");
        assert!(!body.contains("三是"), "{body}");
    }

    #[test]
    fn overdue_and_blank_columns_are_told_apart() {
        let units = vec![
            with_column("a", "甲镇", Overdue),
            with_column("b", "乙镇", Blank),
            with_column("c", "丙镇", Overdue).with(column("机构", DueSoon, "1年")),
        ];
        let body = draft_of("2022-12", units).body;
        assert!(body.contains("甲镇、丙镇有栏目超期未更新；乙镇有栏目内容空白。"), "{body}");
        assert!(!body.contains("有栏目即将到期"), "{body}");
    }

    #[test]
    fn nothing_watched_still_makes_a_text() {
        assert!(draft_of("2022-12", Vec::new()).body.contains("本月没有计入合格率统计的网站和账号。"));
    }

    #[test]
    fn places_are_called_by_their_level() {
        assert_eq!(whole("郎溪县"), "全县");
        assert_eq!(whole("宁国市"), "全市");
        assert_eq!(whole("某地"), "辖区内");
    }
}
