//! Askers that keep to a timetable, each on a thread and a connection of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::time::Instant;

/// What is asked for, how often, by how many.
pub(crate) struct Timetable {
    pub(crate) socket: PathBuf,
    /// The addresses of all sources.
    pub(crate) sources: Vec<String>,
    /// Requests of all askers together, a second.
    pub(crate) rate: u32,
    pub(crate) askers: u32,
}

/// One answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answered {
    pub(crate) what: What,
    /// From the instant at which its request was due to its last byte.
    pub(crate) took: Duration,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// `/v1/status`.
    Status,
    /// `/v1/sources/{unit}/{local}`.
    Source,
}

/// Askers at work.
pub(crate) struct Askers(Vec<JoinHandle<anyhow::Result<Vec<Answered>>>>);

impl Timetable {
    /// Has the askers begin.
    pub(crate) fn start(&self, is_over: &Arc<AtomicBool>) -> anyhow::Result<Askers> {
        let gap = Duration::from_secs(1) / self.rate;
        let start = Instant::now() + Duration::from_millis(20);
        let ask = |number: u32| {
            // Each asker has every eighth source, so that all of them together ask for all.
            let sources = self.sources.iter().skip(number as usize).step_by(self.askers as usize);
            let asker = Asker {
                sources: sources.cloned().collect(),
                first_at: start + gap * number,
                gap: gap * self.askers,
                is_over: Arc::clone(is_over),
            };
            let socket = self.socket.clone();
            let thread = std::thread::Builder::new().name(format!("asker-{number}"));
            thread.spawn(move || asker.ask(&socket)).context("cannot start an asker")
        };
        Ok(Askers((0..self.askers).map(ask).collect::<anyhow::Result<_>>()?))
    }
}

impl Askers {
    /// Waits for the askers, who have been told that it is over, and gives all that they were answered.
    pub(crate) fn end(self) -> anyhow::Result<Vec<Answered>> {
        let mut answered = Vec::new();
        for asker in self.0 {
            let of_one = asker.join().map_err(|_| anyhow::anyhow!("an asker panicked"))?;
            answered.extend(of_one?);
        }
        Ok(answered)
    }
}

struct Asker {
    sources: Vec<String>,
    first_at: Instant,
    gap: Duration,
    is_over: Arc<AtomicBool>,
}

impl Asker {
    fn ask(self, socket: &Path) -> anyhow::Result<Vec<Answered>> {
        let mut door = BufReader::new(UnixStream::connect(socket)?);
        let mut sources = self.sources.iter().cycle();
        let mut answered = Vec::new();
        for number in 0.. {
            if self.is_over.load(Ordering::Relaxed) {
                break;
            }
            let due_at = self.first_at + self.gap * number;
            std::thread::sleep(due_at.saturating_duration_since(Instant::now()));
            let (what, address) = match sources.next().filter(|_| number % 2 == 1) {
                Some(source) => (What::Source, source.as_str()),
                None => (What::Status, "/v1/status"),
            };
            one(&mut door, address).with_context(|| format!("{address} was not answered"))?;
            answered.push(Answered { what, took: due_at.elapsed() });
        }
        Ok(answered)
    }
}

/// Asks once, and reads the answer to its end.
fn one(door: &mut BufReader<UnixStream>, address: &str) -> anyhow::Result<()> {
    let request = format!("GET {address} HTTP/1.1\r\nhost: xuncha\r\n\r\n");
    door.get_mut().write_all(request.as_bytes())?;
    let mut line = String::new();
    door.read_line(&mut line)?;
    ensure!(line.starts_with("HTTP/1.1 200"), "answered `{}`", line.trim_end());
    let mut length = 0;
    loop {
        line.clear();
        door.read_line(&mut line)?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse()?,
            Some(_) => {}
            None => break,
        }
    }
    ensure!(length > 0, "the answer says nothing");
    std::io::copy(&mut door.take(length), &mut std::io::sink())?;
    Ok(())
}
