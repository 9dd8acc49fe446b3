//! What lies in the outbox when the monitor begins to doubt itself: nothing of it reaches a unit meanwhile, and nothing that
//! is not so any more reaches one afterwards. Over SMTP, on a stepped clock.

use std::time::Duration;

use xuncha::alert::{Addressee, OperatorKey};
use xuncha::config::{Config, Route};
use xuncha::daemon::Tasks;
use xuncha::deliver::{SmtpSettings, Tls};

use crate::simulation::{DEFAULT_PACE, Simulation, day};
use crate::support::county::Unit;
use crate::support::mail::{Manner, Message, Server};
use crate::support::text::plain_text_of;
use crate::support::web::{Answer, Web, list_page};

const COLUMNS: usize = 12;

fn twelve_columns(web: &Web) -> Unit {
    (0..COLUMNS).fold(Unit::new("fagaiwei", "县发改委"), |unit, number| {
        unit.column(&format!("c{number}"), &name_of(number), web.url(&format!("/c{number}")))
    })
}

fn name_of(number: usize) -> String {
    format!("栏目第{number}号")
}

fn answer_from(web: &Web, first: usize, answer: impl Fn() -> Answer) {
    (first..COLUMNS).for_each(|number| web.tell(&format!("/c{number}"), answer()));
}

/// Due on Monday 28 November.
fn due_soon() -> Answer {
    Answer::page(list_page(&[("通知", day("2022-05-28"))]))
}

fn by_smtp(server: &Server) -> impl FnOnce(&mut Config) + use<> {
    let address = server.address;
    move |config| {
        config.operators = vec![Addressee { name: "管理员".into(), email: "ops@langxi.example".into() }];
        config.mail.route = Route::Smtp(SmtpSettings {
            host: address.ip().to_string(),
            port: address.port(),
            tls: Tls::None,
            authorities: None,
            credentials: None,
            hello: "langxi.example".into(),
            timeout: Duration::from_secs(30),
        });
    }
}

/// What the unit was sent, and what the operator was.
fn sent(server: &Server) -> (Vec<Message>, Vec<Message>) {
    server.messages().into_iter().partition(|message| message.id().starts_with("<digest."))
}

fn doubts(tasks: &Tasks) -> bool {
    let matters = tasks.line.store.operator_matters().unwrap();
    matters.iter().any(|matter| matter.key == OperatorKey::Breaker && matter.ended_at.is_none())
}

/// The first warnings of all twelve columns have been written and wait for their server, which is down; then eleven columns
/// fail, the breaker trips, and the server is back.
async fn held() -> (Simulation, Tasks, Server) {
    let server = Server::start(&[Manner::GreetsWith("421 4.3.2 down"); 4000]).await;
    let simulation = Simulation::start("2022-11-22T09:00", DEFAULT_PACE, twelve_columns).await;
    answer_from(&simulation.web, 0, due_soon);
    let mut tasks = simulation.tasks_with(by_smtp(&server));
    simulation.play(&mut tasks, "2022-11-22T17:00").await;
    let mut waiting = tasks.line.store.outbox().unwrap();
    waiting.retain(|notice| notice.id.unit().is_some());
    assert_eq!(waiting.len(), 1, "the first warnings are one notice: {waiting:?}");
    assert_eq!(waiting[0].says.new_of().len(), COLUMNS);
    answer_from(&simulation.web, 1, || Answer::status(500));
    simulation.play(&mut tasks, "2022-11-24T12:00").await;
    assert!(doubts(&tasks));
    server.behave();
    simulation.play(&mut tasks, "2022-11-25T12:00").await;
    let (to_unit, to_operator) = sent(&server);
    assert_eq!(to_unit.len(), 0, "the notice that was there before is held back too");
    assert!(!to_operator.is_empty(), "the operator's is not");
    (simulation, tasks, server)
}

