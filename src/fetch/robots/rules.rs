//! One robots.txt, as far as it speaks to us (RFC 9309, and Crawl-delay, which sites use and the RFC leaves out).

use std::time::Duration;

use url::Url;

use super::Verdict;
use super::pattern::{Pattern, path_of};

/// What one robots.txt says to one agent.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct RobotsTxt {
    rules: Vec<Rule>,
    crawl_delay: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    allows: bool,
    pattern: Pattern,
    /// The line as it stands in the file, with its number.
    line: String,
}

/// What the file says to whom, while it is being read.
#[derive(Default)]
struct Groups {
    named: Option<RobotsTxt>,
    everybody: RobotsTxt,
}

/// Whom the lines being read speak to.
#[derive(Default)]
struct Addressed {
    us_by_name: bool,
    everybody: bool,
    /// After the first rule of a group, another agent line begins a new one.
    has_rules: bool,
}

/// More than this of a file is not read, as RFC 9309 allows.
const LONGEST: usize = 500 * 1024;
/// A longer delay would mean that the page is never polled in time, which the host's own pace can say.
const LONGEST_DELAY: Duration = Duration::from_secs(3600);
const LONGEST_LINE_QUOTED: usize = 120;

impl RobotsTxt {
    /// Reads a file for `agent`, in lower case. Whatever cannot be understood is passed over.
    pub(super) fn parse(body: &[u8], agent: &str) -> Self {
        let text = String::from_utf8_lossy(&body[..body.len().min(LONGEST)]);
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
        let (mut groups, mut addressed) = (Groups::default(), Addressed::default());
        for (line, number) in text.lines().zip(1..) {
            let Some((key, value)) = key_and_value(line) else { continue };
            match key.as_str() {
                "user-agent" => addressed.hear(value, agent, &mut groups),
                "allow" | "disallow" => {
                    addressed.has_rules = true;
                    let rule = Rule::new(key == "allow", value, line, number);
                    groups.add(&addressed, |file| file.rules.extend(rule.clone()));
                }
                "crawl-delay" => {
                    addressed.has_rules = true;
                    let delay = delay_of(value);
                    groups.add(&addressed, |file| file.crawl_delay = file.crawl_delay.max(delay));
                }
                _ => {}
            }
        }
        groups.named.unwrap_or(groups.everybody)
    }

    pub(super) fn verdict(&self, url: &Url) -> Verdict {
        if self.rules.is_empty() {
            return Verdict::Allowed { crawl_delay: self.crawl_delay };
        }
        let path = path_of(url);
        let fitting = self.rules.iter().filter(|rule| rule.pattern.fits(&path));
        // The longest pattern decides; of two as long, the one that allows.
        match fitting.max_by_key(|rule| (rule.pattern.length(), rule.allows)) {
            Some(rule) if !rule.allows && path != b"/robots.txt" => {
                Verdict::Forbidden { line: rule.line.clone() }
            }
            Some(_) | None => Verdict::Allowed { crawl_delay: self.crawl_delay },
        }
    }
}

impl Groups {
    fn add(&mut self, addressed: &Addressed, change: impl Fn(&mut RobotsTxt)) {
        if addressed.everybody {
            change(&mut self.everybody);
        }
        if addressed.us_by_name
            && let Some(named) = &mut self.named
        {
            change(named);
        }
    }
}

impl Addressed {
    fn hear(&mut self, value: &str, agent: &str, groups: &mut Groups) {
        if self.has_rules {
            *self = Self::default();
        }
        let is_token = |c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '_');
        let token = value.split(|c| !is_token(c)).next().unwrap_or_default();
        self.everybody |= value.starts_with('*');
        if token.eq_ignore_ascii_case(agent) {
            self.us_by_name = true;
            groups.named.get_or_insert_default();
        }
    }
}

impl Rule {
    /// A rule without a path says nothing.
    fn new(allows: bool, path: &str, line: &str, number: usize) -> Option<Self> {
        let quoted: String = line.trim().chars().take(LONGEST_LINE_QUOTED).collect();
        let line = format!("{quoted} (line {number})");
        (!path.is_empty()).then(|| Self { allows, pattern: Pattern::new(path), line })
    }
}

fn key_and_value(line: &str) -> Option<(String, &str)> {
    let line = line.split('#').next().unwrap_or_default();
    let (key, value) = line.split_once(':')?;
    Some((key.trim().to_ascii_lowercase(), value.trim()))
}

fn delay_of(value: &str) -> Option<Duration> {
    let seconds = value.parse::<f64>().ok().filter(|seconds| *seconds > 0.0)?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST_DELAY).min(LONGEST_DELAY))
}
