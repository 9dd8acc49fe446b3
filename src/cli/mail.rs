//! `mail`: notices that did not arrive, and mails to look at.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};

use super::ask::{AskArgs, encoded, talk};
use super::fail;
use super::table::{harmless, put_out};
use super::wording::{Lang, Phrase, local};
use crate::alert::Addressee;
use crate::assess::Calendar;
use crate::clock::Clock;
use crate::config::{Config, DEFAULT_CONFIG, Route};
use crate::deliver::{
    Death, FileDrop, Notice, Outcome, Post, Posted, SampleKind, SampleSource, SampleUnit, Smtp, Transport,
    Way, eml, sample,
};
use crate::deliver::{Letter, Stationery};
use crate::fetch::without_secrets;
use crate::rules::{Rules, UnitId, looks_like_an_address};
use crate::serve::view::{MailStatus, NoticeView, RecipientView, Revised};

#[derive(Debug, Subcommand)]
pub(super) enum MailCommand {
    /// List the notices that wait, and those that were given up
    Dead(AskArgs),
    /// Try a notice again that was given up, under the addresses its people have now
    Retry(NoticeArgs),
    /// Let a notice be that was given up
    Dismiss(NoticeArgs),
    /// Write an invented mail of a kind for a unit, to look at
    Preview(PreviewArgs),
    /// Send an invented mail to an address, to see whether it arrives
    Test(TestMailArgs),
}

#[derive(Debug, Args)]
pub(super) struct NoticeArgs {
    /// The notice's id, as `xuncha mail dead` shows it
    #[arg(value_name = "ID")]
    pub(super) id: String,
    #[command(flatten)]
    pub(super) ask: AskArgs,
}

