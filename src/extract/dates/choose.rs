//! Decides which of the dates in a text, if any, is the day of publication.

use super::ReadDate;
use super::plain::{NEUTRAL, PUBLISHED, is_mark, trim_marks};
use super::resolve::{Rejected, Seen};
use super::scan::{Candidate, scan};

/// What may stand beside the date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// A few words that are no sentence.
    Words,
    /// A label and brackets.
    Nothing,
}

/// Words that say that a date is of another kind: signed, in force, valid until, changed; or the clock of the page.
pub(super) const OTHER_KIND: [&str; 19] = [
    "成文",
    "生成",
    "印发",
    "发文",
    "有效",
    "截止",
    "截至",
    "失效",
    "废止",
    "施行",
    "实施",
    "生效",
    "修订",
    "修正",
    "修改",
    "更新",
    "通过",
    "今天是",
    "现在是",
];

/// Words that may follow a date without a gap.
pub(super) const TAILS: [&str; 13] =
    ["来源", "来自", "浏览", "点击", "阅读", "访问", "作者", "编辑", "责任", "星期", "发布", "字体", "字号"];

/// More than this many characters beside the date are a sentence. A source's name is seldom longer than twenty.
const MOST_WORDS: usize = 24;

/// A date with the text before it (back to the date before) and after it (up to the next).
struct InContext<'a> {
    candidate: Candidate,
    before: &'a str,
    after: &'a str,
}

impl InContext<'_> {
    /// Whether the date stands under a label of publication. Without a colon the label must be all that precedes:
    /// `省政府发布 2026年…` is a headline.
    fn is_labelled(&self) -> bool {
        let before = self.before.trim_end();
        let label = trim_marks(before);
        let is_set_off = before.ends_with(':') || PUBLISHED.contains(&label);
        is_set_off && PUBLISHED.iter().any(|name| label.ends_with(name)) && !self.goes_on()
    }

    fn is_of_another_kind(&self) -> bool {
        OTHER_KIND.iter().any(|word| self.before.contains(word)) || self.ends_as_another_kind()
    }

    fn ends_as_another_kind(&self) -> bool {
        let after = trim_marks(self.after);
        OTHER_KIND.iter().chain(&["起", "至", "前", "后", "止"]).any(|word| after.starts_with(word))
    }

    /// Whether text follows the date that makes it part of something longer.
    fn goes_on(&self) -> bool {
        let is_tail = TAILS.iter().any(|word| self.after.starts_with(word));
        let is_glued = !is_tail && self.after.starts_with(char::is_alphanumeric);
        is_glued || (self.ends_as_another_kind() && !is_label_of_the_next(self.after))
    }

    fn stands_alone(&self) -> bool {
        let before = trim_marks(self.before);
        let label = PUBLISHED.iter().chain(&NEUTRAL).any(|name| before == *name);
        (before.is_empty() || label) && (trim_marks(self.after).is_empty() || self.is_followed_by_a_note())
    }

    /// Whether the next thing is the label of something else: `来源：某局`.
    fn is_followed_by_a_note(&self) -> bool {
        let after = trim_marks(self.after);
        TAILS.iter().any(|word| after.starts_with(word)) && after.chars().take(5).any(|c| c == ':')
    }

    /// Whether the date is part of running text.
    fn is_in_a_sentence(&self) -> bool {
        let is_label = PUBLISHED.iter().chain(&NEUTRAL).any(|name| self.before.ends_with(name));
        (!is_label && self.before.ends_with(char::is_alphanumeric)) || self.goes_on()
    }
}

/// Whether the words after a date are the label of another (`发布日期：… 成文日期：…`).
fn is_label_of_the_next(after: &str) -> bool {
    after.trim_end().ends_with(':')
}

/// The one publication date in a prepared text.
pub(super) fn choose(plain: &str, around: Around, seen: Seen) -> Result<ReadDate, Rejected> {
    let scanned = scan(plain);
    let dates = in_context(plain, &scanned.candidates);
    let labelled: Vec<&InContext> = dates.iter().filter(|date| date.is_labelled()).collect();
    if !labelled.is_empty() {
        return agree(labelled, seen);
    }
    let acceptable = |date: &InContext| match around {
        Around::Words => !date.is_of_another_kind() && !date.is_in_a_sentence(),
        Around::Nothing => date.stands_alone(),
    };
    if scanned.stray_figures || !dates.iter().all(acceptable) || is_sentence(&dates) {
        return Err(Rejected::NoDate);
    }
    agree(dates.iter().collect(), seen)
}

fn in_context<'a>(plain: &'a str, candidates: &[Candidate]) -> Vec<InContext<'a>> {
    let starts = candidates.iter().map(|c| c.start).skip(1).chain([plain.len()]);
    let ends = [0].into_iter().chain(candidates.iter().map(|c| c.end));
    let bounds = ends.zip(starts);
    candidates
        .iter()
        .zip(bounds)
        .map(|(candidate, (from, to))| InContext {
            candidate: *candidate,
            before: &plain[from..candidate.start],
            after: &plain[candidate.end..to],
        })
        .collect()
}

fn is_sentence(dates: &[InContext]) -> bool {
    let Some(first) = dates.first() else {
        return true;
    };
    let words = || first.before.chars().chain(dates.iter().flat_map(|date| date.after.chars()));
    words().any(|c| matches!(c, ',' | ';' | '!' | '?' | '。' | '、' | '《' | '》' | '“' | '”'))
        || words().filter(|c| !is_mark(*c)).count() > MOST_WORDS
}

/// The day on which all agree.
fn agree(dates: Vec<&InContext>, seen: Seen) -> Result<ReadDate, Rejected> {
    let mut days = dates.into_iter().map(|date| seen.resolve(date.candidate.written));
    let first = days.next().ok_or(Rejected::NoDate)?;
    if days.all(|day| day == first) { first } else { Err(Rejected::NoDate) }
}
