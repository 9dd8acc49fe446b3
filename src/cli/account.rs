//! What `status` says of an account, and `record`.

use std::fmt::{self, Write as _};
use std::process::ExitCode;

use super::ask::{find, local, show, talk};
use super::table::{harmless, table};
use super::{RecordArgs, fail};
use crate::assess::agreement::Witness;
use crate::assess::menu::{Fault, Leads, LinkLook, MenuFault, MenuRecord, Width};
use crate::serve::view::{AccountView, Found, NewRecord, Recorded, WayView};

pub(super) fn record(args: &RecordArgs) -> ExitCode {
    let answer = talk(&args.ask.socket, async |client| {
        let source = match find(&client, &args.of).await? {
            Found::Source(id) => id,
            Found::Unit(id) => anyhow::bail!("`{}` is a unit ({id}): name one of its accounts", args.of),
        };
        let new = NewRecord {
            source,
            date: args.date,
            title: args.title.clone(),
            url: args.url.to_string(),
            by: args.by.clone(),
            note: args.note.clone(),
        };
        let recorded: Recorded = client.send("/v1/records", &new).await?;
        show(args.ask.json, &recorded, recorded_text, |_| ExitCode::SUCCESS)
    });
    answer.unwrap_or_else(|error| fail(&error, 1))
}

fn recorded_text(recorded: &Recorded) -> Result<String, fmt::Error> {
    let record = &recorded.record;
    Ok(format!("已登记：{}，{} 见到 {} 的内容《{}》\n", record.source, record.by, record.date, record.title))
}

/// The ways of an account, and what else is judged of it.
pub(super) fn account_text(account: &AccountView) -> Result<String, fmt::Error> {
    let mut text = String::new();
    if let Some(deregistered) = &account.deregistered {
        writeln!(text, "注销      自 {}（{}）", deregistered.since, harmless(&deregistered.reason))?;
    }
    writeln!(text, "依据      {}", sureness(account))?;
    writeln!(text, "发布      {}", activity_in_words(account))?;
    if let Some(low) = account.low_volume {
        writeln!(
            text,
            "注意      更新数量偏少：{} 至 {} 发布 {} 条，要求不少于 {} 条",
            low.from, low.until, low.posts, low.wanted
        )?;
    }
    if account.is_zombie {
        writeln!(text, "注意      停更超过 3 个月，疑似“僵尸”账号")?;
    }
    for record in &account.records {
        let note = record.note.as_deref().map_or_else(String::new, |note| format!("（{}）", harmless(note)));
        writeln!(
            text,
            "人工核查  {}  {} 见到 {} 的内容《{}》{}{note}",
            local(record.at),
            harmless(&record.by),
            record.date,
            harmless(&record.title),
            harmless(&record.url)
        )?;
    }
    let mut ways = table(["读取方式", "类型", "状况", "最新内容", "上次读取", "说明"]);
    for way in &account.ways {
        let newest = way.newest.as_ref();
        ways.add_row([
            way.name.clone(),
            way.chinese.clone(),
            health_in_words(way).to_owned(),
            newest.map_or_else(|| "—".to_owned(), |newest| newest.date.to_string()),
            way.looked_at.map_or_else(|| "—".to_owned(), local),
            remark(way),
        ]);
    }
    writeln!(text, "{ways}")?;
    if let Some(menu) = &account.menu {
        writeln!(text, "{}", menu_text(menu, &account.menu_faults)?)?;
    }
    Ok(text)
}

