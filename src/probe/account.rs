//! One look at an account by each of its ways, told to whoever gives it access.

use std::collections::HashMap;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use url::Url;

use crate::clock::Clock;
use crate::extract::{Answer, Posts, Refusal};
use crate::fetch::{
    AccountLook, Fetcher, Next, Origin, Outcome, Request, Robots, Tokens, Verdict, answer_of, open_import,
    refusal_of,
};
use crate::rules::{Source, Way};
use crate::schedule::{HostKey, Turns};
use crate::secrets::Secrets;

/// What an account's ways show.
#[derive(Debug, Serialize)]
pub(crate) struct ProbedAccount {
    /// The account's full id.
    pub(crate) source: String,
    /// Its name.
    pub(crate) name: String,
    /// By way, in the order of the rule.
    pub(crate) ways: Vec<ProbedWay>,
}

/// What one way shows.
#[derive(Debug, Serialize)]
pub(crate) struct ProbedWay {
    /// Its name.
    pub(crate) way: String,
    /// The posts it shows, or why it shows none.
    #[serde(flatten)]
    pub(crate) shown: Shown,
}

/// The posts of a way, or why there are none.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Shown {
    /// Posts.
    Posts {
        /// The newest day.
        newest: NaiveDate,
        /// As it was written.
        written: String,
        /// The newest post's title.
        title: String,
        /// How many dated posts there are.
        posts: usize,
        /// How many of no usable date.
        undated: usize,
        /// What the account calls itself; absent where the way does not say.
        account: Option<String>,
        /// When the file was saved; absent where none was read.
        saved_at: Option<DateTime<Utc>>,
    },
    /// Why nothing is known by this way.
    Unknown {
        /// For the operator.
        why: String,
        /// For officials.
        chinese: String,
    },
    /// What people put on record is for the daemon to know.
    Recorded,
}

impl ProbedAccount {
    /// Whether any way shows the account.
    pub(crate) fn is_read(&self) -> bool {
        self.ways.iter().any(|way| matches!(way.shown, Shown::Posts { .. }))
    }
}

/// Looks at accounts.
pub(crate) struct AccountProber {
    pub(crate) fetcher: Fetcher,
    pub(crate) robots: Robots,
    pub(crate) secrets: Secrets,
    /// Where exported files are; `None` where no configuration says it.
    pub(crate) import_dir: Option<PathBuf>,
    /// How long they may be, in bytes.
    pub(crate) longest_import: u64,
    pub(crate) clock: Clock,
    pub(crate) zone: Tz,
}

/// Requests a second to any one host.
const PACE: f64 = 1.0;

impl AccountProber {
    /// Looks at an account by each of its ways.
    pub(crate) async fn probe(mut self, source: &Source) -> ProbedAccount {
        let mut turns = HashMap::new();
        let mut tokens = Tokens::default();
        let mut ways = Vec::new();
        for way in &source.ways {
            let shown = self.look(way, &mut tokens, &mut turns).await;
            ways.push(ProbedWay { way: way.name.to_string(), shown });
        }
        ProbedAccount { source: source.id.to_string(), name: source.name.clone(), ways }
    }

    async fn look(&mut self, way: &Way, tokens: &mut Tokens, turns: &mut HashMap<HostKey, Turns>) -> Shown {
        let secret = way.kind.secret().map(|name| self.secrets.get(name));
        let (mut look, mut next) = AccountLook::begin(&way.kind, secret, tokens, self.clock.now(), self.zone);
        let mut saved_at = None;
        loop {
            let came = match next {
                Next::Done(read) => return shown(read, saved_at),
                Next::Recall => return Shown::Recorded,
                Next::Call(call) => {
                    self.wait(&call.address(), turns).await;
                    let called = self.fetcher.call(&call, self.clock.now()).await;
                    called.answer.map_err(|failure| refusal_of(&failure))
                }
                Next::Fetch(url) => self.fetch(&url, turns).await,
                Next::Open(file) => match &self.import_dir {
                    Some(directory) => open_import(directory, &file, self.longest_import).map(|import| {
                        saved_at = Some(import.saved_at);
                        import.answer
                    }),
                    None => Err(Refusal::NoFile(
                        "no xuncha.toml here says where the import directory is".to_owned(),
                    )),
                },
            };
            next = look.go_on(came, tokens, self.clock.now());
        }
    }

    /// Fetches a page if the site's robots.txt allows it.
    async fn fetch(&mut self, url: &Url, turns: &mut HashMap<HostKey, Turns>) -> Result<Answer, Refusal> {
        self.learn_robots(url, turns).await;
        if let Some(failure) = self.robots.verdict(url, self.clock.now()).failure() {
            return Err(refusal_of(&failure));
        }
        let mut outcome = self.fetch_heeding(url, turns).await;
        if let Some(led_to) = outcome.led_to() {
            self.learn_robots(&led_to, turns).await;
            outcome = self.fetch_heeding(url, turns).await;
        }
        answer_of(outcome)
    }

    async fn fetch_heeding(&self, url: &Url, turns: &mut HashMap<HostKey, Turns>) -> Outcome {
        self.wait(url, turns).await;
        let now = self.clock.now();
        let verdict = |url: &Url| self.robots.verdict(url, now);
        self.fetcher.fetch_heeding(Request::in_full(url), now, verdict).await.outcome
    }

    async fn learn_robots(&mut self, url: &Url, turns: &mut HashMap<HostKey, Turns>) {
        if let Verdict::Unknown { robots_txt } = self.robots.verdict(url, self.clock.now()) {
            self.wait(&robots_txt, turns).await;
            let fetched = self.fetcher.fetch(Request::in_full(&robots_txt), self.clock.now()).await;
            self.robots.learn(&Origin::of(&robots_txt), &fetched.outcome, self.clock.now());
        }
    }

    async fn wait(&self, url: &Url, turns: &mut HashMap<HostKey, Turns>) {
        let own = || Turns::new(self.clock.clone(), url, PACE);
        let turns = turns.entry(HostKey::of(url)).or_insert_with(own);
        while let Err(at) = turns.take(self.clock.now()) {
            self.clock.sleep_until(at).await;
        }
    }
}

fn shown(read: Result<Posts, Refusal>, saved_at: Option<DateTime<Utc>>) -> Shown {
    let unknown = |refusal: &Refusal| Shown::Unknown { why: refusal.to_string(), chinese: refusal.chinese() };
    let posts = match read {
        Ok(posts) => posts,
        Err(refusal) => return unknown(&refusal),
    };
    let Some(newest) = posts.newest() else { return unknown(&Refusal::NoPosts) };
    Shown::Posts {
        newest: newest.sighting.date,
        written: newest.sighting.raw_date.clone(),
        title: newest.sighting.title.clone(),
        posts: posts.posts.len(),
        undated: posts.undated.len(),
        account: posts.account.clone(),
        saved_at,
    }
}
