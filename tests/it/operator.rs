//! What the operator is told: the real line, on a stepped clock.

use xuncha::alert::{Addressee, OperatorKey, Sign};
use xuncha::config::Config;
use xuncha::daemon::Tasks;

use crate::simulation::{DEFAULT_PACE, Simulation, at, day};
use crate::support::county::Unit;
use crate::support::text::plain_text_of;
use crate::support::web::{Answer, Web, list_page};

fn with_operator(config: &mut Config) {
    config.operators = vec![Addressee { name: "管理员".into(), email: "ops@langxi.example".into() }];
}

fn three_columns(web: &Web) -> Unit {
    ["a", "b", "c"].into_iter().fold(Unit::new("fagaiwei", "县发改委"), |unit, id| {
        unit.column(id, &format!("栏目{id}"), web.url(&format!("/{id}")))
    })
}

fn answer_all(web: &Web, answer: impl Fn() -> Answer) {
    for path in ["/a", "/b", "/c"] {
        web.tell(path, answer());
    }
}

fn fresh() -> Answer {
    Answer::page(list_page(&[("通知", day("2022-10-20"))]))
}

/// The first line of every item of every mail to the operator, with the mail's instant in universal time.
fn told(simulation: &Simulation) -> Vec<(String, String)> {
    let mails = simulation.county.mails();
    let to_operator = mails.iter().filter(|(name, _)| name.starts_with("operator."));
    let items = |(name, mail): &(String, String)| {
        let at = name[9..22].to_owned();
        let text = plain_text_of(mail);
        let numbered = text.lines().filter(|line| line.split_once(".【").is_some());
        numbered.map(|line| (at.clone(), line.to_owned())).collect::<Vec<_>>()
    };
    to_operator.flat_map(items).collect()
}

fn held(tasks: &Tasks) -> Vec<OperatorKey> {
    tasks.line.store.operator_matters().unwrap().into_iter().map(|matter| matter.key).collect()
}

#[tokio::test]
async fn a_dead_site_is_one_matter_for_the_operator_and_none_for_the_unit() {
    let simulation = Simulation::start("2022-11-01T12:00", DEFAULT_PACE, three_columns).await;
    answer_all(&simulation.web, fresh);
    let mut tasks = simulation.tasks_with(with_operator);
    simulation.play(&mut tasks, "2022-11-03T12:00").await;
    answer_all(&simulation.web, || Answer::status(500));
    simulation.play(&mut tasks, "2022-11-05T12:00").await;
    assert_eq!(held(&tasks), [], "nobody is told before it has lasted two days");
    simulation.play(&mut tasks, "2022-11-16T12:00").await;
    answer_all(&simulation.web, fresh);
    simulation.play(&mut tasks, "2022-11-19T12:00").await;
    assert_eq!(held(&tasks), []);
    let host = "127.0.0.1";
    let said: Vec<String> = told(&simulation).into_iter().map(|(_, said)| said).collect();
    let expected = [
        format!("1.【新情况】持续无法核实：{host}"),
        format!("1.【仍未解决】持续无法核实：{host}（已 8 天）"),
    ];
    assert_eq!(said[..2], expected);
    assert!(said[2].starts_with(&format!("1.【已恢复】持续无法核实：{host}（历时 1")), "{said:?}");
    assert_eq!(said.len(), 3);
    let to_units = simulation.county.mails().into_iter().filter(|(name, _)| name.starts_with("digest."));
    assert_eq!(to_units.count(), 0);
}

#[tokio::test]
async fn a_restart_neither_repeats_nor_forgets_what_the_operator_was_told() {
    let simulation = Simulation::start("2022-11-01T12:00", DEFAULT_PACE, three_columns).await;
    answer_all(&simulation.web, || Answer::status(500));
    for end in ["2022-11-02T12:00", "2022-11-03T09:00", "2022-11-04T12:00", "2022-11-05T12:00"] {
        let mut tasks = simulation.tasks_with(with_operator);
        simulation.play(&mut tasks, end).await;
        tasks.line.store.flush().await.unwrap();
    }
    assert_eq!(told(&simulation).len(), 1, "{:?}", told(&simulation));
}

