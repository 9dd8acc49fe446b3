//! A year of a county on the stepped clock, with its holidays: everything that units are told, checked against a table that
//! was written by hand from the rules.
//!
//! Half a year means six months, warned of thirty days ahead, again three working days before the due day and on it; what is
//! late is told on the next working morning, weekly from then on, and to the deputy head after two weeks. In 2026 nobody
//! works on 15-23 February, but on Saturdays 14 and 28 February.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use xuncha::alert::{Addressee, Stance, StanceKind};
use xuncha::assess::WorkDays;
use xuncha::daemon::Tasks;
use xuncha::rules::{Role, SourceId, Superior};

use crate::simulation::{DEFAULT_PACE, Simulation, at, day};
use crate::support::county::Unit;
use crate::support::text::plain_text_of;
use crate::support::web::{Answer, Web, empty_page, list_page, page_without_dates};

/// Something that happens to a column at a local instant.
enum Happens {
    /// It publishes an item of that day.
    Publishes,
    /// Its server fails from now on.
    Fails,
    /// Its server is back, with what it had.
    IsBack,
    /// Its page no longer dates its rows.
    LosesDates,
    /// A person notes that the alert is known.
    IsAcknowledged,
    /// A person silences it up to that day.
    IsSilenced(&'static str),
    /// A person exempts it up to that day.
    IsExempted(&'static str),
}

use Happens::{Fails, IsAcknowledged, IsBack, IsExempted, IsSilenced, LosesDates, Publishes};

/// Column, its newest item when the year begins, and what happens to it. Afterwards it publishes in time.
type Plan = (&'static str, &'static str, &'static [(&'static str, Happens)]);

const COLUMNS: [Plan; 14] = [
    ("fagaiwei/plain", "2025-08-13", &[("2026-03-10T18:00", Publishes)]),
    ("fagaiwei/festival", "2025-08-18", &[("2026-02-26T18:00", Publishes)]),
    ("fagaiwei/duty", "2025-08-18", &[("2026-02-16T10:00", Publishes)]),
    ("fagaiwei/early", "2025-09-19", &[("2026-03-19T18:00", Publishes)]),
    (
        "sifaju/dark",
        "2025-10-15",
        &[("2026-03-10T00:00", Fails), ("2026-03-27T18:00", IsBack), ("2026-04-15T18:00", Publishes)],
    ),
    (
        "sifaju/dark-late",
        "2025-10-20",
        &[("2026-04-17T00:00", Fails), ("2026-04-24T18:00", IsBack), ("2026-04-28T18:00", Publishes)],
    ),
    (
        "sifaju/undated",
        "2025-10-22",
        &[("2026-03-20T10:00", LosesDates), ("2026-06-05T18:00", IsBack), ("2026-06-12T18:00", Publishes)],
    ),
    (
        "jiaoyunju/acked",
        "2025-11-29",
        &[("2026-04-30T12:00", IsAcknowledged), ("2026-06-01T18:00", Publishes)],
    ),
    (
        "jiaoyunju/silenced",
        "2025-12-10",
        &[("2026-05-12T12:00", IsSilenced("2026-06-14")), ("2026-06-15T18:00", Publishes)],
    ),
    (
        "jiaoyunju/exempted",
        "2025-12-30",
        &[("2026-06-01T18:00", IsExempted("2026-07-31")), ("2026-08-03T18:00", Publishes)],
    ),
    ("jiaoyunju/golden", "2025-12-25", &[("2026-04-03T10:00", Publishes), ("2026-10-02T10:00", Publishes)]),
    ("minzhengju/blank", "", &[("2026-01-26T18:00", Publishes)]),
    (
        "minzhengju/diligent",
        "2025-12-20",
        &[("2026-01-05T10:00", Publishes), ("2026-05-20T10:00", Publishes), ("2026-09-20T10:00", Publishes)],
    ),
    // Exempt but for one week in March.
    (
        "minzhengju/weekly",
        "2026-01-03",
        &[
            ("2026-01-05T00:00", IsExempted("2026-03-01")),
            ("2026-03-01T10:00", Publishes),
            ("2026-03-09T18:00", Publishes),
            ("2026-03-10T12:00", IsExempted("2026-12-31")),
        ],
    ),
];

