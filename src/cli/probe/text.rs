//! The report of a probe as people read it. All that comes from pages is made harmless on its way.

use std::fmt::Write as _;

use comfy_table::Table;

use crate::cli::table::{align_right, harmless, table};
use crate::probe::{Compared, Judged, Probed};

/// So many rows are shown; all are in the JSON.
const MOST_ROWS: usize = 20;

/// The whole report.
pub(super) fn text(probed: &Probed) -> String {
    let mut text = heading(probed);
    section(&mut text, "requests", requests(probed));
    section(&mut text, "rows, in the order of the page", rows(probed));
    section(&mut text, "the newest items' own pages", articles(&probed.articles));
    if !probed.oddities.is_empty() {
        text.push_str("\nto look at:\n");
        for odd in &probed.oddities {
            text += &format!("- {}\n", harmless(odd));
        }
    }
    if let Some(rule) = &probed.rule {
        text.push_str("\nto write into the unit file:\n");
        for line in rule.lines() {
            text += &format!("{}\n", harmless(line));
        }
    }
    text
}

fn heading(probed: &Probed) -> String {
    let mut text = String::new();
    let mut line = |word: &str, said: String| {
        if !said.is_empty() {
            let _infallible = writeln!(text, "{word:<9} {}", harmless(&said));
        }
    };
    line("address", probed.url.clone());
    if let Some(source) = &probed.source {
        line("source", format!("{source}  {}", probed.name.as_deref().unwrap_or_default()));
    }
    line("outcome", outcome(probed));
    line("robots", probed.robots.to_string());
    line("read as", readings(probed));
    line("page", page(probed));
    line("standing", standing(&probed.standing));
    text
}

fn outcome(probed: &Probed) -> String {
    let word = probed.outcome.word();
    match (&probed.newest, &probed.why) {
        (Some(newest), _) => format!("{word}: newest {}, {}", newest.date, newest.title),
        (None, Some(why)) => format!("{word}: {why}"),
        (None, None) => format!("{word}: the list says so itself"),
    }
}

fn readings(probed: &Probed) -> String {
    let read = probed.readings.iter().map(|reading| {
        let by = reading.preset.as_deref().unwrap_or(match probed.source {
            Some(_) => "as the rule says",
            None => "rows by their shape",
        });
        let because = match reading.because.as_slice() {
            [] => String::new(),
            signs => format!(", for it shows: {}", signs.join(", ")),
        };
        let onward = reading.leads_to.as_ref().map(|to| format!("; leads on to {to}")).unwrap_or_default();
        format!("{by}{because}{onward}")
    });
    read.collect::<Vec<_>>().join("; then ")
}

fn page(probed: &Probed) -> String {
    let Some(page) = &probed.page else { return String::new() };
    let trail = Some(page.trail.join(" > ")).filter(|trail| !trail.is_empty());
    let said = [
        ("site", &page.site),
        ("column", &page.column),
        ("type", &page.column_type),
        ("title", &page.title),
        ("trail", &trail),
    ];
    let said = said.iter().filter_map(|(word, text)| Some(format!("{word} `{}`", text.as_ref()?)));
    let said: Vec<String> = said.collect();
    if said.is_empty() { "says nothing of itself".to_owned() } else { said.join(", ") }
}

fn standing(judged: &Judged) -> String {
    let Judged { cadence, because, standing, .. } = judged;
    let mut text = format!("{standing} under `{cadence}` ({because})");
    if let (Some(due), Some(left)) = (judged.due, judged.days_left) {
        text += &match left {
            0.. => format!(", due {due}, in {left} days"),
            _ => format!(", was due {due}, {} days ago", -left),
        };
    }
    if let Some(cause) = &judged.cause {
        text += &format!("; {cause}");
    }
    if let Some(confirmed) = judged.confirmed {
        text += &format!(
            "; {confirmed} once a second full look shows the same at least {} hours later",
            judged.confirm_gap_hours
        );
    }
    text
}

fn section(text: &mut String, head: &str, table: Option<Table>) {
    if let Some(table) = table {
        *text += &format!("\n{head}:\n{table}\n");
    }
}

fn requests(probed: &Probed) -> Option<Table> {
    let mut table = table(["for", "way", "answer", "ms", "bytes", "charset", "address"]);
    for asked in &probed.requests {
        let answer = std::iter::once(&asked.answer).chain(&asked.remarks);
        table.add_row([
            asked.purpose.to_owned(),
            asked.way.to_owned(),
            harmless(&answer.map(String::as_str).collect::<Vec<_>>().join("; ")),
            asked.took_ms.to_string(),
            asked.bytes.map(|bytes| bytes.to_string()).unwrap_or_default(),
            asked.charset.unwrap_or_default().to_owned(),
            harmless(&asked.url),
        ]);
    }
    align_right(&mut table, 3..5);
    (!probed.requests.is_empty()).then_some(table)
}

fn rows(probed: &Probed) -> Option<Table> {
    let mut table = table(["", "date", "kind", "found", "sure", "as written", "title"]);
    for row in probed.rows.iter().take(MOST_ROWS) {
        let mark = if probed.newest.as_ref() == Some(row) { "*" } else { "" };
        table.add_row([
            mark.to_owned(),
            row.date.to_string(),
            row.kind.word().to_owned(),
            row.found.word().to_owned(),
            row.sureness.word().to_owned(),
            harmless(&row.raw_date),
            harmless(&row.title),
        ]);
    }
    let left = probed.rows.len().saturating_sub(MOST_ROWS);
    if left > 0 {
        table.add_row(["", "", "", "", "", "", &format!("… and {left} more, in --json")]);
    }
    for row in &probed.undated {
        table.add_row(["", "none", "", "", "", &harmless(&row.why), &harmless(&row.title)]);
    }
    (!probed.rows.is_empty()).then_some(table)
}

fn articles(articles: &[Compared]) -> Option<Table> {
    let mut table = table(["list", "own page", "found", "the page's day is", "notes", "title"]);
    for article in articles {
        let own = article.article.as_ref();
        table.add_row([
            article.list.to_string(),
            own.map(|date| date.date.to_string()).unwrap_or_default(),
            own.map(|date| format!("{}, {}", date.found.word(), date.kind.word())).unwrap_or_default(),
            article.agreement.words().to_owned(),
            harmless(&article.notes.join("; ")),
            harmless(&article.title),
        ]);
    }
    (!articles.is_empty()).then_some(table)
}

#[cfg(test)]
mod tests;
