//! All ways out together: mail, and robots.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::error::DeliverError;
use super::notice::Notice;
use super::recipient::{ChannelName, Target};
use super::robot::{Robot, Sent};
use super::transport::{Delivered, Transport};

/// What one attempt came to, for one recipient.
#[derive(Debug)]
pub struct Attempt {
    /// Who was tried.
    pub target: Target,
    /// What came of it.
    pub result: Result<(), Arc<DeliverError>>,
}

/// A way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// By mail, to everybody who gets it so.
    Mail,
    /// By one robot.
    Channel(ChannelName),
}

/// What became of a notice on one way.
#[derive(Debug)]
pub enum Posted {
    /// It was tried.
    Tried(Vec<Attempt>),
    /// Nothing was tried: there is no room for it before this instant.
    NotBefore(DateTime<Utc>),
}

/// Takes notices out.
#[derive(Debug)]
pub struct Post {
    mail: Transport,
    robots: Vec<Robot>,
    /// The ways that are shut in this turn, and why.
    shut: Vec<(Way, Arc<DeliverError>)>,
}

impl Post {
    /// Mail by this transport, and these robots.
    pub fn new(mail: Transport, robots: Vec<Robot>) -> Self {
        Self { mail, robots, shut: Vec::new() }
    }

    /// The ways that a notice takes to those who wait for it now.
    pub fn ways(notice: &Notice, now: DateTime<Utc>) -> Vec<Way> {
        let mut ways = Vec::new();
        for (_, target) in notice.due(now) {
            let way = match target {
                Target::Mail(_) => Way::Mail,
                Target::Channel(name) => Way::Channel(name.clone()),
            };
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        ways
    }

    /// Sends a notice one way, to those of its recipients whose time has come. `now` becomes the date of a mail.
    ///
    /// Whoever is said to have accepted it needs it no more. Whoever is not may have it all the same, if the connection
    /// broke just before the answer; the next attempt bears the same Message-ID.
    pub async fn send(&mut self, notice: &Notice, way: &Way, now: DateTime<Utc>) -> Posted {
        match way {
            Way::Mail => Posted::Tried(self.mail(notice, now).await),
            Way::Channel(name) => self.channel(notice, name, now).await,
        }
    }

    /// Ends a turn: a mail server is not kept waiting until the next one, and what was shut may be open then.
    pub async fn end_turn(&mut self) {
        self.shut.clear();
        self.mail.close().await;
    }

    /// Why a way is not tried any more in this turn.
    fn why_shut(&self, way: &Way) -> Option<Arc<DeliverError>> {
        self.shut.iter().find(|(shut, _)| shut == way).map(|(_, error)| Arc::clone(error))
    }

    fn note(&mut self, way: Way, error: &Arc<DeliverError>) {
        if error.shuts_the_way() && self.why_shut(&way).is_none() {
            self.shut.push((way, Arc::clone(error)));
        }
    }

    /// Where the server does not answer for one notice, the others of the turn are not made to wait for it too.
    async fn mail(&mut self, notice: &Notice, now: DateTime<Utc>) -> Vec<Attempt> {
        let sent = match self.why_shut(&Way::Mail) {
            Some(error) => Err(error),
            None => self.mail.send(notice, now).await.map_err(Arc::new),
        };
        if let Err(error) = &sent {
            self.note(Way::Mail, error);
        }
        let due = notice.due(now).filter(|(_, target)| matches!(target, Target::Mail(_)));
        match sent {
            Err(error) => due.map(|(_, target)| attempt(target, Err(Arc::clone(&error)))).collect(),
            Ok(Delivered { refused }) => {
                let refused: Vec<_> = refused.into_iter().map(|(of, error)| (of, Arc::new(error))).collect();
                let result = |position| {
                    let refusal = refused.iter().find(|(of, _)| *of == position);
                    refusal.map_or(Ok(()), |(_, error)| Err(Arc::clone(error)))
                };
                due.map(|(position, target)| attempt(target, result(position))).collect()
            }
        }
    }

    async fn channel(&mut self, notice: &Notice, name: &ChannelName, now: DateTime<Utc>) -> Posted {
        let target = Target::Channel(name.clone());
        let way = Way::Channel(name.clone());
        if let Some(error) = self.why_shut(&way) {
            return Posted::Tried(vec![attempt(&target, Err(error))]);
        }
        let Some(robot) = self.robots.iter_mut().find(|robot| robot.name() == name) else {
            let error = DeliverError::NoSuchChannel { channel: name.clone() };
            return Posted::Tried(vec![attempt(&target, Err(Arc::new(error)))]);
        };
        match robot.send(notice, now).await {
            Sent::Tried(result) => {
                let result = result.map_err(Arc::new);
                if let Err(error) = &result {
                    self.note(way, error);
                }
                Posted::Tried(vec![attempt(&target, result)])
            }
            Sent::NotBefore(at) => Posted::NotBefore(at),
        }
    }
}

fn attempt(target: &Target, result: Result<(), Arc<DeliverError>>) -> Attempt {
    Attempt { target: target.clone(), result }
}
