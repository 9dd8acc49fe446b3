//! What the operator should know of the outbox.

use chrono::{DateTime, TimeDelta, Utc};

use super::notice::{Fate, Notice, NoticeId};
use super::recipient::{Outcome, Recipient};

/// A server may be busy for an hour, and greylisting takes a quarter of one: that is nobody's trouble yet.
const WAITS_LONG: TimeDelta = TimeDelta::hours(2);
/// So many are named; how many more there are is said.
const MOST_NAMED: usize = 3;

/// What keeps notices from leaving, in Chinese; `None` where nothing does. `outbox` are the notices that wait.
pub fn trouble(outbox: &[Notice], now: DateTime<Utc>) -> Option<String> {
    let late: Vec<&Notice> = outbox.iter().filter(|notice| waits_long(notice, now)).collect();
    let named: Vec<&str> = late.iter().take(MOST_NAMED).map(|notice| notice.id.as_str()).collect();
    let more = if late.len() > MOST_NAMED { " 等" } else { "" };
    let why = because(late.iter().find_map(|notice| notice.last_error()));
    let count = late.len();
    (count > 0)
        .then(|| format!("{count} 份通知长时间发不出去，系统仍在重试：{}{more}{why}", named.join("、")))
}

/// The notices that were given up for somebody, and what is to be done, in Chinese. `outbox` are those that others still wait
/// for, `dead` the rest.
pub fn given_up<'n>(outbox: &'n [Notice], dead: &'n [Notice]) -> Vec<(&'n NoticeId, String)> {
    let partly_dead = outbox.iter().filter(|notice| notice.recipients.iter().any(Recipient::is_dead));
    let given_up = dead.iter().filter(|notice| notice.fate() == Fate::Dead).chain(partly_dead);
    let said = |notice: &Notice| {
        let of_the_dead = notice.recipients.iter().filter(|recipient| recipient.is_dead());
        let why = because(of_the_dead.into_iter().find_map(Recipient::error));
        format!("请用 xuncha mail dead 查看，处理后用 xuncha mail retry 重发{why}")
    };
    given_up.map(|notice| (&notice.id, said(notice))).collect()
}

fn waits_long(notice: &Notice, now: DateTime<Utc>) -> bool {
    // What is held back is not tried, and the operator knows why.
    notice.held_since.is_none()
        && notice.recipients.iter().any(|recipient| match recipient.outcome {
            Outcome::Waiting { since, attempts, .. } => attempts > 0 && now - since >= WAITS_LONG,
            Outcome::Accepted { .. }
            | Outcome::Dead { .. }
            | Outcome::Dismissed { .. }
            | Outcome::Withdrawn { .. } => false,
        })
}

fn because(error: Option<&str>) -> String {
    error.map_or_else(String::new, |error| format!("（{error}）"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::notice::samples::{digest, now};
    use crate::deliver::{Attempt, DeliverError, Step};

    fn failed(days: i64) -> Notice {
        let fresh = Notice::new(digest(Vec::new()), now());
        let error = DeliverError::Broken {
            server: "mail.example:25".into(),
            step: Step::Message,
            reason: "reset".into(),
        };
        let error = std::sync::Arc::new(error);
        let attempts = fresh
            .recipients
            .iter()
            .map(|recipient| Attempt { target: recipient.target.clone(), result: Err(error.clone()) });
        let attempts: Vec<Attempt> = attempts.collect();
        fresh.after(&attempts, now() + TimeDelta::days(days), TimeDelta::days(5))
    }

    #[test]
    fn a_short_wait_is_nobodys_trouble_and_a_long_one_is_told_with_its_cause() {
        let waits = [failed(0)];
        assert_eq!(trouble(&waits, now() + TimeDelta::minutes(90)), None);
        let said = trouble(&waits, now() + TimeDelta::hours(2)).unwrap();
        assert_eq!(
            said,
            "1 份通知长时间发不出去，系统仍在重试：digest.zhujianju.20221127（cannot hand over the message to mail server mail.example:25: reset）"
        );
    }

    #[test]
    fn a_notice_that_was_given_up_is_trouble_until_somebody_lets_it_be() {
        let dead = failed(6);
        assert_eq!(dead.fate(), Fate::Dead);
        let given_up_now = |dead: &[Notice]| {
            given_up(&[], dead).into_iter().map(|(id, said)| (id.to_string(), said)).collect::<Vec<_>>()
        };
        let [(id, said)] = &given_up_now(std::slice::from_ref(&dead))[..] else { panic!("one") };
        assert_eq!(id, dead.id.as_str());
        assert!(said.contains("xuncha mail retry") && said.ends_with("reset）"), "{said}");
        assert_eq!(given_up_now(&[dead.dismissed(now())]), []);
    }
}
