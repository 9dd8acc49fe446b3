//! The one grammar of what a row says is wrong.
//!
//! ```text
//! problems := group ("，" group)* ["，" carry-over]
//! group    := columns phrase
//! columns  := collapsed ("、" collapsed)* ["、" plain] | plain
//! plain    := “A—B” ("、" “C—D”)* 栏目
//! collapsed:= “A—B”3个子栏目
//! phrase   := 超过半年未更新 | 即将超过半年未更新 | 为空白栏目
//! ```
//!
//! Everything is printed with full-width punctuation. Stored names may have ASCII commas and brackets, since that is
//! how sites store them.

use super::carry_over::Fact;
use super::findings::{Finding, Kind};
use crate::assess::activity::LowVolume;
use crate::assess::menu::{FaultKind, MenuFault};

/// Between the levels of a column's path.
const LEVEL: char = '—';

/// Columns that share one phrase.
struct Group<'a> {
    kind: Kind,
    limit: Option<&'a str>,
    names: Vec<&'a str>,
}

/// What a unit's row in annex 1 says.
pub(super) fn unit_problems(findings: &[Finding], carried: Option<Fact>) -> String {
    let groups = grouped(findings);
    let (problems, remarks): (Vec<&Group<'_>>, _) = groups.iter().partition(|group| group.kind.accuses());
    let phrases = problems.into_iter().chain(remarks).map(Group::printed);
    phrases.chain(carried.and_then(Fact::phrase).map(str::to_owned)).collect::<Vec<_>>().join("，")
}

/// What an account's row in annex 2 or 3 says. The row names the account, so the phrase alone is enough.
pub(super) fn account_problems(findings: &[Finding]) -> String {
    findings.iter().map(account_problem).collect::<Vec<_>>().join("，")
}

fn account_problem(finding: &Finding) -> String {
    let said = phrase(finding.kind, finding.limit.as_deref(), "账号");
    match &finding.volume {
        Some(low) if finding.kind == Kind::LowVolume => low_volume(low),
        Some(low) => format!("{said}，{}", low_volume(low)),
        None if finding.is_zombie => format!("{said}（停更超过3个月，疑似“僵尸”账号）"),
        None if !finding.menu.is_empty() => menu_problem(&finding.menu),
        None => said,
    }
}

fn low_volume(low: &LowVolume) -> String {
    let phrase = phrase(Kind::LowVolume, None, "账号");
    format!("{phrase}（近30天发布{}条，要求不少于{}条）", low.posts, low.wanted)
}

/// What a menu's entries come to, those with the same fault together.
fn menu_problem(faults: &[MenuFault]) -> String {
    let mut groups: Vec<(FaultKind, Vec<String>)> = Vec::new();
    for fault in faults {
        let name = quoted(&fault.path);
        match groups.iter_mut().find(|(kind, _)| *kind == fault.kind) {
            Some((_, names)) => names.push(name),
            None => groups.push((fault.kind, vec![name])),
        }
    }
    let said = groups.iter().map(|(kind, names)| format!("导航栏目{}{}", names.join("、"), kind.chinese()));
    said.collect::<Vec<_>>().join("，")
}

/// The text with its ASCII commas and brackets turned full-width.
pub(super) fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            ',' => '，',
            '(' => '（',
            ')' => '）',
            other => other,
        })
        .collect()
}

fn phrase(kind: Kind, limit: Option<&str>, what: &str) -> String {
    match (kind, limit) {
        (Kind::Overdue, Some(limit)) => format!("超过{limit}未更新"),
        (Kind::Overdue, None) => "超期未更新".to_owned(),
        (Kind::DueSoon, Some(limit)) => format!("即将超过{limit}未更新"),
        (Kind::DueSoon, None) => "即将超期未更新".to_owned(),
        (Kind::Blank, _) => format!("为空白{what}"),
        (Kind::LowVolume, _) => "更新数量偏少".to_owned(),
        (Kind::MenuFault, _) => "导航栏目存在问题".to_owned(),
    }
}

