//! What a page says of itself is not always so: the line opens articles, follows landings, heeds shields and robots.txt,
//! and would rather not know than be wrong. On a stepped clock, over real sockets.

use chrono::NaiveDate;
use xuncha::assess::{Cause, Standing};
use xuncha::clock::Clock;
use xuncha::daemon::Wanted;

use crate::simulation::{DEFAULT_PACE, Simulation, day};
use crate::support::county::Unit;
use crate::support::web::{Answer, Web, list_page};

const ID: &str = "fagaiwei/jihua";
/// What `list_page` links its first and second row to.
const FIRST: &str = "/article/1.html";
const SECOND: &str = "/article/2.html";

/// A simulation of one column, read by these keys.
async fn one_column(begins: &str, keys: &str) -> Simulation {
    Simulation::start(begins, DEFAULT_PACE, |web| {
        Unit::new("fagaiwei", "县发改委").column("jihua", "规划计划", web.url("/jihua")).read_by(keys)
    })
    .await
}

const BY_PRESET: &str = "preset = \"list\"";

fn article(title: &str, published: &str, text: &str) -> Answer {
    Answer::page(format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"ArticleTitle\" content=\"{title}\"><meta name=\"PubDate\" content=\"{published} 09:30\">\
         </head><body><div class=\"wzcon\"><p>{text}</p></div></body></html>"
    ))
}

fn column_page(column: &str, items: &[(&str, NaiveDate)]) -> Answer {
    let named = format!("<head><meta name=\"ColumnName\" content=\"{column}\">");
    Answer::page(list_page(items).replacen("<head>", &named, 1))
}

fn cause(standing: Standing) -> Cause {
    match standing {
        Standing::Unknown(cause) => cause,
        other => panic!("known to be {other:?}"),
    }
}

#[tokio::test]
async fn a_column_whose_newest_article_is_younger_than_its_list_says_is_not_accused() {
    let simulation = one_column("2022-11-01T12:00", BY_PRESET).await;
    simulation.web.tell("/jihua", Answer::page(list_page(&[("年度计划", day("2022-01-04"))])));
    simulation.web.tell(FIRST, article("年度计划", "2022-10-20", "全文"));
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-05T12:00").await;
    let expected = Cause::ArticleIsNewer { list: day("2022-01-04"), article: day("2022-10-20") };
    assert_eq!(cause(simulation.stands(&tasks, ID)), expected);
    assert_eq!(simulation.county.mails(), []);
    assert_eq!(simulation.web.asked_for(FIRST).len(), 1, "an article is opened once");
}

#[tokio::test]
async fn an_article_that_agrees_lets_the_conviction_stand_and_one_that_is_gone_does_not_hinder_it() {
    for (agrees, tries) in [(true, 1), (false, 1)] {
        let simulation = one_column("2022-11-01T12:00", BY_PRESET).await;
        simulation.web.tell("/jihua", Answer::page(list_page(&[("年度计划", day("2022-01-04"))])));
        if agrees {
            simulation.web.tell(FIRST, article("年度计划", "2022-01-04", "全文"));
        }
        let mut tasks = simulation.tasks();
        simulation.play(&mut tasks, "2022-11-03T12:00").await;
        assert_eq!(simulation.standing(&tasks, ID), "overdue");
        assert_eq!(simulation.web.asked_for(FIRST).len(), tries);
    }
}

