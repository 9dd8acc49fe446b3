//! The presets that come with the project, on pages of our own making and, where they are at hand, on real ones.

use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Asia::Shanghai;

use super::*;
use crate::extract::{DateKind, ExtractError, Extracted, Listing, Page, Sighting};

/// Real pages of other publishers, kept beside the project and not in it.
const SAMPLES: &str = "../shared/samples";

fn extractor(preset: &str) -> Extractor {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("crawl-rules/presets");
    let files: Vec<PathBuf> =
        std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().path()).collect();
    let problems = Collector::default();
    let presets = Presets::load(&files, &problems);
    let column = Document::from_text("unit.toml", format!("preset = \"{preset}\""));
    let reading = column.with_root(&problems, |table| presets.reading(table));
    problems.into_result(()).unwrap();
    Extractor::new(&reading.unwrap()).unwrap()
}

fn seen_at() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-10-05T09:00:00+08:00").unwrap().to_utc()
}

fn read(preset: &str, url: &str, body: &[u8]) -> Result<Extracted, ExtractError> {
    let page = Page { drawing: None, url: url.parse().unwrap(), content_type: None, body: body.to_vec() };
    extractor(preset).extract(&page, seen_at(), Shanghai)
}

fn rows(read: Result<Extracted, ExtractError>) -> Vec<Sighting> {
    match read {
        Ok(Extracted::Listing(Listing::Items { sightings, undated })) if undated.is_empty() => sightings,
        other => panic!("{other:?}"),
    }
}

fn newest(sightings: &[Sighting]) -> NaiveDate {
    sightings.iter().map(|sighting| sighting.date).max().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Two answers to each preset for JSON: one with items, of which not the first is the newest, and one whose items the
/// preset must not take for what they seem.
const ANSWERS: [(&str, &str, &str); 6] = [
    (
        "nfra",
        r#"{"rptCode":200,"data":{"total":2,"lists":[
            {"docSubtitle":"甲","publishDate":"2026-09-01 15:30:00","builddate":"2026-08-30 00:00:00"},
            {"docSubtitle":"乙","publishDate":"2026-09-03 16:11:29","builddate":"2026-08-28 00:00:00"}]}}"#,
        r#"{"rptCode":500,"data":{"total":1,"lists":[{"docSubtitle":"甲","publishDate":"2026-09-01 15:30:00"}]}}"#,
    ),
    (
        "nea-json",
        r#"{"datasource":[
            {"title":"甲","publishUrl":"../20260901/a/c.html","publishTime":"2026-09-01 12:04:01","publishType":"published"},
            {"title":"乙","publishUrl":"../20260903/b/c.html","publishTime":"2026-09-03 12:04:01","publishType":"published"},
            {"title":"丙","publishUrl":"../20260905/d/c.html","publishTime":"2026-09-05 12:04:01","publishType":"unpublished"}]}"#,
        r#"{"datasource":[{"title":"丙","publishTime":"2026-09-05 12:04:01","publishType":"unpublished"}]}"#,
    ),
    (
        "govcn-library",
        r#"{"code":200,"searchVO":{"totalCount":2,"listVO":[{"title":"甲","pubtimeStr":"2026.09.01","url":"https://x.example/1"},
            {"title":"乙","pubtime":1788364800000,"url":"https://x.example/2"}]}}"#,
        r#"{"code":200,"searchVO":{"totalCount":28,"listVO":[]}}"#,
    ),
    (
        "govcn-latest",
        r#"[{"TITLE":"甲","URL":"https://x.example/1","DOCRELPUBTIME":"2026-09-01"},
            {"TITLE":"乙","URL":"https://x.example/2","DOCRELPUBTIME":"2026-09-03"}]"#,
        "[]",
    ),
    (
        "hubei-json",
        r#"{"data":[{"FILENAME":"甲","URL":"./202609/t20260902_1.shtml","DOCRELTIME":"2026-09-01 10:00:00"},
            {"FILENAME":"乙","URL":"./202609/t20260901_1.shtml","DOCRELTIME":"2026-09-03 10:00:00"}]}"#,
        r#"{"data":[]}"#,
    ),
    (
        "fujian-json",
        r#"{"count":"2","data":[{"doctitle":"甲","docreltime":"2026-09-01 10:00:00","docpuburl":"https://x.example/1"},
            {"doctitle":"乙","docreltime":"2026-09-03 10:00:00","docpuburl":"https://x.example/2"}]}"#,
        r#"{"count":"9","data":[]}"#,
    ),
];

