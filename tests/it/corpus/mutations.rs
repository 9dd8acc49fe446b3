//! Changes to a page such as sites make: a row is pinned, a block is added, a template is replaced.
//!
//! Rows are found where their links are: a row is the largest element around the link of one item and of no other.

use chrono::{NaiveDate, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;
use scraper::{ElementRef, Html, Selector};
use xuncha::extract::{Extracted, Extractor, Listing, Page, Sighting, decode};

/// A changed page.
pub(super) struct Mutation {
    pub(super) name: &'static str,
    pub(super) text: String,
    /// Whether the list is still on the page with all its dates.
    pub(super) keeps_list: bool,
    /// Whether the newest row has lost its date, so that what is left is older.
    pub(super) hides_newest: bool,
}

/// A page as a parser writes it, with its rows as they stand in that text.
struct Rows {
    page: String,
    rows: Vec<String>,
    containers: Vec<String>,
    sightings: Vec<Sighting>,
    newest: NaiveDate,
}

/// All changes that make sense on a page. Its own reading tells where the rows are.
pub(super) fn mutated(extractor: &Extractor, page: &Page, newest: NaiveDate) -> Vec<Mutation> {
    let text = decode(&page.body, None).into_owned();
    if text.trim_start().starts_with(['{', '[']) {
        return vec![kept("items in reverse", in_reverse(&text))];
    }
    if text.contains("<record>") {
        return of_records(&text, newest);
    }
    if text.contains("<rss") {
        return Vec::new();
    }
    let seen_at =
        (newest + TimeDelta::days(super::truth::DAYS_LATER)).and_hms_opt(1, 0, 0).unwrap().and_utc();
    let sightings = sightings(extractor, page, seen_at);
    let rows = Rows::of(page, &text, sightings, newest);
    rows.mutations()
}

fn sightings(extractor: &Extractor, page: &Page, seen_at: chrono::DateTime<Utc>) -> Vec<Sighting> {
    match extractor.extract(page, seen_at, Shanghai) {
        Ok(Extracted::Listing(Listing::Items { sightings, .. })) => sightings,
        other => panic!("{}: {other:?}", page.url),
    }
}

fn kept(name: &'static str, text: String) -> Mutation {
    Mutation { name, text, keeps_list: true, hides_newest: false }
}

fn lost(name: &'static str, text: String) -> Mutation {
    Mutation { name, text, keeps_list: false, hides_newest: false }
}

impl Rows {
    fn of(page: &Page, text: &str, sightings: Vec<Sighting>, newest: NaiveDate) -> Self {
        let html = Html::parse_document(text);
        let selector = Selector::parse("a[href]").unwrap();
        let is_item = |link: &ElementRef| {
            let href = page.url.join(link.attr("href").unwrap_or_default());
            let url = href.map(String::from).unwrap_or_default();
            sightings.iter().any(|sighting| sighting.url == url)
        };
        let links: Vec<ElementRef> = html.select(&selector).filter(is_item).collect();
        let rows: Vec<ElementRef> = links.iter().map(|link| row_around(*link, &links)).collect();
        let mut containers: Vec<ElementRef> =
            rows.iter().filter_map(|row| row.parent().and_then(ElementRef::wrap)).collect();
        containers.dedup();
        Self {
            page: html.html(),
            rows: rows.iter().map(ElementRef::html).collect(),
            containers: containers.iter().map(ElementRef::html).collect(),
            sightings,
            newest,
        }
    }

    fn mutations(&self) -> Vec<Mutation> {
        let mut all = self.of_dated_lines();
        all.push(lost("without dates", self.without_dates()));
        // One row alone is an excerpt of a list.
        if self.rows.len() > 1 {
            all.extend(self.of_blocks_beside());
            all.push(lost("without its container", self.each_container(|_| String::new())));
            all.push(kept("container unwrapped", self.each_container(inner)));
            all.push(kept("rows in reverse", self.in_reverse()));
            all.push(kept("an old row pinned first", self.with_old_row_first()));
            let text = self.without_newest_date();
            all.push(Mutation { name: "newest row undated", text, keeps_list: false, hides_newest: true });
        }
        all
    }

    /// A day later than all of the list.
    fn later(&self) -> NaiveDate {
        self.newest + TimeDelta::days(2)
    }

    /// Lines that say when something else was.
    fn of_dated_lines(&self) -> Vec<Mutation> {
        let day = self.later();
        let (dashed, chinese) = (day.format("%Y-%m-%d"), day.format("%Y年%-m月%-d日"));
        let map = "<a href=\"/map.html\">网站地图</a>";
        let footer = format!("<div class=\"footer\"><p>更新日期：{dashed} {map}</p></div>");
        let unnamed = format!("<div><p>最后更新：{dashed} {map}</p></div>");
        let copyright = format!("<div>版权所有 © {dashed} 示例县人民政府</div>");
        let clock = format!("<div>今天是{chinese} 星期三 <a href=\"/tq/\">天气</a></div>");
        vec![
            kept("a dated footer", self.with_after(&footer)),
            kept("a dated line below, not called a footer", self.with_after(&unnamed)),
            kept("a dated copyright", self.with_after(&copyright)),
            kept("a clock above", self.with_before(&clock)),
        ]
    }

    /// Blocks of newer items of other columns.
    fn of_blocks_beside(&self) -> Vec<Mutation> {
        let day = self.later().format("%Y-%m-%d").to_string();
        let link = |number: usize| {
            let href = format!("https://www.other.example/yw/{number}.html");
            format!("<li><a href=\"{href}\">别处要闻第{number}条消息摘要</a><span>{day}</span></li>")
        };
        let own = |number: usize| self.elsewhere(&self.rows[number % self.rows.len()], number, &day);
        let block = |rows: String| format!("<div class=\"side\"><h3>最新要闻</h3><ul>{rows}</ul></div>");
        let (few, many) = (block((0..5).map(link).collect()), block((0..60).map(link).collect()));
        let like_its_own = block((0..6).map(own).collect());
        vec![
            kept("a block of 5 links above", self.with_before(&few)),
            kept("a block of 5 links below", self.with_after(&few)),
            kept("a block of 60 links above", self.with_before(&many)),
            kept("a block of 60 links below", self.with_after(&many)),
            kept("a block of rows like its own above", self.with_before(&like_its_own)),
            kept("a block of rows like its own below", self.with_after(&like_its_own)),
        ]
    }

    /// A row as it would stand in another column's block: of a later day, and linked elsewhere.
    fn elsewhere(&self, row: &str, number: usize, day: &str) -> String {
        let written = self.sightings.iter().find(|sighting| row.contains(&sighting.raw_date));
        let row = written.map_or_else(|| row.to_owned(), |sighting| row.replace(&sighting.raw_date, day));
        let mut parts = row.splitn(2, "href=\"");
        let (before, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let after = rest.split_once('"').map(|(_, after)| after).unwrap_or_default();
        format!("{before}href=\"https://www.other.example/yw/{number}.html\"{after}")
    }

    fn with_before(&self, block: &str) -> String {
        let body = self.page.find("<body").unwrap();
        let at = body + self.page[body..].find('>').unwrap() + 1;
        format!("{}{block}{}", &self.page[..at], &self.page[at..])
    }

    fn with_after(&self, block: &str) -> String {
        let at = self.page.rfind("</body>").unwrap();
        format!("{}{block}{}", &self.page[..at], &self.page[at..])
    }

    fn each_container(&self, change: impl Fn(&str) -> String) -> String {
        self.containers.iter().fold(self.page.clone(), |page, container| {
            page.replacen(container.as_str(), &change(container), 1)
        })
    }

    fn in_reverse(&self) -> String {
        let mut page = self.page.clone();
        let mut from = 0;
        for (row, instead) in self.rows.iter().zip(self.rows.iter().rev()) {
            let Some(at) = page[from..].find(row.as_str()).map(|at| from + at) else { continue };
            page.replace_range(at..at + row.len(), instead);
            from = at + instead.len();
        }
        page
    }

    /// The last row once more above the first, of years ago.
    fn with_old_row_first(&self) -> String {
        let (first, last) = (&self.rows[0], &self.rows[self.rows.len() - 1]);
        let pinned = self.sightings.iter().fold(last.clone(), |row, sighting| {
            let old = sighting.raw_date.replacen("20", "19", 1).replacen("190", "199", 1);
            row.replace(&sighting.raw_date, &old)
        });
        self.page.replacen(
            first.as_str(),
            &format!("{}{first}", pinned.replacen("href=\"", "href=\"./top", 1)),
            1,
        )
    }

    fn without_dates(&self) -> String {
        self.sightings.iter().fold(self.page.clone(), |page, sighting| page.replace(&sighting.raw_date, ""))
    }

    fn without_newest_date(&self) -> String {
        let newest = self.sightings.iter().filter(|sighting| sighting.date == self.newest);
        newest.fold(self.page.clone(), |page, sighting| page.replace(&sighting.raw_date, ""))
    }
}

/// The largest element around a link that holds none of the others.
fn row_around<'a>(link: ElementRef<'a>, links: &[ElementRef<'a>]) -> ElementRef<'a> {
    let holds_other = |element: &ElementRef| {
        element.descendent_elements().any(|inner| inner != link && links.contains(&inner))
    };
    let around = link.ancestors().filter_map(ElementRef::wrap);
    let is_frame = |element: &ElementRef| matches!(element.value().name(), "body" | "html" | "ul" | "ol");
    around.take_while(|element| !holds_other(element) && !is_frame(element)).last().unwrap_or(link)
}

fn inner(element: &str) -> String {
    let from = element.find('>').map_or(0, |at| at + 1);
    let to = element.rfind("</").unwrap_or(element.len());
    element[from..to].to_owned()
}

fn in_reverse(json: &str) -> String {
    let mut answer: serde_json::Value = serde_json::from_str(json).unwrap();
    let mut open = vec![&mut answer];
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::Array(items) => {
                items.reverse();
                open.extend(items);
            }
            serde_json::Value::Object(fields) => open.extend(fields.values_mut()),
            _ => {}
        }
    }
    answer.to_string()
}

fn of_records(text: &str, newest: NaiveDate) -> Vec<Mutation> {
    let parts: Vec<&str> = text.split_inclusive("</record>").collect();
    let (records, end) = parts.split_at(parts.len() - 1);
    let begin = records[0].find("<record>").unwrap();
    let (head, first) = records[0].split_at(begin);
    let records: Vec<&str> = std::iter::once(first).chain(records[1..].iter().copied()).collect();
    let whole = |records: &[String]| format!("{head}{}{}", records.concat(), end[0]);
    let owned: Vec<String> = records.iter().map(|record| (*record).to_owned()).collect();
    let reversed: Vec<String> = owned.iter().rev().cloned().collect();
    let day = newest.format("%Y-%m-%d").to_string();
    let pinned = owned[owned.len() - 1].replace("/art/20", "/art/19").replace(">20", ">19");
    let with_pinned: Vec<String> = std::iter::once(pinned).chain(owned.clone()).collect();
    let undated: Vec<String> = owned.iter().map(|record| record.replace(&day, "")).collect();
    vec![
        kept("rows in reverse", whole(&reversed)),
        kept("an old row pinned first", whole(&with_pinned)),
        lost("without records", format!("{head}{}", end[0])),
        Mutation { name: "newest row undated", text: whole(&undated), keeps_list: false, hides_newest: true },
    ]
}