#[tokio::test]
async fn an_article_that_cannot_be_had_at_the_moment_holds_the_conviction_back_for_a_while() {
    let simulation = one_column("2022-11-01T12:00", BY_PRESET).await;
    simulation.web.tell("/jihua", Answer::page(list_page(&[("年度计划", day("2022-01-04"))])));
    simulation.web.tell(FIRST, Answer::status(503));
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-01T20:00").await;
    assert_eq!(cause(simulation.stands(&tasks, ID)), Cause::Unconfirmed);
    simulation.play(&mut tasks, "2022-11-04T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "overdue", "it is not waited for without end");
    assert_eq!(simulation.web.asked_for(FIRST).len(), 3);
}

#[tokio::test]
async fn a_list_without_dates_is_dated_by_its_articles_a_few_at_a_visit() {
    let simulation = one_column("2022-11-01T12:00", BY_PRESET).await;
    let row = |number: usize| format!("<li><a href=\"/article/{number}.html\">通知{number}</a></li>");
    let rows: String = (1..=7).map(row).collect();
    simulation.web.tell("/jihua", Answer::page(format!("<ul class=\"list\">{rows}</ul>")));
    for number in 1..=7 {
        let published = format!("2022-03-0{number}");
        simulation.web.tell(&format!("/article/{number}.html"), article("通知", &published, "全文"));
    }
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-01T12:01").await;
    assert_eq!(simulation.web.asked().len(), 1 + 5, "the list and five articles");
    assert_eq!(cause(simulation.stands(&tasks, ID)), Cause::UndatedRows(2));
    simulation.play(&mut tasks, "2022-11-04T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "overdue", "all rows have their dates");
    let stored = tasks.line.store.source(&xuncha::rules::SourceId::new(ID)).unwrap();
    assert_eq!(stored.record.newest().unwrap().date, day("2022-03-07"));
}

#[tokio::test]
async fn an_old_text_under_a_new_date_clears_no_column_and_a_new_text_under_an_old_title_does() {
    for (text, standing) in
        [("本年度工作安排如下。".repeat(30), "unknown"), ("全新的内容。".repeat(40), "fresh")]
    {
        let simulation = one_column("2022-11-01T12:00", BY_PRESET).await;
        let title = "关于做好年度重点工作安排的意见";
        let old = (title, day("2022-01-04"));
        simulation.web.tell("/jihua", Answer::page(list_page(&[old])));
        simulation.web.tell(FIRST, article(title, "2022-01-04", &"本年度工作安排如下。".repeat(30)));
        let mut tasks = simulation.tasks();
        simulation.play(&mut tasks, "2022-11-03T12:00").await;
        assert_eq!(simulation.standing(&tasks, ID), "overdue");
        let rows = list_page(&[old, (title, day("2022-11-03"))]);
        simulation.web.tell("/jihua", Answer::page(rows));
        simulation.web.tell(SECOND, article(title, "2022-11-03", &text));
        simulation.play(&mut tasks, "2022-11-06T12:00").await;
        assert_eq!(simulation.standing(&tasks, ID), standing, "{text:.30}");
        if standing == "unknown" {
            let expected = Cause::Reissued { claimed: day("2022-11-03"), without: day("2022-01-04") };
            assert_eq!(cause(simulation.stands(&tasks, ID)), expected);
        }
    }
}

#[tokio::test]
async fn a_page_that_only_forwards_is_followed_anew_at_every_visit() {
    let simulation = one_column("2022-11-01T12:00", "preset = \"auto\"").await;
    let to = |path: &str| {
        let refresh =
            format!("<html><head><meta http-equiv=\"refresh\" content=\"0;url={path}\"></head></html>");
        Answer::page(refresh).with("ETag", "\"landing\"")
    };
    let items = |newest: &str| {
        let rows =
            [("关于今年的第一件事的通知", day("2022-01-03")), ("关于今年的第二件事的通知", day(newest))];
        Answer::page(list_page(&rows))
    };
    simulation.web.tell("/jihua", to("/2021/index.html"));
    simulation.web.tell("/2021/index.html", items("2022-01-04"));
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-03T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "overdue");
    simulation.web.tell("/jihua", to("/2022/index.html"));
    simulation.web.tell("/2022/index.html", items("2022-11-03"));
    simulation.play(&mut tasks, "2022-11-05T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "fresh", "the landing leads elsewhere now");
    assert!(simulation.web.asked_for("/jihua").iter().all(|asked| asked.header("if-none-match").is_none()));
}

#[tokio::test]
async fn a_landing_that_leads_in_circles_or_away_is_unknown() {
    for (leads_to, says) in
        [("/back", "more than 3 times"), ("https://www.elsewhere.example/", "another site")]
    {
        let simulation = one_column("2022-11-01T12:00", "preset = \"auto\"").await;
        let page = format!("<meta http-equiv=\"refresh\" content=\"0;url={leads_to}\">");
        simulation.web.tell("/jihua", Answer::page(page));
        simulation.web.tell("/back", Answer::page("<meta http-equiv=\"refresh\" content=\"0;url=/jihua\">"));
        let mut tasks = simulation.tasks();
        simulation.play(&mut tasks, "2022-11-01T12:01").await;
        let why = cause(simulation.stands(&tasks, ID)).to_string();
        assert!(why.contains(says), "{why}");
    }
}

#[tokio::test]
async fn what_robots_txt_forbids_is_never_asked_for_and_its_pace_is_kept() {
    let simulation = Simulation::start("2022-11-01T12:00", "requests-per-second = 5", |web| {
        let unit = Unit::new("fagaiwei", "县发改委").column("jihua", "规划计划", web.url("/jihua"));
        unit.column("gonggao", "公告", web.url("/open/1")).column("tongzhi", "通知", web.url("/open/2"))
    })
    .await;
    let robots = "User-agent: *\nDisallow: /jihua\nCrawl-delay: 20\n";
    simulation.web.tell("/robots.txt", Answer::page(robots));
    for path in ["/jihua", "/open/1", "/open/2"] {
        simulation.web.tell(path, Answer::page(list_page(&[("年度计划", day("2022-10-04"))])));
    }
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-03T12:00").await;
    let why = cause(simulation.stands(&tasks, ID)).to_string();
    assert!(why.contains("robots.txt forbids it: Disallow: /jihua (line 2)"), "{why}");
    assert!(simulation.web.asked_for("/jihua").is_empty());
    assert_eq!(simulation.standing(&tasks, "fagaiwei/gonggao"), "fresh");
    let asked = simulation.web.asked();
    let after_robots = asked.iter().skip(2).zip(asked.iter().skip(3));
    for (one, next) in after_robots {
        assert!((next.at - one.at).num_seconds() >= 20, "{} and {}", one.path, next.path);
    }
}

#[tokio::test]
async fn a_redirect_is_followed_only_where_robots_txt_allows_it_and_asked_conditionally_there() {
    let simulation = one_column("2022-11-01T12:00", BY_PRESET).await;
    let items = Answer::page(list_page(&[("年度计划", day("2022-10-04"))])).with("ETag", "\"1\"");
    simulation.web.tell("/robots.txt", Answer::page("User-agent: *\nDisallow: /inner\n"));
    simulation.web.tell("/inner/jihua", items.clone());
    simulation.web.tell("/outer/jihua", items);
    simulation.web.tell("/jihua", Answer::redirect("/inner/jihua"));
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-02T12:00").await;
    let why = cause(simulation.stands(&tasks, ID)).to_string();
    let refused = simulation.web.url("/inner/jihua");
    let says = format!("robots.txt forbids {refused}, where the page leads: Disallow: /inner (line 2)");
    assert!(why.contains(&says), "{why}");
    assert!(simulation.web.asked_for("/inner/jihua").is_empty());

    simulation.web.tell("/jihua", Answer::redirect("/outer/jihua"));
    simulation.play(&mut tasks, "2022-11-30T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "fresh");
    let asked = simulation.web.asked_for("/outer/jihua");
    let answers: Vec<u16> = asked.iter().map(|asked| asked.answered).collect();
    assert!(answers.len() >= 2 && answers[0] == 200, "{answers:?}");
    assert!(answers[1..].iter().all(|answered| *answered == 304), "{answers:?}");
}

#[tokio::test]
async fn a_redirect_to_another_host_makes_no_request_there_not_even_for_robots_txt() {
    let simulation = one_column("2022-11-01T12:00", BY_PRESET).await;
    let other = Web::start_by(Clock::Stepped(simulation.clock.clone())).await;
    other.tell("/robots.txt", Answer::page("User-agent: *\nAllow: /\n"));
    other.tell("/jihua", Answer::page(list_page(&[("年度计划", day("2022-10-04"))])));
    simulation.web.tell("/jihua", Answer::redirect(&other.url("/jihua")));
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-03T12:00").await;
    let why = cause(simulation.stands(&tasks, ID)).to_string();
    assert!(why.contains(&format!("moved to another host: {}", other.url("/jihua"))), "{why}");
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn an_old_text_that_appears_after_the_cut_off_under_an_earlier_date_clears_nobody_in_the_bulletin() {
    for (text, unverified) in [("本年度工作安排如下。", Some("reissued")), ("全新的内容。", None)]
    {
        let simulation = one_column("2022-11-01T12:00", BY_PRESET).await;
        let title = "关于做好年度重点工作安排的意见";
        let old = (title, day("2022-01-04"));
        simulation.web.tell("/jihua", Answer::page(list_page(&[old])));
        simulation.web.tell(FIRST, article(title, "2022-01-04", &"本年度工作安排如下。".repeat(30)));
        let mut tasks = simulation.tasks();
        simulation.play(&mut tasks, "2022-11-28T01:00").await;
        simulation.web.tell("/jihua", Answer::page(list_page(&[old, (title, day("2022-11-20"))])));
        simulation.web.tell(SECOND, article(title, "2022-11-20", &text.repeat(30)));
        simulation.play(&mut tasks, "2022-12-02T12:00").await;
        let wanted = Wanted { month: "2022-11".parse().unwrap(), cutoff: None, as_of: None };
        let draft = tasks.line.draft_bulletin(&wanted).unwrap();
        let draft = serde_json::to_value(&draft).unwrap();
        assert_eq!(draft["annex1"][0]["findings"], serde_json::json!([]), "{text}: nobody is accused");
        let causes: Vec<&str> =
            draft["unverified"].as_array().unwrap().iter().filter_map(|one| one["cause"].as_str()).collect();
        assert_eq!(causes, Vec::from_iter(unverified), "{text}");
    }
}

#[tokio::test]
async fn a_shield_is_named_accuses_nobody_and_is_left_alone_for_hours() {
    let simulation = one_column("2022-11-01T12:00", BY_PRESET).await;
    let challenge = "<script>document.cookie='__jsl_clearance=1;max-age=3600;path=/';location.href=location.pathname</script>";
    simulation.web.tell("/jihua", Answer::page(challenge).under(521));
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-05T12:00").await;
    assert!(matches!(cause(simulation.stands(&tasks, ID)), Cause::Blocked(_)));
    let asked = simulation.web.asked_for("/jihua");
    assert!(asked.len() >= 3);
    for (one, next) in asked.iter().zip(asked.iter().skip(1)) {
        assert!((next.at - one.at).num_hours() >= 6, "{} {}", one.at, next.at);
    }
    assert_eq!(simulation.county.mails(), []);
}

#[tokio::test]
async fn a_page_that_calls_itself_another_column_is_unknown_until_a_person_has_looked() {
    let simulation = one_column("2022-11-01T12:00", BY_PRESET).await;
    let items = [("年度计划", day("2022-10-04"))];
    simulation.web.tell("/jihua", column_page("规划计划", &items));
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-03T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "fresh");
    simulation.web.tell("/jihua", column_page("人事信息", &[("任免通知", day("2022-11-02"))]));
    simulation.play(&mut tasks, "2022-11-20T12:00").await;
    let seen = tasks.line.store.sightings(&xuncha::rules::SourceId::new(ID)).unwrap();
    assert!(seen.iter().all(|record| record.sighting.title == "年度计划"), "they are another column's");
    let why = cause(simulation.stands(&tasks, ID)).to_string();
    assert!(why.contains("`人事信息`") && why.contains("`规划计划`"), "{why}");
    drop(tasks);

    let file = simulation.county.path("crawl-rules/langxi/units/fagaiwei.toml");
    let rule = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, rule.replace(BY_PRESET, "preset = \"list\"\nchecked = \"2022-11-20\"")).unwrap();
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-21T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "fresh");
}

#[tokio::test]
async fn an_article_that_was_updated_in_place_before_the_deadline_is_seen_before_anybody_is_accused() {
    let simulation = one_column("2022-06-20T12:00", BY_PRESET).await;
    simulation.web.tell("/jihua", Answer::page(list_page(&[("机构职能", day("2022-01-04"))])));
    simulation.web.tell(FIRST, article("机构职能", "2022-01-04", "全文"));
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-07-01T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "due-soon");
    simulation.web.tell(FIRST, article("机构职能", "2022-07-01", "新的全文"));
    simulation.play(&mut tasks, "2022-07-08T12:00").await;
    let expected = Cause::ArticleIsNewer { list: day("2022-01-04"), article: day("2022-07-01") };
    assert_eq!(cause(simulation.stands(&tasks, ID)), expected);
}