/// Day, column, who has a copy (S the supervisor, D the deputy head), what is said, and why.
const EXPECTED: &str = "\
2026-01-05 | minzhengju/blank     | S   | 空白               | two full looks on the first morning show a list that says it is empty
2026-01-12 | minzhengju/blank     | S   | 空白，仍未处理     | a week later
2026-01-14 | fagaiwei/plain       | -   | 即将到期           | thirty days before 13 February
2026-01-19 | minzhengju/blank     | S D | 空白，长期未处理   | two weeks: the deputy head is told
2026-01-19 | fagaiwei/festival    | -   | 即将到期           | thirty days before 18 February
2026-01-19 | fagaiwei/duty        | -   | 即将到期           | the same
2026-01-26 | minzhengju/blank     | S D | 空白，仍未处理     | weekly from then on
2026-01-27 | minzhengju/blank     | S D | 已恢复             | published the evening before
2026-02-10 | fagaiwei/plain       | -   | 即将到期，再次提醒 | the 12th, 11th and 10th are the three working days before
2026-02-12 | fagaiwei/festival    | -   | 即将到期，再次提醒 | the 14th, a Saturday that is worked, the 13th and the 12th
2026-02-12 | fagaiwei/duty        | -   | 即将到期，再次提醒 | the same
2026-02-13 | fagaiwei/plain       | -   | 即将到期，再次提醒 | the due day
2026-02-14 | fagaiwei/plain       | S   | 超期               | the next working day is a Saturday that is worked; the mail waits for the second look
2026-02-14 | fagaiwei/festival    | -   | 即将到期，再次提醒 | the due day falls in the festival: the last working day before
2026-02-14 | fagaiwei/duty        | -   | 即将到期，再次提醒 | the same
2026-02-14 | fagaiwei/early       | -   | 即将到期           | the first warning would fall on the 17th, in the festival
2026-02-24 | fagaiwei/plain       | S   | 超期，仍未处理     | a week later is the 21st: the first working day after the festival
2026-02-24 | fagaiwei/festival    | S   | 超期               | late since the 19th, but nothing is said on a holiday
2026-02-24 | fagaiwei/duty        | -   | 已恢复             | published on duty on the 16th: never late, told after the festival
2026-02-27 | fagaiwei/festival    | S   | 已恢复             | published the evening before
2026-02-28 | fagaiwei/plain       | S D | 超期，长期未处理   | two weeks after the 14th, a Saturday that is worked
2026-03-06 | minzhengju/weekly    | -   | 即将到期           | due on Sunday the 8th; the due day's reminder would fall on the same Friday
2026-03-09 | fagaiwei/plain       | S D | 超期，仍未处理     | a week after the 28th is a Saturday: Monday
2026-03-09 | minzhengju/weekly    | S   | 超期               | Monday morning, after two looks since midnight
2026-03-10 | minzhengju/weekly    | S   | 已恢复             | published the evening before
2026-03-11 | fagaiwei/plain       | S D | 已恢复             | published the evening before
2026-03-16 | fagaiwei/early       | -   | 即将到期，再次提醒 | the 18th, 17th and 16th
2026-03-19 | fagaiwei/early       | -   | 即将到期，再次提醒 | the due day
2026-03-20 | fagaiwei/early       | -   | 已恢复             | published on the due day, after hours: in time
2026-03-23 | sifaju/dark-late     | -   | 即将到期           | thirty days before 20 April is a Saturday of a plain weekend: Monday
2026-03-30 | sifaju/dark          | -   | 即将到期           | the 16th was dark; readable since Friday evening, told on Monday
2026-04-10 | sifaju/dark          | -   | 即将到期，再次提醒 | the 14th, the 13th and Friday the 10th
2026-04-15 | sifaju/dark          | -   | 即将到期，再次提醒 | the due day
2026-04-15 | sifaju/dark-late     | -   | 即将到期，再次提醒 | the 17th, 16th and 15th
2026-04-16 | sifaju/dark          | -   | 已恢复             | published the evening before
2026-04-27 | sifaju/dark-late     | S   | 超期               | dark on the due day: convicted only when it could be read twice again, told on Monday
2026-04-29 | jiaoyunju/acked      | -   | 即将到期           | thirty days before 29 May; then acknowledged, so neither the 26th nor the 29th is said
2026-04-29 | sifaju/dark-late     | S   | 已恢复             | published the evening before
2026-05-11 | jiaoyunju/silenced   | -   | 即将到期           | thirty days before 10 June; then silenced, so nothing is said until 14 June is over
2026-06-01 | jiaoyunju/exempted   | -   | 即将到期           | thirty days before 30 June is a Sunday: Monday
2026-06-01 | jiaoyunju/acked      | S   | 超期               | late is another matter than the warning that was acknowledged
2026-06-02 | jiaoyunju/acked      | S   | 已恢复             | published the evening before
2026-06-02 | jiaoyunju/exempted   | -   | 已恢复             | exempt since the evening before: nothing is due
2026-06-08 | sifaju/undated       | S   | 超期               | readable since Friday evening; rows without dates accused nobody from 22 April on
2026-06-15 | jiaoyunju/silenced   | S   | 超期               | late since the 11th, silenced until the 14th
2026-06-15 | sifaju/undated       | S   | 已恢复             | published on Friday evening
2026-06-16 | jiaoyunju/silenced   | S   | 已恢复             | published the evening before
2026-08-03 | jiaoyunju/exempted   | S   | 超期               | the exemption lapsed by itself on 1 August, a Saturday
2026-08-04 | jiaoyunju/exempted   | S   | 已恢复             | published the evening before
2026-09-03 | jiaoyunju/golden     | -   | 即将到期           | thirty days before 3 October
2026-09-28 | jiaoyunju/golden     | -   | 即将到期，再次提醒 | the 30th, 29th and 28th; the 25th to 27th are off
2026-09-30 | jiaoyunju/golden     | -   | 即将到期，再次提醒 | the due day falls in the National Day holidays: the last working day before
2026-10-08 | jiaoyunju/golden     | -   | 已恢复             | published on duty on 2 October, told when the holidays are over
";

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    on: NaiveDate,
    column: String,
    said: String,
}

