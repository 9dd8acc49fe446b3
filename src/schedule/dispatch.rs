//! What may start now: agenda and pacing joined.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, VecDeque};
use std::ops::Bound;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::agenda::{Agenda, Slot};
use super::pacing::{HostKey, PaceIndex, Pacing, Permission};

/// The answer to "what now?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Poll this source; say [`Dispatcher::ended`] when done.
    Poll(Slot),
    /// Nothing before this instant.
    NotBefore(DateTime<Utc>),
    /// Nothing until a poll under way ends or a source is put on the agenda.
    Idle,
}

/// Hands out sources in order of their due time, each host at its own pace. A slow host delays nobody else.
pub struct Dispatcher {
    agenda: Agenda,
    pacing: Pacing,
    /// The pace at which a visit to each slot begins, by index.
    begins_at: Vec<PaceIndex>,
    /// The pace at which each slot's next request, or the one under way, is made: a visit may go on at another host.
    pace_of: Vec<PaceIndex>,
    /// Due sources of each host that wait for its pace, by index.
    queues: Vec<VecDeque<Slot>>,
    /// Hosts with a queue that may be asked now.
    ready: BTreeSet<PaceIndex>,
    /// The host that was asked last: the next one is asked before it is asked again.
    asked_last: PaceIndex,
    /// Hosts with a queue that must wait for their rate.
    resting: BinaryHeap<Reverse<(DateTime<Utc>, PaceIndex)>>,
}

impl Dispatcher {
    /// A dispatcher for sources with these hosts, in slot order. The agenda is empty at first.
    pub fn new(mut pacing: Pacing, hosts: impl Iterator<Item = HostKey>) -> Self {
        let pace_of: Vec<PaceIndex> = hosts.map(|host| pacing.index_of(&host)).collect();
        let count = pace_of.iter().map(|index| index.0 + 1).max().unwrap_or(0);
        Self {
            agenda: Agenda::default(),
            pacing,
            begins_at: pace_of.clone(),
            pace_of,
            queues: vec![VecDeque::new(); count],
            ready: BTreeSet::new(),
            asked_last: PaceIndex(0),
            resting: BinaryHeap::new(),
        }
    }

    /// Puts a source on the agenda.
    pub fn put(&mut self, slot: Slot, at: DateTime<Utc>) {
        self.agenda.put(slot, at);
    }

    /// Moves a waiting source forward to `at`.
    pub fn pull_forward(&mut self, slot: Slot, at: DateTime<Utc>) {
        self.agenda.pull_forward(slot, at);
    }

    /// The host of this source wishes to be asked no more often than once in `wish` (Crawl-delay). The slower of this
    /// and the host's own pace counts from now on.
    pub fn heed(&mut self, slot: Slot, wish: Option<Duration>) {
        self.pacing.heed(self.pace_of[slot.0 as usize], wish);
    }

    /// A visit to this source goes on: it is next at its host, before all that wait there.
    pub fn go_on(&mut self, slot: Slot) {
        let index = self.pace_of[slot.0 as usize];
        self.queues[index.0].push_front(slot);
        self.ready.insert(index);
    }

    /// A visit to this source goes on at another host, before all that wait there.
    pub fn go_on_at(&mut self, slot: Slot, host: &HostKey) {
        let index = self.pacing.index_of(host);
        if self.queues.len() <= index.0 {
            self.queues.resize_with(index.0 + 1, VecDeque::new);
        }
        self.pace_of[slot.0 as usize] = index;
        self.go_on(slot);
    }

    /// A poll has ended; the source is put back with [`Dispatcher::put`].
    pub fn ended(&mut self, slot: Slot) {
        let index = self.pace_of[slot.0 as usize];
        self.pacing.ended(index);
        if !self.queues[index.0].is_empty() {
            self.ready.insert(index);
        }
    }