#[tokio::test]
async fn an_article_that_contradicts_itself_is_believed_in_the_offices_favour() {
    let simulation = one_column("2022-11-01T12:00", BY_PRESET).await;
    simulation.web.tell("/jihua", Answer::page(list_page(&[("年度计划", day("2022-01-04"))])));
    let two_dates = "<html><head><title>年度计划</title><meta name=\"PubDate\" content=\"2022-10-20 09:30\"></head>\
                     <body><h1>年度计划</h1><p class=\"info\">发布日期：2022-01-04 09:30</p></body></html>";
    simulation.web.tell(FIRST, Answer::page(two_dates));
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-05T12:00").await;
    let expected = Cause::ArticleIsNewer { list: day("2022-01-04"), article: day("2022-10-20") };
    assert_eq!(cause(simulation.stands(&tasks, ID)), expected);
}

#[tokio::test]
async fn rows_without_dates_on_a_page_that_never_changes_are_all_dated_in_the_end() {
    let simulation = one_column("2022-11-01T12:00", BY_PRESET).await;
    let row = |number: usize| match number {
        1..=3 => format!(
            "<li><a href=\"/article/{number}.html\">通知{number}</a><span>2022-01-0{number}</span></li>"
        ),
        _ => format!("<li><a href=\"/article/{number}.html\">通知{number}</a></li>"),
    };
    let rows: String = (1..=11).map(row).collect();
    let page = format!("<ul class=\"list\">{rows}</ul>");
    simulation.web.tell("/jihua", Answer::page(page).with("ETag", "\"same\""));
    for number in 1..=11 {
        simulation.web.tell(&format!("/article/{number}.html"), article("通知", "2022-01-02", "全文"));
    }
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-06T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "overdue");
}

#[tokio::test]
async fn a_host_that_asks_for_fewer_requests_is_not_asked_for_further_articles() {
    let simulation = one_column("2022-11-01T12:00", BY_PRESET).await;
    let row = |number: usize| format!("<li><a href=\"/article/{number}.html\">通知{number}</a></li>");
    let rows: String = (1..=5).map(row).collect();
    simulation.web.tell("/jihua", Answer::page(format!("<ul class=\"list\">{rows}</ul>")));
    let busy = || Answer::status(429).with("Retry-After", "7200");
    for number in 1..=5 {
        simulation.web.tell(&format!("/article/{number}.html"), busy());
    }
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-01T13:59").await;
    assert_eq!(simulation.web.asked().len(), 2, "the list, and one article");
}