#[tokio::test]
async fn a_shield_is_told_the_same_day_and_without_an_operator_it_is_still_kept() {
    let simulation = Simulation::start("2022-11-01T12:00", DEFAULT_PACE, three_columns).await;
    let challenge = "<script>document.cookie='__jsl_clearance=1;max-age=3600;path=/';location.href=location.pathname</script>";
    answer_all(&simulation.web, || Answer::page(challenge).under(521));
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-01T18:00").await;
    let host = "127.0.0.1".to_owned();
    let expected = [OperatorKey::Blocked { host }];
    assert_eq!(held(&tasks), expected);
    assert_eq!(told(&simulation), []);
    tasks.line.store.flush().await.unwrap();
    drop(tasks);
    let mut tasks = simulation.tasks_with(with_operator);
    simulation.play(&mut tasks, "2022-11-02T12:00").await;
    assert_eq!(held(&tasks), expected);
    assert_eq!(told(&simulation).len(), 1);
}

/// Twelve columns of one unit, all warned of on the same morning.
fn twelve_columns(web: &Web) -> Unit {
    (0..12).fold(Unit::new("fagaiwei", "县发改委"), |unit, number| {
        unit.column(&format!("c{number}"), &format!("栏目{number}"), web.url(&format!("/c{number}")))
    })
}

fn answer_twelve(web: &Web, from: usize, answer: impl Fn() -> Answer) {
    (from..12).for_each(|number| web.tell(&format!("/c{number}"), answer()));
}

/// Due on Monday 28 November, so that the last warning is due that morning.
fn due_soon() -> Answer {
    Answer::page(list_page(&[("通知", day("2022-05-28"))]))
}

fn digests(simulation: &Simulation) -> usize {
    simulation.county.mails().iter().filter(|(name, _)| name.starts_with("digest.")).count()
}

#[tokio::test]
async fn breaker_absent_where_a_third_turns_bad_at_once_units_get_no_mail_until_the_picture_recovers() {
    let simulation = Simulation::start("2022-11-21T12:00", DEFAULT_PACE, twelve_columns).await;
    answer_twelve(&simulation.web, 0, due_soon);
    let mut tasks = simulation.tasks_with(with_operator);
    simulation.play(&mut tasks, "2022-11-26T12:00").await;
    let before = digests(&simulation);
    // On Sunday all but one fail; the one that is left is due on Monday.
    answer_twelve(&simulation.web, 1, || Answer::status(500));
    simulation.play(&mut tasks, "2022-11-28T18:00").await;
    assert!(held(&tasks).contains(&OperatorKey::Breaker), "{:?}", held(&tasks));
    assert_eq!(digests(&simulation), before, "the due day's reminder is held back");
    answer_twelve(&simulation.web, 1, || Answer::page(list_page(&[("新的通知", day("2022-11-25"))])));
    simulation.play(&mut tasks, "2022-11-30T18:00").await;
    assert!(!held(&tasks).contains(&OperatorKey::Breaker));
    assert!(digests(&simulation) > before, "and told once the picture has recovered");
    let said: Vec<String> = told(&simulation).into_iter().map(|(_, said)| said).collect();
    let about_it = |label: &str| {
        said.iter().filter(|said| said.contains(label) && said.contains("大量监测对象")).count()
    };
    assert_eq!((about_it("新情况"), about_it("已恢复")), (1, 1), "{said:?}");
}

