//! The daemon as a process of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use serde_json::Value;
use xuncha::serve::view::{SourceDetail, Status};
use xuncha::serve::{Client, ClientError};

use super::county::County;
use super::eventually;

/// The command under test, with nothing of ours in its environment.
pub(crate) fn xuncha(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xuncha"));
    command
        .args(arguments)
        .env_remove("XUNCHA_SOCKET")
        .env_remove("XUNCHA_LANG")
        .env_remove("RUST_LOG")
        .env("NO_COLOR", "1");
    command
}

/// What a command said, and its exit code.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }
}

/// Runs a command to its end.
pub(crate) fn say(arguments: &[&str]) -> Said {
    xuncha(arguments).output().unwrap().into()
}

/// A running daemon. Dropping it kills it.
pub(crate) struct Daemon {
    child: Child,
    pub(crate) client: Client,
    socket: PathBuf,
    log: PathBuf,
}

impl Daemon {
    /// Starts the daemon and waits until it answers.
    pub(crate) async fn start(county: &County) -> Self {
        let mut daemon = Self::launch(county);
        let client = daemon.client.clone();
        eventually("the daemon answers", async || {
            assert!(daemon.child.try_wait().unwrap().is_none(), "it ended:\n{}", daemon.log());
            client.get::<Value>("/v1/health").await.ok()
        })
        .await;
        daemon
    }

    /// Starts the daemon and does not wait.
    pub(crate) fn launch(county: &County) -> Self {
        let log = county.path("daemon.log");
        let file = std::fs::File::options().create(true).append(true).open(&log).unwrap();
        let child = xuncha(&["run", "--config"])
            .arg(county.config())
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .unwrap();
        Self { child, client: Client::new(&county.socket()), socket: county.socket(), log }
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop (SIGTERM) and waits for that.
    pub(crate) async fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        eventually("the daemon stops", async || self.child.try_wait().unwrap()).await
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("sh").args(["-c", "kill -\"$0\" \"$1\"", name, &pid]).status().unwrap();
        assert!(sent.success());
    }

    pub(crate) async fn status(&self) -> Status {
        self.client.get("/v1/status").await.unwrap()
    }

    pub(crate) async fn source(&self, id: &str) -> SourceDetail {
        self.client.get(&format!("/v1/sources/{id}")).await.unwrap()
    }

    pub(crate) async fn recheck(&self, id: &str) {
        let _queued: Value = self.client.post(&format!("/v1/sources/{id}/recheck")).await.unwrap();
    }

    /// Waits until a source stands so.
    pub(crate) async fn stands(&self, id: &str, standing: &str) -> SourceDetail {
        let what = format!("`{id}` stands {standing}");
        eventually(&what, async || {
            let detail = self.source(id).await;
            (detail.source.standing == standing).then_some(detail)
        })
        .await
    }

    /// Waits until every source has been polled.
    pub(crate) async fn has_polled_all(&self) {
        eventually("every source is polled", async || {
            let all: Value = self.client.get("/v1/sources?limit=1000").await.unwrap();
            let sources = all["sources"].as_array().unwrap();
            sources.iter().all(|source| !source["polled_at"].is_null()).then_some(())
        })
        .await;
    }

    /// Runs a command that asks this daemon.
    pub(crate) fn say(&self, arguments: &[&str]) -> Said {
        ask(&self.socket, arguments)
    }
}

/// Runs a command that asks the daemon on `socket`.
pub(crate) fn ask(socket: &Path, arguments: &[&str]) -> Said {
    xuncha(arguments).arg("--socket").arg(socket).output().unwrap().into()
}

/// How the socket refused: status, error and hint.
pub(crate) fn refusal<T: std::fmt::Debug>(answer: Result<T, ClientError>) -> (u16, String, String) {
    match answer {
        Err(ClientError::Refused { status, error, hint }) => (status, error, hint),
        other => panic!("a refusal was expected: {other:?}"),
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
