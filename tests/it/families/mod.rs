//! Our own pages in the shapes of the families we know, and of the traps that lists are: read with their preset, and by
//! what they show. In all of them it is 5 October 2026. Where each trap is met, beside the module that deals with it:
//!
//! | trap | page, or tests |
//! |---|---|
//! | old rows pinned first | `hebei-cms-1`, `jcms-dataproxy-1` |
//! | rows in no order | `nfra-1`, `trs-2` |
//! | a date after tomorrow | `trap-future`, `dates` |
//! | signature beside publication, and alone | `nfra-1`, `gkmlpt-1`, `xxgk-table-1`; `nfra-2`, `xxgk-table-2` |
//! | another date in the address, or none but that | `hubei-json-1`, `fujian-json-1`; `trap-dates-in-addresses` |
//! | stamps of generation, clock, footer | every page; as the only date: `article` |
//! | legal dates in titles | `trap-legal-dates`, `ucap-1` |
//! | dates without a year | `lonsun-column-3`, `auto`, `years` |
//! | dates split over elements | `vsb-2`, `list` |
//! | seconds and milliseconds | `gkmlpt-1`, `jpaas-2`, `govcn-library-2` |
//! | words relative to the poll, odd stamps | `dates`, `feed` |
//! | date before, after or inside the link, or bare | `lonsun-column-1`, `vsb-1`, `generic-list-2`, `auto` |
//! | separators | `openness-1`, `lonsun-column-1`, `n-cms-1`, `trs-1` |
//! | pop-ups inside rows | `trs-1`, `list` |
//! | titles cut short, marked up by search | `lonsun-column-1`, `jcms-dataproxy-1`; `nea-json-2` |
//! | links to other hosts, to accounts, to scripts | `generic-list-2` |
//! | lists in comments, templates, `document.write`, data scripts | `trap-commented-out`, `ucap-shell`, `trap-handlebars`, `jpaas-shell-query`, `trap-document-write`, `jcms-dataproxy-1` |
//! | newer lists beside the column's own | `trap-long-side-block`, `jcms-dataproxy-1`, `auto` |
//! | charsets, declared wrong or not at all | `pages_in_gb18030…`, `charset` |
//! | shells and landings | `*-shell*`, `landing` |
//! | gone with status 200, home page instead, stubs | `trap-gone`, `trap-home-page`, `trap-pages-only`, `unread` |
//! | glued, single-quoted and doubled `meta`; the parent's name | every page; `hebei-cms-1` |
//! | records that overlap | `jcms-dataproxy-2` |
//! | several sub-lists of one column | `trs-2` |
//! | items withdrawn | `nea-json-1` |
//! | further pages numbered from the oldest | `n-cms-2` |
//! | tables whose columns only their headers tell | `xxgk-table-1`, `xxgk-table-2` |
//! | answers about another column, refused, or only said to be empty | `gkmlpt`, `ucap`, `jcms`, `jpaas`, `json` |
//! | emptiness in the family's own words | `lonsun-column-empty`, `auto`, `list` |
//! | shields | `fetch::blocked` |

mod cases;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use chrono_tz::Asia::Shanghai;
use encoding_rs::GB18030;
use proptest::prelude::*;
use xuncha::extract::{
    DateKind, Explained, ExtractError, Extracted, Extractor, Listing, Page, Reading, Sureness, decode,
};
use xuncha::rules::Presets;

use self::cases::{Case, LISTS, LISTS_BY_SHAPE, SHELLS, UNDRAWN, WITHOUT_LIST};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn presets() -> Presets {
    Presets::of_rules(&root().join("crawl-rules")).unwrap()
}

fn text(file: &str) -> String {
    std::fs::read_to_string(root().join("tests/fixtures/pages").join(file)).unwrap()
}

fn page(body: impl Into<Vec<u8>>, address: &str) -> Page {
    Page { drawing: None, url: address.parse().unwrap(), content_type: None, body: body.into() }
}

fn seen_at() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-10-05T09:00:00+08:00").unwrap().to_utc()
}

fn explain(reading: &Reading, page: &Page) -> Explained {
    Extractor::new(reading).unwrap().explain(page, seen_at(), Shanghai)
}

/// The newest day of a page and its kind.
#[track_caller]
fn newest(explained: &Explained) -> (String, DateKind) {
    match &explained.result {
        Ok(Extracted::Listing(Listing::Items { sightings, .. })) => {
            let newest = sightings.iter().max_by_key(|sighting| sighting.date).unwrap();
            (newest.date.to_string(), newest.kind)
        }
        other => panic!("no items: {other:?}"),
    }
}

const ADDRESS: &str = "https://www.example.gov.cn/zwgk/lm/index.html";

#[test]
fn every_family_is_read_with_its_preset() {
    let presets = presets();
    for Case { file, preset, address, newest: day, kind } in LISTS {
        let explained = explain(&presets.named(preset).unwrap(), &page(text(file), address));
        assert_eq!(newest(&explained), (day.to_owned(), kind), "{file}");
    }
}

#[test]
fn every_family_is_known_by_its_signs_and_read_without_a_preset() {
    let auto = presets().by_signs();
    for Case { file, preset, address, newest: day, kind } in LISTS {
        let explained = explain(&auto, &page(text(file), address));
        assert_eq!(newest(&explained), (day.to_owned(), kind), "{file}");
        assert_eq!(explained.preset.as_deref(), Some(preset), "{file}: {:?}", explained.because);
    }
}

