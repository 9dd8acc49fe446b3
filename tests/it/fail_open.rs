//! What others do where they fail, and we must not. Each test is named after the failure.

use chrono::NaiveDate;
use xuncha::alert::State;
use xuncha::daemon::Tasks;
use xuncha::rules::SourceId;

use crate::simulation::{DEFAULT_PACE, Simulation, day};
use crate::support::county::Unit;
use crate::support::text::plain_text_of;
use crate::support::web::{Answer, empty_page, list_page, page_without_dates};

const ID: &str = "fagaiwei/jihua";

async fn one_column(begins: &str, newest: &str) -> Simulation {
    let simulation = Simulation::start(begins, DEFAULT_PACE, |web| {
        Unit::new("fagaiwei", "县发改委").column("jihua", "规划计划", web.url("/jihua"))
    })
    .await;
    simulation.web.tell("/jihua", Answer::page(list_page(&[("年度计划", day(newest))])));
    simulation
}

fn alert(tasks: &Tasks) -> State {
    tasks.line.store.source(&SourceId::new(ID)).unwrap().record.alert
}

/// Day and first label of each mail to the unit.
fn said(simulation: &Simulation) -> Vec<(NaiveDate, String)> {
    let mails = simulation.county.mails();
    let to_unit = mails.iter().filter(|(name, _)| name.starts_with("digest."));
    let read = |(name, mail): &(String, String)| {
        let on = name.split(['.', '@']).nth(2).unwrap();
        let text = plain_text_of(mail);
        let (_, after) = text.split_once("1.【").unwrap();
        (NaiveDate::parse_from_str(on, "%Y%m%d").unwrap(), after.split('】').next().unwrap().to_owned())
    };
    to_unit.map(read).collect()
}

#[tokio::test]
async fn unknown_date_taken_for_now() {
    let simulation = one_column("2022-11-14T07:00", "2022-05-20").await;
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-16T12:00").await;
    let before = alert(&tasks);
    simulation.web.tell("/jihua", Answer::page(page_without_dates(&["新的计划"])));
    simulation.play(&mut tasks, "2022-11-30T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "unknown");
    assert_eq!(alert(&tasks), before, "an item without a date neither clears the column nor accuses it");
    let before = [("2022-11-14", "即将到期"), ("2022-11-16", "即将到期，再次提醒")];
    assert_eq!(said(&simulation), before.map(|(on, said)| (day(on), said.to_owned())));
}

#[tokio::test]
async fn blocked_page_parsed_as_empty_list() {
    let simulation = one_column("2022-11-14T12:00", "2022-10-20").await;
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-16T12:00").await;
    simulation.web.tell("/jihua", Answer::page(empty_page()));
    simulation.play(&mut tasks, "2022-11-30T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "unknown", "a list that held items is not blank");
    assert_eq!(said(&simulation), []);
}

#[tokio::test]
async fn cached_old_copy_with_200() {
    let simulation = one_column("2022-11-14T12:00", "2022-11-10").await;
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-16T12:00").await;
    simulation.web.tell("/jihua", Answer::page(list_page(&[("旧的计划", day("2022-05-01"))])));
    simulation.play(&mut tasks, "2022-11-20T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "unknown", "it showed a newer item before");
    assert_eq!(said(&simulation), []);
}

#[tokio::test]
async fn recovery_notice_lost() {
    let simulation = one_column("2022-11-21T12:00", "2022-05-22").await;
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-25T18:00").await;
    simulation.web.tell("/jihua", Answer::page(list_page(&[("新的计划", day("2022-11-25"))])));
    // Seen on Saturday, told on Monday, with a restart in between and another after the telling.
    for end in ["2022-11-27T12:00", "2022-11-28T12:00", "2022-11-29T12:00"] {
        simulation.play(&mut tasks, end).await;
        tasks.line.store.flush().await.unwrap();
        drop(tasks);
        tasks = simulation.tasks();
    }
    assert_eq!(alert(&tasks), State::Quiet);
    let said = said(&simulation);
    assert_eq!(said.last(), Some(&(day("2022-11-28"), "已恢复".to_owned())), "{said:?}");
    assert_eq!(said.iter().filter(|(_, label)| label == "已恢复").count(), 1);
}
