//! What the operator should know of the outbox.

use chrono::{DateTime, TimeDelta, Utc};

use super::notice::{Fate, Notice};
use super::recipient::{Outcome, Recipient};

/// A server may be busy for an hour, and greylisting takes a quarter of one: that is nobody's trouble yet.
const WAITS_LONG: TimeDelta = TimeDelta::hours(2);
/// So many are named; how many more there are is said.
const MOST_NAMED: usize = 3;

/// What keeps notices from arriving, in Chinese; `None` where nothing does.
///
/// `outbox` are the notices that wait, `dead` those that were given up.
pub fn trouble(outbox: &[Notice], dead: &[Notice], now: DateTime<Utc>) -> Option<String> {
    let late: Vec<&Notice> = outbox.iter().filter(|notice| waits_long(notice, now)).collect();
    let partly_dead = outbox.iter().filter(|notice| notice.recipients.iter().any(Recipient::is_dead));
    let given_up: Vec<&Notice> =
        dead.iter().filter(|one| one.fate() == Fate::Dead).chain(partly_dead).collect();
    let parts = [
        said("份通知长时间发不出去，系统仍在重试", &late),
        said("份通知已停止重试，请用 xuncha mail dead 查看，处理后用 xuncha mail retry 重发", &given_up),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("；"))
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

fn said(what: &str, notices: &[&Notice]) -> Option<String> {
    let error = notices.iter().find_map(|notice| notice.last_error());
    let named: Vec<&str> = notices.iter().take(MOST_NAMED).map(|notice| notice.id.as_str()).collect();
    let more = if notices.len() > MOST_NAMED { " 等" } else { "" };
    let why = error.map_or_else(String::new, |error| format!("（{error}）"));
    (!notices.is_empty()).then(|| format!("{} {what}：{}{more}{why}", notices.len(), named.join("、")))
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
        assert_eq!(trouble(&waits, &[], now() + TimeDelta::minutes(90)), None);
        let said = trouble(&waits, &[], now() + TimeDelta::hours(2)).unwrap();
        assert_eq!(
            said,
            "1 份通知长时间发不出去，系统仍在重试：digest.zhujianju.20221127（cannot hand over the message to mail server mail.example:25: reset）"
        );
    }

    #[test]
    fn a_notice_that_was_given_up_is_trouble_until_somebody_lets_it_be() {
        let dead = failed(6);
        assert_eq!(dead.fate(), Fate::Dead);
        let said = trouble(&[], std::slice::from_ref(&dead), now()).unwrap();
        assert!(said.starts_with("1 份通知已停止重试"), "{said}");
        assert_eq!(trouble(&[], &[dead.dismissed(now())], now()), None);
    }
}
