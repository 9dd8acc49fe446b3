//! The county and the daemon in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};

use super::snapshot::Snapshot;
use crate::daemon::{Counted, Counters};

/// The media type.
pub(super) const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All metrics at `now`.
pub(super) fn metrics(
    shown: &Snapshot,
    counters: &Counters,
    started_at: DateTime<Utc>,
    store_bytes: u64,
    reload_failed: bool,
    now: DateTime<Utc>,
) -> String {
    let mut text = String::new();
    // Writing to a string never fails.
    let _ = write_all(&mut text, shown, counters, started_at, store_bytes, reload_failed, now);
    text
}

fn write_all(
    text: &mut String,
    shown: &Snapshot,
    counters: &Counters,
    started_at: DateTime<Utc>,
    store_bytes: u64,
    reload_failed: bool,
    now: DateTime<Utc>,
) -> fmt::Result {
    head(text, "xuncha_build_info", "gauge", "The version that runs.")?;
    writeln!(text, "xuncha_build_info{{version=\"{}\"}} 1", escaped(env!("CARGO_PKG_VERSION")))?;
    sources(text, shown)?;
    let gauges = [
        ("xuncha_start_time_seconds", "When the daemon started.", seconds(started_at)),
        (
            "xuncha_snapshot_time_seconds",
            "When what is shown was last seen to be true.",
            seconds(shown.as_of),
        ),
        ("xuncha_alerts_raised", "Sources whose alert is raised.", shown.raised().len().to_string()),
        ("xuncha_outbox_notices", "Notices waiting to be delivered.", shown.pending.notices.to_string()),
        (
            "xuncha_outbox_failing",
            "Whether a waiting notice was tried in vain.",
            number(shown.pending.error.is_some()),
        ),
        ("xuncha_reload_failed", "Whether the rules on disk could not be taken on.", number(reload_failed)),
        ("xuncha_agenda_lag_seconds", "How long the most overdue poll has been due.", lag(shown, now)),
        ("xuncha_store_bytes", "Bytes of the store on disk.", store_bytes.to_string()),
    ];
    for (name, help, value) in gauges {
        head(text, name, "gauge", help)?;
        writeln!(text, "{name} {value}")?;
    }
    polls(text, counters)?;
    let counts = [
        ("xuncha_fetched_bytes_total", "Bytes of pages received.", &counters.bytes),
        ("xuncha_alert_changes_total", "Changes of alerts.", &counters.alerts),
        ("xuncha_mails_total", "Mails accepted by the transport.", &counters.mails),
    ];
    for (name, help, counter) in counts {
        head(text, name, "counter", help)?;
        writeln!(text, "{name} {}", read(counter))?;
    }
    histogram(
        text,
        "xuncha_request_seconds",
        "Time a request to a watched site took.",
        &counters.requests.counted(),
    )?;
    histogram(
        text,
        "xuncha_answer_seconds",
        "Time an answer at the door took to make.",
        &counters.answers.counted(),
    )
}

fn sources(text: &mut String, shown: &Snapshot) -> fmt::Result {
    let mut counts: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for source in &shown.sources {
        *counts.entry((source.unit.as_str(), &source.cadence, &source.standing)).or_default() += 1;
    }
    head(text, "xuncha_sources", "gauge", "Sources by unit, cadence and standing.")?;
    for ((unit, cadence, standing), count) in counts {
        let (unit, cadence, standing) = (escaped(unit), escaped(cadence), escaped(standing));
        writeln!(
            text,
            "xuncha_sources{{unit=\"{unit}\",cadence=\"{cadence}\",standing=\"{standing}\"}} {count}"
        )?;
    }
    Ok(())
}

fn polls(text: &mut String, counters: &Counters) -> fmt::Result {
    let (all, unchanged, failed) = (read(&counters.polls), read(&counters.unchanged), read(&counters.failed));
    head(text, "xuncha_polls_total", "counter", "Polls ended, by what came of them.")?;
    let changed = all.saturating_sub(unchanged).saturating_sub(failed);
    for (outcome, count) in [("read", changed), ("unchanged", unchanged), ("failed", failed)] {
        writeln!(text, "xuncha_polls_total{{outcome=\"{outcome}\"}} {count}")?;
    }
    Ok(())
}

fn histogram(text: &mut String, name: &str, help: &str, counted: &Counted) -> fmt::Result {
    head(text, name, "histogram", help)?;
    for (milliseconds, count) in &counted.up_to {
        writeln!(text, "{name}_bucket{{le=\"{}\"}} {count}", *milliseconds as f64 / 1000.0)?;
    }
    writeln!(text, "{name}_bucket{{le=\"+Inf\"}} {}", counted.all)?;
    writeln!(text, "{name}_sum {}", counted.microseconds as f64 / 1e6)?;
    writeln!(text, "{name}_count {}", counted.all)
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}")
}

fn lag(shown: &Snapshot, now: DateTime<Utc>) -> String {
    let next = shown.sources.iter().filter_map(|source| source.next_poll_at).min();
    let late = next.map_or(0, |at| (now - at).num_milliseconds().max(0));
    (late as f64 / 1000.0).to_string()
}

fn seconds(at: DateTime<Utc>) -> String {
    (at.timestamp_millis() as f64 / 1000.0).to_string()
}

fn number(is_so: bool) -> String {
    u8::from(is_so).to_string()
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

/// The value of a label, as the format wants it.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::samples::{instant, source};
    use super::super::view::SourceView;
    use super::*;

    fn text() -> String {
        let mut shown = Snapshot::before_the_first_look(instant(0), chrono::NaiveDate::MIN);
        let odd = SourceView { cadence: "a\"b\\c\nd".into(), ..source("a/1", "overdue") };
        let late = SourceView { next_poll_at: Some(instant(0)), ..source("a/2", "fresh") };
        shown.sources = vec![Arc::new(odd), Arc::new(late)];
        metrics(&shown, &Counters::default(), instant(0), 7, false, instant(2))
    }

    #[test]
    fn no_name_breaks_out_of_its_label() {
        assert!(
            text()
                .contains("xuncha_sources{unit=\"a\",cadence=\"a\\\"b\\\\c\\nd\",standing=\"overdue\"} 1\n")
        );
    }

    #[test]
    fn every_sample_belongs_to_a_family_that_is_declared_once() {
        let text = text();
        let mut families: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
        for sample in text.lines().filter(|line| !line.starts_with('#')) {
            let name = sample.split(['{', ' ']).next().unwrap();
            let of_family = |family: &&&str| {
                name.strip_prefix(**family)
                    .is_some_and(|rest| ["", "_bucket", "_sum", "_count"].contains(&rest))
            };
            assert!(families.iter().any(|family| of_family(&family)), "{name}");
            assert!(sample.rsplit(' ').next().unwrap().parse::<f64>().is_ok(), "{sample}");
        }
        let all = families.len();
        families.sort_unstable();
        families.dedup();
        assert_eq!(families.len(), all);
        assert!(text.contains("xuncha_agenda_lag_seconds 120\n"));
        assert!(text.ends_with('\n'));
    }
}
