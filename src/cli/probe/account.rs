//! `xuncha probe` of an account that is read by other ways than a feed alone.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context;

use super::Subject;
use crate::cli::ProbeArgs;
use crate::cli::discover::settings;
use crate::cli::table::{harmless, put_out};
use crate::clock::Clock;
use crate::config::{Config, DEFAULT_CONFIG};
use crate::fetch::{Fetcher, Robots, Settings};
use crate::probe::{AccountProber, Outcome, ProbedAccount, Shown};
use crate::rules::{Source, WayKind};
use crate::secrets::Secrets;

/// Whether a source is probed way by way. A lone feed is read like a column's list.
pub(super) fn has_ways(source: &Source) -> bool {
    !matches!(source.ways.as_slice(), [] | [crate::rules::Way { kind: WayKind::Rss { .. }, .. }])
}

/// Looks at an account by each of its ways.
pub(super) fn probe_account(args: &ProbeArgs, subject: &Subject) -> anyhow::Result<Outcome> {
    let exceptions = subject.county.as_ref().map(|county| county.exceptions.clone()).unwrap_or_default();
    let settings = Settings { exceptions, ..settings(args.contact.as_deref(), &args.resolve)? };
    // Without a configuration, secrets can still stand in the environment.
    let config = Config::load(Path::new(DEFAULT_CONFIG)).ok();
    let longest_import = config.as_ref().map_or(settings.longest_body, |config| config.fetch.longest_body);
    let prober = AccountProber {
        longest_import,
        robots: Robots::new(&settings.exceptions),
        fetcher: Fetcher::new(settings).context("cannot make requests")?,
        secrets: Secrets::of_system(config.as_ref().and_then(|config| config.secrets.clone())),
        import_dir: config.map(|config| config.import_dir),
        clock: Clock::System,
        zone: subject.county.as_ref().map_or(super::CALENDAR.zone, |county| county.zone),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let probed = runtime.block_on(prober.probe(&subject.source));
    let said = if args.json { serde_json::to_string_pretty(&probed)? + "\n" } else { text(&probed) };
    put_out(&said).context("cannot write the report")?;
    Ok(if probed.is_read() { Outcome::Updated } else { Outcome::Unreadable })
}

fn text(probed: &ProbedAccount) -> String {
    let mut text = format!("{}  {}\n", probed.source, harmless(&probed.name));
    for way in &probed.ways {
        let _infallible = writeln!(text, "{:<16} {}", way.way, harmless(&in_words(&way.shown)));
    }
    text
}

fn in_words(shown: &Shown) -> String {
    match shown {
        Shown::Posts { newest, title, posts, undated, account, saved_at, .. } => {
            let mut said = format!("newest {newest}, {title}; {posts} posts");
            if *undated > 0 {
                said += &format!(", {undated} more without a date");
            }
            if let Some(account) = account {
                said += &format!("; it calls itself {account}");
            }
            if let Some(at) = saved_at {
                said += &format!("; the file is of {}", at.format("%Y-%m-%d %H:%M UTC"));
            }
            said
        }
        Shown::Unknown { why, .. } => format!("unknown: {why}"),
        Shown::Recorded => "what people put on record: see `xuncha status`".to_owned(),
    }
}
