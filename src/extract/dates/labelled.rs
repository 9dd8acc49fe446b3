//! Finds every date in a line of a page, each with what the words before it say that it is the date of.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::super::sighting::RowError;
use super::super::words::clipped;
use super::ReadDate;
use super::choose::{OTHER_KIND, TAILS};
use super::plain::{self, NEUTRAL, is_mark, trim_marks};
use super::resolve::{Rejected, Seen};
use super::scan::{Candidate, scan};

/// What a date in a line is labelled as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum Label {
    /// The day it was put on the site.
    Published,
    /// The day the paper was signed or issued.
    Signed,
    /// The day it was last changed.
    Changed,
    /// The moment the page was made.
    Generated,
    /// Nothing, and it is no part of a sentence.
    Bare,
    /// Something else, or it is part of a sentence.
    Other,
}

/// A date in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::extract) struct Labelled {
    pub(in crate::extract) label: Label,
    pub(in crate::extract) day: Result<ReadDate, RowError>,
    /// The date as written, its time included; figures and punctuation in their narrow forms.
    pub(in crate::extract) raw: String,
}

/// The longer names come before those they end in.
const NAMES: [(Label, &[&str]); 4] = [
    (Label::Generated, &["页面生成时间", "页面生成日期"]),
    (
        Label::Published,
        &[
            "发布时间",
            "发布日期",
            "发表时间",
            "发表日期",
            "发稿时间",
            "发稿日期",
            "信息时间",
            "信息日期",
            "公开时间",
            "公开日期",
            "上传时间",
            "上传日期",
            "发布于",
            "发表于",
        ],
    ),
    (
        Label::Signed,
        &[
            "成文日期",
            "成文时间",
            "生成日期",
            "印发日期",
            "印发时间",
            "发文日期",
            "发文时间",
            "签发日期",
            "签发时间",
            "制发日期",
            "制文日期",
        ],
    ),
    (Label::Changed, &["更新时间", "更新日期", "修改时间", "修改日期", "最后更新", "更新于"]),
];

/// Names that are words of any headline, and labels only where a colon follows.
const SHORT_PUBLISHED: [&str; 2] = ["发布", "发表"];

/// What makes of a date the start, end or edge of a time.
const EDGES: [&str; 6] = ["起", "至", "到", "前", "后", "止"];

/// More than this many characters before a date that stands alone are a sentence.
const MOST_WORDS: usize = 24;

/// All dates in a line, in order.
pub(in crate::extract) fn labelled_dates(line: &str, seen_at: DateTime<Utc>, zone: Tz) -> Vec<Labelled> {
    let plain = without_gaps(&plain::plain(line));
    let seen = Seen { at: seen_at, zone };
    let found = scan(&plain).candidates;
    let ends = [0].into_iter().chain(found.iter().map(|candidate| candidate.end));
    let starts = found.iter().skip(1).map(|candidate| candidate.start).chain([plain.len()]);
    let around = found.iter().zip(ends.zip(starts));
    around.map(|(candidate, (from, to))| labelled(&plain, candidate, from, to, seen)).collect()
}

fn labelled(plain: &str, candidate: &Candidate, from: usize, to: usize, seen: Seen) -> Labelled {
    let raw = plain[candidate.start..candidate.end].to_owned();
    let day = seen.resolve(candidate.written).map_err(|rejected| {
        let raw = clipped(raw.clone());
        match rejected {
            Rejected::NoDate => RowError::Unreadable(raw),
            Rejected::Future => RowError::Future(raw),
            Rejected::TooOld => RowError::TooOld(raw),
        }
    });
    let label = label(&plain[from..candidate.start], &plain[candidate.end..to]);
    Labelled { label, day, raw }
}

fn label(before: &str, after: &str) -> Label {
    if EDGES.iter().any(|edge| trim_marks(after).starts_with(edge)) {
        return Label::Other;
    }
    let name = trim_marks(before);
    let known = NAMES.iter().find(|(_, names)| names.iter().any(|known| name.ends_with(known)));
    if let Some((label, _)) = known {
        return *label;
    }
    let is_set_off = before.trim_end().ends_with(':') || SHORT_PUBLISHED.contains(&name);
    if is_set_off && SHORT_PUBLISHED.iter().any(|short| name.ends_with(short)) {
        return Label::Published;
    }
    if stands_alone(before, after) { Label::Bare } else { Label::Other }
}

