//! Decides what the dates that a page claims for its article come to.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::super::dates::{ReadDate, read_date};
use super::super::sighting::{DateKind, Found, RowError, Sureness};
use super::super::words::{clipped, collapsed};
use super::ArticleDate;
use super::distrust::{Distrust, Distrusted};
use super::stamp::Moment;

/// No page dates its article so often; more would only cost time.
const MOST: usize = 256;

/// What a page claims, place by place.
pub(super) struct Gathered {
    pub(super) seen_at: DateTime<Utc>,
    pub(super) zone: Tz,
    claims: Vec<Claim>,
    /// The moments at which the page says it was made, as written.
    stamps: Vec<String>,
    distrusted: Vec<Distrusted>,
}

struct Claim {
    raw: String,
    day: Result<ReadDate, RowError>,
    found: Found,
    kind: DateKind,
}

/// What all claims come to.
pub(super) struct Settled {
    pub(super) date: Option<ArticleDate>,
    pub(super) others: Vec<ArticleDate>,
    pub(super) distrusted: Vec<Distrusted>,
}

impl Gathered {
    pub(super) fn new(seen_at: DateTime<Utc>, zone: Tz) -> Self {
        Self { seen_at, zone, claims: Vec::new(), stamps: Vec::new(), distrusted: Vec::new() }
    }

    /// A text that is said to be a date. An empty one claims nothing.
    pub(super) fn claim(&mut self, text: &str, found: Found, kind: DateKind) {
        let day = read_date(text, self.seen_at, self.zone);
        if day != Err(RowError::Missing) {
            self.claim_day(text, day, found, kind);
        }
    }

    /// A date that has been read; `text` is how it is written.
    pub(super) fn claim_day(
        &mut self,
        text: &str,
        day: Result<ReadDate, RowError>,
        found: Found,
        kind: DateKind,
    ) {
        if self.claims.len() < MOST {
            self.claims.push(Claim { raw: clipped(collapsed(text)), day, found, kind });
        }
    }

    /// The moment at which the page was made.
    pub(super) fn stamp(&mut self, text: &str, found: Found) {
        let raw = clipped(collapsed(text));
        if self.stamps.len() < MOST && Moment::read(&raw, self.zone).is_some() {
            self.stamps.push(raw.clone());
            self.distrust(raw, found, Distrust::Generated);
        }
    }

    /// Something that is known to be no date to go by.
    pub(super) fn distrust(&mut self, raw: String, found: Found, why: Distrust) {
        let distrusted = Distrusted { raw, found, why };
        if self.distrusted.len() < MOST && !self.distrusted.contains(&distrusted) {
            self.distrusted.push(distrusted);
        }
    }

    /// Weighs all claims.
    pub(super) fn settle(mut self) -> Settled {
        let mut dates = Vec::new();
        let mut is_contested = false;
        for claim in std::mem::take(&mut self.claims) {
            let is_publication = claim.kind == DateKind::Published;
            match self.weigh(claim) {
                Ok(date) if dates.contains(&date) => {}
                Ok(date) => dates.push(date),
                Err(Distrusted { raw, found, why }) => {
                    // A slip of somebody's pen, and nobody knows in which of the dates.
                    is_contested |= is_publication && matches!(why, Distrust::Unusable(RowError::Future(_)));
                    self.distrust(raw, found, why);
                }
            }
        }
        let chosen = if is_contested { None } else { choose(&dates) };
        let date = chosen.map(|place| dates.remove(place));
        Settled { date, others: dates, distrusted: self.distrusted }
    }

    fn weigh(&self, claim: Claim) -> Result<ArticleDate, Distrusted> {
        let Claim { raw, day, found, kind } = claim;
        let read = match day {
            Ok(read) => read,
            Err(why) => return Err(Distrusted { raw, found, why: Distrust::Unusable(why) }),
        };
        if kind == DateKind::Published
            && found == Found::ArticleMeta
            && let Some(why) = self.is_only_now(&raw)
        {
            return Err(Distrusted { raw, found, why });
        }
        Ok(ArticleDate { date: read.date, raw, found, kind, sureness: read.sureness })
    }

    /// Whether a publication date of the `meta` set, which templates fill, is only the moment the page was made.
    fn is_only_now(&self, raw: &str) -> Option<Distrust> {
        let moment = Moment::read(raw, self.zone)?;
        let is_same =
            |stamp: &&String| Moment::read(stamp, self.zone).is_some_and(|made| moment.is_near(made));
        if let Some(stamp) = self.stamps.iter().find(is_same) {
            return Some(Distrust::SameAsGeneration { stamp: stamp.clone() });
        }
        let fetched = Moment::at(self.seen_at.with_timezone(&self.zone).naive_local());
        (moment.is_to_the_minute() && moment.is_near(fetched)).then_some(Distrust::SameAsFetch)
    }
}

