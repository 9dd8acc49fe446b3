use proptest::prelude::*;

use super::super::document::Document;
use super::super::keys::{Key, Kind, Shape};
use super::super::problem::Collector;
use super::super::unit_file::{Entry, Feed, Value};
use super::super::write::written;
use super::sheet::{Cell, Sheet};
use super::*;

fn sheet(name: &str, rows: &[&[&str]]) -> Sheet {
    let cells = |row: &&[&str]| row.iter().map(|text| Cell::Text((*text).to_owned())).collect();
    Sheet { name: name.to_owned(), rows: rows.iter().map(cells).collect() }
}

fn said(ledger: &Ledger) -> Vec<String> {
    ledger.problems(Path::new("l.xlsx"), Vec::new()).iter().map(ToString::to_string).collect()
}

const UNITS: &[&[&str]] = &[
    &["单位编号", "单位", "信息员姓名", "邮箱"],
    &["yiju", "县一局", "甲", "a@example.gov.cn"],
    &["erju", "县二局", "乙", "b@example.gov.cn"],
];

#[test]
fn headings_are_found_by_their_words_below_a_title_and_in_any_order() {
    let sheets = [
        sheet("单位", UNITS),
        sheet(
            "栏目",
            &[
                &["郎溪县栏目台账"],
                &[],
                &["更新周期", "栏目 名称*", "", "单位", "网址", "栏目编号"],
                &["half-year", "动态", "", "县二局", "https://www.example.gov.cn/1", "dongtai"],
            ],
        ),
    ];
    let ledger = Reader::read(&sheets);
    assert_eq!(said(&ledger), [""; 0]);
    let [column] = ledger.files[1].columns.as_slice() else { panic!("{:?}", ledger.files) };
    let texts = ["id", "name", "url", "cadence"].map(|key| column.text(key));
    assert_eq!(texts, ["dongtai", "动态", "https://www.example.gov.cn/1", "half-year"]);
}

#[test]
fn a_row_that_does_not_say_whose_it_is_belongs_to_the_office_above() {
    let columns: &[&[&str]] = &[
        &["单位", "栏目编号", "栏目"],
        &["县一局", "a", "甲栏"],
        &["", "b", "乙栏"],
        &[],
        &["  ", "c", "丙栏"],
        &["县二局", "d", "丁栏"],
    ];
    let ledger = Reader::read(&[sheet("栏目", columns), sheet("单位", UNITS)]);
    assert_eq!(said(&ledger), [""; 0]);
    let ids = |unit: usize| -> Vec<&str> {
        ledger.files[unit].columns.iter().map(|column| column.text("id")).collect()
    };
    assert_eq!((ids(0), ids(1)), (vec!["a", "b", "c"], vec!["d"]));
}

#[test]
fn an_office_has_several_webmasters_beside_or_below_each_other() {
    let beside: &[&[&str]] = &[
        &["单位编号", "单位", "信息员姓名", "邮箱", "信息员姓名2", "邮箱2"],
        &["yiju", "县一局", "甲", "a", "乙", "b"],
    ];
    let below: &[&[&str]] =
        &[&["单位编号", "单位", "信息员姓名", "邮箱"], &["yiju", "县一局", "甲", "a"], &["", "", "乙", "b"]];
    for rows in [beside, below] {
        let ledger = Reader::read(&[sheet("单位", rows)]);
        let [file] = ledger.files.as_slice() else { panic!("{:?}", ledger.files) };
        let names: Vec<&str> = file.webmasters.iter().map(|webmaster| webmaster.text("name")).collect();
        assert_eq!(names, ["甲", "乙"]);
    }
}

#[test]
fn numbers_where_texts_are_wanted_are_taken_as_they_show() {
    let mut columns = sheet("栏目", &[&["单位", "栏目编号", "栏目"], &["县一局"]]);
    columns.put(1, 1, Cell::Number(283_801.0));
    columns.put(1, 2, Cell::Number(2026.0));
    let ledger = Reader::read(&[sheet("单位", UNITS), columns]);
    assert_eq!(
        (ledger.files[0].columns[0].text("id"), ledger.files[0].columns[0].text("name")),
        ("283801", "2026")
    );
}