#[test]
fn shells_lead_to_answers_that_the_same_reading_understands() {
    let presets = presets();
    for (file, preset, address, form, answer) in SHELLS {
        let case = LISTS.iter().find(|case| case.file == answer).unwrap();
        for reading in [presets.named(preset).unwrap(), presets.by_signs()] {
            let Ok(Extracted::Onward(onward)) = explain(&reading, &page(text(file), address)).result else {
                panic!("{file} does not lead on: {:?}", explain(&reading, &page(text(file), address)));
            };
            let sent = onward.form.unwrap_or_default();
            assert!(
                sent.contains(form.unwrap_or_default()) && sent.is_empty() == form.is_none(),
                "{file}: {sent}"
            );
            let explained = explain(&reading, &page(text(answer), onward.url.as_str()));
            assert_eq!(newest(&explained), (case.newest.to_owned(), case.kind), "{answer} at {}", onward.url);
        }
    }
}

#[test]
fn lists_of_no_family_are_read_by_the_shape_of_their_rows() {
    let auto = presets().by_signs();
    for (file, day) in LISTS_BY_SHAPE {
        let explained = explain(&auto, &page(text(file), ADDRESS));
        assert_eq!((newest(&explained).0.as_str(), explained.preset), (day, None), "{file}");
    }
}

#[test]
fn a_page_whose_rows_cannot_be_read_is_neither_old_nor_empty() {
    let auto = presets().by_signs();
    for file in UNDRAWN.iter().chain(&WITHOUT_LIST) {
        let why = explain(&auto, &page(text(file), ADDRESS)).result.expect_err(file);
        let is_undrawn = matches!(why, ExtractError::NeedsRendering { .. });
        assert_eq!(is_undrawn, UNDRAWN.contains(file), "{file}: {why}");
        assert_eq!(matches!(why, ExtractError::SoftGone { .. }), *file == "trap-gone.html", "{file}: {why}");
    }
}

#[test]
fn an_empty_answer_is_believed_in_the_family_s_own_words_only() {
    let body = text("lonsun-column-empty.html");
    let auto = presets().by_signs();
    let fragment = page(body.clone(), "https://www.example.gov.cn/site/label/8888?labelName=a");
    assert_eq!(explain(&auto, &fragment).result, Ok(Extracted::Listing(Listing::Empty)));
    assert_eq!(explain(&auto, &page(body, ADDRESS)).result, Err(ExtractError::NoRows));
}

#[test]
fn pages_in_gb18030_are_read_with_and_without_a_declaration() {
    let Case { file, preset, address, newest: day, kind } = &LISTS[0];
    let presets = presets();
    for charset in ["<meta charset=\"gb2312\">", ""] {
        let text = text(file).replace("<meta charset=\"utf-8\">", charset);
        let body = GB18030.encode(&text).0.into_owned();
        let explained = explain(&presets.named(preset).unwrap(), &page(body, address));
        assert_eq!(newest(&explained), ((*day).to_owned(), *kind), "{charset}");
    }
}

#[test]
fn every_preset_has_two_pages_here() {
    for preset in presets().names_of_families() {
        let pages = LISTS.iter().filter(|case| case.preset == preset).count();
        assert!(pages >= 2, "`{preset}` has {pages}");
    }
}

/// The figures of a date's text must stand in the page, in that order.
fn stands_in(raw_date: &str, text: &str) -> bool {
    let figures = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    figures(text).contains(&figures(raw_date))
}

fn any_damage() -> impl Strategy<Value = (usize, usize, usize, String)> {
    let case = 0..LISTS.len();
    let put = prop::sample::select(vec![
        "",
        "<",
        ">",
        "</li>",
        "</ul>",
        "<ul>",
        "\"",
        "<!--",
        "2026",
        "-",
        "<a href=1>公告",
    ]);
    (case, any::<usize>(), 0..40_usize, put.prop_map(str::to_owned))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_damaged_page_never_gives_a_date_that_is_not_in_it((case, at, cut, put) in any_damage()) {
        let Case { file, preset, address, .. } = &LISTS[case];
        let mut letters: Vec<char> = text(file).chars().collect();
        let from = at % letters.len();
        let to = (from + cut).min(letters.len());
        letters.splice(from..to, put.chars());
        let damaged: String = letters.into_iter().collect();
        let presets = presets();
        let page = page(damaged, address);
        let seen = decode(&page.body, None);
        for reading in [presets.named(preset).unwrap(), presets.by_signs()] {
            let Ok(Extracted::Listing(Listing::Items { sightings, .. })) = explain(&reading, &page).result else {
                continue;
            };
            for sighting in sightings {
                prop_assert!(stands_in(&sighting.raw_date, &seen), "{file}: {sighting:?}");
                let is_epoch = sighting.raw_date.len() >= 10 && sighting.raw_date.bytes().all(|byte| byte.is_ascii_digit());
                let has_year = is_epoch || seen.contains(&sighting.date.format("%Y").to_string());
                prop_assert!(has_year || sighting.sureness != Sureness::Sure, "{file}: {sighting:?}");
            }
        }
    }
}
