//! Mails that come back, read from a mailbox on a real IMAP server: Twisted's, where Python has it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tokio::task::JoinSet;
use xuncha::serve::view::{Status, UnitDetail};

use crate::bounces::report;
use crate::support::county::{County, Digests, Post, Unit};
use crate::support::daemon::{Daemon, say};
use crate::support::eventually;
use crate::support::web::{Answer, Web, list_page};

const USER: &str = "xxzx@langxi.example";
const PASSWORD: &str = "p@ss w0rd";

/// The server as a process of its own. Dropping it ends it.
struct Imap {
    child: Child,
    directory: PathBuf,
    port: u16,
    authority: String,
}

impl Drop for Imap {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Imap {
    /// Starts it over these mails, on a port of its own choice; `None` without Python or without Twisted.
    async fn start(directory: PathBuf, tls: &str, mails: &[(&str, &str)]) -> Option<Self> {
        let python = std::env::var("XUNCHA_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let asked = Command::new(&python)
            .args(["-c", "import twisted.mail.imap4, OpenSSL"])
            .stderr(Stdio::null())
            .status();
        if !asked.is_ok_and(|status| status.success()) {
            eprintln!(
                "skipped: `{python}` has no Twisted (python3-twisted, python3-openssl), or is not there"
            );
            return None;
        }
        std::fs::create_dir_all(directory.join("mails")).unwrap();
        for (name, mail) in mails {
            std::fs::write(directory.join("mails").join(name), mail).unwrap();
        }
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(directory.join("certificate.pem"), own.cert.pem()).unwrap();
        std::fs::write(directory.join("key.pem"), own.signing_key.serialize_pem()).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/imap_server.py");
        let child = Command::new(&python)
            .arg(script)
            .args([directory.to_str().unwrap(), tls, USER, PASSWORD])
            .spawn()
            .unwrap();
        let mut started = Self { child, directory, port: 0, authority: own.cert.pem() };
        started.port = eventually("the IMAP server listens", async || {
            std::fs::read_to_string(started.directory.join("port")).ok()?.parse().ok()
        })
        .await;
        Some(started)
    }

    /// The names of the mails that have been marked as read.
    fn seen(&self) -> Vec<String> {
        let seen = std::fs::read_to_string(self.directory.join("seen")).unwrap_or_default();
        seen.lines().map(ToOwned::to_owned).collect()
    }
}

/// A county whose bounces are read from a server.
fn county(web: &Web, server: &Imap, tls: &str, password: &str) -> County {
    let county = County::new(web, &[Unit::new("fagaiwei", "县发改委").column("c", "栏目", web.url("/c"))]);
    web.tell("/c", Answer::page(list_page(&[("通知", county.days_ago(4))])));
    std::fs::write(county.path("ca.pem"), &server.authority).unwrap();
    std::fs::write(county.path("imap-password"), password).unwrap();
    county.configure(Digests::Later, Post::Files);
    county.add(&format!(
        "[bounces]\nevery = \"1s\"\n[bounces.imap]\nhost = \"localhost\"\nport = {}\ntls = \"{tls}\"\n\
         user = \"{USER}\"\npassword-file = \"imap-password\"\nca-file = \"ca.pem\"\n",
        server.port
    ));
    county
}

#[tokio::test]
async fn what_came_back_is_read_on_the_server_and_what_people_wrote_stays_unread_there() {
    let returned = report("<digest.fagaiwei.20221128@langxi.example>");
    let large = format!("From: a@b.example\r\nSubject: photos\r\n\r\n{}", "x".repeat(900_000));
    let mails = [
        ("1.report", returned.as_str()),
        ("2.answer", "From: a@b.example\r\n\r\nok\r\n"),
        ("3.large", &large),
    ];
    for tls in ["implicit", "starttls"] {
        let place = tempfile::tempdir().unwrap();
        let Some(server) = Imap::start(place.path().to_owned(), tls, &mails).await else { return };
        let web = Web::start().await;
        let county = county(&web, &server, tls, PASSWORD);
        let daemon = Daemon::start(&county).await;
        let unit = eventually("the bounce is shown", async || {
            let unit: UnitDetail = daemon.client.get("/v1/units/fagaiwei").await.unwrap();
            (!unit.mail.bounces.is_empty()).then_some(unit)
        })
        .await;
        let [bounce] = &unit.mail.bounces[..] else { panic!("one: {:?}", unit.mail.bounces) };
        assert_eq!(bounce.address, "fagaiwei@langxi.example", "{tls}");
        assert_eq!(bounce.notice.as_ref().unwrap().as_str(), "digest.fagaiwei.20221128", "{tls}");
        eventually("it is marked as read", async || (server.seen() == ["1.report"]).then_some(())).await;
        let status: Status = daemon.status().await;
        assert!(!status.operator.iter().any(|matter| matter.key.to_string() == "mailbox"), "{tls}");
        assert!(daemon.stop().await.success());
        // A second daemon on the same mailbox finds nothing new, and leaves the rest alone.
        let daemon = Daemon::start(&county).await;
        daemon.has_polled_all().await;
        let unit: UnitDetail = daemon.client.get("/v1/units/fagaiwei").await.unwrap();
        assert_eq!((unit.mail.bounces.len(), server.seen()), (1, vec!["1.report".to_owned()]), "{tls}");
    }
}

#[tokio::test]
async fn a_mailbox_that_does_not_let_us_in_is_the_operators_matter_and_its_password_is_told_nobody() {
    let place = tempfile::tempdir().unwrap();
    let Some(server) = Imap::start(place.path().to_owned(), "implicit", &[]).await else { return };
    let web = Web::start().await;
    let county = county(&web, &server, "implicit", "wr0ng-secret");
    let daemon = Daemon::start(&county).await;
    let matter = eventually("the operator is told", async || {
        let status: Status = daemon.status().await;
        status.operator.into_iter().find(|matter| matter.key.to_string() == "mailbox")
    })
    .await;
    assert!(matter.says.contains("cannot log in to mail server localhost:"), "{}", matter.says);
    assert!(!matter.says.contains("wr0ng") && !daemon.log().contains("wr0ng"), "{}", daemon.log());
}

#[tokio::test]
async fn a_server_that_offers_no_tls_gets_no_login() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut heard = JoinSet::new();
    heard.spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"* OK IMAP4 ready\r\n").await.unwrap();
        let mut heard = vec![0; 256];
        let length = stream.read(&mut heard).await.unwrap();
        stream.write_all(b"x1 NO no TLS here\r\n").await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        heard.truncate(length);
        String::from_utf8([heard, rest].concat()).unwrap()
    });
    let web = Web::start().await;
    let place = tempfile::tempdir().unwrap();
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let child = Command::new("true").spawn().unwrap();
    let server = Imap { child, directory: place.path().to_owned(), port, authority: own.cert.pem() };
    let daemon = Daemon::start(&county(&web, &server, "starttls", PASSWORD)).await;
    assert_eq!(heard.join_next().await.unwrap().unwrap(), "x1 STARTTLS\r\n");
    drop(daemon);
}

#[tokio::test]
async fn check_names_what_is_missing_or_said_twice_of_a_mailbox() {
    let web = Web::start().await;
    let unit = || Unit::new("fagaiwei", "县发改委").column("c", "栏目", web.url("/c"));
    for (keys, complaint) in [
        ("[bounces]\n", "bounces.maildir: is missing: say maildir, or [bounces.imap]"),
        (
            "[bounces]\nmaildir = \"m\"\n[bounces.imap]\nhost = \"h\"\n",
            "only one of maildir and imap may be given",
        ),
        ("[bounces.imap]\nhost = \"h\"\n", "bounces.imap.user: is missing"),
        ("[bounces.imap]\nhost = \"h\"\nuser = \"u\"\n", "bounces.imap.password-file: is missing"),
        (
            "[bounces.imap]\nhost = \"h\"\ntls = \"none\"\n",
            "bounces.imap.tls: `none` is not known, allowed: starttls, implicit",
        ),
    ] {
        let county = County::new(&web, &[unit()]);
        county.add(keys);
        let said = say(&["check", "--config", county.config().to_str().unwrap()]);
        assert!(said.code != 0 && said.out.contains(complaint), "{keys}: {}", said.out);
    }
}