/// Groups in the order of their first column. A blank column's limit says nothing, so it does not part blank groups.
fn grouped(findings: &[Finding]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for finding in findings {
        let limit = match finding.kind {
            Kind::Overdue | Kind::DueSoon => finding.limit.as_deref(),
            Kind::Blank | Kind::LowVolume | Kind::MenuFault => None,
        };
        match groups.iter_mut().find(|group| group.kind == finding.kind && group.limit == limit) {
            Some(group) => group.names.push(&finding.name),
            None => groups.push(Group { kind: finding.kind, limit, names: vec![&finding.name] }),
        }
    }
    groups
}

impl Group<'_> {
    fn printed(&self) -> String {
        format!("{}{}", self.columns(), phrase(self.kind, self.limit, "栏目"))
    }

    fn columns(&self) -> String {
        let (parents, plain) = self.collapsed();
        let mut parts: Vec<String> =
            parents.iter().map(|(parent, count)| format!("{}{count}个子栏目", quoted(parent))).collect();
        let plain: Vec<String> = plain.into_iter().map(quoted).collect();
        if !plain.is_empty() {
            parts.push(format!("{}栏目", plain.join("、")));
        }
        parts.join("、")
    }

    /// Parents with two or more columns in this group, with their number, and the columns left over.
    fn collapsed(&self) -> (Vec<(&str, usize)>, Vec<&str>) {
        let mut parents: Vec<(&str, usize)> = Vec::new();
        for parent in self.names.iter().filter_map(|name| parent(name)) {
            match parents.iter_mut().find(|(known, _)| *known == parent) {
                Some((_, count)) => *count += 1,
                None => parents.push((parent, 1)),
            }
        }
        parents.retain(|(_, count)| *count >= 2);
        let gathered =
            |name: &str| parent(name).is_some_and(|p| parents.iter().any(|(known, _)| *known == p));
        let plain = self.names.iter().copied().filter(|name| !gathered(name)).collect();
        (parents, plain)
    }
}

/// All but the last level of a path of three or more levels. Shorter paths are never collapsed: their parent is a
/// heading of the site's menu, and naming it would blame everything below.
fn parent(name: &str) -> Option<&str> {
    let levels: Vec<&str> = name.split(LEVEL).collect();
    let deep = levels.len() >= 3 && levels.iter().all(|level| !level.is_empty());
    deep.then(|| name.rsplit_once(LEVEL)).flatten().map(|(parent, _)| parent)
}

/// The name in quotes; quotes of its own become inner quotes.
fn quoted(name: &str) -> String {
    format!("“{}”", full_width(name).replace('“', "‘").replace('”', "’"))
}

#[cfg(test)]
mod tests {
    use crate::assess::Standing;

    use super::super::findings;
    use super::super::input::SourceMonth;
    use super::super::samples::{column, menu_fault};
    use super::*;

    fn found(columns: &[(&str, Standing, &str)]) -> Vec<Finding> {
        let finding = |(name, standing, limit): &(&str, Standing, &str)| {
            findings::of(&column(name, standing.clone(), limit)).expect("a standing that makes a finding")
        };
        columns.iter().map(finding).collect()
    }

    #[test]
    fn columns_with_the_same_phrase_share_it() {
        let findings = found(&[
            ("财政专项资金—制度文件", Standing::Overdue, "半年"),
            ("财政专项资金—管理和使用情况", Standing::Overdue, "1年"),
            ("本级政策解读—负责人解读", Standing::Overdue, "半年"),
        ]);
        assert_eq!(
            unit_problems(&findings, Some(Fact::Partly)),
            "“财政专项资金—制度文件”、“本级政策解读—负责人解读”栏目超过半年未更新，\
             “财政专项资金—管理和使用情况”栏目超过1年未更新，上月问题整改不彻底"
        );
    }

    #[test]
    fn remarks_follow_problems_whatever_the_order_of_columns() {
        let findings = found(&[
            ("行政执法公示", Standing::DueSoon, "1年"),
            ("本部门三公经费", Standing::Overdue, "1年"),
            ("机构设置", Standing::Blank, "1年"),
        ]);
        assert_eq!(
            unit_problems(&findings, None),
            "“本部门三公经费”栏目超过1年未更新，“机构设置”栏目为空白栏目，“行政执法公示”栏目即将超过1年未更新"
        );
    }

