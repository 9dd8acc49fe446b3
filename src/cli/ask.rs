//! `status`, `due`, `alerts`, `recheck`: questions to the daemon.

use std::fmt::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use chrono::{DateTime, Utc};
use comfy_table::Table;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::account::account_text;
use super::mail::notice_text;
use super::table::{align_right, harmless, put_out, table};
use super::{AskArgs, DueArgs, RecheckArgs, StatusArgs, fail};
use crate::alert::{OperatorMatter, State};
use crate::config::{Config, DEFAULT_CONFIG, DEFAULT_SOCKET};
use crate::deliver::{Action, Bounce, Said};
use crate::extract::Sighting;
use crate::serve::Client;
use crate::serve::view::{
    Alerts, Counts, Due, FindAnswer, Findings, Found, Queued, ReloadAnswer, SourceDetail, SourceView, Status,
    UnitDetail, UnitSummary,
};
use crate::serve::words::{
    STANDINGS, act_in_words, event_in_words, level_in_words, remarks, said_of, standing_in_words,
};

/// The code of `status` when nothing can be said.
const CANNOT_TELL: u8 = 3;

pub(super) fn status(args: &StatusArgs) -> ExitCode {
    let answer = talk(&args.ask.socket, async |client| match &args.of {
        None => show(args.ask.json, &client.get::<Status>("/v1/status").await?, status_text, |it| {
            code_of(&it.counts)
        }),
        Some(text) => match find(&client, text).await? {
            Found::Unit(id) => {
                let unit: UnitDetail = client.get(&format!("/v1/units/{id}")).await?;
                show(args.ask.json, &unit, unit_text, |it| code_of(&it.unit.counts))
            }
            Found::Source(id) => {
                let source: SourceDetail = client.get(&format!("/v1/sources/{id}")).await?;
                show(args.ask.json, &source, source_text, |it| code_of_standing(&it.source.standing))
            }
        },
    });
    answer.unwrap_or_else(|error| fail(&error, CANNOT_TELL))
}

pub(super) fn due(args: &DueArgs) -> ExitCode {
    let address = format!("/v1/due?within={}", encoded(&args.within));
    list(&args.ask, &address, |due: &Due| {
        Ok(format!(
            "截至 {} 到期、超期或空白的监测对象，共 {} 个\n{}\n",
            due.until,
            due.sources.len(),
            source_table(&due.sources)
        ))
    })
}

pub(super) fn alerts(args: &AskArgs) -> ExitCode {
    list(args, "/v1/alerts", alerts_text)
}

pub(super) fn findings(args: &AskArgs) -> ExitCode {
    list(args, "/v1/findings", findings_text)
}

pub(super) fn reload(args: &AskArgs) -> ExitCode {
    let answer = talk(&args.socket, async |client| {
        let answer: ReloadAnswer = client.post("/v1/reload").await?;
        let text = |answer: &ReloadAnswer| {
            Ok(format!("已启用新规则：{} 个单位，{} 个监测对象\n", answer.taken.units, answer.taken.sources))
        };
        show(args.json, &answer, text, |_| ExitCode::SUCCESS)
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
        show(
            args.ask.json,
            &queued,
            |queued| Ok(format!("已列入巡检：{id}，稍后用 xuncha status {} 查看\n", queued.queued)),
            |_| ExitCode::SUCCESS,
        )
    });
    answer.unwrap_or_else(|error| fail(&error, 1))
}