/// The rows of the table, with the copies that each of them asks for.
fn expected() -> Vec<(Row, BTreeSet<&'static str>)> {
    let read = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [on, column, copy, said, why] = cells[..] else { panic!("{line}") };
        assert!(!why.is_empty(), "{line}");
        let copies = [("S", "supervisor"), ("D", "deputy")];
        let copies = copies.into_iter().filter(|(letter, _)| copy.contains(letter)).map(|(_, who)| who);
        (Row { on: day(on), column: column.to_owned(), said: said.to_owned() }, copies.collect())
    };
    let mut rows: Vec<_> = EXPECTED.lines().map(read).collect();
    rows.sort();
    rows
}

fn path_of(column: &str) -> String {
    format!("/{}", column.split('/').nth(1).unwrap())
}

fn units(web: &Web) -> Vec<Unit> {
    let mut units: BTreeMap<&'static str, Unit> = BTreeMap::new();
    for (column, _, _) in COLUMNS {
        let (unit, local) = column.split_once('/').unwrap();
        let cadence = if local == "weekly" { "weekly" } else { "half-year" };
        let of_unit = units.remove(unit).unwrap_or_else(|| Unit::new(unit, unit));
        units.insert(unit, of_unit.paced(local, local, cadence, web.url(&path_of(column))));
    }
    units.into_values().collect()
}

/// What the columns hold, and whether they can be read.
struct Site<'s> {
    simulation: &'s Simulation,
    held: BTreeMap<&'static str, Vec<NaiveDate>>,
}

