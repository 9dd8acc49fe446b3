//! A disk that fills up: told while there is room, and nothing else stops for it. On a stepped clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use xuncha::alert::{Addressee, OperatorKey};
use xuncha::config::Config;
use xuncha::daemon::{DiskWatch, Tasks};

use crate::simulation::{DEFAULT_PACE, Simulation, day};
use crate::support::county::Unit;
use crate::support::text::plain_text_of;
use crate::support::web::{Answer, list_page};

const MIB: u64 = 1 << 20;

fn with_operator(config: &mut Config) {
    config.operators = vec![Addressee { name: "管理员".into(), email: "ops@langxi.example".into() }];
}

/// A daemon of one column that is due on Monday 28 November.
async fn one_column() -> Simulation {
    let simulation = Simulation::start("2022-11-21T12:00", DEFAULT_PACE, |web| {
        Unit::new("fagaiwei", "县发改委").column("jihua", "规划计划", web.url("/jihua"))
    })
    .await;
    simulation.web.tell("/jihua", Answer::page(list_page(&[("年度计划", day("2022-05-28"))])));
    simulation
}

/// What the operator was told of the disk: the first line of each item.
fn told(simulation: &Simulation) -> Vec<String> {
    let mails = simulation.county.mails();
    let to_operator = mails.iter().filter(|(name, _)| name.starts_with("operator."));
    let lines = |(_, mail): &(String, String)| {
        let text = plain_text_of(mail);
        text.lines().filter(|line| line.contains("磁盘空间不足")).map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    to_operator.flat_map(lines).collect()
}

fn is_held(tasks: &Tasks) -> bool {
    tasks.line.store.operator_matter(&OperatorKey::Disk).unwrap().is_some()
}

#[tokio::test]
async fn a_disk_that_fills_up_is_told_once_reminded_of_weekly_and_over_when_there_is_room() {
    let simulation = one_column().await;
    let free = Arc::new(AtomicU64::new(600 * MIB));
    let mut tasks = simulation.tasks_with(with_operator);
    let reading = Arc::clone(&free);
    let config = Config::load(&simulation.county.config()).unwrap();
    let disks = DiskWatch::of(&config).told_by(Box::new(move |_| Ok(reading.load(Ordering::Relaxed))));
    tasks.mailer = tasks.mailer.watching(disks);
    simulation.play(&mut tasks, "2022-11-22T12:00").await;
    assert!(!is_held(&tasks));
    free.store(100 * MIB, Ordering::Relaxed);
    let polled = simulation.web.asked().len();
    simulation.play(&mut tasks, "2022-12-01T12:00").await;
    assert!(simulation.web.asked().len() > polled + 5, "it is polled as ever");
    let to_unit = simulation.county.mails().into_iter().filter(|(name, _)| name.starts_with("digest."));
    let days: Vec<String> =
        to_unit.map(|(name, _)| name.split(['.', '@']).nth(2).unwrap().to_owned()).collect();
    assert_eq!(
        days,
        ["20221122", "20221123", "20221128", "20221129"],
        "and its unit hears all it should hear"
    );
    // Hardly above the floor of 512 MiB is not room enough yet.
    free.store(520 * MIB, Ordering::Relaxed);
    simulation.play(&mut tasks, "2022-12-02T12:00").await;
    assert!(is_held(&tasks));
    free.store(700 * MIB, Ordering::Relaxed);
    simulation.play(&mut tasks, "2022-12-03T12:00").await;
    assert!(!is_held(&tasks));
    let said = told(&simulation);
    assert_eq!(said.len(), 3, "{said:?}");
    for (line, label) in said.iter().zip(["新情况", "仍未解决", "已恢复"]) {
        assert!(line.contains(label), "{said:?}");
    }
}

#[tokio::test]
async fn the_real_disk_is_short_of_an_absurd_floor_and_not_of_none() {
    let simulation = one_column().await;
    for (floor, is_short) in [(u64::MAX / 2, true), (0, false)] {
        let mut tasks = simulation.tasks_with(|config| config.disk_floor = floor);
        simulation.play(&mut tasks, &format!("2022-11-21T1{}:00", if is_short { 3 } else { 4 })).await;
        assert_eq!(is_held(&tasks), is_short);
        tasks.line.store.flush().await.unwrap();
    }
}
