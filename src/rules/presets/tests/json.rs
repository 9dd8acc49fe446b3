use crate::extract::{DateKind, JsonCondition, JsonFields, JsonRows};

use super::super::*;

const MAPPED: &str = r#"
[preset]
name = "mapped"
kind = "json"
items = "$.data.lists"
title = "$.title"
link = "$.url"
date = ["$.publishDate", "$.pubtime"]
date-signed = "$.builddate"
only = "$.state = published"
success = "$.code = 200"
total = "$.data.total"
[preset.detect]
url = ["/api/"]
meta = ["channelid"]
markup = ["datastore"]
"#;

/// The reading of a column under the given preset files, and every mistake found in either.
fn reading(presets: &[&str], column: &str) -> (Option<Reading>, Vec<String>) {
    let problems = Collector::default();
    let mut known = Presets { presets: BTreeMap::new(), families: Families::new(Vec::new()) };
    for text in presets {
        Document::from_text("preset.toml", *text).with_root(&problems, |root| {
            add(&root.table("preset").unwrap(), &mut known.presets, &mut Vec::new());
            root.finish();
        });
    }
    let reading = Document::from_text("unit.toml", column).with_root(&problems, |root| {
        let reading = known.reading(root);
        root.finish();
        reading
    });
    let mistakes = problems
        .into_result(())
        .map_or_else(|all| all.0.iter().map(ToString::to_string).collect(), |()| vec![]);
    (reading, mistakes)
}

fn fields(presets: &[&str], column: &str) -> JsonFields {
    match reading(presets, column) {
        (Some(Reading::Json(fields)), mistakes) if mistakes.is_empty() => fields,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_json_preset_maps_fields_and_ranks_publication_before_signature() {
    let fields = fields(&[MAPPED], "preset = \"mapped\"");
    let JsonRows::Items(items) = fields.rows else { panic!("no items") };
    let dates: Vec<(&str, DateKind)> =
        items.dates.iter().map(|date| (date.path.as_str(), date.kind)).collect();
    assert_eq!(
        dates,
        [
            ("$.publishDate", DateKind::Published),
            ("$.pubtime", DateKind::Published),
            ("$.builddate", DateKind::Signed)
        ]
    );
    assert_eq!(items.only, Some(JsonCondition { path: "$.state".to_owned(), value: "published".to_owned() }));
    assert_eq!(fields.total.as_deref(), Some("$.data.total"));
}

#[test]
fn a_columns_own_paths_stand_over_those_of_its_preset() {
    let column = "preset = \"mapped\"\ndate = \"$.shown\"\nitems = \"$.rows\"\n";
    let JsonRows::Items(items) = fields(&[MAPPED], column).rows else { panic!("no items") };
    assert_eq!((items.items.as_str(), items.title.as_str()), ("$.rows", "$.title"));
    let paths: Vec<&str> = items.dates.iter().map(|date| date.path.as_str()).collect();
    assert_eq!(paths, ["$.shown", "$.builddate"]);
}

#[test]
fn a_bare_json_preset_leaves_the_mapping_to_columns() {
    let bare = "[preset]\nname = \"bare\"\nkind = \"json\"\n";
    let (reading, mistakes) = reading(&[bare], "preset = \"bare\"\ntitle = \"$.t\"\n");
    assert!(reading.is_none());
    assert_eq!(
        mistakes,
        [
            "unit.toml:1: date: is missing, and the preset does not give it: a JSON path is wanted",
            "unit.toml:1: items: is missing, and the preset does not give it: a JSON path is wanted",
        ]
    );
    fields(&[bare], "preset = \"bare\"\nitems = \"$\"\ntitle = \"$.t\"\ndate = \"$.d\"\n");
}

#[test]
fn beside_html_link_and_date_are_selectors() {
    let html = "[preset]\nname = \"html\"\nkind = \"json\"\nhtml = \"$.data.html\"\n";
    let by_shape = fields(&[html], "preset = \"html\"");
    assert_eq!(by_shape.rows, JsonRows::Html { path: "$.data.html".to_owned(), selectors: None });
    let named = fields(&[html], "preset = \"html\"\nrow = \"li\"\ndate = \"b\"\n");
    let JsonRows::Html { selectors: Some(selectors), .. } = named.rows else { panic!("no selectors") };
    assert_eq!((selectors.row.as_str(), selectors.date.as_str()), ("li", "b"));
}

#[test]
fn a_path_or_condition_that_cannot_be_read_is_named_where_it_stands() {
    let broken = MAPPED.replace("$.publishDate", "$..[").replace("$.code = 200", "$.code is 200");
    let (_, mistakes) = reading(&[&broken], "preset = \"mapped\"");
    assert!(
        mistakes[0].starts_with("preset.toml:8: preset.date: cannot read the selector `$..[` of `date`"),
        "{mistakes:?}"
    );
    assert_eq!(
        mistakes[1],
        "preset.toml:11: preset.success: `$.code is 200` is no condition, wanted: \"$.path = value\""
    );
}

#[test]
fn each_family_has_its_kind_and_only_its_own_keys() {
    let family = |kind: &str| format!("[preset]\nname = \"x\"\nkind = \"{kind}\"\n");
    let read = |kind: &str, column: &str| reading(&[&family(kind)], column);
    assert_eq!(read("jpaas", "preset = \"x\"").0, Some(Reading::Jpaas));
    assert_eq!(read("ucap", "preset = \"x\"").0, Some(Reading::Ucap));
    assert_eq!(read("jcms", "preset = \"x\"").0, Some(Reading::Jcms(None)));
    let gkmlpt = read("gkmlpt", "preset = \"x\"\ncolumn = 21023\n");
    assert_eq!(gkmlpt, (Some(Reading::Gkmlpt { column: Some(21_023) }), vec![]));
    let jcms = read("jcms", "preset = \"x\"\nrow = \"li\"\ndate = \"i\"\n");
    assert!(matches!(jcms.0, Some(Reading::Jcms(Some(_)))), "{jcms:?}");
    let (_, mistakes) = read("ucap", "preset = \"x\"\nitems = \"$\"\n");
    assert_eq!(mistakes, ["unit.toml:2: items: unknown key, allowed here: preset"]);
    let (_, mistakes) = read("feed", "preset = \"x\"");
    let said = "`feed` is not known, allowed: list, finder, table, json, jcms";
    assert!(mistakes.iter().any(|mistake| mistake.contains(said)), "{mistakes:?}");
}
