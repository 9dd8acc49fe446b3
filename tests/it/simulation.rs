//! Weeks in a blink: the real line over real sockets, on a stepped clock. No time passes while a request is under way,
//! so every instant here is exact.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use xuncha::assess::{self, Standing};
use xuncha::clock::{Clock, Stepped};
use xuncha::config::{Config, DigestHours};
use xuncha::daemon::Tasks;
use xuncha::rules::{Rules, SourceId};

use crate::support::county::{County, Unit};
use crate::support::text::plain_text_of;
use crate::support::web::{Answer, Asked, Web, list_page};

/// A local instant in Shanghai.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00+08:00").parse::<DateTime<chrono::FixedOffset>>().expect(text).to_utc()
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) struct Simulation {
    pub(crate) county: County,
    pub(crate) web: Web,
    pub(crate) clock: Stepped,
}

impl Simulation {
    /// A county whose one unit is `make`, as the simulation begins.
    pub(crate) async fn start(begins: &str, pace: &str, make: impl FnOnce(&Web) -> Unit) -> Self {
        Self::start_with(begins, pace, |web| vec![make(web)]).await
    }

    /// The same with several units.
    pub(crate) async fn start_with(begins: &str, pace: &str, make: impl FnOnce(&Web) -> Vec<Unit>) -> Self {
        // As main does; another test may have been faster.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Stepped::at(at(begins));
        let web = Web::start_by(Clock::Stepped(clock.clone())).await;
        let county = County::simulated(&web, &make(&web), pace);
        Self { county, web, clock }
    }

    /// A daemon, with the usual policies, on whatever an earlier one left.
    pub(crate) fn tasks(&self) -> Tasks {
        self.tasks_with(|_| ())
    }

    /// The same, with the configuration changed.
    pub(crate) fn tasks_with(&self, change: impl FnOnce(&mut Config)) -> Tasks {
        let mut config = Config::load(&self.county.config()).unwrap();
        config.assess = assess::Policy::default();
        config.digests = DigestHours::default();
        change(&mut config);
        let rules = Rules::load(&config.rules, None).unwrap();
        Tasks::build(&config, rules, Clock::Stepped(self.clock.clone())).unwrap()
    }

    /// Plays from one thing that happens to the next, up to `end`.
    pub(crate) async fn play(&self, tasks: &mut Tasks, end: &str) {
        self.play_to(tasks, at(end)).await;
    }

    async fn play_to(&self, tasks: &mut Tasks, end: DateTime<Utc>) {
        loop {
            let now = self.clock.now();
            let judged = tasks.judge.turn().unwrap();
            let mailed = tasks.mailer.turn().await.unwrap();
            let polled = tasks.poller.turn().await.unwrap();
            let next = [judged, Some(mailed), polled].into_iter().flatten().min();
            let next = next.unwrap_or(end).max(now + TimeDelta::milliseconds(1));
            if next >= end {
                self.clock.step_to(end);
                return;
            }
            self.clock.step_to(next);
        }
    }

    pub(crate) fn standing(&self, tasks: &Tasks, id: &str) -> &'static str {
        self.stands(tasks, id).word()
    }

    pub(crate) fn stands(&self, tasks: &Tasks, id: &str) -> Standing {
        let source = tasks.line.rules.source(&SourceId::new(id)).unwrap();
        let stored = tasks.line.store.source(&source.id).unwrap();
        let seen_at = stored.poll.and_then(|poll| poll.seen_at);
        let terms = tasks.line.terms(source);
        terms.case(&stored.record, seen_at).standing(self.clock.now())
    }

    /// The day of each mail and its first item.
    fn mails(&self) -> Vec<(NaiveDate, String)> {
        let first_item = |mail: &str| {
            let text = plain_text_of(mail);
            text.lines()
                .find_map(|line| line.strip_prefix("1."))
                .unwrap_or_else(|| panic!("{text}"))
                .to_owned()
        };
        let mails = self.county.mails();
        mails
            .iter()
            .map(|(name, mail)| {
                let day =
                    NaiveDate::parse_from_str(name.split(['.', '@']).nth(2).unwrap(), "%Y%m%d").unwrap();
                (day, first_item(mail))
            })
            .collect()
    }
}

