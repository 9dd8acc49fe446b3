//! `[mail]`, `[[channel]]` and `[bounces]`: how notices leave, and what comes back.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;

use super::channels::{Channel, read_channels};
use super::secret::{Keys, is_named};
use super::{duration, read_address, secret};
use crate::deliver::{
    Credentials, ImapSettings, ImapTls, Sender, SmtpSettings, Stationery, Templates, Tls, certificates,
};
use crate::rules::Table;

/// How notices leave, and what comes back.
#[derive(Debug, Clone)]
pub struct Mail {
    /// In whose name, and by which templates.
    pub stationery: Stationery,
    /// By which way mail leaves.
    pub route: Route,
    /// A notice that has not arrived for so long is given up and shown.
    pub give_up_after: TimeDelta,
    /// The robots of group chats.
    pub channels: Vec<Channel>,
    /// Where bounces are read; `None` where nobody reads them.
    pub bounces: Option<Bounces>,
}

/// By which way mail leaves.
#[derive(Debug, Clone)]
pub enum Route {
    /// Through a mail server.
    Smtp(SmtpSettings),
    /// As `.eml` files into a directory.
    File(PathBuf),
}

/// Where bounces are read.
#[derive(Debug, Clone)]
pub struct Bounces {
    /// The sender's mailbox.
    pub mailbox: Mailbox,
    /// How often it is looked into.
    pub every: TimeDelta,
}

/// A mailbox that is looked through.
#[derive(Debug, Clone)]
pub enum Mailbox {
    /// A Maildir on this machine.
    Maildir(PathBuf),
    /// On a mail server.
    Imap(ImapSettings),
}

const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(5);

impl Mail {
    /// Mail by this route in this name, and nothing else.
    pub fn new(sender: Sender, route: Route) -> Self {
        let stationery = sender.into();
        Self { stationery, route, give_up_after: GIVE_UP_AFTER, channels: Vec::new(), bounces: None }
    }
}

pub(super) fn read(root: &Table<'_>, directory: &Path) -> Option<Mail> {
    let mail = root.table("mail").and_then(|table| read_mail(&table, directory));
    let channels = read_channels(root, directory);
    let bounces = root.optional_table("bounces").and_then(|table| read_bounces(&table, directory));
    Some(Mail { channels, bounces, ..mail? })
}

fn read_mail(table: &Table<'_>, directory: &Path) -> Option<Mail> {
    let name = table.string("from-name");
    let email = read_address(table, "from-email", true);
    let reply_to = read_address(table, "reply-to", false);
    let templates = read_templates(table, directory);
    let give_up_after = table.duration_or("give-up-after", GIVE_UP_AFTER);
    if give_up_after < TimeDelta::days(1) {
        table.report("give-up-after", "must be a day at least: servers are down for hours");
    }
    let by_smtp = table.word("transport", &[("smtp", true), ("file", false)]);
    let route = match by_smtp {
        Some(true) => read_smtp(table, email.as_deref(), directory).map(Route::Smtp),
        Some(false) => table.string("directory").map(|text| Route::File(directory.join(text))),
        None => None,
    };
    if by_smtp.is_some() {
        table.finish();
    }
    let sender = Sender { name: name?, email: email?, reply_to };
    let stationery = Stationery::new(sender.clone(), templates?);
    for fault in stationery.faults() {
        table.report("templates", fault);
    }
    Some(Mail { stationery, give_up_after, ..Mail::new(sender, route?) })
}

fn read_templates(table: &Table<'_>, directory: &Path) -> Option<Templates> {
    let Some(templates) = table.optional_string("templates") else { return Some(Templates::default()) };
    match Templates::load(&directory.join(templates)) {
        Ok(templates) => Some(templates),
        Err(errors) => {
            for error in errors {
                table.report("templates", error.to_string());
            }
            None
        }
    }
}

