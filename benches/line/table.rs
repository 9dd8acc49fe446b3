//! The figures, for people.

use crate::cost::Cost;

/// What the parts of one round took.
pub(crate) struct Round {
    /// The bare loop, every page in full.
    pub(crate) bare_whole: Cost,
    /// The line, which has never seen a page.
    pub(crate) first: Cost,
    /// The line, with a new item on every page.
    pub(crate) changed: Cost,
    /// The line, with pages that carry no validators and are the same as before.
    pub(crate) same_body: Cost,
    /// The bare loop, every answer a 304.
    pub(crate) bare_not_modified: Cost,
    /// The line, every answer a 304.
    pub(crate) not_modified: Cost,
}

type Figure = fn(&Round) -> Cost;

/// Prints a table of these rounds.
pub(crate) fn print(runtime: &str, rounds: &[Round]) {
    let title = format!("runtime: {runtime}");
    println!(
        "\n{title:<33}{:>23}{:>23}{:>12}{:>10}",
        "pages/s", "of bare pages/s", "CPU us/page", "bare CPU/"
    );
    let whole: Figure = |round| round.bare_whole;
    let not_modified: Figure = |round| round.bare_not_modified;
    let rows: [(&str, Figure, Option<Figure>, Option<f64>); 6] = [
        ("bare, whole pages", whole, None, None),
        ("line, first look: all parsed", |round| round.first, Some(whole), Some(0.05)),
        ("line, a new item: all parsed", |round| round.changed, Some(whole), Some(0.05)),
        ("line, same bytes, no validators", |round| round.same_body, Some(whole), None),
        ("bare, 304", not_modified, None, None),
        ("line, 304", |round| round.not_modified, Some(not_modified), Some(0.5)),
    ];
    for (name, figure, yardstick, wanted) in rows {
        let over = |value: fn(&Cost) -> f64| Spread::of(rounds.iter().map(|round| value(&figure(round))));
        let speed = over(Cost::pages_per_second).shown(0);
        let processor = over(Cost::processor_microseconds).median;
        let Some(bare) = yardstick else {
            println!("{name:<33}{speed:>23}{:>23}{processor:>12.1}", "");
            continue;
        };
        let ratios = |ratio: fn(&Cost, &Cost) -> f64| {
            Spread::of(rounds.iter().map(|round| ratio(&figure(round), &bare(round))))
        };
        let of_bare = ratios(|line, bare| line.pages_per_second() / bare.pages_per_second());
        let of_cpu = ratios(|line, bare| bare.processor_microseconds() / line.processor_microseconds());
        let verdict = match wanted {
            Some(wanted) if of_bare.median >= wanted => format!("  >= {wanted}: kept"),
            Some(wanted) => format!("  >= {wanted}: MISSED"),
            None => String::new(),
        };
        let (ratio, of_cpu) = (of_bare.shown(3), of_cpu.median);
        println!("{name:<33}{speed:>23}{ratio:>23}{processor:>12.1}{of_cpu:>10.3}{verdict}");
    }
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
