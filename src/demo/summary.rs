//! What a person sees of the demo: a progress bar, a table at the end, and what to try next.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, Utc};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use indicatif::{ProgressBar, ProgressStyle};

use super::play::{Played, Tally};
use super::scenario::Accepted;
use super::traffic::HostTraffic;
use crate::bulletin::{Bulletin, Channel, Unverified, Verdict};
use crate::daemon::Line;

/// The bar, or a line a virtual week where there is no terminal.
pub(super) struct Progress {
    bar: ProgressBar,
    span: Range<DateTime<Utc>>,
    next_line: std::cell::Cell<DateTime<Utc>>,
    on_terminal: bool,
}

impl Progress {
    pub(super) fn new(span: Range<DateTime<Utc>>) -> Self {
        let hours = u64::try_from((span.end - span.start).num_hours()).unwrap_or(0);
        let bar = ProgressBar::new(hours);
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:40}] {percent}%") {
            bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
        }
        Self {
            bar,
            next_line: std::cell::Cell::new(span.start),
            span,
            on_terminal: std::io::stderr().is_terminal(),
        }
    }

    pub(super) fn show(&self, now: DateTime<Utc>, line: &Line, elapsed: Duration) {
        let every = if self.on_terminal { chrono::TimeDelta::hours(3) } else { chrono::TimeDelta::days(7) };
        if now < self.next_line.get() {
            return;
        }
        self.next_line.set(now + every);
        let polls = line.counters.polls.load(Ordering::Relaxed);
        let alerts = line.counters.alerts.load(Ordering::Relaxed);
        let rate = polls as f64 / elapsed.as_secs_f64().max(0.001);
        let day = line.calendar().day_of(now);
        let message = format!("{day}  {polls} polls ({rate:.0}/s)  {alerts} alerts");
        if self.on_terminal {
            self.bar.set_position(u64::try_from((now - self.span.start).num_hours()).unwrap_or(0));
            self.bar.set_message(message);
        } else {
            eprintln!("{message}");
        }
    }

    pub(super) fn done(&self) {
        self.bar.finish_and_clear();
    }
}

/// Prints what came of it.
pub(super) fn print(played: &Played, traffic: &BTreeMap<String, HostTraffic>, folder: &Path) {
    let tally = match played {
        Played::ToTheEnd(tally) => tally,
        Played::Stopped(tally) => {
            println!("Stopped before the end.");
            tally
        }
    };
    print_tally(tally);
    println!("\n{}", traffic_table(traffic));
    if !tally.bulletins.is_empty() {
        println!("\n{}", bulletin_table(&tally.bulletins));
    }
    print_unverified(tally);
    println!("\nMails:      {}", folder.join("mail").display());
    for bulletin in &tally.bulletins {
        println!(
            "{}:    {}",
            bulletin.month,
            folder.join(bulletin.month.to_string()).join("bulletin.html").display()
        );
    }
}

fn print_tally(tally: &Tally) {
    let seconds = tally.took.as_secs_f64();
    println!(
        "{} virtual days in {seconds:.1} s: {} polls ({:.0}/s), {} unchanged, {} failed, {:.1} MB of pages; {} changes of \
         alerts, {} mails",
        tally.virtual_days,
        tally.polls,
        tally.polls as f64 / seconds.max(0.001),
        tally.unchanged,
        tally.failed,
        tally.bytes as f64 / 1e6,
        tally.alerts,
        tally.mails,
    );
}

fn bulletin_table(bulletins: &[Bulletin]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header([
        "月份",
        "监测单位",
        "无问题",
        "合格",
        "不合格",
        "网站合格率",
        "微信",
        "微博",
        "抖音",
        "APP",
        "待核实",
    ]);
    for bulletin in bulletins {
        let verdicts =
            |wanted: Verdict| bulletin.annex1.iter().filter(|row| row.verdict == wanted).count().to_string();
        let rate = |channel: Channel| {
            let total = bulletin.totals.iter().find(|total| total.channel == channel);
            total.map_or_else(String::new, |total| {
                let rate = total.rate.as_deref().unwrap_or("—");
                format!("{}/{} {rate}", total.passed, total.counted)
            })
        };
        table.add_row([
            bulletin.month.to_string(),
            bulletin.annex1.len().to_string(),
            verdicts(Verdict::NoIssue),
            verdicts(Verdict::Pass),
            verdicts(Verdict::Fail),
            rate(Channel::Website),
            rate(Channel::Wechat),
            rate(Channel::Weibo),
            rate(Channel::Douyin),
            rate(Channel::App),
            bulletin.unverified.len().to_string(),
        ]);
    }
    numbers_to_the_right(&mut table);
    table
}

fn traffic_table(traffic: &BTreeMap<String, HostTraffic>) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(["网站", "请求", "304", "POST", "被拒绝", "被拒后最快再访（小时）"]);
    for (host, asked) in traffic {
        let again = asked.refused_again_after.map(|wait| format!("{:.1}", wait.num_minutes() as f64 / 60.0));
        table.add_row([
            host.clone(),
            asked.requests.to_string(),
            asked.not_modified.to_string(),
            asked.posts.to_string(),
            asked.refused.to_string(),
            again.unwrap_or_default(),
        ]);
    }
    numbers_to_the_right(&mut table);
    table
}

fn numbers_to_the_right(table: &mut Table) {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

/// Names what the last bulletin does not judge, and why it was issued all the same.
fn print_unverified(tally: &Tally) {
    let Some(last) = tally.bulletins.last().filter(|bulletin| !bulletin.unverified.is_empty()) else {
        return;
    };
    println!("\nNot judged in {}, because nobody could read them:", last.month);
    for Unverified { unit, name, source, cause, .. } in &last.unverified {
        println!("  {unit}  {name}（{source}）：{}", cause.chinese());
    }
    for Accepted { host, because } in &tally.accepted {
        println!("  accepted for {host}: {because}");
    }
}

/// Says which commands to try while the daemon serves on.
pub(super) fn print_what_to_try(socket: &Path) {
    let socket = socket.display();
    println!(
        "\nThe daemon goes on in real time from here. In another terminal, try:\n\n  \
         export XUNCHA_SOCKET={socket}\n  \
         xuncha status\n  \
         xuncha status 县公安局\n  \
         xuncha due --within 30d\n  \
         xuncha alerts\n  \
         xuncha recheck gonganju/benji-jiedu-qita\n  \
         xuncha bulletin draft 2022-12\n  \
         curl --unix-socket {socket} http://localhost/v1/status\n\n\
         Ctrl-C ends it."
    );
}