#[tokio::test]
async fn a_person_may_release_the_mail_although_much_has_turned_bad() {
    let simulation = Simulation::start("2022-11-21T12:00", DEFAULT_PACE, twelve_columns).await;
    answer_twelve(&simulation.web, 0, due_soon);
    let mut tasks = simulation.tasks_with(with_operator);
    simulation.play(&mut tasks, "2022-11-26T12:00").await;
    let before = digests(&simulation);
    answer_twelve(&simulation.web, 1, || Answer::status(500));
    simulation.play(&mut tasks, "2022-11-28T12:00").await;
    assert_eq!(digests(&simulation), before);
    tasks.line.release("王五", "机房停电，属实").await.unwrap();
    simulation.play(&mut tasks, "2022-11-28T13:00").await;
    assert_eq!(digests(&simulation), before + 1);
    assert!(!held(&tasks).contains(&OperatorKey::Breaker));
    assert_eq!(tasks.line.store.last_release().unwrap().unwrap().by, "王五");
}

#[tokio::test]
async fn while_no_anchor_answers_units_get_no_mail_and_afterwards_they_do() {
    let simulation = Simulation::start("2022-11-25T12:00", DEFAULT_PACE, twelve_columns).await;
    answer_twelve(&simulation.web, 0, due_soon);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let anchored = |url: String| {
        move |config: &mut Config| {
            with_operator(config);
            config.anchors = vec![url.parse().unwrap()];
        }
    };
    let mut tasks = simulation.tasks_with(anchored(format!("http://{nobody}/")));
    simulation.play(&mut tasks, "2022-11-25T17:00").await;
    assert_eq!(held(&tasks), [OperatorKey::OwnOutage]);
    assert_eq!((digests(&simulation), told(&simulation).len()), (0, 1));
    tasks.line.store.flush().await.unwrap();
    drop(tasks);
    // Any answer will do: a page that is not there shows that the network is.
    let mut tasks = simulation.tasks_with(anchored(simulation.web.url("/nowhere")));
    simulation.play(&mut tasks, "2022-11-28T12:00").await;
    assert_eq!(held(&tasks), []);
    assert_eq!(digests(&simulation), 2, "the warning on Friday, the due day's on Monday");
    assert_eq!(told(&simulation).len(), 2);
}

#[tokio::test]
async fn a_year_without_holidays_is_a_matter_until_its_file_is_there() {
    let simulation = Simulation::start("2022-11-21T12:00", DEFAULT_PACE, three_columns).await;
    answer_all(&simulation.web, fresh);
    let file = simulation.county.path("crawl-rules/holidays/2022.toml");
    let holidays = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let mut tasks = simulation.tasks_with(with_operator);
    simulation.play(&mut tasks, "2022-11-22T12:00").await;
    assert_eq!(held(&tasks), [OperatorKey::HolidayYearMissing { year: 2022 }]);
    tasks.line.store.flush().await.unwrap();
    drop(tasks);
    std::fs::write(&file, holidays).unwrap();
    let mut tasks = simulation.tasks_with(with_operator);
    simulation.play(&mut tasks, "2022-11-23T12:00").await;
    assert_eq!(held(&tasks), []);
}

#[tokio::test]
async fn what_fell_due_within_the_hours_and_was_missed_makes_no_mail_before_the_next_morning() {
    let simulation = Simulation::start("2022-11-01T12:00", DEFAULT_PACE, three_columns).await;
    answer_all(&simulation.web, fresh);
    let mut tasks = simulation.tasks_with(with_operator);
    simulation.play(&mut tasks, "2022-11-03T16:50").await;
    let key = OperatorKey::SickBridge { bridge: "rsshub".into() };
    tasks.line.observe(&key, &Sign::Stands("无法访问".into())).unwrap();
    // It was due at 17:20; the machine was asleep by then.
    simulation.clock.step_to(at("2022-11-03T18:00"));
    simulation.play(&mut tasks, "2022-11-04T08:29").await;
    let mails = || simulation.county.mails().len();
    assert_eq!((mails(), tasks.line.store.outbox().unwrap().len()), (0, 0));
    simulation.play(&mut tasks, "2022-11-04T12:00").await;
    assert_eq!((mails(), told(&simulation).len()), (1, 1), "{:?}", told(&simulation));
}