const ADDRESS: &str = "https://www.example.gov.cn/data/list.json";

#[test]
fn each_json_preset_reads_its_answers_by_publication() {
    for (preset, items, _) in ANSWERS {
        let rows = rows(read(preset, ADDRESS, items.as_bytes()));
        assert_eq!((rows.len(), newest(&rows)), (2, day("2026-09-03")), "{preset}");
        assert!(rows.iter().all(|row| row.kind == DateKind::Published), "{preset}");
        assert_eq!((rows[0].title.as_str(), rows[1].title.as_str()), ("甲", "乙"), "{preset}");
    }
}

#[test]
fn no_json_preset_takes_a_doubtful_answer_for_an_empty_one() {
    for (preset, _, doubtful) in ANSWERS {
        let read = read(preset, ADDRESS, doubtful.as_bytes());
        assert!(
            matches!(read, Err(ExtractError::BadJson { .. } | ExtractError::NoRows)),
            "{preset}: {read:?}"
        );
    }
    for (preset, empty) in [
        ("nfra", r#"{"rptCode":200,"data":{"total":0,"lists":[]}}"#),
        ("govcn-library", r#"{"code":200,"searchVO":{"totalCount":0,"listVO":[]}}"#),
        ("fujian-json", r#"{"count":"0","data":[]}"#),
    ] {
        let read = read(preset, ADDRESS, empty.as_bytes());
        assert_eq!(read, Ok(Extracted::Listing(Listing::Empty)), "{preset}");
    }
}

/// A sample, or nothing, said aloud, where the samples are not at hand.
fn sample(path: &str) -> Option<Vec<u8>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(SAMPLES).join(path);
    let bytes = std::fs::read(file).ok();
    if bytes.is_none() {
        eprintln!("skipped: {SAMPLES}/{path} is not at hand");
    }
    bytes
}

/// Preset, sample, address it came from, and the newest date as the index of the samples has it (for those made up to
/// a documented shape, as the sample itself shows it).
const READABLE: [(&str, &str, &str, &str); 13] = [
    (
        "nfra",
        "custom-json/nfra_list_001.json",
        "https://www.example.gov.cn/cbircweb/solr/openGovSerch",
        "2026-04-24",
    ),
    (
        "nfra",
        "custom-json/nfra_list_002.json",
        "https://www.example.gov.cn/cbircweb/solr/openGovSerch",
        "2026-04-24",
    ),
    (
        "nea-json",
        "misc-gov/nea_nyyw_xinhua_cms_excerpt.json",
        "https://www.example.gov.cn/xwzx/ds_0.json",
        "2026-09-11",
    ),
    (
        "govcn-library",
        "govcn/zcwjk_search_reconstructed.json",
        "https://www.example.gov.cn/search-gov/data",
        "2025-03-05",
    ),
    (
        "fujian-json",
        "trs/fujian_fjdzapp_search_reconstructed.json",
        "https://www.example.gov.cn/fjdzapp/search",
        "2026-09-01",
    ),
    (
        "hubei-json",
        "trs/hubei_gfxwj_json_reconstructed.json",
        "https://www.example.gov.cn/wj/gfxwj.json",
        "2026-09-01",
    ),
    (
        "gkmlpt",
        "gkmlpt/zhaoqing_list_trimmed.json",
        "https://www.example.gov.cn/zqhjj/gkmlpt/api/all/21023?page=1&sid=758019",
        "2026-07-07",
    ),
    ("jcms-dataproxy", "hanweb-jcms/jiangsu_gxt_col80179_page1.xml", DATAPROXY, "2025-10-29"),
    ("jcms-dataproxy", "hanweb-jcms/jiangsu_gxt_col80179_page2.xml", DATAPROXY, "2023-10-30"),
    ("jcms-dataproxy", "hanweb-jcms/jiangsu_gxt_col80179_page4.xml", DATAPROXY, "2022-10-24"),
    (
        "jpaas",
        "hanweb-jpaas/build_unit_reconstructed.json",
        "https://www.example.gov.cn/api-gateway/build/unit",
        "2026-09-01",
    ),
    (
        "jpaas",
        "hanweb-jpaas/queryList_reconstructed.json",
        "https://www.example.gov.cn/queryList",
        "2026-09-02",
    ),
    (
        "ucap",
        "ucap/csrc_fetchJsonList_reconstructed.json",
        "https://www.example.gov.cn/common/search/x",
        "2026-09-04",
    ),
];

const DATAPROXY: &str = "https://www.example.gov.cn/module/web/jpage/dataproxy.jsp";

#[test]
fn real_answers_are_read_as_a_person_reads_them() {
    for (preset, path, url, truth) in READABLE {
        let Some(body) = sample(path) else { continue };
        let rows = rows(read(preset, url, &body));
        assert_eq!(newest(&rows), day(truth), "{path}");
    }
}

#[test]
fn real_shells_lead_on_and_give_no_date() {
    let shells = [
        (
            "jpaas",
            "hanweb-jpaas/jiangxi_sthjt_col42150_list_shell.html",
            "https://www.example.gov.cn/jxssthjt/col/col42150/index.html",
            "https://www.example.gov.cn/queryList",
        ),
        (
            "ucap",
            "ucap/csrc_fg_list.html",
            "https://www.example.gov.cn/csrc/c106256/fg.shtml",
            "https://www.example.gov.cn/common/search/d5c69b3f67334ed984a43e864f42f1ab\
             ?page=1&_pageSize=20&_isAgg=true&_isJson=true&_template=index",
        ),
    ];
    for (preset, path, url, leads_to) in shells {
        let Some(body) = sample(path) else { continue };
        match read(preset, url, &body) {
            Ok(Extracted::Onward(onward)) => assert_eq!(onward.url.as_str(), leads_to, "{path}"),
            other => panic!("{path}: {other:?}"),
        }
    }
}

#[test]
fn a_real_guarded_page_is_not_read() {
    let path = "ucap/gansu_jyt_c110634_list_commented_ruishu.html";
    let Some(body) = sample(path) else { return };
    let read = read("ucap", "https://www.example.gov.cn/jyt/c110634/zwgklist.shtml", &body);
    assert!(matches!(read, Err(ExtractError::NeedsRendering { .. })), "{read:?}");
}

#[test]
fn empty_answers_are_empty_in_their_own_family_only() {
    let empties = [
        (
            "gkmlpt",
            "empty/gkmlpt_empty_reconstructed.json",
            "https://www.example.gov.cn/gkmlpt/api/all/1?page=1&sid=2",
        ),
        ("jcms-dataproxy", "empty/jcms_dataproxy_empty_reconstructed.xml", DATAPROXY),
    ];
    for (preset, path, url) in empties {
        let Some(body) = sample(path) else { continue };
        assert_eq!(read(preset, url, &body), Ok(Extracted::Listing(Listing::Empty)), "{path}");
        for other in ["gkmlpt", "jcms-dataproxy", "jpaas", "ucap", "nfra", "govcn-latest"] {
            if other != preset {
                let read = read(other, url, &body);
                assert!(read.is_err(), "{path} by {other}: {read:?}");
            }
        }
    }
}