impl Site<'_> {
    fn publish(&mut self, column: &'static str, on: NaiveDate) {
        self.held.entry(column).or_default().insert(0, on);
        self.show(column);
    }

    fn show(&self, column: &str) {
        let held = self.held.get(column).map_or(&[][..], Vec::as_slice);
        let titles: Vec<String> = held.iter().map(|on| format!("{on} 的通知")).collect();
        let items: Vec<(&str, NaiveDate)> =
            titles.iter().map(String::as_str).zip(held.iter().copied()).take(3).collect();
        let page = if items.is_empty() { empty_page() } else { list_page(&items) };
        self.simulation.web.tell(&path_of(column), Answer::page(page));
    }

    async fn let_happen(&mut self, tasks: &Tasks, column: &'static str, on: NaiveDate, happens: &Happens) {
        match happens {
            Publishes => self.publish(column, on),
            IsBack => self.show(column),
            Fails => self.simulation.web.tell(&path_of(column), Answer::status(500)),
            LosesDates => {
                let page = page_without_dates(&["无日期的通知"]);
                self.simulation.web.tell(&path_of(column), Answer::page(page));
            }
            IsAcknowledged => {
                let source = tasks.line.rules.source(&SourceId::new(column)).unwrap();
                let alert = tasks.line.stored(source).unwrap().record.alert;
                self.say(tasks, column, StanceKind::Acknowledged { alert }).await;
            }
            IsSilenced(until) => {
                let until = tasks.line.calendar().end_of(day(until));
                self.say(tasks, column, StanceKind::Silenced { until }).await;
            }
            IsExempted(until) => {
                let until = tasks.line.calendar().end_of(day(until));
                let (evidence, approver) = ("会议纪要第3号".to_owned(), "李主任".to_owned());
                self.say(tasks, column, StanceKind::Exempted { evidence, approver, until }).await;
            }
        }
    }

    async fn say(&self, tasks: &Tasks, column: &str, kind: StanceKind) {
        let (source, given_at) = (SourceId::new(column), self.simulation.clock.now());
        let (by, reason) = ("王五".to_owned(), "正在办理".to_owned());
        tasks.line.take_stances(vec![Stance { source, given_at, by, reason, kind }]).await.unwrap();
    }
}

/// Everything that happens, in order.
fn script() -> BTreeMap<DateTime<Utc>, Vec<(&'static str, Happens)>> {
    let mut script: BTreeMap<DateTime<Utc>, Vec<(&'static str, Happens)>> = BTreeMap::new();
    for (column, _, happens) in &COLUMNS {
        for (when, what) in *happens {
            let what = match what {
                Publishes => Publishes,
                Fails => Fails,
                IsBack => IsBack,
                LosesDates => LosesDates,
                IsAcknowledged => IsAcknowledged,
                IsSilenced(until) => IsSilenced(until),
                IsExempted(until) => IsExempted(until),
            };
            script.entry(at(when)).or_default().push((*column, what));
        }
    }
    for (column, _, happens) in COLUMNS.iter().filter(|(column, ..)| !column.ends_with("weekly")) {
        let last = happens.iter().map(|(when, _)| at(when)).max().unwrap();
        let in_time = (1..4).map(|n| last + TimeDelta::days(100 * n));
        for when in in_time.filter(|when| *when < at("2026-12-30T00:00")) {
            script.entry(when).or_default().push((*column, Publishes));
        }
    }
    script
}

/// Somebody above the webmasters of every unit.
fn superior(role: Role, name: &str) -> Superior {
    Superior { role, name: name.into(), email: format!("{name}@langxi.example"), units: Vec::new() }
}

struct Mail {
    unit: String,
    at: DateTime<Utc>,
    to: String,
    copy: BTreeSet<&'static str>,
    /// What is new of which column.
    news: Vec<Row>,
}

fn mails(simulation: &Simulation) -> Vec<Mail> {
    let read = |(name, mail): &(String, String)| {
        let header = |key: &str| {
            let (head, _) = mail.split_once("\n\n").or_else(|| mail.split_once("\r\n\r\n")).unwrap();
            head.lines().find_map(|line| line.trim_end().strip_prefix(key)).map(ToOwned::to_owned)
        };
        let sent = header("Date: ").unwrap();
        let copy = header("Cc: ").unwrap_or_default();
        let text = plain_text_of(mail);
        let numbered = text.lines().filter_map(|line| line.split_once(".【")?.1.split_once('】'));
        let unit = name.split('.').nth(1).unwrap().to_owned();
        let at = DateTime::parse_from_rfc2822(&sent).unwrap().to_utc();
        let row = |(said, name): (&str, &str)| Row {
            on: day_of(at),
            column: format!("{unit}/{}", name.split('（').next().unwrap()),
            said: said.to_owned(),
        };
        Mail {
            at,
            to: header("To: ").unwrap(),
            copy: ["supervisor", "deputy"].into_iter().filter(|who| copy.contains(who)).collect(),
            news: numbered.filter(|(said, _)| !said.contains("此前已提醒")).map(row).collect(),
            unit,
        }
    };
    let all = simulation.county.mails();
    all.iter().filter(|(name, _)| name.starts_with("digest.")).map(read).collect()
}

async fn played() -> (Simulation, Tasks) {
    let simulation = Simulation::start_with("2026-01-05T00:00", DEFAULT_PACE, units).await;
    let county = simulation.county.path("crawl-rules/langxi/county.toml");
    let mut text = std::fs::read_to_string(&county).unwrap();
    for superior in [superior(Role::Supervisor, "supervisor"), superior(Role::DeputyHead, "deputy")] {
        let key = if superior.role == Role::Supervisor { "supervisor" } else { "deputy-head" };
        text += &format!("\n[[{key}]]\nname = \"{}\"\nemail = \"{}\"\n", superior.name, superior.email);
    }
    std::fs::write(&county, text).unwrap();
    let mut tasks = simulation.tasks_with(|config| {
        config.operators = vec![Addressee { name: "管理员".into(), email: "ops@langxi.example".into() }];
    });
    let mut site = Site { simulation: &simulation, held: BTreeMap::new() };
    for (column, newest, _) in COLUMNS {
        match newest.parse() {
            Ok(newest) => site.publish(column, newest),
            Err(_) => site.show(column),
        }
    }
    for (when, happenings) in script() {
        let local = when.with_timezone(&chrono_tz::Asia::Shanghai);
        simulation.play(&mut tasks, &local.format("%Y-%m-%dT%H:%M").to_string()).await;
        for (column, happens) in &happenings {
            site.let_happen(&tasks, column, local.date_naive(), happens).await;
        }
    }
    simulation.play(&mut tasks, "2026-12-31T23:00").await;
    drop(site);
    (simulation, tasks)
}

fn day_of(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&chrono_tz::Asia::Shanghai).date_naive()
}

