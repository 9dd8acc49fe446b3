//! What reading one page costs, beside merely parsing it; and what dispatching one poll costs among a million sources.
//!
//! After criterion's own figures, ratios are printed whose two sides were timed in turn; and the same of a page of each
//! family, read with its preset and without one.

mod families;
#[path = "../line/pages.rs"]
mod pages;

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;
use criterion::{Criterion, Throughput};
use scraper::Html;
use tokio::time::Instant;
use xuncha::clock::{Clock, Stepped};
use xuncha::extract::{Extractor, Families, ListSelectors, Page, Reading};
use xuncha::rules::{HostPace, Presets};
use xuncha::schedule::{Dispatcher, HostKey, Next, Pacing, Slot};

use self::families::FAMILIES;
use self::pages::{Pages, row};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A page, a way to read it, and what they are called.
struct Subject {
    name: &'static str,
    page: Page,
    extractor: Extractor,
}

const ITEMS_OF_A_FEED: i64 = 150;
const SOURCES: u32 = 1_000_000;
const HOSTS: u32 = 10_000;
const ROUNDS: usize = 15;
const READS_OF_A_ROUND: u32 = 50;
/// What reading is to be faster than parsing alone, where a preset names a list.
const ENOUGH_TIMES: f64 = 5.0;

fn main() -> anyhow::Result<()> {
    let now: DateTime<Utc> = "2022-12-01T08:00:00Z".parse()?;
    let subjects = subjects(now)?;
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .without_plots()
        .configure_from_args();
    for subject in &subjects {
        let mut group = criterion.benchmark_group(subject.name);
        group.throughput(Throughput::Bytes(subject.page.body.len() as u64));
        if subject.is_html() {
            group.bench_function("parsed only", |bencher| bencher.iter(|| subject.parse()));
        }
        group.bench_function("read", |bencher| bencher.iter(|| subject.read(now)));
        group.finish();
    }
    dispatching(&mut criterion, now);
    criterion.final_summary();
    for subject in subjects.iter().filter(|subject| subject.is_html()) {
        let (median, least, most) = subject.ratio(now);
        println!("{}: reading takes {median:.2} ({least:.2}-{most:.2}) of parsing alone", subject.name);
    }
    of_families(now)
}

/// A line for each family: pages a second, and how many times faster than parsing alone that is; and whether that is enough
/// where the preset names a list, so that the rest of the page need not be parsed.
fn of_families(now: DateTime<Utc>) -> anyhow::Result<()> {
    let presets = Presets::of_rules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("crawl-rules"))?;
    println!("{:<24} {:>8}  {:>22}  {:>22}", "family", "bytes", "with its preset", "by its signs");
    for family in FAMILIES {
        let text = family.page(now);
        print!("{:<24} {:>8}", format!("{} {}", family.preset, family.shape), text.len());
        let preset = presets.named(family.preset).unwrap_or_else(|| presets.by_signs());
        let mut times = Vec::new();
        for reading in [&preset, &presets.by_signs()] {
            let page = Page {
                drawing: None,
                url: family.address.parse()?,
                content_type: None,
                body: text.clone().into_bytes(),
            };
            let subject = Subject { name: family.preset, page, extractor: Extractor::new(reading)? };
            subject.extractor.extract(&subject.page, now, Shanghai)?;
            let (ratio, ..) = subject.ratio(now);
            times.push(1.0 / ratio);
            print!("  {:>9.0}/s {:>6.2} times", subject.reads_per_second(now), 1.0 / ratio);
        }
        match names_a_list(&preset) {
            true if times[0] >= ENOUGH_TIMES => println!("  kept"),
            true => println!("  MISSED, {ENOUGH_TIMES} are wanted"),
            false => println!(),
        }
    }
    Ok(())
}

fn names_a_list(reading: &Reading) -> bool {
    match reading {
        Reading::List(_) => true,
        Reading::Finder(bounds) => bounds.list.is_some(),
        _ => false,
    }
}

