//! What the document says of each address: what it is for, what it is asked with, how it answers.

use super::written::{Answered, Operation, Writing};
use crate::bulletin::Bulletin;
use crate::serve::routes::{
    AckQuery, DraftQuery, DueQuery, EventsQuery, ExemptionQuery, FindQuery, HistoryQuery, IssueQuery,
    ReleaseQuery, SilenceQuery,
};
use crate::serve::select::Selection;
use crate::serve::view::{
    Alerts, Bulletins, Due, Events, FindAnswer, Findings, Health, History, MailStatus, NewRecord, Queued,
    Recorded, Released, ReloadAnswer, Revised, SourceDetail, Sources, StancesTaken, Status, UnitDetail,
    Units,
};
use crate::serve::{badge, csv, deadlines, metrics};

/// All operations.
pub(super) fn operations(writing: &mut Writing) -> Vec<Operation> {
    [lists(writing), sources(writing), files(), stances(writing), bulletins(writing), daemon(writing)]
        .concat()
}

fn lists(w: &mut Writing) -> Vec<Operation> {
    vec![
        Operation::get(
            "/v1/status",
            "The county, its units worst first, and what keeps the monitor from its work",
        )
        .answers(w.json::<Status>())
        .tagged(),
        Operation::get("/v1/units", "All units, in the order of annex 1").answers(w.json::<Units>()).tagged(),
        Operation::get("/v1/units/{id}", "A unit, its sources worst first, and its mail")
            .answers(w.json::<UnitDetail>())
            .tagged(),
        Operation::get("/v1/due", "What is overdue or blank, or comes due soon; the most urgent first")
            .asked_with(w.query::<DueQuery>())
            .answers(w.json::<Due>())
            .tagged(),
        Operation::get("/v1/alerts", "Raised alerts, the latest events, and who changed what")
            .answers(w.json::<Alerts>())
            .tagged(),
        Operation::get("/v1/findings", "What issued bulletins put on record, and what has become of it")
            .answers(w.json::<Findings>())
            .tagged(),
        Operation::get("/v1/find", "The unit or source that a name or a unique part of one stands for")
            .asked_with(w.query::<FindQuery>())
            .answers(w.json::<FindAnswer>())
            .refuses(&[404, 409]),
        Operation::get("/v1/mail", "Notices that wait, and those that were given up")
            .answers(w.json::<MailStatus>()),
        Operation::post("/v1/mail/{id}/retry", "Try a notice again that was given up")
            .answers(w.json::<Revised>()),
        Operation::post("/v1/mail/{id}/dismiss", "Let a notice be that was given up")
            .answers(w.json::<Revised>()),
    ]
}

fn sources(w: &mut Writing) -> Vec<Operation> {
    vec![
        Operation::get("/v1/sources", "Sources that fit all filters given, page by page")
            .asked_with(w.query::<Selection>())
            .answers(w.json::<Sources>())
            .tagged(),
        Operation::get("/v1/sources/{unit}/{local}", "A source with its newest items and why it stands so")
            .answers(w.json::<SourceDetail>())
            .tagged(),
        Operation::get("/v1/sources/{unit}/{local}/history", "All items ever seen of a source, newest first")
            .asked_with(w.query::<HistoryQuery>())
            .answers(w.json::<History>()),
        Operation::post(
            "/v1/sources/{unit}/{local}/recheck",
            "Poll a source in full as soon as politeness allows",
        )
        .answers(Answered { status: 202, ..w.json::<Queued>() }),
        Operation::post("/v1/records", "Put on record what a person saw of an account")
            .takes(w.body::<NewRecord>())
            .answers(Answered { status: 201, ..w.json::<Recorded>() })
            .refuses(&[404]),
    ]
}