pub(crate) const DEFAULT_PACE: &str = "";

#[tokio::test]
async fn a_column_passes_from_due_soon_to_overdue_is_reminded_weekly_and_resolved() {
    let simulation = Simulation::start("2022-11-01T12:00", DEFAULT_PACE, |web| {
        Unit::new("fagaiwei", "县发改委").paced("dongtai", "工作动态", "weekly", web.url("/dongtai"))
    })
    .await;
    let old = ("旧闻", day("2022-11-01"));
    simulation.web.tell("/dongtai", Answer::page(list_page(&[old])).with("ETag", "\"1\""));
    let mut tasks = simulation.tasks();
    let id = "fagaiwei/dongtai";
    for (until, standing) in [
        ("2022-11-05T23:59", "fresh"),
        ("2022-11-06T00:01", "due-soon"),
        ("2022-11-08T23:59", "due-soon"),
        // Past the due date, but one look convicts nobody.
        ("2022-11-09T02:00", "unknown"),
        ("2022-11-09T09:00", "overdue"),
        ("2022-11-25T10:00", "overdue"),
    ] {
        simulation.play(&mut tasks, until).await;
        assert_eq!(simulation.standing(&tasks, id), standing, "{until}");
    }
    let new = ("新闻", day("2022-11-25"));
    simulation.web.tell("/dongtai", Answer::page(list_page(&[new, old])).with("ETag", "\"2\""));
    simulation.play(&mut tasks, "2022-11-29T12:00").await;
    assert_eq!(simulation.standing(&tasks, id), "fresh");
    let expected = [
        // The warning falls on a Sunday and the recovery on a Saturday: both wait until Monday.
        ("2022-11-07", "【即将到期】工作动态（栏目）"),
        ("2022-11-08", "【即将到期，再次提醒】工作动态（栏目）"),
        ("2022-11-09", "【超期】工作动态（栏目）"),
        ("2022-11-16", "【超期，仍未处理】工作动态（栏目）"),
        ("2022-11-23", "【超期，长期未处理】工作动态（栏目）"),
        ("2022-11-28", "【已恢复】工作动态（栏目）"),
    ];
    assert_eq!(simulation.mails(), expected.map(|(on, said)| (day(on), said.to_owned())));
}

#[tokio::test]
async fn an_unchanged_page_is_asked_for_with_the_very_bytes_its_server_gave() {
    let simulation = Simulation::start("2022-11-01T12:00", DEFAULT_PACE, |web| {
        Unit::new("fagaiwei", "县发改委")
            .column("both", "两者", web.url("/both"))
            .column("tag", "只有标记", web.url("/tag"))
            .column("date", "只有日期", web.url("/date"))
            .column("none", "都没有", web.url("/none"))
            .column("old", "超期", web.url("/old"))
    })
    .await;
    // Not in the form of the standard: only the server's own bytes are sure to match.
    let (tag, date) = ("W/\"1a:0; x\"", "Tue, 1 Nov 2022 3:04:05 GMT");
    let fresh = || Answer::page(list_page(&[("通知", day("2022-10-20"))]));
    let web = &simulation.web;
    web.tell("/both", fresh().with("ETag", tag).with("Last-Modified", date));
    web.tell("/tag", fresh().with("ETag", tag));
    web.tell("/date", fresh().with("Last-Modified", date));
    web.tell("/none", fresh());
    web.tell("/old", Answer::page(list_page(&[("通知", day("2022-01-20"))])).with("ETag", tag));
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-04T12:00").await;

    let asked = |path: &str| -> BTreeMap<&str, Vec<Asked>> {
        let (first, later) =
            web.asked_for(path).into_iter().partition(|asked| asked.at < at("2022-11-01T13:00"));
        BTreeMap::from([("first", first), ("later", later)])
    };
    for (path, sent_tag, sent_date, status) in [
        ("/both", Some(tag), Some(date), 304),
        ("/tag", Some(tag), None, 304),
        ("/date", None, Some(date), 304),
        ("/none", None, None, 200),
        ("/old", None, None, 200),
    ] {
        let asked = asked(path);
        let [first] = &asked["first"][..] else { panic!("{path}: {asked:?}") };
        assert!(!first.is_conditional() && first.answered == 200, "{path}: {first:?}");
        assert!(asked["later"].len() >= 2, "{path}");
        for later in &asked["later"] {
            assert_eq!(later.header("if-none-match"), sent_tag, "{path}");
            assert_eq!(later.header("if-modified-since"), sent_date, "{path}");
            assert_eq!(later.answered, status, "{path}");
        }
    }
    assert_eq!(simulation.standing(&tasks, "fagaiwei/old"), "overdue", "looks in full are what convicts");
    assert_eq!(simulation.standing(&tasks, "fagaiwei/both"), "fresh");
}