fn subjects(now: DateTime<Utc>) -> anyhow::Result<[Subject; 3]> {
    let pages = Pages::new(1, now);
    let html = pages.parts(0, &row(0, 100, now)).concat();
    let by_selectors = Reading::List(ListSelectors {
        list: "dl.content-list, dl.key-list".to_owned(),
        row: "dt".to_owned(),
        skip: Some("dt.line, dt.empty".to_owned()),
        link: "a".to_owned(),
        date: "span.cont-time, span.date".to_owned(),
        empty: vec!["暂无相关信息".to_owned()],
        empty_in: Some("div.nodata".to_owned()),
    });
    let subject = |name, reading: &Reading, text: String| -> anyhow::Result<Subject> {
        let page = Page {
            drawing: None,
            url: "http://www.bench.example/list".parse()?,
            content_type: None,
            body: text.into_bytes(),
        };
        let subject = Subject { name, page, extractor: Extractor::new(reading)? };
        subject.extractor.extract(&subject.page, now, Shanghai)?;
        Ok(subject)
    };
    Ok([
        subject("list by selectors", &by_selectors, html.clone())?,
        subject("list by its shape", &Reading::Auto(Families::default()), html)?,
        subject("feed", &Reading::Feed, feed(now))?,
    ])
}

impl Subject {
    fn is_html(&self) -> bool {
        self.page.body.starts_with(b"<!DOCTYPE html>")
    }

    fn parse(&self) {
        black_box(Html::parse_document(&String::from_utf8_lossy(black_box(&self.page.body))));
    }

    fn read(&self, now: DateTime<Utc>) {
        black_box(self.extractor.extract(black_box(&self.page), now, Shanghai)).ok();
    }

    fn reads_per_second(&self, now: DateTime<Utc>) -> f64 {
        let begun = Instant::now();
        (0..READS_OF_A_ROUND).for_each(|_| self.read(now));
        f64::from(READS_OF_A_ROUND) / begun.elapsed().as_secs_f64()
    }

    /// Reading over parsing: median, least and most of some rounds.
    fn ratio(&self, now: DateTime<Utc>) -> (f64, f64, f64) {
        let timed = |work: &dyn Fn()| {
            let begun = Instant::now();
            (0..READS_OF_A_ROUND).for_each(|_| work());
            begun.elapsed().as_secs_f64()
        };
        let mut ratios: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let parsing = timed(&|| self.parse());
                timed(&|| self.read(now)) / parsing
            })
            .collect();
        ratios.sort_by(f64::total_cmp);
        (ratios[ROUNDS / 2], ratios[0], ratios[ROUNDS - 1])
    }
}

fn feed(now: DateTime<Utc>) -> String {
    let items: String = (0..ITEMS_OF_A_FEED)
        .map(|number| {
            let link = format!("http://weibo.bench.example/langxi/{number}");
            let published = (now - TimeDelta::hours(number)).to_rfc2822();
            format!(
                "<item><title>郎溪发布第{number}条：全县重点工作推进会召开</title><link>{link}</link><guid>{link}</guid>\
                 <description>&lt;p&gt;12月1日，县政府召开会议，听取工作汇报。&lt;/p&gt;</description>\
                 <pubDate>{published}</pubDate></item>\n"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>郎溪发布</title>\
         <link>http://weibo.bench.example/langxi</link><description></description>\n{items}</channel></rss>\n"
    )
}

/// From being due to being on the agenda again, a day later.
fn dispatching(criterion: &mut Criterion, now: DateTime<Utc>) {
    let clock = Stepped::at(now);
    let name = |host: u32| format!("h{host}.bench.example");
    let paces: Vec<HostPace> = (0..HOSTS)
        .map(|host| HostPace { name: name(host), requests_per_second: 1000.0, burst: 1000, concurrent: 4 })
        .collect();
    let keys: Vec<HostKey> = (0..HOSTS)
        .filter_map(|host| Some(HostKey::of(&format!("http://{}/", name(host)).parse().ok()?)))
        .collect();
    let hosts = keys.iter().cycle().take(SOURCES as usize).cloned();
    let mut dispatcher = Dispatcher::new(Pacing::new(Clock::Stepped(clock.clone()), &paces), hosts);
    let day = TimeDelta::days(1).num_milliseconds();
    for slot in 0..SOURCES {
        // Spreads the sources over the day in no order.
        let wait = i64::from(slot) * 7_919_993 % day;
        dispatcher.put(Slot(slot), now + TimeDelta::milliseconds(wait));
    }
    criterion.bench_function("a million sources: one dispatch", |bencher| {
        bencher.iter(|| {
            loop {
                let now = clock.now();
                match dispatcher.next(now) {
                    Next::Poll(slot) => {
                        dispatcher.ended(slot);
                        dispatcher.put(slot, now + TimeDelta::milliseconds(day + i64::from(slot.0 % 1000)));
                        break slot;
                    }
                    Next::NotBefore(at) => clock.step_to(at),
                    Next::Idle => unreachable!("every source is put back"),
                }
            }
        });
    });
}