fn list<T: DeserializeOwned + Serialize>(
    args: &AskArgs,
    address: &str,
    text: impl Fn(&T) -> Result<String, fmt::Error>,
) -> ExitCode {
    let answer = talk(&args.socket, async |client| {
        show(args.json, &client.get::<T>(address).await?, text, |_| ExitCode::SUCCESS)
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

pub(super) fn show<T: Serialize>(
    json: bool,
    answer: &T,
    text: impl FnOnce(&T) -> Result<String, fmt::Error>,
    code: impl FnOnce(&T) -> ExitCode,
) -> anyhow::Result<ExitCode> {
    let output = if json { serde_json::to_string_pretty(answer)? + "\n" } else { text(answer)? };
    put_out(&output)?;
    Ok(code(answer))
}

/// 0 all fresh, 1 due soon, 2 overdue or blank, 3 unknown. What is known to be wrong outweighs what is not known.
fn code_of(counts: &Counts) -> ExitCode {
    let any = |word: &str| counts.get(word).is_some_and(|count| *count > 0);
    let worst = ["overdue", "blank", "unknown", "due-soon"].into_iter().find(|word| any(word));
    code_of_standing(worst.unwrap_or("fresh"))
}

fn code_of_standing(standing: &str) -> ExitCode {
    ExitCode::from(match standing {
        "fresh" | "exempt" => 0,
        "due-soon" => 1,
        "overdue" | "blank" => 2,
        _ => CANNOT_TELL,
    })
}

fn count_cells(counts: &Counts) -> impl Iterator<Item = String> {
    STANDINGS.iter().map(|(word, _)| counts.get(*word).map_or_else(|| "·".to_owned(), ToString::to_string))
}

fn status_text(status: &Status) -> Result<String, fmt::Error> {
    let mut text = String::new();
    writeln!(text, "{}  {}", status.county, local(status.as_of))?;
    let mut units = table(["单位", "超期", "空白", "未知", "即将到期", "正常", "豁免"]);
    for unit in &status.units {
        units.add_row(std::iter::once(unit.name.clone()).chain(count_cells(&unit.counts)));
    }
    units.add_row(std::iter::once("合计".to_owned()).chain(count_cells(&status.counts)));
    align_right(&mut units, 1..7);
    writeln!(text, "{units}")?;
    for cause in &status.unknown {
        writeln!(
            text,
            "未知 {} 个：{}（如 {}）",
            cause.sources,
            harmless(&cause.cause.chinese()),
            cause.example
        )?;
    }
    for matter in &status.operator {
        writeln!(text, "{}", matter_in_words(matter))?;
    }
    if let Some(failure) = &status.reload_failure {
        writeln!(
            text,
            "规则未更新（{}）：{}",
            local(failure.at),
            harmless(&failure.problems.replace('\n', "；"))
        )?;
    }
    if status.outbox > 0 {
        let error =
            status.outbox_error.as_deref().map_or_else(String::new, |error| format!("：{}", harmless(error)));
        writeln!(text, "待发邮件 {} 封{error}", status.outbox)?;
    }
    if !status.dead_letters.is_empty() {
        writeln!(
            text,
            "已停止重试的通知 {} 份（用 xuncha mail retry ID 重发）：",
            status.dead_letters.len()
        )?;
        for notice in &status.dead_letters {
            write!(text, "{}", notice_text(notice)?)?;
        }
    }
    Ok(text)
}

/// A matter for the operator, on one line.
fn matter_in_words(matter: &OperatorMatter) -> String {
    let over = matter.ended_at.map_or_else(String::new, |at| format!("，已于 {} 恢复", local(at)));
    format!(
        "运行：{}（自 {}{over}）：{}",
        harmless(&matter.key.chinese()),
        local(matter.raised_at),
        harmless(&matter.says)
    )
}

fn unit_text(detail: &UnitDetail) -> Result<String, fmt::Error> {
    let mut text = String::new();
    let UnitSummary { id, counts, .. } = &detail.unit;
    writeln!(text, "{}（{id}）  {}", detail.display_name, local(detail.as_of))?;
    let summary: Vec<String> = STANDINGS
        .iter()
        .filter_map(|(word, chinese)| counts.get(*word).map(|count| format!("{chinese} {count}")))
        .collect();
    writeln!(text, "{}", summary.join("，"))?;
    writeln!(text, "{}", source_table(&detail.sources))?;
    for notice in &detail.mail.delivered {
        writeln!(text, "已通知    {}  {}", local(notice.at), harmless(&notice.subject))?;
    }
    for bounce in &detail.mail.bounces {
        writeln!(text, "{}", bounce_in_words(bounce))?;
    }
    Ok(text)
}

/// A mail that came back, on one line.
fn bounce_in_words(bounce: &Bounce) -> String {
    let what = match bounce.said.action {
        Action::Failed => "退信",
        Action::Delayed => "延迟",
    };
    let Said { status, reason, .. } = &bounce.said;
    format!("{what}      {}  {}  {status} {}", local(bounce.at), harmless(&bounce.address), harmless(reason))
}

fn source_table(sources: &[std::sync::Arc<SourceView>]) -> Table {
    let mut table = table(["类型", "监测对象", "单位", "状态", "最近更新", "截止日期", "剩余天数", "说明"]);
    for source in sources {
        table.add_row([
            source.channel.clone(),
            harmless(&source.name),
            source.unit_name.clone(),
            standing_in_words(&source.standing).to_owned(),
            day(source.last),
            day(source.due),
            source.days_left.map_or_else(String::new, |days| days.to_string()),
            harmless(&remarks(source)),
        ]);
    }
    align_right(&mut table, 6..7);
    table
}

fn source_text(detail: &SourceDetail) -> Result<String, fmt::Error> {
    let mut text = String::new();
    let source = &detail.source;
    writeln!(text, "{}  {}（{}）", source.unit_name, harmless(&source.name), source.id)?;
    writeln!(text, "状态      {}  {}", standing_in_words(&source.standing), reason(source))?;
    writeln!(text, "期限      {}（{}）", source.limit.as_deref().unwrap_or("无"), source.cadence)?;
    if let (Some(last), Some(title)) = (source.last, &source.last_title) {
        writeln!(text, "最近更新  {last}  {}", harmless(title))?;
    }
    if let (Some(due), Some(days)) = (source.due, source.days_left) {
        writeln!(
            text,
            "截止日期  {due}（{}）",
            if days < 0 { format!("已过 {} 天", -days) } else { format!("剩余 {days} 天") }
        )?;
    }
    writeln!(text, "预警      {}", alert_in_words(&source.alert))?;
    if source.told_this_week > 0 {
        writeln!(text, "本周提醒  {} 次", source.told_this_week)?;
    }
    for said in said_of(source) {
        writeln!(text, "人工      {}", harmless(&said))?;
    }
    writeln!(text, "地址      {}", source.url)?;
    writeln!(text, "上次巡检  {}", source.polled_at.map_or_else(|| "尚未巡检".to_owned(), local))?;
    writeln!(text, "下次巡检  {}", source.next_poll_at.map_or_else(|| "未安排".to_owned(), local))?;
    if let Some(since) = source.failing_since {
        writeln!(text, "连续失败  {} 次，自 {}", source.failures, local(since))?;
    }
    if let Some(account) = &detail.account {
        text += &account_text(account)?;
    }
    for remark in &detail.remarks {
        writeln!(text, "注意      {}（{}）", remark.chinese, harmless(&remark.reason))?;
    }
    for suspicion in &detail.suspicions {
        writeln!(text, "存疑      {}", harmless(&suspicion.chinese()))?;
    }
    let mut items = table(["日期", "标题", "原文日期", "来源", "首次发现"]);
    for record in &detail.sightings {
        items.add_row([
            record.sighting.date.to_string(),
            harmless(&record.sighting.title),
            harmless(&record.sighting.raw_date),
            source_of_date(&record.sighting),
            local(record.first_seen_at),
        ]);
    }
    writeln!(text, "{items}")?;
    Ok(text)
}

/// Where an item's date was found, what it is the date of where that is no publication, and how sure it is.
fn source_of_date(item: &Sighting) -> String {
    let words = [Some(item.found.chinese()), item.kind.remark(), item.sureness.remark()];
    words.into_iter().flatten().collect::<Vec<_>>().join("，")
}

/// Why a source stands as it does.
fn reason(source: &SourceView) -> String {
    match (&source.cause, source.standing.as_str()) {
        (Some(cause), _) => harmless(&cause.chinese()),
        (None, "overdue" | "blank") => format!("经 {} 次完整核查确认", source.full_looks.len()),
        (None, _) => String::new(),
    }
}

fn alerts_text(alerts: &Alerts) -> Result<String, fmt::Error> {
    let mut text = String::new();
    writeln!(text, "当前预警 {} 个  {}", alerts.raised.len(), local(alerts.as_of))?;
    let mut raised = table(["单位", "监测对象", "预警", "自", "最近更新", "截止日期", "本周提醒", "说明"]);
    for source in &alerts.raised {
        let (level, since) = match source.alert {
            State::Quiet => continue,
            State::Raised { level, raised_at, .. } => (level, raised_at),
        };
        raised.add_row([
            source.unit_name.clone(),
            harmless(&source.name),
            level_in_words(level).to_owned(),
            local(since),
            day(source.last),
            day(source.due),
            source.told_this_week.to_string(),
            harmless(&remarks(source)),
        ]);
    }
    writeln!(text, "{raised}\n最近事件")?;
    for event in &alerts.events {
        writeln!(text, "{}  {}  {}", local(event.at), event.source, harmless(&event_in_words(&event.kind)))?;
    }
    if !alerts.acts.is_empty() {
        writeln!(text, "\n最近操作")?;
    }
    for act in &alerts.acts {
        writeln!(text, "{}  {}", local(act.at), harmless(&act_in_words(act)))?;
    }
    Ok(text)
}

fn findings_text(findings: &Findings) -> Result<String, fmt::Error> {
    let mut table = table(["通报", "现状", "单位", "监测对象", "问题", "当时最近更新", "截止日期"]);
    for found in &findings.findings {
        table.add_row([
            found.month.clone(),
            found.state.chinese().to_owned(),
            found.unit_name.clone(),
            harmless(&found.finding.name),
            found.finding.kind.chinese().to_owned(),
            day(found.finding.last),
            day(found.finding.due),
        ]);
    }
    Ok(format!("历次通报记录 {} 个\n{table}\n", findings.findings.len()))
}

fn alert_in_words(state: &State) -> String {
    match state {
        State::Quiet => "无".to_owned(),
        State::Raised { level, raised_at, reminded_at } => {
            format!("{}，自 {}，最近提醒 {}", level_in_words(*level), local(*raised_at), local(*reminded_at))
        }
    }
}

fn day(day: Option<chrono::NaiveDate>) -> String {
    day.map_or_else(|| "—".to_owned(), |day| day.to_string())
}

/// Instants as people here read them: China has one zone.
pub(super) fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&chrono_tz::Asia::Shanghai).format("%Y-%m-%d %H:%M").to_string()
}
