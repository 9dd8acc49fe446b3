//! `--watch`: the same answer again and again, on a terminal, until Ctrl-C.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::ensure;
use clap::Args;
use terminal_size::{Height, Width, terminal_size};
use tokio::signal::unix::{SignalKind, signal};

use super::ask::{AskArgs, Shown, talk};
use super::table::put_out;
use super::wording::{Lang, Phrase};
use super::{fail, in_full};
use crate::serve::Client;

#[derive(Debug, Args)]
pub(super) struct WatchArgs {
    /// Show it anew every few seconds until Ctrl-C; only on a terminal
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "5",
          value_parser = clap::value_parser!(u64).range(1..=3600), conflicts_with = "json")]
    watch: Option<u64>,
}

/// Another screen, without a cursor; and back.
const ENTER: &str = "\x1b[?1049h\x1b[?25l";
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";
/// To the upper left; what stands there is overwritten, never cleared, so that nothing flickers.
const HOME: &str = "\x1b[H";
const REST_OF_LINE: &str = "\x1b[K";
const REST_OF_SCREEN: &str = "\x1b[J";

/// Shows what `look` finds: once, or again and again. `code` is returned where the daemon does not answer.
pub(super) fn once_or_again(
    watch: &WatchArgs,
    ask: &AskArgs,
    code: u8,
    look: impl AsyncFn(&Client) -> anyhow::Result<Shown>,
) -> ExitCode {
    let shown = talk(&ask.socket, async |client| match watch.watch {
        None => look(&client).await?.put_out(),
        Some(seconds) => again(seconds, ask.lang, &client, look).await,
    });
    shown.unwrap_or_else(|error| fail(&error, code))
}

async fn again(
    seconds: u64,
    lang: Lang,
    client: &Client,
    look: impl AsyncFn(&Client) -> anyhow::Result<Shown>,
) -> anyhow::Result<ExitCode> {
    ensure!(
        std::io::stdout().is_terminal(),
        "--watch wants a terminal: leave it out where the output is piped"
    );
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    put_out(ENTER)?;
    let drawn = async {
        loop {
            let text = match look(client).await {
                Ok(shown) => shown.text,
                Err(error) => format!("xuncha: {}\n", in_full(&error)),
            };
            let rows = terminal_size().map_or(24, |(Width(_), Height(rows))| usize::from(rows));
            put_out(&frame(&text, rows, &lang.say(Phrase::Watching, &[&seconds]), lang))?;
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
    };
    let ended: anyhow::Result<()> = tokio::select! {
        ended = drawn => ended,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    };
    put_out(LEAVE)?;
    ended.map(|()| ExitCode::SUCCESS)
}

/// One screenful: as much of the text as fits above a line that says how it goes on.
fn frame(text: &str, rows: usize, foot: &str, lang: Lang) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let room = rows.saturating_sub(1).max(1);
    let (shown, more) = match lines.len() {
        all if all <= room => (all, None),
        all => (room - 1, Some(lang.say(Phrase::More, &[&(all - (room - 1))]))),
    };
    let lines = lines[..shown].iter().copied().chain(more.as_deref());
    let body: String = lines.map(|line| format!("{line}{REST_OF_LINE}\r\n")).collect();
    format!("{HOME}{body}{foot}{REST_OF_LINE}{REST_OF_SCREEN}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, rows: usize) -> Vec<String> {
        let frame = frame(text, rows, "foot", Lang::English);
        frame
            .replace("\x1b[H", "")
            .replace("\x1b[K", "")
            .replace("\x1b[J", "")
            .lines()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a_screen_never_scrolls_and_says_what_it_leaves_out() {
        assert_eq!(lines("a\nb\nc\n", 4), ["a", "b", "c", "foot"]);
        assert_eq!(lines("a\nb\nc\nd\n", 4), ["a", "b", "... 2 more lines", "foot"]);
        assert_eq!(lines("a\n", 1).len(), 2, "at least one line is shown");
    }

    #[test]
    fn what_stood_there_is_overwritten_and_not_cleared_first() {
        let frame = frame("a\n", 9, "foot", Lang::English);
        assert!(
            frame.starts_with("\x1b[Ha\x1b[K")
                && frame.ends_with("foot\x1b[K\x1b[J")
                && !frame.contains("\x1b[2J")
        );
    }
}
