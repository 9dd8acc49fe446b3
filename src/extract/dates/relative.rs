//! Finds dates told from the moment of the poll.

use chrono::TimeDelta;

use super::resolve::Written;
use super::scan;

/// `刚刚`, `5分钟前`, `2小时前`, `3天前`, `今天 08:30`, `昨天`, `前天`. Weeks, months and years are too coarse for a
/// day and are not read.
pub(super) fn relative(core: &str) -> Option<Written> {
    if core == "刚刚" {
        return Some(Written::Ago(TimeDelta::zero()));
    }
    ago(core).or_else(|| named_day(core))
}

fn ago(core: &str) -> Option<Written> {
    let amount = core.strip_suffix('前')?;
    let figures = amount.bytes().take_while(u8::is_ascii_digit).count();
    if figures == 0 || figures > 6 {
        return None;
    }
    let number: i64 = amount[..figures].parse().ok()?;
    match amount[figures..].trim() {
        "秒" | "秒钟" => TimeDelta::try_seconds(number).map(Written::Ago),
        "分" | "分钟" => TimeDelta::try_minutes(number).map(Written::Ago),
        "小时" | "个小时" => TimeDelta::try_hours(number).map(Written::Ago),
        "天" | "日" => number.try_into().ok().map(Written::DaysBack),
        _ => None,
    }
}

fn named_day(core: &str) -> Option<Written> {
    let days = [("今天", 0), ("昨天", 1), ("前天", 2)];
    let (rest, back) = days.iter().find_map(|(name, back)| Some((core.strip_prefix(name)?, *back)))?;
    let rest = rest.trim();
    (rest.is_empty() || scan::clock(rest).is_some()).then_some(Written::DaysBack(back))
}