    /// What may start at `now`.
    pub fn next(&mut self, now: DateTime<Utc>) -> Next {
        self.queue_due(now);
        self.wake_rested(now);
        while let Some(index) = self.take_ready() {
            match self.pacing.ask(index, now) {
                Permission::Granted => {
                    let Some(slot) = self.queues[index.0].pop_front() else {
                        self.pacing.ended(index);
                        continue;
                    };
                    if !self.queues[index.0].is_empty() {
                        self.ready.insert(index);
                    }
                    return Next::Poll(slot);
                }
                Permission::NotBefore(at) => self.resting.push(Reverse((at, index))),
                // `ended` makes the host ready again.
                Permission::WhenOneEnds => {}
            }
        }
        let rested = self.resting.peek().map(|Reverse((at, _))| *at);
        match [rested, self.agenda.next_at()].into_iter().flatten().min() {
            Some(at) => Next::NotBefore(at),
            None => Next::Idle,
        }
    }

    fn take_ready(&mut self) -> Option<PaceIndex> {
        let after = (Bound::Excluded(self.asked_last), Bound::Unbounded);
        let next = self.ready.range(after).next().or_else(|| self.ready.first()).copied()?;
        self.ready.remove(&next);
        self.asked_last = next;
        Some(next)
    }

    fn queue_due(&mut self, now: DateTime<Utc>) {
        while let Some(slot) = self.agenda.take_due(now) {
            let index = self.begins_at[slot.0 as usize];
            self.pace_of[slot.0 as usize] = index;
            let queue = &mut self.queues[index.0];
            queue.push_back(slot);
            if queue.len() == 1 {
                self.ready.insert(index);
            }
        }
    }

