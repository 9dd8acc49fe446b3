//! Reads the day that many systems write into an article's address: when it was made there, not when it came out.

use url::Url;

use super::super::sighting::{DateKind, Found};
use super::claim::Gathered;

/// Claims the first date of the path: `/art/2025/10/29/`, `/2025-10/29/`, `/2025/1029/`, `/20251029/`, `t20251029_1.html`.
pub(super) fn read(url: &Url, gathered: &mut Gathered) {
    let Some(segments) = url.path_segments() else { return };
    let segments: Vec<&str> = segments.collect();
    if let Some((raw, [year, month, day])) = (0..segments.len()).find_map(|from| day_of(&segments[from..])) {
        let day =
            super::super::dates::read_date(&format!("{year}-{month}-{day}"), gathered.seen_at, gathered.zone);
        if day.is_ok() {
            gathered.claim_day(&raw, day, Found::Url, DateKind::Created);
        }
    }
}

/// A day at the head of some segments, as written and in its parts.
fn day_of<'a>(segments: &[&'a str]) -> Option<(String, [&'a str; 3])> {
    let first = *segments.first()?;
    let second = segments.get(1).copied().unwrap_or_default();
    let third = segments.get(2).copied().unwrap_or_default();
    if let Some(day) = eight_figures(in_file_name(first).unwrap_or(first)) {
        return Some((day.concat(), day));
    }
    if is_year(first) && is_month_or_day(second) && is_month_or_day(third) {
        return Some((format!("{first}/{second}/{third}"), [first, second, third]));
    }
    if is_year(first) && second.len() == 4 && is_figures(second) {
        return Some((format!("{first}/{second}"), [first, &second[..2], &second[2..]]));
    }
    let (year, month) = first.split_once('-')?;
    if is_year(year) && is_month_or_day(month) && is_month_or_day(second) {
        return Some((format!("{first}/{second}"), [year, month, second]));
    }
    let (month, day) = month.split_once('-')?;
    (is_year(year) && is_month_or_day(month) && is_month_or_day(day))
        .then(|| (first.to_owned(), [year, month, day]))
}

/// The figures of `t20251029_274944.html`.
fn in_file_name(segment: &str) -> Option<&str> {
    segment.strip_prefix('t')?.split_once('_').map(|(figures, _)| figures)
}

fn eight_figures(text: &str) -> Option<[&str; 3]> {
    (text.len() == 8 && is_figures(text)).then(|| [&text[..4], &text[4..6], &text[6..]])
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && is_figures(text)
}

fn is_month_or_day(text: &str) -> bool {
    matches!(text.len(), 1 | 2) && is_figures(text)
}

fn is_figures(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_from(path: &str) -> Option<(String, String)> {
        let mut gathered = Gathered::new("2026-10-04T04:00:00Z".parse().unwrap(), chrono_tz::Asia::Shanghai);
        read(&format!("https://www.example.gov.cn{path}").parse().unwrap(), &mut gathered);
        gathered.settle().date.map(|date| (date.date.to_string(), date.raw))
    }

    #[test]
    fn the_day_is_read_out_of_the_addresses_of_each_family() {
        for (path, raw) in [
            ("/xxgk/zcfg/202510/t20251029_274944.html", "20251029"),
            ("/art/2025/10/29/art_1621004_30332664.html", "2025/10/29"),
            ("/gongbao/2025-10/29/content_1.htm", "2025-10/29"),
            ("/n1/2025/1029/c1001-1.html", "2025/1029"),
            ("/a/20251029/1.html", "20251029"),
            ("/a/2025-10-29/1.html", "2025-10-29"),
        ] {
            assert_eq!(read_from(path), Some(("2025-10-29".to_owned(), raw.to_owned())), "{path}");
        }
    }

    #[test]
    fn numbers_that_are_no_day_are_passed_over() {
        for path in [
            "/content/3/3255/post_3255421.html",
            "/info/1008/1202.htm",
            "/csrc/c106256/c1653987/content.shtml",
            "/a/2025/13/40/1.html",
            "/a/2028/10/29/1.html",
            "/OpennessContent/show/2625129.html",
        ] {
            assert_eq!(read_from(path), None, "{path}");
        }
    }
}
