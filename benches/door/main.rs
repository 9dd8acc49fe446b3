//! How fast the door answers while the line polls as fast as it can, and what answering costs the polling.
//!
//! The county and its site are those of the `line` bench: generated pages of 40 hosts on loopback, a stepped clock that
//! makes every column due in each pass. Beside the polling run the door's own keeper and socket, as in the daemon. Askers
//! on threads of their own keep to a timetable of 1,000 requests a second over the Unix socket, half for `/v1/status`,
//! half for one source after another. An answer's time counts from the instant at which its request was due, so that
//! a door that stops answering for a while is not flattered by the requests nobody made meanwhile.
//!
//! `cargo bench --bench door` takes five rounds of some seconds; `-- --quick` takes fewer and shorter ones.

mod asker;
#[path = "../line/pages.rs"]
mod pages;
#[path = "../line/polled.rs"]
mod polled;
#[path = "../line/rules.rs"]
mod rules;
#[path = "../line/site.rs"]
#[expect(dead_code, reason = "the yardstick of the other program asks the site for more")]
mod site;
mod table;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{anyhow, bail};
use chrono::{DateTime, Utc};
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use xuncha::serve::{Access, Keeper, Routes, StatusSocket};

use self::asker::{Answered, Timetable};
use self::polled::{Expected, Polled};
use self::site::Site;
use self::table::{Round, print};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
struct Plan {
    columns: usize,
    /// Polls under way at the same time.
    workers: usize,
    rounds: usize,
    /// How long each figure is taken.
    spell: Duration,
}

const FULL: Plan = Plan { columns: 2000, workers: 64, rounds: 5, spell: Duration::from_secs(5) };
const QUICK: Plan = Plan { columns: 1000, workers: 64, rounds: 3, spell: Duration::from_secs(2) };

/// Requests of all askers together, a second.
const RATE: u32 = 1000;
const ASKERS: u32 = 8;
/// Each pass is a day and more to the line. After so many without an item it would begin to doubt the columns.
const PASSES_WITHOUT_NEWS: u32 = 20;

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
    site.give_validators(true);
    let address = site::serve(Arc::clone(&site))?;
    let directory = tempfile::tempdir()?;
    let rules = rules::write_and_load(directory.path(), plan.columns)?;
    println!(
        "{} columns on {} hosts, {} polls under way, {RATE} requests/s over {ASKERS} connections, {} rounds: median (min-max)",
        plan.columns,
        site::HOSTS,
        plan.workers,
        plan.rounds
    );
    let socket = directory.path().join("door/xuncha.sock");
    let sources = rules.sources.iter().map(|source| format!("/v1/sources/{}", source.id)).collect();
    let timetable = Timetable { socket: socket.clone(), sources, rate: RATE, askers: ASKERS };
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let rounds = runtime.block_on(async {
        let polled = Polled::build(&rules, directory.path(), address, plan.workers, start)?;
        let mut scene = Scene { plan, site: &site, polled, timetable };
        scene.rounds(&socket).await
    })?;
    print(&rounds);
    Ok(())
}

struct Scene<'a> {
    plan: Plan,
    site: &'a Site,
    polled: Polled,
    timetable: Timetable,
}

/// What polling is kept busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    /// Nothing.
    Rest,
    /// Pages of which none has changed.
    Unchanged,
    /// Pages that all have a new item.
    Read,
}

impl Scene<'_> {
    async fn rounds(&mut self, path: &Path) -> anyhow::Result<Vec<Round>> {
        let shown = self.polled.tasks.door.clone();
        let (stop, mut beside) = (CancellationToken::new(), JoinSet::new());
        let keeper = Keeper::start(shown.clone())?;
        let socket = StatusSocket::bind(path, Access::default())?;
        let (_routes, served) = watch::channel(Routes::of(&shown));
        let (keeping, serving) = (stop.clone(), stop.clone());
        beside.spawn(async move { keeper.run(keeping).await.map_err(anyhow::Error::from) });
        // On a thread of its own, as in the daemon.
        let door = Builder::new_current_thread().enable_all().build()?;
        let door = std::thread::spawn(move || door.block_on(async { socket.serve(served, serving).await }));
        // Every page is known before anything is measured.
        self.pass(Work::Read).await?;
        let mut rounds = Vec::with_capacity(self.plan.rounds);
        for _ in 0..self.plan.rounds {
            rounds.push(self.round().await?);
        }
        stop.cancel();
        while let Some(ended) = beside.join_next().await {
            ended??;
        }
        tokio::task::spawn_blocking(|| door.join()).await?.map_err(|_| anyhow!("the door panicked"))?;
        Ok(rounds)
    }

    async fn round(&mut self) -> anyhow::Result<Round> {
        let (_, at_rest) = self.spell(Work::Rest, true).await?;
        let (unchanged_alone, _) = self.spell(Work::Unchanged, false).await?;
        let (unchanged, while_unchanged) = self.spell(Work::Unchanged, true).await?;
        let (read_alone, _) = self.spell(Work::Read, false).await?;
        let (read, while_reading) = self.spell(Work::Read, true).await?;
        Ok(Round { at_rest, unchanged_alone, unchanged, while_unchanged, read_alone, read, while_reading })
    }

    /// Polls for a while, asked or not, and gives polls a second and what was answered.
    async fn spell(&mut self, work: Work, asked: bool) -> anyhow::Result<(f64, Vec<Answered>)> {
        let is_over = Arc::new(AtomicBool::new(false));
        let askers = asked.then(|| self.timetable.start(&is_over)).transpose()?;
        let started = Instant::now();
        let (mut passes, mut busy) = (0, Duration::ZERO);
        while started.elapsed() < self.plan.spell {
            if work == Work::Rest {
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
            if passes % PASSES_WITHOUT_NEWS == 0 {
                self.pass(Work::Read).await?;
            }
            let began = Instant::now();
            self.pass(work).await?;
            busy += began.elapsed();
            passes += 1;
        }
        let speed = (passes as usize * self.plan.columns) as f64 / busy.as_secs_f64();
        is_over.store(true, Ordering::Relaxed);
        let answered = match askers {
            Some(askers) => tokio::task::spawn_blocking(move || askers.end()).await??,
            None => Vec::new(),
        };
        Ok((speed, answered))
    }

    async fn pass(&mut self, work: Work) -> anyhow::Result<()> {
        self.polled.step();
        if work == Work::Read {
            self.site.turn_to(self.polled.now());
            return self.polled.pass(Expected::Read).await;
        }
        self.polled.pass(Expected::Unchanged).await
    }
}
