use super::*;

mod json;

/// The presets of some files, given by their text.
fn presets(texts: &[&str]) -> Result<Presets, Vec<String>> {
    let directory = tempfile::tempdir().unwrap();
    let write = |(n, text): (usize, &&str)| {
        let path = directory.path().join(format!("{n}.toml"));
        std::fs::write(&path, text).unwrap();
        path
    };
    let files: Vec<PathBuf> = texts.iter().enumerate().map(write).collect();
    let problems = Collector::default();
    let presets = Presets::load(&files, &problems);
    problems
        .into_result(presets)
        .map_err(|problems| problems.0.iter().map(|problem| problem.what.clone()).collect())
}

/// How a column of these keys is read.
fn column(presets: &Presets, keys: &str) -> Result<Option<Reading>, Vec<String>> {
    let problems = Collector::default();
    let reading = Document::from_text("column.toml", keys).with_root(&problems, |root| {
        let reading = presets.reading(root);
        root.finish();
        reading
    });
    problems
        .into_result(reading)
        .map_err(|problems| problems.0.iter().map(|problem| problem.what.clone()).collect())
}

const BOXES: &str = "[preset]\nname = 'boxes'\nalso-named = ['old-boxes']\nlist = 'div'\nrow = 'li'\ndate = 'span'\n\
    [preset.detect]\nurl = ['/box/']\n";
const SHAPES: &str = "[preset]\nname = 'shapes'\nkind = 'finder'\nskip = 'li.ad'\n";
const TABLES: &str = "[preset]\nname = 'tables'\nkind = 'table'\nheaders-title = ['事项']\n";

#[test]
fn a_preset_is_found_by_each_of_its_names_and_counts_once_as_a_family() {
    let presets = presets(&[BOXES, SHAPES]).unwrap();
    assert_eq!(presets.named("boxes"), presets.named("old-boxes"));
    assert!(presets.named("boxes").is_some());
    assert_eq!(presets.names_of_families().collect::<Vec<_>>(), ["boxes"]);
}

#[test]
fn both_names_of_the_default_mean_what_no_name_means() {
    let presets = presets(&[BOXES]).unwrap();
    for keys in ["", "preset = 'auto'", "preset = 'generic-list'"] {
        assert_eq!(column(&presets, keys), Ok(Some(presets.by_signs())), "{keys}");
    }
}

#[test]
fn a_column_may_bound_where_rows_are_looked_for() {
    let presets = presets(&[SHAPES]).unwrap();
    let bounds = |list: Option<&str>, skip: Option<&str>, several| {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Ok(Some(Reading::Finder(FinderBounds { list: owned(list), skip: owned(skip), several })))
    };
    assert_eq!(column(&presets, "list = 'ul.a'"), bounds(Some("ul.a"), None, false));
    assert_eq!(column(&presets, "preset = 'auto'\nseveral = true"), bounds(None, None, true));
    assert_eq!(column(&presets, "preset = 'shapes'\nseveral = true"), bounds(None, Some("li.ad"), true));
}

#[test]
fn a_table_s_words_may_be_given_by_preset_and_column() {
    let presets = presets(&[TABLES]).unwrap();
    let Ok(Some(Reading::Table(headers))) =
        column(&presets, "preset = 'tables'\nheaders-date = ['公布日期']")
    else {
        panic!("no table");
    };
    assert_eq!((headers.title, headers.published), (vec!["事项".to_owned()], vec!["公布日期".to_owned()]));
    assert_eq!(headers.signed, TableHeaders::default().signed);
}

#[test]
fn mistakes_are_told_with_what_is_allowed() {
    let twice = presets(&[BOXES, "[preset]\nname = 'generic-list'\nkind = 'finder'\n"]).unwrap_err();
    assert_eq!(twice, ["the preset `generic-list` exists already"]);
    let pattern = presets(&[&BOXES.replace("/box/", "(")]).unwrap_err();
    assert!(pattern[0].starts_with("cannot read the pattern `(` of `url`"), "{pattern:?}");
    let bare = presets(&["[preset]\nname = 'x'\n"]).unwrap_err();
    assert!(bare.len() == 2 && bare[0].starts_with("is missing"), "{bare:?}");
    let kind = presets(&["[preset]\nname = 'x'\nkind = 'lst'\nrow = 'li'\ndate = 'b'\n"]).unwrap_err();
    assert!(kind[0].contains("allowed: list, finder, table"), "{kind:?}");
    let presets = presets(&[BOXES]).unwrap();
    assert_eq!(
        column(&presets, "preset = 'box'"),
        Err(vec!["`box` is not a preset, allowed: auto, generic-list, boxes, old-boxes".to_owned()])
    );
    let mixed = column(&presets, "preset = 'generic-list'\nrow = 'li'\ndate = 'b'").unwrap_err();
    assert!(mixed[0].contains("finds rows by their shape"), "{mixed:?}");
    assert!(
        column(&presets, "preset = 'boxes'\nheaders-date = ['x']").unwrap_err()[0].contains("unknown key")
    );
}