/// The date to go by: the one on which all of the best kind agree. A date without its year, or told from the moment of
/// the poll, does not count: an article stays on its site for years, and so may the page.
fn choose(dates: &[ArticleDate]) -> Option<usize> {
    let sure_of = |kind: DateKind| {
        dates.iter().enumerate().filter(move |(_, date)| date.kind == kind && date.sureness == Sureness::Sure)
    };
    for kind in [DateKind::Published, DateKind::Signed, DateKind::Created] {
        if let Some((place, first)) = sure_of(kind).next() {
            return sure_of(kind).all(|(_, date)| date.date == first.date).then_some(place);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Asia::Shanghai;

    const META: Found = Found::ArticleMeta;
    const TEXT: Found = Found::ArticleText;

    fn gathered() -> Gathered {
        Gathered::new("2026-10-04T04:00:00Z".parse().unwrap(), Shanghai)
    }

    fn settle(claims: &[(&str, Found, DateKind)], stamp: &str) -> Settled {
        let mut gathered = gathered();
        for (text, found, kind) in claims {
            gathered.claim(text, *found, *kind);
        }
        gathered.stamp(stamp, META);
        gathered.settle()
    }

    fn day(claims: &[(&str, Found, DateKind)], stamp: &str) -> Option<(String, Found)> {
        settle(claims, stamp).date.map(|date| (date.date.to_string(), date.found))
    }

    #[test]
    fn dates_that_agree_are_one() {
        let claims =
            [("2026-04-09 09:39:08", META, DateKind::Published), ("2026/04/09", TEXT, DateKind::Published)];
        assert_eq!(day(&claims, ""), Some(("2026-04-09".to_owned(), META)));
        assert_eq!(settle(&claims, "").others.len(), 1);
    }

    #[test]
    fn publications_that_disagree_are_none() {
        let claims = [
            ("2026-04-09 09:39", META, DateKind::Published),
            ("2026-04-10", TEXT, DateKind::Published),
            ("2026-04-01", TEXT, DateKind::Signed),
        ];
        let settled = settle(&claims, "2026-05-01 08:00:00");
        assert_eq!((settled.date, settled.others.len()), (None, 3));
    }

    #[test]
    fn the_visible_date_wins_over_the_moment_the_page_was_made() {
        let claims =
            [("2025-10-25 11:32:37", META, DateKind::Published), ("2021-10-30", TEXT, DateKind::Published)];
        let stamp = "页面生成时间 2025-10-25 11:34:00";
        assert_eq!(day(&claims, stamp), Some(("2021-10-30".to_owned(), TEXT)));
        assert_eq!(day(&claims[..1], stamp), None);
        let why = Distrust::SameAsGeneration { stamp: stamp.to_owned() };
        assert!(settle(&claims[..1], stamp).distrusted.iter().any(|distrusted| distrusted.why == why));
    }

    #[test]
    fn a_page_made_long_after_its_publication_casts_no_doubt() {
        let claims = [("2016-11-22 09:53", META, DateKind::Published)];
        assert_eq!(day(&claims, "2019-03-22 12:28:37"), Some(("2016-11-22".to_owned(), META)));
    }

    #[test]
    fn a_server_that_prints_now_is_not_believed() {
        let claims = [("2026-10-04 12:01:00", META, DateKind::Published)];
        assert_eq!(settle(&claims, "").distrusted[0].why, Distrust::SameAsFetch);
        assert_eq!(
            day(&[("2026-10-04", META, DateKind::Published)], ""),
            Some(("2026-10-04".to_owned(), META))
        );
    }

    #[test]
    fn a_publication_after_tomorrow_leaves_none() {
        let claims =
            [("2027-04-09 09:39", META, DateKind::Published), ("2026-04-09", TEXT, DateKind::Published)];
        assert_eq!(day(&claims, ""), None);
    }

    #[test]
    fn signature_stands_in_for_publication_and_the_address_for_both() {
        let claims =
            [("2025/10/29", Found::Url, DateKind::Created), ("2025年10月20日", TEXT, DateKind::Signed)];
        assert_eq!(day(&claims, ""), Some(("2025-10-20".to_owned(), TEXT)));
        assert_eq!(day(&claims[..1], ""), Some(("2025-10-29".to_owned(), Found::Url)));
    }

    #[test]
    fn a_date_without_its_year_or_told_from_the_poll_does_not_count() {
        let claims = [("10-02", TEXT, DateKind::Published), ("昨天", TEXT, DateKind::Published)];
        let settled = settle(&claims, "");
        assert_eq!((settled.date, settled.others.len()), (None, 2));
    }

    #[test]
    fn an_empty_field_claims_nothing_and_a_default_is_no_date() {
        let claims = [("", META, DateKind::Published), ("1900-01-01", META, DateKind::Published)];
        let settled = settle(&claims, "");
        assert_eq!((settled.date, settled.distrusted.len()), (None, 1));
    }
}