#[tokio::test]
async fn breaker_absent_for_what_was_in_the_outbox_what_has_resolved_since_is_never_told() {
    let (simulation, mut tasks, server) = held().await;
    answer_from(&simulation.web, 1, || Answer::page(list_page(&[("新的通知", day("2022-11-24"))])));
    simulation.play(&mut tasks, "2022-11-28T18:00").await;
    assert!(!doubts(&tasks));
    let (to_unit, _) = sent(&server);
    let texts: Vec<String> = to_unit.iter().map(|message| plain_text_of(&message.data)).collect();
    assert!(texts.iter().any(|text| text.contains(&name_of(0))), "one is due still: {texts:?}");
    for text in &texts {
        let told = (1..COLUMNS).find(|number| text.contains(&name_of(*number)));
        assert_eq!(told, None, "nobody heard that it was due, so nobody hears that it is not: {text}");
    }
    assert_eq!(tasks.line.store.outbox().unwrap(), []);
}

#[tokio::test]
async fn what_a_person_releases_is_told_as_it_is_then_and_what_nobody_can_judge_waits_on() {
    let (simulation, tasks, server) = held().await;
    tasks.line.store.flush().await.unwrap();
    drop(tasks);
    // The hold outlives a restart.
    let mut tasks = simulation.tasks_with(by_smtp(&server));
    simulation.play(&mut tasks, "2022-11-25T13:00").await;
    assert_eq!(sent(&server).0.len(), 0);
    tasks.line.release("王五", "机房停电，属实").await.unwrap();
    simulation.play(&mut tasks, "2022-11-25T17:00").await;
    let (to_unit, _) = sent(&server);
    let [told] = &to_unit[..] else { panic!("one mail, not one for each day: {}", to_unit.len()) };
    assert!(told.id().starts_with("<digest.fagaiwei.20221125@"), "{}", told.id());
    let text = plain_text_of(&told.data);
    assert!(text.contains(&name_of(0)) && !text.contains(&name_of(1)), "{text}");
    answer_from(&simulation.web, 1, due_soon);
    simulation.play(&mut tasks, "2022-11-28T18:00").await;
    let last = plain_text_of(&sent(&server).0.last().unwrap().data);
    assert!((0..COLUMNS).all(|number| last.contains(&name_of(number))), "{last}");
}

#[tokio::test]
async fn after_an_outage_of_our_own_a_notice_that_is_still_so_goes_out_as_it_was() {
    let server = Server::start(&[Manner::GreetsWith("421 4.3.2 down"); 4000]).await;
    let simulation = Simulation::start("2022-11-22T09:00", DEFAULT_PACE, twelve_columns).await;
    answer_from(&simulation.web, 0, due_soon);
    simulation.web.tell("/anchor", Answer::page("up"));
    let anchor = simulation.web.url("/anchor");
    let with_mail = by_smtp(&server);
    let mut tasks = simulation.tasks_with(|config| {
        with_mail(config);
        config.anchors = vec![anchor.parse().unwrap()];
    });
    simulation.play(&mut tasks, "2022-11-22T11:00").await;
    assert_eq!(tasks.line.store.outbox().unwrap().len(), 1);
    simulation.web.tell("/anchor", Answer::page("up and running").cut_short());
    simulation.play(&mut tasks, "2022-11-22T11:30").await;
    server.behave();
    simulation.play(&mut tasks, "2022-11-22T14:00").await;
    assert_eq!(sent(&server).0.len(), 0);
    let held = tasks.line.store.outbox().unwrap();
    assert!(held[0].held_since.is_some(), "{held:?}");
    simulation.web.tell("/anchor", Answer::page("up"));
    simulation.play(&mut tasks, "2022-11-22T17:00").await;
    let (to_unit, _) = sent(&server);
    assert_eq!(
        to_unit.iter().map(Message::id).collect::<Vec<_>>(),
        ["<digest.fagaiwei.20221122@langxi.example>"]
    );
}
