//! The text against the rows: every figure and every name is read back out of the sentences.
//!
//! Sentences may be rewritten around the facts. What has to stay is the order of figures within a clause and the words
//! that follow the names of a group, since these say what is being read.

use super::super::body::{BY_VERDICT, HEADINGS, NOT_COUNTED, not_counted};
use super::super::document::Bulletin;
use super::super::titles::chinese_date;
use super::super::topics::Topic;
use super::super::totals::{Total, totals, verdicts};
use super::Compared;

/// What ends a clause that is read on its own. Commas do not: names and figures are listed across them.
const CLAUSE_ENDS: [char; 3] = ['。', '；', '\n'];

pub(super) fn check(bulletin: &Bulletin, compared: &mut Compared) {
    let body = bulletin.body.as_str();
    let (cutoff, dated) = (chinese_date(bulletin.cutoff), chinese_date(bulletin.dated));
    let found = |text: &str| if body.contains(text) { text.to_owned() } else { String::new() };
    compared.same("body", "the cut-off", &cutoff, found(&cutoff));
    compared.same("body", "the date", &dated, found(&dated));
    let Some([overview, problems, rest]) = parts(body) else {
        compared.same("body", "its parts", HEADINGS.join(" "), "incomplete");
        return;
    };
    check_overview(bulletin, overview, compared);
    check_problems(bulletin, problems, compared);
    check_names("body", NOT_COUNTED, "", &not_counted(bulletin), rest, compared);
}

/// The text under each heading.
fn parts(body: &str) -> Option<[&str; 3]> {
    let [first, second, third] = HEADINGS;
    let (_, body) = body.split_once(first)?;
    let (overview, body) = body.split_once(second)?;
    let (problems, rest) = body.split_once(third)?;
    Some([overview, problems, rest])
}

fn check_overview(bulletin: &Bulletin, overview: &str, compared: &mut Compared) {
    for total in totals(&bulletin.annex1, &bulletin.annex2, &bulletin.annex3) {
        let name = total.channel.chinese();
        let found = figures_of_clauses_with(name, overview);
        compared.same("body", &format!("the figures of {name}"), expected_figures(&total), found);
    }
    let of = verdicts(&bulletin.annex1);
    let expected = match bulletin.annex1.is_empty() {
        true => String::new(),
        false => format!("{} {} {}", of.no_issue, of.pass, of.fail),
    };
    let found = figures_of_clauses_with(BY_VERDICT, overview);
    compared.same("body", "the verdicts of annex 1", expected, found);
}

/// The figures of a channel in the order in which they are printed; none where nothing is counted.
fn expected_figures(total: &Total) -> String {
    let Total { listed, counted, passed, rate, .. } = total;
    match rate {
        None => String::new(),
        Some(rate) if listed == counted => format!("{listed} {passed} {rate}"),
        Some(rate) => format!("{listed} {counted} {passed} {rate}"),
    }
}

fn figures_of_clauses_with(words: &str, text: &str) -> String {
    let clauses = text.split(CLAUSE_ENDS).filter(|clause| clause.contains(words));
    clauses.flat_map(figures).collect::<Vec<_>>().join(" ")
}

/// Every number of a clause, with its per-cent sign.
fn figures(clause: &str) -> impl Iterator<Item = &str> {
    clause
        .split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '%'))
        .filter(|part| part.starts_with(|c: char| c.is_ascii_digit()))
}

fn check_problems(bulletin: &Bulletin, problems: &str, compared: &mut Compared) {
    for topic in Topic::ALL {
        let names = topic.names(bulletin);
        check_names("body", topic.words(), topic.opening(), &names, problems, compared);
    }
}

/// Compares the names before `words` with those that belong there.
fn check_names(
    place: &str,
    words: &str,
    opening: &str,
    names: &[String],
    text: &str,
    compared: &mut Compared,
) {
    let clauses = text.split(CLAUSE_ENDS);
    let lists: Vec<&str> = clauses.filter_map(|clause| Some(clause.split_once(words)?.0)).collect();
    let found = lists.join("；");
    let list = found.strip_prefix(opening).unwrap_or(&found);
    if !holds_exactly(list, names) {
        compared.same(place, &format!("the list of units before “{words}”"), names.join("、"), list);
    }
}

/// Whether the list is made of these names and separators only. Names are taken out, longest first, rather than the list
/// split, since a name may itself have a separator or be part of another.
fn holds_exactly(list: &str, names: &[String]) -> bool {
    let mut longest_first: Vec<&String> = names.iter().collect();
    longest_first.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let mut rest = list.to_owned();
    for name in longest_first {
        if !rest.contains(name.as_str()) {
            return false;
        }
        rest = rest.replacen(name.as_str(), "", 1);
    }
    rest.chars().all(|c| matches!(c, '、' | '，' | '和'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_out_of_a_clause() {
        let read: Vec<&str> = figures("全县网站列入44家，其中41家，合格36家，合格率87.8%").collect();
        assert_eq!(read, ["44", "41", "36", "87.8%"]);
    }

    #[test]
    fn a_list_holds_exactly_its_names_in_any_order() {
        let names = ["县财政局".to_owned(), "县财政局（县国资委、县金融局）".to_owned()];
        assert!(holds_exactly("县财政局（县国资委、县金融局）、县财政局", &names));
        assert!(holds_exactly("县财政局和县财政局（县国资委、县金融局）", &names));
        assert!(!holds_exactly("县财政局", &names));
        assert!(!holds_exactly("县财政局、县财政局（县国资委、县金融局）、县审计局", &names));
    }
}
