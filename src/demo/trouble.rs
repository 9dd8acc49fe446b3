//! What goes wrong between the county's accounts and whoever reads them: refusals of platforms, tokens that are not taken,
//! and bridges that stand still while they answer as ever.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use chrono::NaiveDateTime;

use super::reply::refused;
use super::scenario::read_source;
use crate::rules::{BridgeId, Rules, Source, SourceId, Table, Way, WayName};

/// A trouble, in local time.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    pub(super) of: Troubled,
    pub(super) from: NaiveDateTime,
    pub(super) until: NaiveDateTime,
    pub(super) kind: TroubleKind,
}

/// What a trouble affects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Troubled {
    /// One way of one account.
    Way(SourceId, WayName),
    /// All that a bridge reads, its canaries among it.
    Bridge(BridgeId),
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TroubleKind {
    /// Whatever was published since is not shown, and nothing says so.
    Frozen,
    /// HTTP 432, as 微博 turns away visitors whom it does not know.
    TurnedAway,
    /// `ok: -100`: 微博 wants a login.
    LoginWanted,
    /// 21327: the owner's consent to read a 微博 account has run out.
    ConsentEnded,
    /// 40001: somebody else who uses the 公众号 has had its token renewed, so that the one just given is not taken.
    TokenRecalled,
    /// 42001: the token ends sooner than was said.
    TokenExpired,
    /// 45009: the day's calls are used up.
    QuotaSpent,
    /// 200 and no bytes, as 抖音 turns visitors away.
    Nothing,
    /// Nobody hands the exported file in.
    NotHandedIn,
}

const TROUBLE_KINDS: [(&str, TroubleKind); 9] = [
    ("frozen", TroubleKind::Frozen),
    ("turned-away", TroubleKind::TurnedAway),
    ("login-wanted", TroubleKind::LoginWanted),
    ("consent-ended", TroubleKind::ConsentEnded),
    ("token-recalled", TroubleKind::TokenRecalled),
    ("token-expired", TroubleKind::TokenExpired),
    ("quota-spent", TroubleKind::QuotaSpent),
    ("nothing", TroubleKind::Nothing),
    ("not-handed-in", TroubleKind::NotHandedIn),
];

impl Trouble {
    fn affects(&self, source: &Source, way: &Way) -> bool {
        match &self.of {
            Troubled::Way(id, name) => *id == source.id && *name == way.name,
            Troubled::Bridge(id) => way.bridge.as_ref() == Some(id),
        }
    }
}

/// The trouble of a way at a local time, if it has one.
pub(super) fn trouble_of<'t>(
    troubles: &'t [Trouble],
    source: &Source,
    way: &Way,
    at: NaiveDateTime,
) -> Option<&'t Trouble> {
    troubles.iter().find(|trouble| trouble.from <= at && at < trouble.until && trouble.affects(source, way))
}

impl TroubleKind {
    /// What is answered in place of the posts; nothing where posts are answered all the same, or a token is the matter.
    pub(super) fn refusal(self) -> Option<Response<Body>> {
        let (status, body) = match self {
            Self::TurnedAway => (432, ""),
            Self::LoginWanted => (200, r#"{"ok":-100,"url":"http://weibo.langxi.example/login"}"#),
            Self::ConsentEnded => (
                403,
                r#"{"error":"expired_token","error_code":21327,"request":"/2/statuses/user_timeline.json"}"#,
            ),
            Self::QuotaSpent => {
                (200, r#"{"errcode":45009,"errmsg":"reach max api daily quota limit rid: demo"}"#)
            }
            Self::Nothing => (200, ""),
            Self::Frozen | Self::TokenRecalled | Self::TokenExpired | Self::NotHandedIn => return None,
        };
        Some(refused(StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN), body))
    }
}

pub(super) fn read_trouble(table: &Table<'_>, rules: &Rules) -> Option<Trouble> {
    let of = if table.has("bridge") { read_bridge(table, rules) } else { read_way(table, rules) };
    table.optional_string("about");
    let (from, until) = (table.date_time("from"), table.date_time("until"));
    let kind = table.word("kind", &TROUBLE_KINDS);
    table.finish();
    Some(Trouble { of: of?, from: from?, until: until?, kind: kind? })
}

fn read_bridge(table: &Table<'_>, rules: &Rules) -> Option<Troubled> {
    let id = BridgeId::new(table.string("bridge")?);
    if !rules.bridges.iter().any(|bridge| bridge.id == id) {
        table.report("bridge", format!("`{id}` is not a bridge of the rules"));
        return None;
    }
    Some(Troubled::Bridge(id))
}

fn read_way(table: &Table<'_>, rules: &Rules) -> Option<Troubled> {
    let (source, name) = (read_source(table, rules), table.string("way"));
    let (source, name) = (rules.source(&source?)?, WayName::new(name?));
    if !source.ways.iter().any(|way| way.name == name) {
        table.report("way", format!("`{name}` is not a way of `{}`", source.id));
        return None;
    }
    Some(Troubled::Way(source.id.clone(), name))
}
