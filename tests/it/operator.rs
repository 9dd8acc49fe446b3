//! What the operator is told: the real line, on a stepped clock.

use xuncha::alert::{Addressee, OperatorKey};
use xuncha::config::Config;
use xuncha::daemon::Tasks;

use crate::simulation::{DEFAULT_PACE, Simulation, day};
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
