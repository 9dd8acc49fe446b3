//! `mail`: notices that did not arrive, and mails to look at.

use std::fmt::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};

use super::ask::{encoded, local, show, talk};
use super::table::{harmless, put_out};
use super::{AskArgs, MailCommand, MailKind, NoticeArgs, PreviewArgs, TestMailArgs, fail};
use crate::alert::Addressee;
use crate::assess::Calendar;
use crate::clock::Clock;
use crate::config::{Config, Route};
use crate::deliver::{
    Death, FileDrop, Notice, Outcome, Post, Posted, SampleKind, SampleSource, SampleUnit, Smtp, Transport,
    Way, eml, sample,
};
use crate::deliver::{Letter, Stationery};
use crate::fetch::without_secrets;
use crate::rules::{Rules, UnitId, looks_like_an_address};
use crate::serve::view::{MailStatus, NoticeView, RecipientView, Revised};

pub(super) fn mail(command: &MailCommand) -> ExitCode {
    let done = match command {
        MailCommand::Dead(args) => dead(args),
        MailCommand::Retry(args) => revise(args, "retry", "已重新列入发送"),
        MailCommand::Dismiss(args) => revise(args, "dismiss", "已不再保留待处理"),
        MailCommand::Preview(args) => preview(args),
        MailCommand::Test(args) => test(args),
    };
    done.unwrap_or_else(|error| fail(&error, 1))
}

fn dead(args: &AskArgs) -> anyhow::Result<ExitCode> {
    talk(&args.socket, async |client| {
        let mail: MailStatus = client.get("/v1/mail").await?;
        show(args.json, &mail, mail_text, |_| ExitCode::SUCCESS)
    })
}

fn revise(args: &NoticeArgs, what: &str, done: &str) -> anyhow::Result<ExitCode> {
    talk(&args.ask.socket, async |client| {
        let revised: Revised = client.post(&format!("/v1/mail/{}/{what}", encoded(&args.id))).await?;
        let text = |revised: &Revised| Ok(format!("{done}：{}\n", revised.notice.id));
        show(args.ask.json, &revised, text, |_| ExitCode::SUCCESS)
    })
}

fn mail_text(mail: &MailStatus) -> Result<String, fmt::Error> {
    let mut text = String::new();
    writeln!(
        text,
        "已停止重试 {} 份，等待发送 {} 份  {}",
        mail.dead.len(),
        mail.waiting.len(),
        local(mail.as_of)
    )?;
    for notice in mail.dead.iter().chain(&mail.waiting) {
        write!(text, "\n{}", notice_text(notice)?)?;
    }
    if !mail.dead.is_empty() {
        writeln!(
            text,
            "\n处理好地址或邮件服务器后：xuncha mail retry ID；不必再发的：xuncha mail dismiss ID"
        )?;
    }
    Ok(text)
}

/// A notice with all its recipients.
pub(super) fn notice_text(notice: &NoticeView) -> Result<String, fmt::Error> {
    let mut text = format!("{}  {}\n", notice.id, harmless(&notice.subject));
    if let Some(since) = notice.held_since {
        writeln!(
            text,
            "  {} 起暂停发送：监测系统自身存疑，恢复或 xuncha release 后按当时情况发送",
            local(since)
        )?;
    }
    if notice.recipients.is_empty() {
        writeln!(text, "  没有收件人")?;
    }
    for recipient in &notice.recipients {
        writeln!(text, "  {}  {}", harmless(&recipient.to), outcome_in_words(recipient))?;
    }
    Ok(text)
}

pub(super) fn outcome_in_words(recipient: &RecipientView) -> String {
    match &recipient.outcome {
        Outcome::Waiting { attempts: 0, .. } => "尚未发送".to_owned(),
        Outcome::Waiting { attempts, next_try_at, last_error, .. } => format!(
            "已试 {attempts} 次，{} 再试：{}",
            local(*next_try_at),
            harmless(last_error.as_deref().unwrap_or_default())
        ),
        Outcome::Accepted { at } => format!("{} 已送出", local(*at)),
        Outcome::Dead { at, death, error } => {
            let why = match death {
                Death::Refused => "对方拒收",
                Death::Expired => "长时间发不出去",
            };
            format!("{} 停止重试（{why}）：{}", local(*at), harmless(error))
        }
        Outcome::Dismissed { at, .. } => format!("{} 已处理，不再发送", local(*at)),
        Outcome::Withdrawn { at } => format!("{} 情况已变，不再发送", local(*at)),
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