    #[test]
    fn siblings_of_a_deep_path_are_counted_instead_of_named() {
        let findings = found(&[
            ("征地补偿—征收土地公告", Standing::Overdue, "半年"),
            ("财政资金—管理和使用情况—甲", Standing::Overdue, "半年"),
            ("财政资金—管理和使用情况—乙", Standing::Overdue, "半年"),
            ("财政资金—管理和使用情况—丙", Standing::Overdue, "1年"),
        ]);
        assert_eq!(
            unit_problems(&findings, None),
            "“财政资金—管理和使用情况”2个子栏目、“征地补偿—征收土地公告”栏目超过半年未更新，\
             “财政资金—管理和使用情况—丙”栏目超过1年未更新"
        );
    }

    #[test]
    fn a_group_of_siblings_alone_needs_no_further_noun() {
        let findings = found(&[("甲—乙—丙", Standing::Blank, "1年"), ("甲—乙—丁", Standing::Blank, "半年")]);
        assert_eq!(unit_problems(&findings, None), "“甲—乙”2个子栏目为空白栏目");
    }

    #[test]
    fn children_of_a_menu_heading_are_named() {
        let findings = found(&[("甲—乙", Standing::Overdue, "1年"), ("甲—丙", Standing::Overdue, "1年")]);
        assert_eq!(unit_problems(&findings, None), "“甲—乙”、“甲—丙”栏目超过1年未更新");
    }

    #[test]
    fn an_account_row_has_the_phrase_alone() {
        let phrase = |standing| account_problems(&found(&[("郎溪发布", standing, "1周")]));
        assert_eq!(phrase(Standing::Overdue), "超过1周未更新");
        assert_eq!(phrase(Standing::DueSoon), "即将超过1周未更新");
        assert_eq!(phrase(Standing::Blank), "为空白账号");
    }

    #[test]
    fn an_account_row_names_the_entries_of_the_menu_that_lead_nowhere_and_says_zombie_of_a_zombie() {
        let wide = MenuFault { path: "办事(服务)".into(), kind: FaultKind::TooWide, ..menu_fault() };
        let other = MenuFault { path: "信息公开".into(), ..menu_fault() };
        let menu = vec![menu_fault(), wide, other];
        let account =
            |standing| SourceMonth { menu: menu.clone(), is_zombie: true, ..column("甲", standing, "1周") };
        let of_menu =
            "导航栏目“政务公开—通知公告”、“信息公开”无法打开，导航栏目“办事（服务）”在手机上横向溢出";
        assert_eq!(account_problems(&findings::of_account(&account(Standing::Fresh))), of_menu);
        assert_eq!(
            account_problems(&findings::of_account(&account(Standing::Overdue))),
            format!("超过1周未更新（停更超过3个月，疑似“僵尸”账号），{of_menu}")
        );
    }

    #[test]
    fn an_account_that_is_due_soon_and_posts_too_little_has_both_phrases() {
        let day = |day| chrono::NaiveDate::from_ymd_opt(2022, 12, day).unwrap();
        let low = LowVolume { posts: 2, wanted: 8, from: day(1), until: day(27) };
        let with_volume = |standing| {
            let findings = found(&[("郎溪发布", standing, "1周")]);
            let findings: Vec<Finding> =
                findings.into_iter().map(|finding| Finding { volume: Some(low), ..finding }).collect();
            account_problems(&findings)
        };
        let volume = "更新数量偏少（近30天发布2条，要求不少于8条）";
        assert_eq!(with_volume(Standing::DueSoon), format!("即将超过1周未更新，{volume}"));
        let only = Finding {
            kind: Kind::LowVolume,
            volume: Some(low),
            ..found(&[("郎溪发布", Standing::DueSoon, "1周")]).remove(0)
        };
        assert_eq!(account_problems(&[only]), volume);
    }

    #[test]
    fn punctuation_is_printed_full_width() {
        assert_eq!(full_width("县财政局(县国资委,县金融监管局)"), "县财政局（县国资委，县金融监管局）");
        let findings = found(&[("“双随机”公开(抽查,公示)", Standing::Overdue, "1年")]);
        assert_eq!(unit_problems(&findings, None), "“‘双随机’公开（抽查，公示）”栏目超过1年未更新");
    }
}
