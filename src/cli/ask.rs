//! How commands talk with the daemon; and `recheck` and `reload`, which say little.

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use super::fail;
use super::table::put_out;
use super::wording::{Lang, Phrase};
use crate::config::{Config, DEFAULT_CONFIG, DEFAULT_SOCKET};
use crate::serve::Client;
use crate::serve::view::{FindAnswer, Found, Queued, ReloadAnswer};

#[derive(Debug, Args)]
pub(super) struct AskArgs {
    /// The daemon's socket
    #[arg(long, env = "XUNCHA_SOCKET", value_name = "PATH")]
    pub(super) socket: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
    /// The language of tables and messages
    #[arg(long, env = "XUNCHA_LANG", value_name = "LANG", default_value = "zh-CN")]
    pub(super) lang: Lang,
}

#[derive(Debug, Args)]
pub(super) struct RecheckArgs {
    /// A source
    #[arg(value_name = "SOURCE")]
    of: String,
    #[command(flatten)]
    ask: AskArgs,
}

/// An answer as it is shown, and the code that says how it is.
pub(super) struct Shown {
    pub(super) text: String,
    pub(super) code: ExitCode,
}

impl Shown {
    pub(super) fn put_out(self) -> anyhow::Result<ExitCode> {
        put_out(&self.text)?;
        Ok(self.code)
    }
}

impl AskArgs {
    /// An answer as it was asked for: in JSON, or told in a language.
    pub(super) fn shown<T: Serialize>(
        &self,
        answer: &T,
        text: impl FnOnce(&T, Lang) -> Result<String, fmt::Error>,
        code: impl FnOnce(&T) -> ExitCode,
    ) -> anyhow::Result<Shown> {
        let text =
            if self.json { serde_json::to_string_pretty(answer)? + "\n" } else { text(answer, self.lang)? };
        Ok(Shown { text, code: code(answer) })
    }

    /// Shows an answer that says that all went well.
    pub(super) fn show<T: Serialize>(
        &self,
        answer: &T,
        text: impl FnOnce(&T, Lang) -> Result<String, fmt::Error>,
    ) -> anyhow::Result<ExitCode> {
        self.shown(answer, text, |_| ExitCode::SUCCESS)?.put_out()
    }
}

pub(super) fn reload(args: &AskArgs) -> ExitCode {
    let answer = talk(&args.socket, async |client| {
        let answer: ReloadAnswer = client.post("/v1/reload").await?;
        args.show(&answer, |answer, lang| {
            Ok(lang.say(Phrase::RulesTaken, &[&answer.taken.units, &answer.taken.sources]) + "\n")
        })
    });
    answer.unwrap_or_else(|error| fail(&error, 1))
}

pub(super) fn recheck(args: &RecheckArgs) -> ExitCode {
    let answer = talk(&args.ask.socket, async |client| {
        let id = match find(&client, &args.of).await? {
            Found::Source(id) => id,
            Found::Unit(id) => anyhow::bail!("`{}` is a unit ({id}): name one of its sources", args.of),
        };
        let queued: Queued = client.post(&format!("/v1/sources/{id}/recheck")).await?;
        args.ask.show(&queued, |queued, lang| Ok(lang.say(Phrase::RecheckQueued, &[&queued.queued]) + "\n"))
    });
    answer.unwrap_or_else(|error| fail(&error, 1))
}

/// Connects to the daemon and asks.
pub(super) fn talk<T>(
    socket: &Option<PathBuf>,
    ask: impl AsyncFnOnce(Client) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?;
    runtime.block_on(ask(Client::new(&socket_path(socket))))
}

/// The socket named, or that of xuncha.toml in this directory, or the usual one.
fn socket_path(named: &Option<PathBuf>) -> PathBuf {
    named.clone().unwrap_or_else(|| {
        Config::load(DEFAULT_CONFIG.as_ref())
            .map_or_else(|_| PathBuf::from(DEFAULT_SOCKET), |config| config.socket)
    })
}

pub(super) async fn find(client: &Client, text: &str) -> anyhow::Result<Found> {
    let answer: FindAnswer = client.get(&format!("/v1/find?q={}", encoded(text))).await?;
    Ok(answer.found)
}

pub(super) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
