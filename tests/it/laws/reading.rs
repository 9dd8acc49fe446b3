//! What holds of every reading of every document. Shared with the fuzz targets, so it names nothing but the public API.

use std::path::Path;

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Asia::Shanghai;
use xuncha::extract::{
    Extracted, Extractor, Listing, Page, Reading, Sighting, Sureness, decode, identity, read_article,
    read_date, read_landmarks,
};
use xuncha::rules::Presets;

/// Addresses by which families are known, and some that say nothing.
pub(crate) const ADDRESSES: [&str; 10] = [
    "https://www.example.gov.cn/zwgk/lm/index.html",
    "https://www.example.gov.cn/art/2026/9/1/art_1_2.html",
    "https://www.example.gov.cn/col/col7010/index.html",
    "https://www.example.gov.cn/module/web/jpage/dataproxy.jsp?perpage=25",
    "https://www.example.gov.cn/gkmlpt/index#30011",
    "https://www.example.gov.cn/gkmlpt/api/all/30011?page=1&sid=660019",
    "https://www.example.gov.cn/queryList",
    "https://www.example.gov.cn/common/search/0123456789abcdef0123456789abcdef?page=1",
    "https://www.example.gov.cn/site/label/8888?labelName=a",
    "https://mp.weixin.qq.com/s/1",
];

/// Every way in which a document may be read.
pub(crate) struct Laws {
    extractors: Vec<(String, Extractor)>,
    seen_at: DateTime<Utc>,
}

impl Laws {
    /// Makes the presets of a rules directory ready.
    pub(crate) fn of(rules: &Path) -> Self {
        let presets = Presets::of_rules(rules).unwrap();
        let named = presets.names_of_families().map(|name| (name.to_owned(), presets.named(name).unwrap()));
        let others = [("auto".to_owned(), presets.by_signs()), ("feed".to_owned(), Reading::Feed)];
        let ready = |(name, reading): (String, Reading)| (name, Extractor::new(&reading).unwrap());
        let seen_at = DateTime::parse_from_rfc3339("2026-10-05T09:00:00+08:00").unwrap().to_utc();
        Self { extractors: named.chain(others).map(ready).collect(), seen_at }
    }

    /// Reads a document in every way, as a list and as an article. Says what is broken.
    pub(crate) fn check(&self, document: &[u8], address: &str) -> Result<(), String> {
        let page = Page {
            drawing: None,
            url: address.parse().unwrap(),
            content_type: None,
            body: document.to_vec(),
        };
        let written = Written::of(&page);
        for (name, extractor) in &self.extractors {
            let read = extractor.extract(&page, self.seen_at, Shanghai);
            if let Ok(read) = read {
                self.check_read(read, &written).map_err(|broken| format!("{name}: {broken}"))?;
            }
        }
        if let Ok(article) = read_article(&page, self.seen_at, Shanghai) {
            for date in article.date.iter().chain(&article.others) {
                self.check_day(date.date)?;
                written.check(&date.raw)?;
            }
        }
        let _ = (identity(&page), read_landmarks(&page));
        Ok(())
    }

    fn check_read(&self, read: Extracted, written: &Written) -> Result<(), String> {
        match read {
            Extracted::Listing(Listing::Empty) => Ok(()),
            Extracted::Listing(Listing::Items { sightings, .. }) if sightings.is_empty() => {
                Err("a list of no items that is not empty".to_owned())
            }
            Extracted::Listing(Listing::Items { sightings, .. }) => {
                sightings.iter().try_for_each(|sighting| self.check_sighting(sighting, written))
            }
            Extracted::Onward(onward) if matches!(onward.url.scheme(), "http" | "https") => Ok(()),
            Extracted::Onward(onward) => Err(format!("it leads to {}", onward.url)),
        }
    }

    fn check_sighting(&self, sighting: &Sighting, written: &Written) -> Result<(), String> {
        self.check_day(sighting.date)?;
        written.check(&sighting.raw_date)?;
        let is_sure = sighting.sureness == Sureness::Sure;
        match read_date(&sighting.raw_date, self.seen_at, Shanghai) {
            Ok(read) if is_sure && read.date != sighting.date => {
                Err(format!("{sighting:?} says {}", read.date))
            }
            _ => Ok(()),
        }
    }

    fn check_day(&self, day: NaiveDate) -> Result<(), String> {
        let tomorrow = self.seen_at.with_timezone(&Shanghai).date_naive() + Days::new(1);
        if day > tomorrow { Err(format!("{day} is later than tomorrow")) } else { Ok(()) }
    }
}

/// All figures of a document and of its address, in order.
struct Written {
    figures: String,
    /// Whether figures may also be written by their numbers, so that they are not to be found by themselves.
    is_escaped: bool,
}

impl Written {
    fn of(page: &Page) -> Self {
        let text = decode(&page.body, None);
        let is_escaped = text.contains("&#") || text.contains("\\u");
        Self { figures: figures(&format!("{text} {}", page.url)), is_escaped }
    }

    /// Each number of a date's text must be in the document.
    fn check(&self, raw_date: &str) -> Result<(), String> {
        let mut numbers = raw_date.split(|letter: char| !letter.is_ascii_digit());
        if self.is_escaped || numbers.all(|number| self.figures.contains(number)) {
            return Ok(());
        }
        Err(format!("`{raw_date}` is not in the document"))
    }
}

fn figures(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