/// What the menu leads to.
fn menu_text(menu: &MenuRecord, faults: &[MenuFault]) -> Result<String, fmt::Error> {
    let mut text = String::new();
    if let Some(refusal) = &menu.unknown {
        writeln!(text, "导航栏目  {} 未能读取：{}", local(menu.seen_at), harmless(&refusal.chinese()))?;
        return Ok(text);
    }
    writeln!(
        text,
        "导航栏目  {} 核查，{} 个链接，{} 个存在问题",
        local(menu.seen_at),
        menu.links.len(),
        faults.len()
    )?;
    let mut links = table(["导航栏目", "指向", "页面标题", "最新内容", "手机显示", "说明"]);
    for link in &menu.links {
        let look = &link.look;
        let fault = faults.iter().find(|fault| fault.url == look.url);
        links.add_row([
            harmless(&look.path),
            leads_in_words(&look.leads),
            harmless(look.title.as_deref().unwrap_or("—")),
            look.newest.map_or_else(|| "—".to_owned(), |day| day.to_string()),
            width_in_words(&look.width),
            link_remark(look, link.fault, fault),
        ]);
    }
    write!(text, "{links}")?;
    Ok(text)
}

fn leads_in_words(leads: &Leads) -> String {
    match leads {
        Leads::Page => "页面".to_owned(),
        Leads::Nothing { status } => format!("无法打开（HTTP {status}）"),
        Leads::Home { url } => format!("网站首页（{}）", harmless(url)),
        Leads::Unknown { why } => format!("未知（{}）", harmless(why)),
    }
}

fn width_in_words(width: &Width) -> String {
    match width {
        Width::Fits => "正常".to_owned(),
        Width::Overflows { page } => format!("横向溢出（宽 {page} 像素）"),
        Width::NotForPhones { laid_out } => format!("未按手机排版（按 {laid_out} 像素）"),
        Width::Unmeasured { .. } => "未测".to_owned(),
    }
}

fn link_remark(look: &LinkLook, fault: Option<Fault>, on_record: Option<&MenuFault>) -> String {
    let fault = match (on_record, fault) {
        (Some(fault), _) => Some(format!("问题：{}，自 {}", fault.kind.chinese(), local(fault.since))),
        (None, Some(fault)) => Some(format!("待复核：{}，自 {}", fault.kind.chinese(), local(fault.since))),
        (None, None) => None,
    };
    let title = look.is_called_otherwise().then(|| "标题与栏目名称不同，请人工核对".to_owned());
    fault.into_iter().chain(title).collect::<Vec<_>>().join("，")
}

fn sureness(account: &AccountView) -> String {
    let by = account.shown_by.as_deref().map_or("尚无".to_owned(), |by| format!("最新内容见于 {by}"));
    match account.witness {
        Witness::Whole => by,
        Witness::Partial => format!("{by}；现有方式只能看到部分内容，不能证明没有更新"),
        Witness::Behind { .. } => format!("{by}；可用的列表缺少已知最新内容，不能证明没有更新"),
    }
}

fn activity_in_words(account: &AccountView) -> String {
    let activity = &account.activity;
    let gap = activity.longest_gap.map_or_else(String::new, |days| format!("，近 90 天最长间隔 {days} 天"));
    let originals = match activity.originals.of {
        0 => "，原创情况未知".to_owned(),
        of => format!("，原创 {}/{of}", activity.originals.own),
    };
    let since = activity.covered_from.map_or_else(String::new, |since| format!("（自 {since} 起统计完整）"));
    format!("近 7 天 {} 条，近 30 天 {} 条{gap}{originals}{since}", activity.posts_7d, activity.posts_30d)
}

fn health_in_words(way: &WayView) -> &'static str {
    match (way.health.as_str(), way.lacks_since) {
        ("well", Some(_)) => "缺少最新内容",
        ("well", None) => "正常",
        ("troubled", _) => "异常",
        _ => "尚无依据",
    }
}

fn remark(way: &WayView) -> String {
    let trouble = way.cause.as_ref().map(|cause| harmless(&cause.chinese()));
    let since = way.troubled_since.or(way.lacks_since).map(|since| format!("自 {}", local(since)));
    let bridge = way.bridge.as_ref().map(|bridge| format!("经 {bridge}"));
    [bridge, since, trouble].into_iter().flatten().collect::<Vec<_>>().join("，")
}
