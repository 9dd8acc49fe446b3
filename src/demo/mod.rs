//! A simulated county: the whole job on loopback, with nothing to install.
//!
//! [`run`] unpacks the shipped rules of Langxi into a directory, starts a web server that plays the county's site, that of
//! its departments, one behind a shield, the platforms of its accounts and their bridges, and plays `scenario.toml` on a
//! stepped clock: on each virtual day every poll that is due is a real HTTP request through the whole line, mails are written as files, and at each
//! cut-off a bulletin is issued.
//! The scenario says who publishes what and when; verdicts and wording come out of the line.
//!
//! Afterwards, unless told to end, the clock runs on in real time and the daemon serves its socket.

mod exports;
mod folder;
mod jcms;
mod navigation;
mod pages;
mod platforms;
mod play;
mod publications;
mod reply;
mod scenario;
mod server;
mod shield;
mod site;
mod summary;
mod traffic;
mod trouble;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use chrono::{NaiveTime, TimeDelta};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::exports::Exports;
use self::play::{Cast, Played, play};
use self::scenario::Scenario;
use self::site::County;
use self::traffic::Traffic;
use crate::assess::Calendar;
use crate::clock::{Clock, Stepped};
use crate::config::{Config, DigestHours, Mail, Route};
use crate::daemon::{Tasks, make_directory};
use crate::deliver::Sender;
use crate::rules::{Rules, Source};
use crate::serve::{Access, Keeper, PageAt, Routes, StatusSocket};
use crate::{alert, assess, fetch};

/// What the demo is asked to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where rules, state, mails and bulletins go.
    pub out: PathBuf,
    /// Where the county's web server listens.
    pub listen: SocketAddr,
    /// Where the page can be looked at.
    pub page: Option<SocketAddr>,
    /// End after the scenario instead of serving on.
    pub once: bool,
}

const SCENARIO: &str = include_str!("scenario.toml");

/// Plays the demo.
///
/// # Errors
/// If the directory cannot be used, a port or socket cannot be bound, or a part of the line fails.
pub async fn run(options: &Options, stop: CancellationToken) -> anyhow::Result<()> {
    let folder = folder::prepare(&options.out)?;
    let rules = Rules::load(&folder.join("crawl-rules"), Some("langxi"))?;
    let scenario = Scenario::read(SCENARIO, &rules)?;
    let calendar = Calendar { zone: rules.county.zone, cut_off_day: rules.county.cut_off_day };
    let (starts_at, ends_at) = (calendar.start_of(scenario.starts), calendar.at(scenario.ends, noon()));
    let stepped = Stepped::at(starts_at);
    let clock = Clock::Stepped(stepped.clone());
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}: choose another with --listen", options.listen))?;
    let page = options.page.map(|listen| PageAt { listen, open_to_network: false });
    let config = config(&folder, &rules, listener.local_addr()?, page);
    make_directory(&folder.join("mail"))?;
    folder::keep_secrets(&folder.join("secrets"), &rules)?;

    let mut servers = JoinSet::new();
    let accepted = scenario.accepted.clone();
    let county = Arc::new(County::new(rules.clone(), scenario, clock.clone()));
    let traffic = Arc::new(Traffic::default());
    let exports = Exports::new(Arc::clone(&county), config.import_dir.clone(), calendar, starts_at);
    servers.spawn(server::serve(county, Arc::clone(&traffic), listener, stop.child_token()));
    let socket = StatusSocket::bind(&config.socket, config.access.clone())?.with_page(config.page).await?;
    let Tasks { line, poller, judge, mailer, door } = Tasks::build(&config, rules, clock)?;
    let serving = stop.child_token();
    let keeper = Keeper::start(door.clone())?;
    let (_routes, served) = watch::channel(Routes::of(&door));
    servers.spawn(async move {
        socket.serve(served, serving).await;
        Ok(())
    });
    let keeping = stop.child_token();
    servers.spawn(async move { keeper.run(keeping).await.map_err(io::Error::other) });

    let mut cast = Cast { line: Arc::clone(&line), poller, judge, mailer, exports, clock: stepped.clone() };
    let played = play(&mut cast, starts_at..ends_at, &folder, accepted, &stop).await?;
    line.store.flush().await?;
    summary::print(&played, &traffic.by_host(), &folder);
    if !options.once && matches!(played, Played::ToTheEnd(_)) {
        summary::print_what_to_try(&config.socket);
        stepped.release();
        go_on(cast, &stop).await?;
    }
    stop.cancel();
    while servers.join_next().await.is_some() {}
    line.store.flush().await?;
    Ok(())
}

/// Runs the line in real time until told to stop.
async fn go_on(cast: Cast, stop: &CancellationToken) -> anyhow::Result<()> {
    let Cast { poller, judge, mailer, .. } = cast;
    let mut tasks = JoinSet::new();
    tasks.spawn(poller.run(stop.child_token()));
    tasks.spawn(judge.run(stop.child_token()));
    tasks.spawn(mailer.run(stop.child_token(), stop.clone()));
    while let Some(ended) = tasks.join_next().await {
        ended.context("a task of the demo panicked")??;
    }
    Ok(())
}

fn config(folder: &Path, rules: &Rules, site: SocketAddr, page: Option<PageAt>) -> Config {
    let canaries = rules.bridges.iter().flat_map(|bridge| &bridge.canaries);
    let hosts = rules.sources.iter().chain(canaries).flat_map(hosts_of);
    let resolve: BTreeMap<String, SocketAddr> = hosts.map(|host| (host, site)).collect();
    Config {
        rules: folder.join("crawl-rules"),
        county: Some("langxi".to_owned()),
        state_dir: folder.join("state"),
        socket: folder::socket(folder),
        secrets: Some(folder.join("secrets")),
        import_dir: folder.join("import"),
        access: Access::default(),
        page,
        fetch: fetch::Settings { resolve, ..fetch::Settings::new("xxzx@langxi.example") },
        render: fetch::RenderSettings::new("xxzx@langxi.example"),
        workers: 32,
        assess: assess::Policy::default(),
        alert: alert::Policy::default(),
        digests: DigestHours::default(),
        at_once: Vec::new(),
        operators: Vec::new(),
        operator: alert::OperatorPolicy::default(),
        breaker: alert::BreakerPolicy::default(),
        anchors: Vec::new(),
        disk_floor: 0,
        mail: Mail::new(
            Sender {
                name: rules.county.issuer.clone(),
                email: "xxzx@langxi.example".to_owned(),
                reply_to: None,
            },
            Route::File(folder.join("mail")),
        ),
    }
}

/// The hosts of a source: its own, and those of its ways.
fn hosts_of(source: &Source) -> Vec<String> {
    let ways = source.ways.iter().filter_map(|way| way.kind.address());
    let hosts = ways.chain([source.url.clone()]);
    hosts.filter_map(|url| url.host_str().map(str::to_ascii_lowercase)).collect()
}

fn noon() -> NaiveTime {
    NaiveTime::MIN + TimeDelta::hours(12)
}
