//! The browser as a child process: started with nothing but what it needs, and ended for certain.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::RenderSettings;
use super::link::{Link, say};

/// A proxy that does not exist: where all traffic goes that nobody has allowed.
pub(super) const NOWHERE: &str = "http://127.0.0.1:9";
/// Takes back that loopback is exempt from every proxy.
pub(super) const LOOPBACK_TOO: &str = "<-loopback>";

const START_TIMEOUT: Duration = Duration::from_secs(20);
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// The browser talks on descriptors 3 and 4; a shell puts the pipes there and becomes the browser.
const BECOME_BROWSER: &str = r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null"#;

/// Two habits that we do without: trying HTTPS where an address says HTTP, which asks for an address that nobody has given;
/// and giving sandboxed frames a process of their own, where we do not see what they ask for.
const WITHOUT: &str = "--disable-features=HttpsUpgrades,IsolateSandboxedIframes";

/// Nothing is fetched ahead of a navigation, since nobody would have asked whether it may be.
const PREFERENCES: &str = r#"{"net":{"network_prediction_options":2}}"#;

const FLAGS: [&str; 22] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--block-new-web-contents",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-extensions",
    WITHOUT,
    "--disable-gpu",
    "--disable-notifications",
    "--disable-remote-fonts",
    "--disable-sync",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--metrics-recording-only",
    "--mute-audio",
    "--password-store=basic",
];

/// A running browser.
#[derive(Debug)]
pub(super) struct Browser {
    child: Child,
    link: Arc<Link>,
    _talk: JoinSet<()>,
    /// All that it writes; deleted with this value.
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser and waits until it answers. Fails with what an operator should do.
    pub(super) async fn start(settings: &RenderSettings) -> Result<Self, String> {
        let Some(program) = &settings.browser else {
            return Err("no browser: set render.browser in the config".to_owned());
        };
        if !program.is_file() {
            return Err(format!("no browser at {}: set render.browser in the config", program.display()));
        }
        let cannot_start = |error: &dyn std::fmt::Display| {
            format!(
                "the browser {} cannot be started: {error}; see render.browser in the config",
                program.display()
            )
        };
        let profile = tempfile::Builder::new()
            .prefix("xuncha-browser-")
            .tempdir()
            .map_err(|error| cannot_start(&error))?;
        write_preferences(profile.path()).map_err(|error| cannot_start(&error))?;
        let mut child =
            command(program, profile.path(), settings).spawn().map_err(|error| cannot_start(&error))?;
        let (Some(outgoing), Some(incoming)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(cannot_start(&"it has no pipes"));
        };
        let (link, messages) = Link::new();
        let link = Arc::new(link);
        let hearer = Arc::clone(&link);
        let mut talk = JoinSet::new();
        talk.spawn(say(messages, outgoing));
        talk.spawn(async move { hearer.hear(incoming).await });
        let browser = Self { child, link, _talk: talk, _profile: profile };
        match timeout(START_TIMEOUT, browser.link.call(None, "Browser.getVersion", json!({}))).await {
            Ok(Ok(_)) => Ok(browser),
            Ok(Err(error)) => {
                browser.close().await;
                Err(cannot_start(&error))
            }
            Err(_) => {
                browser.close().await;
                Err(cannot_start(&format!("no answer within {} s", START_TIMEOUT.as_secs())))
            }
        }
    }

    pub(super) fn link(&self) -> Arc<Link> {
        Arc::clone(&self.link)
    }

    pub(super) fn lives(&self) -> bool {
        !self.link.is_broken()
    }

    /// Hangs up, upon which it ends by itself; kills it if it does not. Reaps it either way.
    pub(super) async fn close(mut self) {
        self.link.break_off();
        if timeout(END_TIMEOUT, self.child.wait()).await.is_err() {
            // Fails only if it has just ended.
            let _gone = self.child.kill().await;
        }
    }
}

fn write_preferences(profile: &Path) -> std::io::Result<()> {
    let directory = profile.join("Default");
    std::fs::create_dir(&directory)?;
    std::fs::write(directory.join("Preferences"), PREFERENCES)
}

fn command(program: &Path, profile: &Path, settings: &RenderSettings) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", BECOME_BROWSER])
        .arg(program)
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("--user-agent={}", user_agent(settings)))
        .arg("--lang=zh-CN")
        .arg(format!("--proxy-server={NOWHERE}"))
        .arg(format!("--proxy-bypass-list={LOOPBACK_TOO}"))
        .args(host_rules(settings))
        .args((settings.no_sandbox || is_root()).then_some("--no-sandbox"))
        .arg("about:blank")
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", profile)
        .env("TMPDIR", profile)
        .env("TZ", settings.zone.name())
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // A group of its own, so that a Ctrl-C in a terminal reaches us alone, who then end it in order.
        .process_group(0)
        .kill_on_drop(true);
    command
}

fn host_rules(settings: &RenderSettings) -> Option<String> {
    let rules: Vec<String> =
        settings.resolve.iter().map(|(host, address)| format!("MAP {host} {address}")).collect();
    (!rules.is_empty()).then(|| format!("--host-resolver-rules={}", rules.join(",")))
}

/// The kernel says whose process this is; the standard library does not.
fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// How the browser names itself: as us, with where to ask about us.
pub(super) fn user_agent(settings: &RenderSettings) -> String {
    format!("xuncha/{} (+{})", env!("CARGO_PKG_VERSION"), settings.contact)
}
