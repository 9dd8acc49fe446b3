//! The titles and dates that every format prints alike.

use chrono::{Datelike, NaiveDate};

use super::document::Bulletin;
use super::month::Month;

/// The title: 郎溪县十二月份政府网站与政务新媒体监测情况通报.
pub fn title(bulletin: &Bulletin) -> String {
    format!("{}{}政府网站与政务新媒体监测情况通报", bulletin.county, bulletin.month.chinese())
}

/// The titles of the three annexes.
pub fn annex_titles(month: Month) -> [String; 3] {
    ["信息公开网站", "政务微信、政务微博", "其他政务新媒体"]
        .map(|what| format!("{}月份{what}监测情况", month.number()))
}

/// The note under each annex.
pub fn cut_off_note(bulletin: &Bulletin) -> String {
    format!("说明：统计数据截至{}。", chinese_date(bulletin.cutoff))
}

/// A date as officials write it: 2022年12月28日.
pub fn chinese_date(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}