#[test]
fn every_mistake_is_named_by_sheet_column_and_row() {
    let mut columns = sheet(
        "栏目",
        &[
            &["单位", "栏目编号", "栏目", "颜色", "栏目"],
            &["", "a", "甲栏"],
            &["县三局", "b", "乙栏"],
            &["县一局", "c"],
        ],
    );
    columns.put(3, 2, Cell::Broken("#REF!".to_owned()));
    let units: &[&[&str]] =
        &[&["单位编号", "单位", "是否计入合格率"], &["yiju", "县一局", "是"], &["yiju", "县二局", "大概"]];
    let ledger = Reader::read(&[sheet("Sheet9", &[&["x"]]), sheet("单位", units), columns]);
    let said = said(&ledger);
    let wanted = [
        "l.xlsx: 单位!A3 单位编号: `yiju` is already used at 单位!A2 单位编号",
        "l.xlsx: 单位!C3 是否计入合格率: `大概` is not known, allowed: 是, 否",
        "l.xlsx: 栏目!D1: `颜色` is not a heading of this sheet, wanted: 单位编号、单位、",
        "l.xlsx: 栏目!E1: `栏目` stands over column C already",
        "l.xlsx: 栏目!A2 单位: does not say whose row this is",
        "l.xlsx: 栏目!A3 单位: `县三局` is not in sheet 单位",
        "l.xlsx: 栏目!C4 栏目: shows the error #REF!, wanted: a value",
        "l.xlsx: Sheet9: is not a sheet of a ledger, wanted: 单位、栏目、新媒体",
    ];
    assert_eq!(said.len(), wanted.len(), "{said:#?}");
    for (said, wanted) in said.iter().zip(wanted) {
        assert!(said.starts_with(wanted), "{said} instead of {wanted}");
    }
}

#[test]
fn a_heading_with_an_absurd_number_is_none() {
    for heading in ["邮箱0", "邮箱51", "邮箱999999999999", "邮箱99999999999999999999999"] {
        let ledger =
            Reader::read(&[sheet("单位", &[&["单位", "单位编号", heading], &["县一局", "yiju", "a"]])]);
        let said = said(&ledger);
        assert!(said.len() == 1 && said[0].contains("单位!C1: `邮箱"), "{said:?}");
    }
}

#[test]
fn an_office_that_two_share_a_name_with_must_be_named_by_its_id() {
    let units: &[&[&str]] = &[&["单位编号", "单位"], &["yi", "县局"], &["er", "县局"]];
    let columns: &[&[&str]] = &[
        &["单位编号", "单位", "栏目编号"],
        &["", "县局", "a"],
        &["er", "县局", "b"],
        &["er", "县三局", "c"],
    ];
    let ledger = Reader::read(&[sheet("单位", units), sheet("栏目", columns)]);
    assert_eq!(
        said(&ledger),
        [
            "l.xlsx: 栏目!B2 单位: `县局` stands for several units of sheet 单位: give each its 单位编号",
            "l.xlsx: 栏目!B4 单位: `县三局` with the id `er` is not in sheet 单位",
        ]
    );
    assert_eq!(ledger.files[1].columns.len(), 1);
}

#[test]
fn what_has_no_id_is_given_the_one_its_name_spells() {
    let units: &[&[&str]] = &[&["单位", "信息员姓名"], &["县一局", "甲"]];
    let columns: &[&[&str]] = &[&["单位", "栏目"], &["县一局", "通知公告"], &["", "通知公告"]];
    let ledger = Reader::read(&[sheet("单位", units), sheet("栏目", columns)]);
    let ids: Vec<&str> = ledger.files[0].columns.iter().map(|column| column.text("id")).collect();
    assert_eq!((ledger.files[0].id(), ids), ("xianyiju", vec!["tongzhigonggao", "tongzhigonggao-2"]));
}

#[test]
fn nothing_in_a_ledger_is_a_formula() {
    use calamine::{Reader as _, Xlsx};
    let mut file = UnitFile::default();
    for (kind, key, text) in [
        (Kind::Unit, "id", "yiju"),
        (Kind::Unit, "name", "=HYPERLINK(\"http://example.gov.cn\")"),
        (Kind::Unit, "display-name", "+1"),
        (Kind::Unit, "media-name", "@SUM(A1)"),
    ] {
        file.unit.set_text(kind.key(key).unwrap(), text);
    }
    let bytes = write(&[file]).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(&bytes)).unwrap();
    assert!(book.worksheet_formula("单位").unwrap().is_empty());
    assert_eq!(book.worksheet_range("单位").unwrap().get_value((1, 2)).unwrap().to_string(), "+1");
}

#[test]
fn what_a_cell_would_not_keep_is_refused_when_it_is_written() {
    for lost in [" 县一局", "县一局\n", "县\u{1}\u{0}局\u{a0}", &"长".repeat(40_000)] {
        let mut file = UnitFile::default();
        file.unit.set_text(Kind::Unit.key("id").unwrap(), "yiju");
        file.unit.set_text(Kind::Unit.key("name").unwrap(), lost);
        assert!(write(&[file]).is_err(), "{lost:?}");
    }
}

#[test]
fn bytes_that_are_no_workbook_are_refused() {
    for bytes in [&b""[..], b"PK\x03\x04", b"<html></html>"] {
        assert!(matches!(read(bytes), Err(LedgerError::NotRead(_))));
    }
}

