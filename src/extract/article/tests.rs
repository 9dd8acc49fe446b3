//! Pages in the shapes of each family, written for the purpose.

mod families;
mod laws;
mod traps;

use super::*;
use chrono_tz::Asia::Shanghai;

fn seen_at() -> DateTime<Utc> {
    "2026-10-04T04:00:00Z".parse().unwrap()
}

/// Reads a page whose address says nothing of its date.
fn read(body: &str) -> Article {
    read_at("https://www.example.gov.cn/content.html", body)
}

fn read_at(address: &str, body: &str) -> Article {
    let page = Page {
        drawing: None,
        url: address.parse().unwrap(),
        content_type: None,
        body: body.as_bytes().to_vec(),
    };
    read_article(&page, seen_at(), Shanghai).unwrap()
}

/// The date to go by, where it was found and what it is, in one line.
fn date(article: &Article) -> String {
    article.date.as_ref().map_or_else(
        || "none".to_owned(),
        |date| format!("{} {} {}", date.date, date.found.word(), date.kind.word()),
    )
}

/// Running text, long enough to be known again.
const TEXT: &str = "<p>为进一步规范县城供水管理，保障居民用水安全，根据有关规定，现就做好冬季供水工作的有关事项通知如下。</p>\
                    <p>各单位要落实责任，排查管网隐患，2021年1月5日前报送排查情况；遇有寒潮，及时启动预案。</p>";
