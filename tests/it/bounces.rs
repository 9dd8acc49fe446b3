//! Mails that come back, read from a Maildir by a running daemon.

use std::path::Path;

use xuncha::serve::view::{Status, UnitDetail};

use crate::support::county::{County, Digests, Post, Unit};
use crate::support::daemon::Daemon;
use crate::support::eventually;
use crate::support::web::{Answer, Web, list_page};

pub(crate) fn report(message_id: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mail.langxi.example\r\nTo: xxzx@langxi.example\r\nSubject: Undelivered\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\r\n\r\n\
         --b1\r\nContent-Type: text/plain\r\n\r\nIt did not work.\r\n\
         --b1\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.langxi.example\r\n\r\n\
         Final-Recipient: rfc822; fagaiwei@langxi.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 <fagaiwei@langxi.example>: user unknown\x1b[2J\r\n\r\n\
         --b1\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b1--\r\n"
    )
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_mail_that_came_back_is_shown_on_its_unit_and_told_to_the_operator() {
    let web = Web::start().await;
    let county = County::new(&web, &[Unit::new("fagaiwei", "县发改委").column("c", "栏目", web.url("/c"))]);
    web.tell("/c", Answer::page(list_page(&[("通知", county.days_ago(300))])));
    for folder in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(county.path("maildir").join(folder)).unwrap();
    }
    county.configure(Digests::Now, Post::Files);
    county.add("[bounces]\nmaildir = \"maildir\"\nevery = \"1s\"\n");
    let daemon = Daemon::start(&county).await;
    let (name, mail) = eventually("the mail is written", async || county.mails().into_iter().next()).await;
    let message_id = mail.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap();
    assert!(name.starts_with("digest.fagaiwei."), "{name}");
    std::fs::write(county.path("maildir/new/2.answer"), "From: a@b.example\r\nSubject: Re\r\n\r\nok\r\n")
        .unwrap();
    std::fs::write(county.path("maildir/new/1.report"), report(message_id)).unwrap();

    let unit = eventually("the bounce is shown", async || {
        let unit: UnitDetail = daemon.client.get("/v1/units/fagaiwei").await.unwrap();
        (!unit.mail.bounces.is_empty()).then_some(unit)
    })
    .await;
    let [bounce] = &unit.mail.bounces[..] else { panic!("one: {:?}", unit.mail.bounces) };
    assert_eq!((bounce.address.as_str(), bounce.said.status.as_str()), ("fagaiwei@langxi.example", "5.1.1"));
    assert!(bounce.notice.as_ref().is_some_and(|id| name.starts_with(id.as_str())));
    assert_eq!(unit.mail.delivered.len(), 1);
    eventually("the operator is told", async || {
        let status: Status = daemon.status().await;
        let key = "bounced.fagaiwei.fagaiwei@langxi.example";
        status.operator.iter().any(|matter| matter.key.to_string() == key).then_some(())
    })
    .await;
    eventually("it is marked as read", async || {
        (names(&county.path("maildir/cur")) == ["1.report:2,S"]).then_some(())
    })
    .await;
    assert_eq!(names(&county.path("maildir/new")), ["2.answer"], "answers are left for people");
    let said = daemon.say(&["status", "fagaiwei"]);
    assert!(said.out.contains("退信") && said.out.contains("user unknown"), "{}", said.out);
    assert!(!said.out.contains('\u{1b}'), "{}", said.out);
}
