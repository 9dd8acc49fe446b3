//! The figures, for people.

use std::time::Duration;

use crate::asker::{Answered, What};

/// What one round came to. Speeds are polls a second.
pub(crate) struct Round {
    /// Answers while nothing is polled.
    pub(crate) at_rest: Vec<Answered>,
    /// Polling that nobody asks about, no page changed.
    pub(crate) unchanged_alone: f64,
    /// The same while the askers ask.
    pub(crate) unchanged: f64,
    /// What they were answered meanwhile.
    pub(crate) while_unchanged: Vec<Answered>,
    /// Polling that nobody asks about, every page with a new item.
    pub(crate) read_alone: f64,
    /// The same while the askers ask.
    pub(crate) read: f64,
    /// What they were answered meanwhile.
    pub(crate) while_reading: Vec<Answered>,
}

/// The longest that 99 of 100 answers should take, in milliseconds.
const P99_WANTED: f64 = 5.0;

type Answers = fn(&Round) -> &[Answered];

/// Prints tables of these rounds.
pub(crate) fn print(rounds: &[Round]) {
    println!("\n{:<48}{:>9}{:>24}{:>24}", "answers, ms", "count", "p50", "p99");
    let rows: [(&str, Answers); 3] = [
        ("while nothing is polled", |round| &round.at_rest),
        ("while pages are polled, 304", |round| &round.while_unchanged),
        ("while pages are polled, a new item on each", |round| &round.while_reading),
    ];
    for (when, answers) in rows {
        for (name, what) in [("/v1/status", What::Status), ("/v1/sources/{id}", What::Source)] {
            let sorted: Vec<Vec<f64>> = rounds.iter().map(|round| sorted(answers(round), what)).collect();
            let count: usize = sorted.iter().map(Vec::len).sum();
            let of_rounds = |part: f64| Spread::of(sorted.iter().map(|all| quantile(all, part)));
            let (half, nearly_all) = (of_rounds(0.5), of_rounds(0.99));
            let verdict = if nearly_all.median <= P99_WANTED { "kept" } else { "MISSED" };
            let (p50, p99) = (half.shown(2), nearly_all.shown(2));
            println!("{name:<17}{when:<44}{count:>8}{p50:>21}{p99:>21}  <= {P99_WANTED} ms: {verdict}");
        }
    }
    println!("\n{:<48}{:>24}{:>24}{:>18}", "polls/s", "nobody asks", "1,000 requests/s", "of it");
    type Speed = fn(&Round) -> f64;
    let rows: [(&str, Speed, Speed); 2] = [
        ("pages are polled, 304", |round| round.unchanged_alone, |round| round.unchanged),
        ("pages are polled, a new item on each", |round| round.read_alone, |round| round.read),
    ];
    for (name, alone, asked) in rows {
        let over = |speed: Speed| Spread::of(rounds.iter().map(speed)).shown(0);
        let ratio = Spread::of(rounds.iter().map(|round| asked(round) / alone(round))).shown(2);
        println!("{name:<48}{:>24}{:>24}{ratio:>18}", over(alone), over(asked));
    }
}

/// How long the answers to one question took, in milliseconds, ascending.
fn sorted(answered: &[Answered], what: What) -> Vec<f64> {
    let of_it = answered.iter().filter(|answered| answered.what == what);
    let mut all: Vec<f64> = of_it.map(|answered| milliseconds(answered.took)).collect();
    all.sort_by(f64::total_cmp);
    all
}

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1e3
}

/// The value that so large a part of the values does not exceed.
fn quantile(ascending: &[f64], part: f64) -> f64 {
    let index = (ascending.len() as f64 * part).ceil() as usize;
    ascending.get(index.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

#[derive(Debug, Clone, Copy)]
struct Spread {
    least: f64,
    median: f64,
    most: f64,
}

impl Spread {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Self { least: at(0), median: at(values.len() / 2), most: at(values.len().saturating_sub(1)) }
    }

    fn shown(self, decimals: usize) -> String {
        format!("{:.decimals$} ({:.decimals$}-{:.decimals$})", self.median, self.least, self.most)
    }
}
