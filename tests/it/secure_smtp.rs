//! Delivery over TLS with a login: to a server of our own, and to aiosmtpd where Python has it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::{DateTime, Utc};
use xuncha::alert::{Addressee, Digest};
use xuncha::deliver::{
    Credentials, DeliverError, Notice, Secret, Sender, Smtp, SmtpSettings, Step, Tls, Transport,
};
use xuncha::rules::UnitId;

use crate::support::eventually;
use crate::support::secure_mail::{Begins, PASSWORD, SecureServer, USER};

fn now() -> DateTime<Utc> {
    "2022-11-28T00:30:00Z".parse().unwrap()
}

fn notice(unit: &str) -> Notice {
    let digest = Digest {
        county: "郎溪县".into(),
        unit: UnitId::new(unit),
        unit_name: "县住建局".into(),
        date: "2022-11-28".parse().unwrap(),
        to: vec![Addressee { name: "张三".into(), email: "zhangsan@langxi.example".into() }],
        copy: Vec::new(),
        rows: Vec::new(),
    };
    Notice::new(digest, now())
}

fn settings(port: u16, tls: Tls, authority: Option<&str>, password: &str) -> SmtpSettings {
    SmtpSettings {
        host: "localhost".into(),
        port,
        tls,
        authorities: authority.map(|pem| pem.as_bytes().to_vec()),
        credentials: Some(Credentials { user: USER.into(), password: Secret::new(password) }),
        hello: "langxi.example".into(),
        timeout: Duration::from_secs(30),
    }
}

fn transport(settings: SmtpSettings) -> Transport {
    let sender = Sender { name: "中心".into(), email: "xuncha@langxi.example".into(), reply_to: None };
    Transport::Smtp(Smtp::new(settings, sender))
}

const WAYS: [(Begins, Tls, &str); 4] = [
    (Begins::AtOnce, Tls::Implicit, "PLAIN"),
    (Begins::AtOnce, Tls::Implicit, "LOGIN"),
    (Begins::AfterStartTls, Tls::StartTls, "PLAIN"),
    (Begins::AfterStartTls, Tls::StartTls, "LOGIN"),
];

#[tokio::test]
async fn mail_goes_out_under_tls_after_a_login_over_one_connection() {
    for (begins, tls, mechanism) in WAYS {
        let server = SecureServer::start(begins, mechanism).await;
        let settings = settings(server.address.port(), tls, Some(&server.authority), PASSWORD);
        let mut transport = transport(settings);
        for unit in ["zhujianju", "shuiwuju"] {
            transport.send(&notice(unit), now()).await.unwrap();
        }
        transport.close().await;
        assert_eq!((server.messages().len(), server.connections()), (2, 1), "{tls:?} {mechanism}");
        let clear = server.came_in_clear();
        assert!(clear.iter().all(|line| line.starts_with("EHLO") || line == "STARTTLS"), "{clear:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_gets_neither_mail_nor_login() {
    for (begins, tls, mechanism) in WAYS {
        let server = SecureServer::start(begins, mechanism).await;
        let error = transport(settings(server.address.port(), tls, None, PASSWORD))
            .send(&notice("zhujianju"), now())
            .await
            .unwrap_err();
        assert!(!error.is_permanent() && error.to_string().contains("certificate"), "{error}");
        assert!(server.messages().is_empty());
        assert!(!server.came_in_clear().iter().any(|line| line.contains("AUTH")));
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    for (begins, tls, mechanism) in WAYS {
        let server = SecureServer::start(begins, mechanism).await;
        let other = SmtpSettings {
            host: "127.0.0.1".into(),
            ..settings(server.address.port(), tls, Some(&server.authority), PASSWORD)
        };
        let error = transport(other).send(&notice("zhujianju"), now()).await.unwrap_err();
        assert!(error.to_string().contains("certificate"), "{error}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_the_operators_matter_and_does_not_put_mail_off_for_hours() {
    let server = SecureServer::start(Begins::AtOnce, "PLAIN").await;
    let settings = settings(server.address.port(), Tls::Implicit, Some(&server.authority), "wrong");
    let error = transport(settings).send(&notice("zhujianju"), now()).await.unwrap_err();
    assert!(matches!(error, DeliverError::Refused { step: Step::LogIn, code: 535, .. }), "{error}");
    assert!(!error.is_permanent());
    assert!(!error.to_string().contains("wrong password") && !error.to_string().contains(USER), "{error}");
}

/// aiosmtpd as a process of its own. Dropping it ends it.
struct Aiosmtpd {
    child: Child,
    directory: tempfile::TempDir,
}

impl Drop for Aiosmtpd {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Aiosmtpd {
    /// Starts it on a port of its own choice, which it writes down; `None` without Python or without aiosmtpd.
    async fn start(tls: &str) -> Option<(Self, u16, String)> {
        let python = std::env::var("XUNCHA_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let asked = Command::new(&python).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
        if !asked.is_ok_and(|status| status.success()) {
            eprintln!("skipped: `{python}` has no aiosmtpd (python3-aiosmtpd), or is not there");
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(directory.path().join("certificate.pem"), own.cert.pem()).unwrap();
        std::fs::write(directory.path().join("key.pem"), own.signing_key.serialize_pem()).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/aiosmtpd_server.py");
        let child = Command::new(&python)
            .arg(script)
            .args([directory.path().to_str().unwrap(), tls, USER, PASSWORD])
            .spawn()
            .unwrap();
        let started = Self { child, directory };
        let port = eventually("aiosmtpd listens", async || {
            std::fs::read_to_string(started.directory.path().join("port")).ok()?.parse().ok()
        })
        .await;
        Some((started, port, own.cert.pem()))
    }

    fn messages(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.directory.path().join("mails")).unwrap();
        let mut messages: Vec<String> =
            entries.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
        messages.sort();
        messages
    }
}

#[tokio::test]
async fn aiosmtpd_takes_mail_under_tls_after_a_login_and_refuses_it_without() {
    for (tls, word) in [(Tls::Implicit, "implicit"), (Tls::StartTls, "starttls")] {
        let Some((server, port, authority)) = Aiosmtpd::start(word).await else { return };
        let mut right = transport(settings(port, tls, Some(&authority), PASSWORD));
        for unit in ["zhujianju", "shuiwuju"] {
            right.send(&notice(unit), now()).await.unwrap();
        }
        right.close().await;
        let messages = server.messages();
        assert_eq!(messages.len(), 2, "{word}");
        assert!(messages[0].contains("Message-ID: <digest.shuiwuju.20221128@langxi.example>"), "{word}");
        let without = SmtpSettings { credentials: None, ..settings(port, tls, Some(&authority), PASSWORD) };
        assert!(transport(without).send(&notice("jiaotongju"), now()).await.is_err());
        let wrong = settings(port, tls, Some(&authority), "wrong");
        assert!(transport(wrong).send(&notice("jiaotongju"), now()).await.is_err());
        assert_eq!(server.messages().len(), 2, "{word}");
    }
}