#[derive(Debug, Args)]
pub(super) struct PreviewArgs {
    /// The unit; without it, an invented one
    #[arg(long, value_name = "ID")]
    pub(super) unit: Option<String>,
    /// What the mail is about
    #[arg(long, default_value = "mixed", value_name = "KIND")]
    pub(super) kind: MailKind,
    /// The file to write: FILE.html, FILE.txt, or FILE.eml for the whole mail
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// The configuration file
    #[arg(long, default_value = DEFAULT_CONFIG, value_name = "FILE")]
    pub(super) config: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct TestMailArgs {
    /// Where to send it
    #[arg(value_name = "ADDRESS")]
    pub(super) address: String,
    /// What the mail is about
    #[arg(long, default_value = "mixed", value_name = "KIND")]
    pub(super) kind: MailKind,
    /// The configuration file
    #[arg(long, default_value = DEFAULT_CONFIG, value_name = "FILE")]
    pub(super) config: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum MailKind {
    /// Columns that come due
    DueSoon,
    /// Columns that are overdue
    Overdue,
    /// Columns that have never held anything
    Blank,
    /// What was said before and still stands
    Reminder,
    /// What is over
    Recovery,
    /// Some of each
    Mixed,
    /// A mail to the operator
    Operator,
}

pub(super) fn mail(command: &MailCommand) -> ExitCode {
    let done = match command {
        MailCommand::Dead(args) => dead(args),
        MailCommand::Retry(args) => revise(args, "retry", Phrase::RetriedNotice),
        MailCommand::Dismiss(args) => revise(args, "dismiss", Phrase::DismissedNotice),
        MailCommand::Preview(args) => preview(args),
        MailCommand::Test(args) => test(args),
    };
    done.unwrap_or_else(|error| fail(&error, 1))
}

fn dead(args: &AskArgs) -> anyhow::Result<ExitCode> {
    talk(&args.socket, async |client| {
        let mail: MailStatus = client.get("/v1/mail").await?;
        args.show(&mail, mail_text)
    })
}

fn revise(args: &NoticeArgs, what: &str, done: Phrase) -> anyhow::Result<ExitCode> {
    talk(&args.ask.socket, async |client| {
        let revised: Revised = client.post(&format!("/v1/mail/{}/{what}", encoded(&args.id))).await?;
        args.ask.show(&revised, |revised, lang| Ok(lang.say(done, &[&revised.notice.id]) + "\n"))
    })
}

fn mail_text(mail: &MailStatus, lang: Lang) -> Result<String, fmt::Error> {
    let counts: [&dyn fmt::Display; 3] = [&mail.dead.len(), &mail.waiting.len(), &local(mail.as_of)];
    let mut text = lang.say(Phrase::MailCounts, &counts) + "\n";
    for notice in mail.dead.iter().chain(&mail.waiting) {
        write!(text, "\n{}", notice_text(notice, lang)?)?;
    }
    if !mail.dead.is_empty() {
        writeln!(text, "\n{}", lang.word(Phrase::MailHint))?;
    }
    Ok(text)
}

/// A notice with all its recipients.
pub(super) fn notice_text(notice: &NoticeView, lang: Lang) -> Result<String, fmt::Error> {
    let mut text = format!("{}  {}\n", notice.id, harmless(&notice.subject));
    if let Some(since) = notice.held_since {
        writeln!(text, "  {}", lang.say(Phrase::HeldSince, &[&local(since)]))?;
    }
    if notice.recipients.is_empty() {
        writeln!(text, "  {}", lang.word(Phrase::NoRecipients))?;
    }
    for recipient in &notice.recipients {
        writeln!(text, "  {}  {}", harmless(&recipient.to), outcome_in_words(recipient, lang))?;
    }
    Ok(text)
}

fn outcome_in_words(recipient: &RecipientView, lang: Lang) -> String {
    match &recipient.outcome {
        Outcome::Waiting { attempts: 0, .. } => lang.word(Phrase::NotSentYet).to_owned(),
        Outcome::Waiting { attempts, next_try_at, last_error, .. } => {
            let error = harmless(last_error.as_deref().unwrap_or_default());
            lang.say(Phrase::Tried, &[attempts, &local(*next_try_at), &error])
        }
        Outcome::Accepted { at } => lang.say(Phrase::Sent, &[&local(*at)]),
        Outcome::Dead { at, death, error } => {
            let why = lang.word(match death {
                Death::Refused => Phrase::Refused,
                Death::Expired => Phrase::Expired,
            });
            lang.say(Phrase::GivenUp, &[&local(*at), &why, &harmless(error)])
        }
        Outcome::Dismissed { at, .. } => lang.say(Phrase::LetBe, &[&local(*at)]),
        Outcome::Withdrawn { at } => lang.say(Phrase::Withdrawn, &[&local(*at)]),
    }
}

fn preview(args: &PreviewArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.config).context("the configuration has mistakes")?;
    let (unit, calendar) = addressed(&config, args.unit.as_deref())?;
    let notice = invented(args.kind, &unit, &calendar);
    let bytes = rendered(&notice, &config.mail.stationery, &args.out)?;
    std::fs::write(&args.out, bytes).with_context(|| format!("cannot write `{}`", args.out.display()))?;
    put_out(&format!("{}\n", args.out.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn rendered(notice: &Notice, stationery: &Stationery, out: &Path) -> anyhow::Result<Vec<u8>> {
    let extension = out.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    Ok(match extension {
        "html" => Letter::of(notice, stationery)?.html.into_bytes(),
        "txt" => Letter::of(notice, stationery)?.text.into_bytes(),
        "eml" => eml(notice, stationery, Clock::System.now())?,
        _ => bail!("`{}` is no FILE.html, FILE.txt or FILE.eml", out.display()),
    })
}

fn test(args: &TestMailArgs) -> anyhow::Result<ExitCode> {
    if !looks_like_an_address(&args.address) {
        bail!("`{}` is not a mail address, wanted: name@host", args.address);
    }
    let config = Config::load(&args.config).context("the configuration has mistakes")?;
    let (unit, calendar) = addressed(&config, None)?;
    let to = vec![Addressee { name: "测试收件人".to_owned(), email: args.address.clone() }];
    let notice = invented(args.kind, &SampleUnit { to, ..unit }, &calendar);
    let stationery = config.mail.stationery.clone();
    let transport = match config.mail.route {
        Route::Smtp(settings) => Transport::Smtp(Smtp::new(settings, stationery)),
        Route::File(directory) => Transport::File(FileDrop::new(directory, stationery)),
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?;
    let attempts = runtime.block_on(async {
        let mut post = Post::new(transport, Vec::new());
        let posted = post.send(&notice, &Way::Mail, Clock::System.now()).await;
        post.end_turn().await;
        posted
    });
    let Posted::Tried(attempts) = attempts else { bail!("nothing was tried") };
    for attempt in attempts {
        attempt.result.map_err(|error| anyhow::anyhow!("{error}"))?;
    }
    put_out(&format!("accepted for {}: {}\n", args.address, notice.subject()))?;
    Ok(ExitCode::SUCCESS)
}

/// An invented notice, marked as such for whoever gets it by mistake.
fn invented(kind: MailKind, unit: &SampleUnit, calendar: &Calendar) -> Notice {
    let now = Clock::System.now();
    let kind = match kind {
        MailKind::DueSoon => SampleKind::DueSoon,
        MailKind::Overdue => SampleKind::Overdue,
        MailKind::Blank => SampleKind::Blank,
        MailKind::Reminder => SampleKind::Reminder,
        MailKind::Recovery => SampleKind::Recovery,
        MailKind::Mixed => SampleKind::Mixed,
        MailKind::Operator => SampleKind::Operator,
    };
    sample(kind, unit, now, calendar.day_of(now))
}

/// The unit named, or an invented one, and the county's calendar.
fn addressed(config: &Config, unit: Option<&str>) -> anyhow::Result<(SampleUnit, Calendar)> {
    let rules = Rules::load(&config.rules, config.county.as_deref()).context("the rules have mistakes")?;
    let calendar = Calendar { zone: rules.county.zone, cut_off_day: rules.county.cut_off_day };
    let Some(id) = unit else { return Ok((SampleUnit::invented(), calendar)) };
    let unit =
        rules.unit(&UnitId::new(id)).with_context(|| format!("there is no unit `{id}` in the rules"))?;
    let people = unit.webmasters.iter();
    let to = people.map(|person| Addressee { name: person.name.clone(), email: person.email.clone() });
    let sources = rules.sources_of(&unit.id).map(|source| SampleSource {
        id: source.id.clone(),
        name: source.name.clone(),
        channel: source.kind.chinese().to_owned(),
        url: without_secrets(&source.url).into(),
        limit: source.cadence.period.limit().unwrap_or_default(),
    });
    let sample = SampleUnit {
        county: rules.county.name.clone(),
        id: unit.id.clone(),
        name: unit.name.clone(),
        to: to.collect(),
        sources: sources.collect(),
    };
    Ok((sample, calendar))
}