#[tokio::test]
async fn a_host_is_never_asked_faster_than_allowed_not_even_across_restarts() {
    let pace = "requests-per-second = 2\nburst = 3\nconcurrent = 2";
    let simulation = Simulation::start("2022-11-01T12:00", pace, |web| {
        (0..60).fold(Unit::new("fagaiwei", "县发改委"), |unit, number| {
            unit.column(&format!("c{number}"), &format!("栏目{number}"), web.url(&format!("/{number}")))
        })
    })
    .await;
    for number in 0..60 {
        let page = list_page(&[("通知", day("2022-10-20"))]);
        simulation.web.tell(&format!("/{number}"), Answer::page(page));
    }
    for seconds in [5, 6, 20, 300] {
        let mut tasks = simulation.tasks();
        let end = at("2022-11-01T12:00") + TimeDelta::seconds(seconds);
        simulation.play_to(&mut tasks, end).await;
        tasks.line.store.flush().await.unwrap();
    }
    let instants: Vec<DateTime<Utc>> = simulation.web.asked().iter().map(|asked| asked.at).collect();
    assert_eq!(instants.len(), 60, "each column once: what was polled is remembered");
    for start in &instants {
        for seconds in [1, 2, 10] {
            let end = *start + TimeDelta::seconds(seconds);
            let within = instants.iter().filter(|instant| start <= instant && **instant < end).count();
            let allowed = 3 + 2 * usize::try_from(seconds).unwrap();
            assert!(within <= allowed, "{within} requests within {seconds} s from {start}");
        }
    }
}

#[tokio::test]
async fn a_site_that_is_down_is_asked_ever_more_slowly_and_forgiven_when_it_is_back() {
    let simulation = Simulation::start("2022-11-01T12:00", DEFAULT_PACE, |web| {
        Unit::new("fagaiwei", "县发改委").paced("dongtai", "工作动态", "weekly", web.url("/dongtai"))
    })
    .await;
    // The period ends on the 6th, while nobody can see that something was published on the 5th.
    simulation.web.tell("/dongtai", Answer::page(list_page(&[("旧闻", day("2022-10-30"))])));
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-03T12:00").await;
    simulation.web.tell("/dongtai", Answer::status(503));
    let down_from = simulation.web.asked().len();
    simulation.play(&mut tasks, "2022-11-12T12:00").await;
    assert_eq!(simulation.standing(&tasks, "fagaiwei/dongtai"), "unknown");
    let tries: Vec<DateTime<Utc>> =
        simulation.web.asked()[down_from..].iter().map(|asked| asked.at).collect();
    let gaps: Vec<TimeDelta> = tries.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps[0] < TimeDelta::minutes(10), "{gaps:?}");
    assert!(gaps.iter().all(|gap| *gap <= TimeDelta::hours(27)), "it never gives up: {gaps:?}");
    assert!(*gaps.last().unwrap() > TimeDelta::hours(20), "but it becomes patient: {gaps:?}");

    let page = list_page(&[("新闻", day("2022-11-12")), ("旧闻", day("2022-10-30"))]);
    simulation.web.tell("/dongtai", Answer::page(page));
    simulation.play(&mut tasks, "2022-11-14T12:00").await;
    assert_eq!(simulation.standing(&tasks, "fagaiwei/dongtai"), "fresh");
    assert_eq!(simulation.mails(), [], "nobody was accused of what nobody could see");
}
