use chrono::NaiveDate;
use chrono_tz::Asia::Shanghai;

use super::*;
use crate::extract::{DateKind, Extracted, Extractor, Listing, Onward, Page, read_article};
use crate::rules::{Rules, SourceId};

fn shipped() -> Rules {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("crawl-rules");
    Rules::load(&directory, None).unwrap()
}

fn column(rules: &Rules) -> &Source {
    rules.source(&SourceId::new("ziranziyuanju/jiedu-shangji")).unwrap()
}

fn items() -> Vec<Publication> {
    let item = |at: &str, title: &str| Publication { at: at.parse().unwrap(), title: title.to_owned() };
    vec![
        item("2022-01-18T09:30:00", "上级政策解读公开信息（第1期）"),
        item("2022-06-08T15:05:00", "一图读懂：上级政策解读"),
    ]
}

fn list<'a>(source: &'a Source, published: &'a [Publication]) -> ListPage<'a> {
    ListPage {
        source,
        unit_name: "县自然资源和规划局",
        published,
        pinned: None,
        page: 1,
        charset: "utf-8",
        now: "2022-12-20T10:00:00".parse().unwrap(),
        with_dates: true,
        article_base: 50_000,
    }
}

fn read(source: &Source, url: &Url, body: String) -> Extracted {
    let page = Page { drawing: None, url: url.clone(), content_type: None, body: body.into_bytes() };
    let seen_at = "2022-12-20T02:00:00Z".parse().unwrap();
    Extractor::new(&source.reading).unwrap().extract(&page, seen_at, Shanghai).unwrap()
}

fn dates(extracted: Extracted) -> Vec<NaiveDate> {
    match extracted {
        Extracted::Listing(Listing::Items { sightings, undated }) if undated.is_empty() => {
            sightings.iter().map(|sighting| sighting.date).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_column_is_read_the_same_from_its_page_and_from_the_answer_it_leads_to() {
    let rules = shipped();
    let (source, items) = (column(&rules), items());
    let list = list(source, &items);
    let in_page = dates(read(source, &source.url, page_with_rows(&list)));
    let Extracted::Onward(Onward { url, form: Some(form), .. }) =
        read(source, &source.url, page_without_rows(&list))
    else {
        panic!("leads nowhere")
    };
    assert_eq!(url.path(), PROXY);
    assert_eq!(column_asked_for(form.as_bytes()).as_deref(), Some(source.url.path()));
    let answered = dates(read(source, &url, answer(&list)));
    assert_eq!(in_page, ["2022-06-08", "2022-01-18"].map(|day| day.parse::<NaiveDate>().unwrap()));
    assert_eq!(in_page, answered);
}

#[test]
fn a_script_that_asks_wrongly_is_refused() {
    assert_eq!(column_asked_for(b"columnid=7&unitid=38140&webid=8"), None);
    assert_eq!(column_asked_for(b"columnid=7&webid=7"), None);
}

#[test]
fn an_articles_date_is_that_of_its_publication_and_not_of_its_making() {
    let rules = shipped();
    let (source, items) = (column(&rules), items());
    let path = article_path(&source.url, items[1].at.date(), 50_001);
    assert!(path.starts_with("/art/2022/6/8/art_"), "{path}");
    assert_eq!(article_number(&path), Some(50_001));
    let made_on = "2022-12-20".parse().unwrap();
    let body = article(source, "县自然资源和规划局", &items[1], made_on).into_bytes();
    let page = Page { drawing: None, url: source.url.join(&path).unwrap(), content_type: None, body };
    let read = read_article(&page, "2022-12-20T02:00:00Z".parse().unwrap(), Shanghai).unwrap();
    let date = read.date.unwrap();
    assert_eq!((date.date, date.kind), ("2022-06-08".parse().unwrap(), DateKind::Published));
    assert_eq!(read.distrusted.len(), 1, "{:?}", read.distrusted);
}
