use super::*;
use crate::deliver::Step;
use crate::deliver::notice::samples::{day, now};
use crate::rules::UnitId;
use proptest::prelude::*;

fn days(days: i64) -> TimeDelta {
    TimeDelta::days(days)
}

fn refused(step: Step, code: u16) -> DeliverError {
    DeliverError::Refused { server: "mail.example:25".into(), step, code, reply: "no".into() }
}

fn addressee(name: &str, email: &str) -> Addressee {
    Addressee { name: name.into(), email: email.into() }
}

fn waiting() -> Recipient {
    Recipient::new(Target::Mail(addressee("张三", "zhangsan@langxi.example")), now())
}

fn failed(recipient: Recipient, error: &DeliverError, after: TimeDelta) -> Recipient {
    let id = NoticeId::digest(&UnitId::new("zhujianju"), day(11, 27));
    recipient.after(Err(error), &id, now() + after, days(5))
}

#[test]
fn a_busy_server_is_tried_for_days_and_then_given_up() {
    let busy = refused(Step::Message, 451);
    let later = failed(failed(waiting(), &busy, days(0)), &busy, days(4));
    assert!(later.next_try_at().is_some_and(|at| at > now() + days(4)), "{later:?}");
    let given_up = failed(later, &busy, days(5));
    assert!(matches!(given_up.outcome, Outcome::Dead { death: Death::Expired, .. }), "{given_up:?}");
    let said = "cannot hand over the message to mail server mail.example:25: it answered 451 no";
    assert_eq!(given_up.error(), Some(said));
}

#[test]
fn however_long_it_has_waited_it_is_tried_once_before_it_is_given_up() {
    let id = NoticeId::digest(&UnitId::new("zhujianju"), day(11, 27));
    let accepted = waiting().after(Ok(()), &id, now() + days(30), days(5));
    assert_eq!(accepted.outcome, Outcome::Accepted { at: now() + days(30) });
}

#[test]
fn one_refusal_of_an_address_is_not_believed_and_three_are() {
    let unknown = refused(Step::NameAddressee { position: 1, of: 2 }, 550);
    let twice = failed(failed(waiting(), &unknown, days(0)), &unknown, TimeDelta::hours(6));
    assert!(!twice.is_dead(), "{twice:?}");
    let thrice = failed(twice, &unknown, TimeDelta::hours(12));
    assert!(matches!(thrice.outcome, Outcome::Dead { death: Death::Refused, .. }), "{thrice:?}");
}

#[test]
fn what_the_server_has_against_the_sender_kills_no_address() {
    let recipient = (0..9).fold(waiting(), |recipient, hours| {
        failed(recipient, &refused(Step::NameSender, 550), TimeDelta::hours(hours))
    });
    assert!(!recipient.is_dead(), "{recipient:?}");
}

#[test]
fn a_dead_recipient_comes_back_under_the_address_they_have_now() {
    let unknown = refused(Step::Message, 451);
    let dead = failed(waiting(), &unknown, days(9));
    let later = now() + days(10);
    let revived = dead.clone().revived(Some(addressee("张三", "zhang@langxi.example")), later);
    assert_eq!(revived.target, Target::Mail(addressee("张三", "zhang@langxi.example")));
    assert_eq!(revived.next_try_at(), Some(later));
    assert_eq!(dead.clone().revived(None, later).target, dead.target);
}

#[test]
fn only_the_dead_are_revived_or_dismissed() {
    let accepted = Recipient { outcome: Outcome::Accepted { at: now() }, ..waiting() };
    for recipient in [waiting(), accepted] {
        assert_eq!(recipient.clone().revived(None, now() + days(1)), recipient);
        assert_eq!(recipient.clone().dismissed(now()), recipient);
    }
}

#[test]
fn time_for_which_a_notice_was_held_back_does_not_count_against_it() {
    let busy = refused(Step::Message, 451);
    let held = failed(waiting(), &busy, days(1)).put_off(days(9), now() + days(10));
    assert_eq!(held.next_try_at(), Some(now() + days(10)));
    let after = failed(held, &busy, days(13));
    assert!(!after.is_dead(), "four days of trying, nine of waiting: {after:?}");
    assert!(failed(after, &busy, days(14)).is_dead());
}

proptest! {
    #[test]
    fn nothing_counts_as_accepted_that_was_not(codes in proptest::collection::vec(400_u16..600, 1..20)) {
        let recipient = (1..).zip(&codes).fold(waiting(), |recipient, (hours, code)| {
            failed(recipient, &refused(Step::Message, *code), TimeDelta::hours(hours))
        });
        let is_accepted = matches!(recipient.outcome, Outcome::Accepted { .. });
        prop_assert!(!is_accepted);
        prop_assert!(recipient.error().is_some());
    }
}