    fn wake_rested(&mut self, now: DateTime<Utc>) {
        while let Some(Reverse((at, index))) = self.resting.peek().copied() {
            if at > now {
                return;
            }
            self.resting.pop();
            self.ready.insert(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, Stepped};
    use crate::rules::HostPace;
    use chrono::TimeDelta;

    fn start() -> DateTime<Utc> {
        "2022-09-28T00:00:00Z".parse().unwrap()
    }

    fn dispatcher(hosts: &[&str], paces: &[HostPace]) -> (Dispatcher, Stepped) {
        let stepped = Stepped::at(start());
        let pacing = Pacing::new(Clock::Stepped(stepped.clone()), paces);
        let keys = hosts.iter().map(|host| HostKey::of(&format!("http://{host}/").parse().unwrap()));
        let mut dispatcher = Dispatcher::new(pacing, keys);
        for slot in 0..u32::try_from(hosts.len()).unwrap() {
            dispatcher.put(Slot(slot), start());
        }
        (dispatcher, stepped)
    }

    /// Plays until nothing is left and returns (second, slot) of each start; a poll lasts `lasting` seconds.
    fn play(mut dispatcher: Dispatcher, clock: &Stepped, lasting: i64) -> Vec<(i64, u32)> {
        let mut started = Vec::new();
        let mut ends: VecDeque<(DateTime<Utc>, Slot)> = VecDeque::new();
        loop {
            let now = clock.now();
            while ends.front().is_some_and(|(at, _)| *at <= now) {
                dispatcher.ended(ends.pop_front().unwrap().1);
            }
            match dispatcher.next(now) {
                Next::Poll(slot) => {
                    started.push(((now - start()).num_seconds(), slot.0));
                    ends.push_back((now + TimeDelta::seconds(lasting), slot));
                }
                Next::NotBefore(at) => clock.step_to(ends.front().map_or(at, |(end, _)| at.min(*end))),
                Next::Idle => match ends.front() {
                    Some((end, _)) => clock.step_to(*end),
                    None => return started,
                },
            }
        }
    }

    #[test]
    fn one_host_is_asked_once_a_second_and_never_twice_at_a_time() {
        let (dispatcher, clock) = dispatcher(&["a", "a", "a"], &[]);
        assert_eq!(play(dispatcher, &clock, 0), [(1, 0), (2, 1), (3, 2)]);
        let (dispatcher, clock) = super::tests::dispatcher(&["a", "a", "a"], &[]);
        assert_eq!(play(dispatcher, &clock, 5), [(1, 0), (6, 1), (11, 2)]);
    }

    #[test]
    fn a_slow_host_delays_nobody_else() {
        let slow = HostPace { name: "slow".into(), requests_per_second: 0.1, burst: 1, concurrent: 1 };
        let (dispatcher, clock) = dispatcher(&["slow", "slow", "b", "b"], &[slow]);
        assert_eq!(play(dispatcher, &clock, 0), [(1, 2), (2, 3), (10, 0), (20, 1)]);
    }

    #[test]
    fn hosts_take_turns() {
        let fast =
            |name: &str| HostPace { name: name.into(), requests_per_second: 4.0, burst: 4, concurrent: 4 };
        let (dispatcher, clock) = dispatcher(&["a", "a", "a", "b", "b", "b"], &[fast("a"), fast("b")]);
        let order: Vec<u32> = play(dispatcher, &clock, 0).into_iter().map(|(_, slot)| slot).collect();
        assert!(order == [3, 0, 4, 1, 5, 2] || order == [0, 3, 1, 4, 2, 5], "{order:?}");
    }

    #[test]
    fn a_host_may_be_given_a_faster_pace() {
        let fast = HostPace { name: "a".into(), requests_per_second: 4.0, burst: 4, concurrent: 4 };
        let (dispatcher, clock) = dispatcher(&["a"; 12], &[fast]);
        let started = play(dispatcher, &clock, 0);
        assert_eq!(started.len(), 12);
        assert!(started.last().unwrap().0 <= 3, "{started:?}");
    }

    #[test]
    fn a_hosts_own_wish_slows_its_pace_and_never_quickens_it() {
        let fast = HostPace { name: "a".into(), requests_per_second: 4.0, burst: 4, concurrent: 4 };
        let (mut dispatcher, clock) = dispatcher(&["a", "a", "b", "b"], &[fast]);
        dispatcher.heed(Slot(0), Some(Duration::from_secs(10)));
        dispatcher.heed(Slot(2), Some(Duration::from_millis(10)));
        assert_eq!(play(dispatcher, &clock, 0), [(1, 2), (2, 3), (10, 0), (20, 1)]);
    }

    #[test]
    fn a_visit_that_goes_on_at_another_host_keeps_to_that_hosts_pace() {
        let slow = HostPace { name: "slow".into(), requests_per_second: 0.1, burst: 1, concurrent: 1 };
        let (mut dispatcher, clock) = dispatcher(&["a", "a"], &[slow]);
        let other = HostKey::of(&"http://slow/".parse().unwrap());
        clock.step_to(start() + TimeDelta::seconds(1));
        assert_eq!(dispatcher.next(clock.now()), Next::Poll(Slot(0)));
        dispatcher.ended(Slot(0));
        dispatcher.go_on_at(Slot(0), &other);
        let started = play(dispatcher, &clock, 0);
        assert_eq!(started, [(2, 1), (11, 0)], "the first host is free for others meanwhile");
    }

    #[test]
    fn a_wish_that_is_taken_back_is_forgotten() {
        let (mut dispatcher, clock) = super::tests::dispatcher(&["a", "a"], &[]);
        dispatcher.heed(Slot(0), Some(Duration::from_secs(10)));
        dispatcher.heed(Slot(0), None);
        assert_eq!(play(dispatcher, &clock, 0), [(1, 0), (2, 1)]);
    }

    #[test]
    fn the_key_of_a_host_ignores_case_and_keeps_an_odd_port() {
        let key = |url: &str| HostKey::of(&url.parse().unwrap()).to_string();
        assert_eq!(key("http://WWW.Langxi.example/a"), "www.langxi.example");
        assert_eq!(key("http://www.langxi.example:80/a"), "www.langxi.example");
        assert_eq!(key("http://127.0.0.1:8080/a"), "127.0.0.1:8080");
    }
}