#[tokio::test]
async fn a_year_tells_every_unit_what_it_should_hear_when_it_should_and_nothing_else() {
    let (simulation, tasks) = played().await;
    let (mails, expected) = (mails(&simulation), expected());
    let mut said: Vec<Row> = mails.iter().flat_map(|mail| mail.news.iter().cloned()).collect();
    said.sort();
    let rows: Vec<Row> = expected.iter().map(|(row, _)| row.clone()).collect();
    let missing: Vec<_> = rows.iter().filter(|row| !said.contains(row)).collect();
    let unexpected: Vec<_> = said.iter().filter(|row| !rows.contains(row)).collect();
    assert_eq!(said, rows, "missing {missing:#?}\nunexpected {unexpected:#?}");

    let days = WorkDays::new(&tasks.line.rules.holidays);
    let window = NaiveTime::from_hms_opt(8, 30, 0).unwrap()..NaiveTime::from_hms_opt(17, 30, 0).unwrap();
    let mut told = BTreeSet::new();
    for mail in &mails {
        let local = mail.at.with_timezone(&chrono_tz::Asia::Shanghai);
        assert!(days.is_working(local.date_naive()) && window.contains(&local.time()), "{local}");
        assert!(
            told.insert((mail.unit.clone(), local.date_naive())),
            "one mail a day: {} {local}",
            mail.unit
        );
        assert!(mail.to.contains(&format!("{}@langxi.example", mail.unit)), "{}", mail.to);
        // Whoever any of its lines is for has a copy, and nobody else.
        let asked_for = expected.iter().filter(|(row, _)| mail.news.contains(row));
        let copies: BTreeSet<&str> = asked_for.flat_map(|(_, copies)| copies.iter().copied()).collect();
        assert_eq!(mail.copy, copies, "{} {local}", mail.unit);
    }
    println!("{} notices in {} mails to {} units", said.len(), mails.len(), units(&simulation.web).len());
    the_operator_heard_of_what_was_dark(&simulation);
}

/// From 12 March to 5 June there was always a column of that host that nobody could judge: one matter, told when it began and
/// when it ended.
fn the_operator_heard_of_what_was_dark(simulation: &Simulation) {
    let mails = simulation.county.mails();
    let texts =
        mails.iter().filter(|(name, _)| name.starts_with("operator.")).map(|(_, mail)| plain_text_of(mail));
    let text = texts.collect::<String>();
    let count = |said: &str| text.matches(said).count();
    assert_eq!((count("【新情况】持续无法核实"), count("【已恢复】持续无法核实")), (1, 1), "{text}");
}
