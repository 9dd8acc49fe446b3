//! Holds `deploy/xuncha.toml` against what is read.

use std::path::Path;

use super::Config;

/// Every table there is, with a key that none has, so that each says which it has. The second has what goes with mail by
/// SMTP.
const ODD: [&str; 2] = [
    "odd = 1\n[socket]\nodd = 1\n[page]\nodd = 1\n[secrets]\nodd = 1\n[fetch]\nodd = 1\n[render]\nodd = 1\n\
     [assess]\nodd = 1\n[alert]\nodd = 1\n[[operator]]\nodd = 1\n[oversight]\nodd = 1\n[breaker]\nodd = 1\n\
     [anchors]\nodd = 1\n[mail]\nodd = 1\ntransport = \"file\"\n[[channel]]\nodd = 1\n[bounces]\nodd = 1\n",
    "[mail]\nodd = 1\ntransport = \"smtp\"\n",
];

/// Tables with the keys that are read in them; the root's name is empty.
fn read_keys(text: &str) -> Vec<(String, Vec<String>)> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("xuncha.toml");
    std::fs::write(&path, text).unwrap();
    let said = Config::load(&path).unwrap_err().to_string();
    let told = said.lines().filter_map(|line| line.split_once("odd: unknown key, allowed here: "));
    told.map(|(place, keys)| {
        let table = place.rsplit(": ").next().unwrap_or_default();
        let table = table.trim_end_matches('.').split('[').next().unwrap_or_default();
        (table.to_owned(), keys.split(", ").map(str::to_owned).collect())
    })
    .collect()
}

/// Tables with the keys that the file shows in them, as settings or as comments.
fn shown_keys() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/xuncha.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let mut table = String::new();
    let mut keys = Vec::new();
    for line in text.lines() {
        let line = line.trim_start_matches("# ");
        if line.starts_with('[') {
            line.trim_matches(|c| "[]".contains(c)).clone_into(&mut table);
            let (outer, inner) = table.rsplit_once('.').unwrap_or(("", &table));
            keys.push((outer.to_owned(), inner.to_owned()));
        } else if let Some((key, _)) = line.split_once(" = ") {
            keys.push((table.clone(), key.to_owned()));
        }
    }
    keys
}

#[test]
fn the_example_shows_every_key_that_is_read_in_its_table() {
    let shown = shown_keys();
    let read: Vec<_> = ODD.iter().flat_map(|text| read_keys(text)).collect();
    let tables = ODD[0].matches("odd = 1").count() + 1;
    assert_eq!(read.len(), tables, "{read:#?}");
    let missing: Vec<(&String, &String)> = read
        .iter()
        .flat_map(|(table, keys)| keys.iter().map(move |key| (table, key)))
        .filter(|(table, key)| !shown.iter().any(|(t, k)| (t, k) == (*table, *key)))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