fn files() -> Vec<Operation> {
    let sources = "Sources that fit all filters given, as a table";
    vec![
        Operation::get("/v1/sources.csv", sources)
            .asked_with(Writing::default().query::<Selection>())
            .answers(Answered::file(csv::KIND))
            .tagged(),
        Operation::get("/v1/due.csv", "What is overdue, blank or comes due soon, as a table")
            .asked_with(Writing::default().query::<DueQuery>())
            .answers(Answered::file(csv::KIND))
            .tagged(),
        Operation::get("/v1/alerts.csv", "Sources whose alert is raised, as a table")
            .answers(Answered::file(csv::KIND))
            .tagged(),
        Operation::get("/v1/findings.csv", "What issued bulletins put on record, as a table")
            .answers(Answered::file(csv::KIND))
            .tagged(),
        Operation::get("/v1/deadlines.ics", "Due days of the county, for calendar programs")
            .answers(Answered::file(deadlines::KIND))
            .tagged(),
        Operation::get("/v1/units/{id}/deadlines.ics", "Due days of a unit, for calendar programs")
            .answers(Answered::file(deadlines::KIND))
            .tagged(),
        Operation::get("/v1/units/{id}/badge.svg", "A unit's worst standing, as a picture")
            .answers(Answered::file(badge::KIND))
            .tagged(),
        Operation::get("/v1/metrics", "The county and the daemon, as Prometheus reads them")
            .answers(Answered::file(metrics::KIND)),
        Operation::get("/v1/openapi.json", "This document").answers(Answered::any_json()),
    ]
}

fn stances(w: &mut Writing) -> Vec<Operation> {
    vec![
        Operation::post(
            "/v1/alerts/{unit}/{local}/ack",
            "Note that an alert is known: its unit is not reminded of it",
        )
        .asked_with(w.query::<AckQuery>())
        .answers(w.json::<StancesTaken>())
        .refuses(&[409]),
        Operation::post("/v1/silences", "Send no mail about a source or a unit's sources, up to a day")
            .asked_with(w.query::<SilenceQuery>())
            .answers(w.json::<StancesTaken>())
            .refuses(&[404, 409]),
        Operation::post("/v1/exemptions", "Exempt a source up to a day, for a reason and with evidence")
            .asked_with(w.query::<ExemptionQuery>())
            .answers(w.json::<StancesTaken>())
            .refuses(&[404, 409]),
        Operation::post("/v1/release", "Let mail to units go on although much has turned bad at once")
            .asked_with(w.query::<ReleaseQuery>())
            .answers(w.json::<Released>()),
    ]
}

fn bulletins(w: &mut Writing) -> Vec<Operation> {
    vec![
        Operation::get("/v1/bulletins", "Issued bulletins, oldest first").answers(w.json::<Bulletins>()),
        Operation::get("/v1/bulletins/{month}", "The bulletin of a month as it was issued")
            .answers(w.json::<Bulletin>()),
        Operation::get(
            "/v1/bulletins/{month}/draft",
            "The bulletin of a month as it would be by what is known",
        )
        .asked_with(w.query::<DraftQuery>())
        .answers(w.json::<Bulletin>())
        .refuses(&[409]),
        Operation::post("/v1/bulletins/{month}/issue", "Issue the bulletin of a month, once and for ever")
            .asked_with(w.query::<IssueQuery>())
            .answers(w.json::<Bulletin>())
            .refuses(&[409]),
    ]
}

fn daemon(w: &mut Writing) -> Vec<Operation> {
    vec![
        Operation::get("/v1/health", "What the daemon has done since it started").answers(w.json::<Health>()),
        Operation::get(
            "/v1/events",
            "What happened last; or, to whoever accepts text/event-stream, what happens from now on or behind Last-Event-ID",
        )
        .asked_with(w.query::<EventsQuery>())
        .answers(w.json::<Events>().or("text/event-stream"))
        .resumed(),
        Operation::post("/v1/reload", "Take on the rules anew; if anything is wrong with them the old ones stay")
            .answers(w.json::<ReloadAnswer>())
            .refuses(&[422]),
    ]
}