fn stands_alone(before: &str, after: &str) -> bool {
    let name = trim_marks(before);
    let is_led_in = name.is_empty() || NEUTRAL.contains(&name) || !before.ends_with(char::is_alphanumeric);
    let is_followed = after.starts_with(char::is_alphanumeric);
    is_led_in
        // `公示时间: …` is the time of something else, `来源: 县政府办 …` is no time at all.
        && (NEUTRAL.contains(&name) || !NEUTRAL.iter().any(|neutral| name.ends_with(neutral)))
        && (!is_followed || TAILS.iter().any(|tail| after.starts_with(tail)))
        && !OTHER_KIND.iter().any(|word| before.contains(word))
        && !is_sentence(before)
        && !is_sentence(after)
}

fn is_sentence(words: &str) -> bool {
    words.contains([',', ';', '!', '?', '。', '、', '《', '》', '“', '”'])
        || words.chars().filter(|c| !is_mark(*c)).count() > MOST_WORDS
}

/// Without the gaps that spread a label over its column: `发 布 日 期` is `发布日期`.
fn without_gaps(plain: &str) -> String {
    let mut joined = String::with_capacity(plain.len());
    let mut letters = plain.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_gap = letter == ' '
            && joined.ends_with(is_ideograph)
            && letters.peek().is_some_and(|next| is_ideograph(*next));
        if !is_gap {
            joined.push(letter);
        }
    }
    joined
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Asia::Shanghai;

    fn read(line: &str) -> Vec<(Label, String)> {
        let seen_at = "2026-10-04T04:00:00Z".parse().unwrap();
        labelled_dates(line, seen_at, Shanghai)
            .into_iter()
            .map(|found| {
                (found.label, found.day.map_or_else(|why| why.to_string(), |day| day.date.to_string()))
            })
            .collect()
    }

    #[test]
    fn each_date_goes_by_the_words_before_it() {
        assert_eq!(
            read("成文日期: 2025-07-30 发布日期：2025-08-05 更新时间：2026-01-02 09:00"),
            [
                (Label::Signed, "2025-07-30".to_owned()),
                (Label::Published, "2025-08-05".to_owned()),
                (Label::Changed, "2026-01-02".to_owned()),
            ]
        );
    }

    #[test]
    fn a_label_may_be_spread_over_its_column() {
        let day = "2025-08-05".to_owned();
        assert_eq!(read("发 布　日 期： 2025年08月05日"), [(Label::Published, day.clone())]);
        assert_eq!(read("文章来源：规划局 　　发布时间：2025-08-05"), [(Label::Published, day.clone())]);
        assert_eq!(read("发布时间 [2025-08-05 10:20] 浏览次数：38"), [(Label::Published, day)]);
    }

    #[test]
    fn a_date_without_a_label_stands_alone_or_does_not_count() {
        for line in ["2025-08-05 15:40 来源：县住建局", "来源：县住建局 2025-08-05", "时间：2025/08/05"]
        {
            assert_eq!(read(line), [(Label::Bare, "2025-08-05".to_owned())], "{line}");
        }
        for line in [
            "有效期：2025-08-05",
            "公示时间：2025-08-05",
            "今天是2025年8月5日",
            "2025年8月5日，县政府召开会议",
            "省政府发布 2025年8月5日讲话",
            "发布日期：2025-08-05起施行",
        ] {
            assert_eq!(read(line), [(Label::Other, "2025-08-05".to_owned())], "{line}");
        }
    }

    #[test]
    fn the_moment_a_page_was_made_is_never_a_publication() {
        assert_eq!(read("页面生成时间 2025-08-05 11:32:37"), [(Label::Generated, "2025-08-05".to_owned())]);
    }

    #[test]
    fn a_date_after_tomorrow_is_told_apart() {
        assert_eq!(
            read("发布日期：2027-01-01"),
            [(Label::Published, "`2027-01-01` lies in the future".to_owned())]
        );
    }
}