/// Every key that the loader allows has its place in files and ledgers.
#[test]
fn the_loader_knows_no_key_that_a_ledger_lacks() {
    use super::super::{Cadences, Presets, unit};
    let text = "zzz = 1\n[unit]\nzzz = 1\n[[unit.webmaster]]\nzzz = 1\n[[column]]\nzzz = 1\n[[feed]]\nzzz = 1\n[[feed.via]]\nzzz = 1\n";
    let problems = Collector::default();
    let (cadences, presets) = (Cadences::default(), Presets::load(&[], &Collector::default()));
    let shared = unit::Shared { cadences: &cadences, presets: &presets };
    unit::read_unit_file(&Document::from_text("a.toml", text), &shared, &problems);
    let found = problems.into_result(()).unwrap_err().0;
    let mut tables = 0;
    for problem in found {
        let Some((table, "zzz")) = problem.key.rsplit_once('.') else { continue };
        let Some(allowed) = problem.what.strip_prefix("unknown key, allowed here: ") else { continue };
        let kind = Kind::of_table(table).unwrap();
        let unplaced: Vec<&str> = allowed
            .split(", ")
            .filter(|key| kind.key(key).is_none() && !["webmaster", "via"].contains(key))
            .collect();
        assert_eq!(unplaced, [""; 0], "[{table}] needs a place in rules/keys.rs");
        tables += 1;
    }
    assert_eq!(tables, 5);
}

/// Texts as people get them into names: quotes, signs of formulas, wide figures, pictures, lines, addresses.
fn awkward() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("=1+1".to_owned()),
        Just("@\"'‘’“”—".to_owned()),
        Just("１２３（甲）".to_owned()),
        Just("🎉é\u{200d}👨".to_owned()),
        Just("a\nb".to_owned()),
        Just("_x0041_&amp;<x>]]>".to_owned()),
        Just("https://www.example.gov.cn/#/a?b=c%20".to_owned()),
        Just("-007".to_owned()),
        Just("很长".repeat(200)),
        "[^\\p{C}\\p{Z}]{1,12}",
    ];
    proptest::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat())
}

fn value(key: &'static Key) -> BoxedStrategy<Value> {
    match key.shape {
        Shape::Text => awkward().prop_map(Value::Text).boxed(),
        Shape::Texts => proptest::collection::vec(awkward(), 1..4)
            .prop_map(|texts| Value::Texts(texts.into_iter().map(|text| text.replace('\n', "")).collect()))
            .boxed(),
        Shape::OneOrTexts => proptest::collection::vec(awkward(), 1..4)
            .prop_map(|texts| texts.into_iter().map(|text| text.replace('\n', "")).collect())
            .prop_map(|texts| Value::of_texts(texts).unwrap())
            .boxed(),
        Shape::Number => any::<u32>().prop_map(Value::Number).boxed(),
        Shape::YesNo => any::<bool>().prop_map(Value::YesNo).boxed(),
        Shape::Word(words) => {
            proptest::sample::select(words).prop_map(|(word, _)| Value::Text(word.to_owned())).boxed()
        }
    }
}

/// An entry with some of its keys; its name is always there.
fn entry(kind: Kind, id: Option<String>) -> impl Strategy<Value = Entry> {
    let values: Vec<_> = kind.keys().iter().map(|key| proptest::option::of(value(key))).collect();
    (values, awkward()).prop_map(move |(values, name)| {
        let mut entry = Entry::default();
        for (index, (key, value)) in kind.keys().iter().zip(values).enumerate() {
            match (key.name, &id, value) {
                ("id", Some(id), _) => entry.set_text(key, id.as_str()),
                (_, _, Some(value)) => entry.set(key, value),
                _ if index < 2 && key.shape == Shape::Text => entry.set_text(key, name.as_str()),
                _ => {}
            }
        }
        entry
    })
}

fn unit_file(number: usize) -> impl Strategy<Value = UnitFile> {
    let id = |stem: &str, index: usize| Some(format!("{stem}-{index}"));
    (0..3_usize, 0..4_usize, 0..3_usize).prop_flat_map(move |(webmasters, columns, feeds)| {
        let webmasters: Vec<_> = (0..webmasters).map(|_| entry(Kind::Webmaster, None)).collect();
        let columns: Vec<_> = (0..columns).map(|index| entry(Kind::Column, id("column", index))).collect();
        let feeds: Vec<_> = (0..feeds)
            .map(|index| {
                let ways = proptest::collection::vec(entry(Kind::Way, None), 1..3);
                (entry(Kind::Feed, id("feed", index)), ways)
                    .prop_map(|(account, ways)| Feed { account, ways })
            })
            .collect();
        (entry(Kind::Unit, id("unit", number)), webmasters, columns, feeds)
            .prop_map(|(unit, webmasters, columns, feeds)| UnitFile { unit, webmasters, columns, feeds })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_ledger_and_a_file_keep_whatever_a_unit_says(files in (unit_file(1), unit_file(2))) {
        let files = [files.0, files.1];
        let ledger = read(&write(&files).unwrap()).unwrap();
        prop_assert_eq!(said(&ledger), [""; 0]);
        prop_assert_eq!(&ledger.files, &files);
        for file in &files {
            let problems = Collector::default();
            let text = written(file).text;
            let back = UnitFile::read(&Document::from_text("a.toml", text), &problems);
            prop_assert_eq!(&problems.into_result(back).unwrap(), file);
        }
    }

    #[test]
    fn no_bytes_can_upset_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _refused = read(&bytes);
    }
}
