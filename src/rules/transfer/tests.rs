use super::super::keys::Kind;
use super::super::whole::write_whole;
use super::*;

/// The rules that are shipped.
fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crawl-rules")
}

fn copy(from: &Path, to: &Path, leaves_out: &str) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if path.is_dir() && name != leaves_out {
            copy(&path, &to.join(name), leaves_out);
        } else if path.is_file() {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// What was loaded, written out: sources with their fingerprints, units with their webmasters.
fn written_out(rules: &Rules) -> Vec<String> {
    let units = rules.units.iter().map(|unit| format!("{unit:?}"));
    units.chain(rules.sources.iter().map(|source| format!("{source:?}"))).collect()
}

fn said(error: &TransferError) -> Vec<String> {
    match error {
        TransferError::Problems(problems) => problems.0.iter().map(ToString::to_string).collect(),
        other => vec![other.to_string()],
    }
}

#[test]
fn the_shipped_county_goes_through_a_ledger_and_comes_out_the_same() {
    let rules = Rules::load(&shipped(), None).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let ledger = directory.path().join("ledger.xlsx");
    write_whole(&ledger, &Shelf::of(&shipped(), None).unwrap().as_ledger(&rules).unwrap()).unwrap();
    let empty = directory.path().join("rules");
    copy(&shipped(), &empty, "units");
    let plan = Shelf::of(&empty, None).unwrap().plan_ledger(&ledger, false).unwrap();
    assert_eq!((plan.files.len(), plan.unchanged), (46, 0));
    plan.carry_out().unwrap();
    let back = Rules::load(&empty, None).unwrap();
    assert_eq!(back.sources.len(), 2290);
    assert_eq!(written_out(&back), written_out(&rules));
    let again = Shelf::of(&empty, None).unwrap().plan_ledger(&ledger, false).unwrap();
    assert_eq!((again.files.len(), again.unchanged), (0, 46));
    let left_over = std::fs::read_dir(empty.join("langxi/units")).unwrap().count();
    assert_eq!(left_over, 46, "a file that was put beside its place is still there");
}

#[test]
fn the_accounts_of_the_shipped_county_go_through_opml_and_come_out_the_same() {
    let rules = Rules::load(&shipped(), None).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("accounts.opml");
    write_whole(&list, Shelf::of(&shipped(), None).unwrap().as_opml(&rules).unwrap().as_bytes()).unwrap();
    let bare = directory.path().join("rules");
    copy(&shipped(), &bare, "");
    for entry in std::fs::read_dir(bare.join("langxi/units")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.split("\n[[feed]]").next().unwrap()).unwrap();
    }
    let shelf = Shelf::of(&bare, None).unwrap();
    let foreign = ForeignAccounts::default();
    let refused = shelf.plan_opml(&list, &foreign, false).map(|_| ()).unwrap_err();
    assert!(said(&refused)[0].contains("with --force it is overwritten"), "{refused}");
    shelf.plan_opml(&list, &foreign, true).unwrap().carry_out().unwrap();
    assert_eq!(written_out(&Rules::load(&bare, None).unwrap()), written_out(&rules));
}

#[test]
fn a_ledger_with_mistakes_changes_nothing_and_says_them_all() {
    let rules = Rules::load(&shipped(), None).unwrap();
    let shelf = Shelf::of(&shipped(), None).unwrap();
    let mut files = shelf.read_all(&rules).unwrap();
    files.truncate(1);
    files[0].columns.truncate(4);
    files[0].feeds.truncate(1);
    files[0].columns[0].replace("url", Value::Text("不是地址".to_owned()));
    files[0].columns[2].replace("preset", Value::Text("nosuch".to_owned()));
    let taken = files[0].columns[1].text("id").to_owned();
    files[0].feeds[0].account.replace("id", Value::Text(taken.clone()));
    let cadence = Kind::Column.key("cadence").unwrap();
    files[0].columns[3].set(cadence, Value::Text("每周".to_owned()));
    files[0].webmasters.clear();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.xlsx");
    write_whole(&path, &ledger::write(&files).unwrap()).unwrap();
    let refused = shelf.plan_ledger(&path, true).map(|_| ()).unwrap_err();
    let said = said(&refused);
    let wanted = [
        "单位!F2 信息员姓名: is missing: somebody must get the unit's warnings".to_owned(),
        "栏目!E2 地址: `不是地址` is not an address, wanted: http://… or https://…".to_owned(),
        "栏目!F4 模板: `nosuch` is not a preset, allowed: auto, ".to_owned(),
        "栏目!G5 更新周期: `每周` is not a cadence, allowed: daily, ".to_owned(),
        format!("新媒体!C2 账号编号: `jiaotiju/{taken}` is already used at 栏目!C3 栏目编号"),
    ];
    assert_eq!(said.len(), wanted.len(), "{said:#?}");
    for (said, wanted) in said.iter().zip(&wanted) {
        assert!(said.contains(wanted), "{said} instead of {wanted}");
    }
}

#[test]
fn a_feed_list_in_another_charset_is_refused_instead_of_garbled() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feeds.opml");
    std::fs::write(&path, b"<opml><outline text='\xcf\xd8' xmlUrl='http://example.gov.cn/'/></opml>")
        .unwrap();
    let shelf = Shelf::of(&shipped(), None).unwrap();
    let refused = shelf.plan_opml(&path, &ForeignAccounts::default(), false).map(|_| ()).unwrap_err();
    assert!(said(&refused)[0].contains("is not UTF-8"), "{refused}");
}

#[test]
fn a_cadence_may_be_given_as_bulletins_print_it() {
    let rules = Rules::load(&shipped(), None).unwrap();
    let shelf = Shelf::of(&shipped(), None).unwrap();
    let mut files = shelf.read_all(&rules).unwrap();
    files.truncate(1);
    let account = &mut files[0].feeds[0].account;
    account.replace("cadence", Value::Text("半年".to_owned()));
    assert_eq!(shelf.mistakes(&mut files), []);
    assert_eq!(files[0].feeds[0].account.text("cadence"), "half-year");
}
