//! How fast the whole line is, beside a bare loop of requests over the same pages.
//!
//! An in-process server sends generated list pages of 40 hosts on loopback. The line fetches them as the daemon does
//! (rules from files, poller, judge, a store on disk) on a stepped clock that makes every column due in each pass; the
//! bare loop asks with the same client library, as many at a time, on the same kind of runtime, and drops the answers.
//! All figures of a round are taken in turn, and ratios are taken within a round: absolute figures move from machine to
//! machine.
//!
//! `cargo bench --bench line` measures both kinds of runtime; `-- --quick` takes fewer rounds and requests.

mod bare;
mod cost;
mod pages;
mod polled;
mod rules;
mod site;
mod table;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::bail;
use chrono::{DateTime, Utc};
use tokio::runtime::{Builder, Runtime};
use xuncha::rules::Rules;

use self::bare::Bare;
use self::cost::{Cost, Meter};
use self::polled::{Expected, Polled};
use self::site::Site;
use self::table::{Round, print};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type BuildRuntime = fn() -> std::io::Result<Runtime>;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
struct Plan {
    columns: usize,
    /// Requests under way at the same time, on both sides.
    workers: usize,
    rounds: usize,
    /// Passes over all columns that make one figure of the bare loop, and of the line where nothing has changed.
    passes: u32,
    /// Passes that make one figure where every page is read: each of them takes much longer.
    reading_passes: u32,
}

const FULL: Plan = Plan { columns: 2000, workers: 64, rounds: 5, passes: 10, reading_passes: 2 };
const QUICK: Plan = Plan { columns: 1000, workers: 64, rounds: 3, passes: 4, reading_passes: 1 };

/// What both sides need.
struct Scene<'a> {
    plan: Plan,
    site: &'a Site,
    address: SocketAddr,
    rules: &'a Rules,
    rules_directory: &'a Path,
}

fn main() -> anyhow::Result<()> {
    let mut plan = FULL;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--quick" => plan = QUICK,
            // Cargo says so to every benchmark.
            "--bench" => {}
            other => bail!("`{other}` is not known, allowed: --quick"),
        }
    }
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    let start: DateTime<Utc> = "2022-12-01T00:00:00Z".parse()?;
    let site = Arc::new(Site::new(plan.columns, start));
    let address = site::serve(Arc::clone(&site))?;
    let directory = tempfile::tempdir()?;
    let rules = rules::write_and_load(directory.path(), plan.columns)?;
    let scene = Scene { plan, site: &site, address, rules: &rules, rules_directory: directory.path() };
    println!(
        "{} columns of {} KB on {} hosts, {} requests under way, {} rounds: median (min-max)",
        plan.columns,
        site.page_length() / 1000,
        site::HOSTS,
        plan.workers,
        plan.rounds
    );
    let kinds: [(&str, BuildRuntime); 2] = [
        ("one thread", || Builder::new_current_thread().enable_all().build()),
        ("a thread per core", || Builder::new_multi_thread().enable_all().build()),
    ];
    for (name, runtime) in kinds {
        let rounds = runtime()?.block_on(scene.rounds(start))?;
        print(name, &rounds);
    }
    Ok(())
}

impl Scene<'_> {
    async fn rounds(&self, start: DateTime<Utc>) -> anyhow::Result<Vec<Round>> {
        let bare = Bare::new(self.address, self.plan.columns)?;
        // Opens the connections.
        bare.whole(self.plan.columns, self.plan.workers).await?;
        let mut rounds = Vec::with_capacity(self.plan.rounds);
        for _ in 0..self.plan.rounds {
            rounds.push(self.round(&bare, start).await?);
        }
        Ok(rounds)
    }

    /// Takes every figure once, on a line that starts with an empty store.
    async fn round(&self, bare: &Bare, start: DateTime<Utc>) -> anyhow::Result<Round> {
        let Plan { columns, workers, passes, reading_passes, .. } = self.plan;
        let many = columns * passes as usize;
        self.site.give_validators(true);
        let mut line = Polled::build(self.rules, self.rules_directory, self.address, workers, start)?;

        let meter = Meter::start();
        bare.whole(many, workers).await?;
        let bare_whole = meter.stop(many);
        let first = self.line(&mut line, 1, Expected::Read).await?;
        let changed = self.line(&mut line, reading_passes, Expected::Read).await?;

        let meter = Meter::start();
        bare.if_changed(self.site, many, workers).await?;
        let bare_not_modified = meter.stop(many);
        let not_modified = self.line(&mut line, passes, Expected::Unchanged).await?;

        self.site.give_validators(false);
        // Forgets the validators.
        self.line(&mut line, 1, Expected::Unchanged).await?;
        let same_body = self.line(&mut line, passes, Expected::Unchanged).await?;
        Ok(Round { bare_whole, first, changed, same_body, bare_not_modified, not_modified })
    }

    /// Polls every column so many times. Where pages are to be read, each pass finds a new
    /// item on every page.
    async fn line(&self, line: &mut Polled, passes: u32, expected: Expected) -> anyhow::Result<Cost> {
        let mut total = Cost::default();
        for _ in 0..passes {
            line.step();
            if expected == Expected::Read {
                self.site.turn_to(line.now());
            }
            let meter = Meter::start();
            line.pass(expected).await?;
            total += meter.stop(self.plan.columns);
        }
        Ok(total)
    }
}