fn read_smtp(table: &Table<'_>, from: Option<&str>, directory: &Path) -> Option<SmtpSettings> {
    let host = table.string("host");
    let tls = table
        .optional_word(
            "tls",
            &[("none", Tls::None), ("starttls", Tls::StartTls), ("implicit", Tls::Implicit)],
        )
        .unwrap_or(Tls::StartTls);
    let usual_port = match tls {
        Tls::None => 25,
        Tls::StartTls => 587,
        Tls::Implicit => 465,
    };
    let port = table.optional_integer("port", 1..=65535).and_then(|port| u16::try_from(port).ok());
    let authorities = read_authorities(table, directory);
    let credentials = read_credentials(table, directory);
    let hello = table.optional_string("hello");
    let timeout = duration(table, "timeout", Duration::from_secs(30));
    let own_host =
        || from.and_then(|address| address.split('@').next_back()).unwrap_or("localhost").to_owned();
    Some(SmtpSettings {
        host: host?,
        port: port.unwrap_or(usual_port),
        tls,
        authorities,
        credentials,
        hello: hello.unwrap_or_else(own_host),
        timeout,
    })
}

fn read_authorities(table: &Table<'_>, directory: &Path) -> Option<Vec<u8>> {
    let file = table.optional_string("ca-file")?;
    let read = std::fs::read(directory.join(&file)).map_err(|error| format!("cannot be read: {error}"));
    match read.and_then(|pem| certificates(&pem).map(|_| pem)) {
        Ok(pem) => Some(pem),
        Err(why) => {
            table.report("ca-file", format!("`{file}`: {why}"));
            None
        }
    }
}

const PASSWORD: Keys = Keys { file: "password-file", env: "password-env", credential: "password-credential" };

fn read_credentials(table: &Table<'_>, directory: &Path) -> Option<Credentials> {
    let user = table.optional_string("user");
    let is_named = is_named(table, &PASSWORD);
    let password = secret::read(table, &PASSWORD, directory);
    match (user, password) {
        (Some(user), Some(password)) => Some(Credentials { user, password }),
        (Some(_), None) if !is_named => {
            table.report("password-file", "is missing: `user` needs a file that holds the password");
            None
        }
        (None, Some(_)) => {
            table.report("user", "is missing: a password needs a user");
            None
        }
        (Some(_) | None, None) => None,
    }
}

fn read_bounces(table: &Table<'_>, directory: &Path) -> Option<Bounces> {
    let maildir = table.optional_string("maildir").map(|text| Mailbox::Maildir(directory.join(text)));
    let has_imap = table.has("imap");
    let imap = table.optional_table("imap").and_then(|table| read_imap(&table, directory));
    let every = table.duration_or("every", TimeDelta::minutes(5));
    if every < TimeDelta::seconds(1) {
        table.report("every", "must be a second at least");
    }
    match (&maildir, has_imap) {
        (Some(_), true) => table.report("maildir", "only one of maildir and imap may be given"),
        (None, false) => table.report("maildir", "is missing: say maildir, or [bounces.imap]"),
        (Some(_), false) | (None, true) => {}
    }
    table.finish();
    Some(Bounces { mailbox: maildir.or(imap.map(Mailbox::Imap))?, every })
}

/// Always under TLS: the login would let anybody read the office's mail.
fn read_imap(table: &Table<'_>, directory: &Path) -> Option<ImapSettings> {
    let host = table.string("host");
    let tls = table
        .optional_word("tls", &[("starttls", ImapTls::StartTls), ("implicit", ImapTls::Implicit)])
        .unwrap_or(ImapTls::Implicit);
    let usual_port = match tls {
        ImapTls::StartTls => 143,
        ImapTls::Implicit => 993,
    };
    let port = table.optional_integer("port", 1..=65535).and_then(|port| u16::try_from(port).ok());
    let authorities = read_authorities(table, directory);
    if !table.has("user") {
        table.report("user", "is missing");
    }
    let credentials = read_credentials(table, directory);
    let mailbox = table.optional_string("mailbox").unwrap_or_else(|| "INBOX".to_owned());
    let timeout = duration(table, "timeout", Duration::from_secs(30));
    table.finish();
    let port = port.unwrap_or(usual_port);
    Some(ImapSettings { host: host?, port, tls, authorities, credentials: credentials?, mailbox, timeout })
}
