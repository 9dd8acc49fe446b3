use super::*;
use crate::deliver::{ChannelName, DeliverError, Outcome, Step};
use crate::rules::UnitId;

fn notice() -> Notice {
    Notice::new(samples::digest(Vec::new()), samples::now())
}

fn attempt(notice: &Notice, position: usize, code: Option<u16>) -> Attempt {
    let refused = |code| DeliverError::Refused {
        server: "mail.example:25".into(),
        step: Step::Message,
        code,
        reply: "no".into(),
    };
    let target = notice.recipients[position].target.clone();
    Attempt { target, result: code.map_or(Ok(()), |code| Err(refused(code).into())) }
}

fn tried(notice: Notice, position: usize, code: Option<u16>, days: i64) -> Notice {
    let attempts = [attempt(&notice, position, code)];
    notice.after(&attempts, samples::now() + TimeDelta::days(days), TimeDelta::days(5))
}

#[test]
fn a_unit_and_a_day_always_make_the_same_message_id() {
    let id = NoticeId::digest(&UnitId::new("zhujianju"), samples::day(11, 27));
    assert_eq!(id.as_str(), "digest.zhujianju.20221127");
    assert_eq!(message_id(&id, "langxi.example"), "<digest.zhujianju.20221127@langxi.example>");
}

#[test]
fn only_our_own_message_ids_lead_back_to_a_notice() {
    let id = NoticeId::digest(&UnitId::new("zhujianju"), samples::day(11, 27));
    assert_eq!(NoticeId::from_message_id(&message_id(&id, "langxi.example")), Some(id.clone()));
    assert_eq!(id.unit(), Some(UnitId::new("zhujianju")));
    assert_eq!(NoticeId::from_message_id("<1234@mail.example>"), None);
}

#[test]
fn a_notice_that_was_stored_before_there_were_kinds_is_still_read() {
    let stored = serde_json::json!({
        "id": "digest.zhujianju.20221127",
        "digest": {"county": "郎溪县", "unit": "zhujianju", "unit_name": "县住建局", "date": "2022-11-27", "to": [], "rows": []},
        "created_at": samples::now(), "attempts": 0, "next_try_at": samples::now(), "last_error": null,
    });
    let Says::Digest(digest) = serde_json::from_value::<Notice>(stored).unwrap().says else { panic!() };
    assert_eq!((digest.unit.as_str(), digest.copy.len()), ("zhujianju", 0));
}

#[test]
fn a_notice_survives_the_store() {
    let targets = vec![notice().recipients[0].target.clone(), Target::Channel(ChannelName::new("group"))];
    let fresh = Notice::to(targets, Says::Digest(samples::digest(Vec::new())), samples::now());
    for notice in [fresh.clone(), tried(fresh.clone(), 0, Some(451), 0), tried(fresh, 1, Some(451), 9)] {
        let stored = serde_json::to_string(&notice).unwrap();
        assert_eq!(serde_json::from_str::<Notice>(&stored).unwrap(), notice);
    }
}

#[test]
fn a_notice_that_an_early_version_left_waiting_still_goes_to_everybody() {
    let mut stored = serde_json::to_value(notice()).unwrap();
    stored.as_object_mut().unwrap().remove("recipients");
    stored["attempts"] = 3.into();
    stored["next_try_at"] = "2022-11-27T08:00:00Z".into();
    stored["last_error"] = "busy".into();
    let read: Notice = serde_json::from_value(stored).unwrap();
    assert_eq!(read.recipients.len(), 2);
    assert_eq!(read.next_try_at(), Some("2022-11-27T08:00:00Z".parse().unwrap()));
    assert_eq!(read.last_error(), Some("busy"));
}

#[test]
fn what_one_recipient_meets_changes_nothing_for_the_other() {
    let once = tried(notice(), 0, None, 0);
    assert_eq!(once.fate(), Fate::Waits);
    assert_eq!(once.due(samples::now()).map(|(position, _)| position).collect::<Vec<_>>(), [1]);
    assert_eq!(tried(once.clone(), 1, None, 0).fate(), Fate::Delivered);
    let dead = tried(once, 1, Some(451), 6);
    assert_eq!(dead.fate(), Fate::Dead);
    assert!(matches!(dead.recipients[0].outcome, Outcome::Accepted { .. }));
}

#[test]
fn a_notice_for_nobody_is_dead_and_not_delivered() {
    let nobody = Notice::to(Vec::new(), Says::Digest(samples::digest(Vec::new())), samples::now());
    assert_eq!(nobody.fate(), Fate::Dead);
    let people =
        People { to: samples::digest(Vec::new()).to, copy: vec![supervisor("deputy@langxi.example")] };
    let revived = nobody.revived(&people, samples::now());
    assert_eq!((revived.fate(), revived.recipients.len()), (Fate::Waits, 2));
}

#[test]
fn whoever_is_named_twice_gets_it_once() {
    let mut digest = samples::digest(Vec::new());
    digest.to.push(Addressee { name: "张三（值班）".into(), email: "ZhangSan@langxi.example".into() });
    assert_eq!(Notice::new(digest, samples::now()).recipients.len(), 2);
}

#[test]
fn a_dead_notice_waits_again_once_it_is_retried_and_is_done_once_it_is_dismissed() {
    let dead = tried(tried(notice(), 0, None, 0), 1, Some(451), 6);
    let later = samples::now() + TimeDelta::days(7);
    let revived = dead.clone().revived(&People::default(), later);
    assert_eq!(revived.fate(), Fate::Waits);
    assert_eq!(revived.due(later).map(|(position, _)| position).collect::<Vec<_>>(), [1]);
    assert_eq!(dead.dismissed(later).fate(), Fate::Delivered);
}

fn supervisor(email: &str) -> Addressee {
    Addressee { name: "张三".into(), email: email.into() }
}

#[test]
fn a_retry_finds_the_new_address_of_everybody_in_their_own_place() {
    let mut digest = samples::digest(Vec::new());
    digest.copy = vec![supervisor("boss@langxi.example")];
    let dead =
        (0..3).fold(Notice::new(digest, samples::now()), |notice, who| tried(notice, who, Some(451), 6));
    let people = People {
        to: vec![supervisor("clerk@langxi.example")],
        copy: vec![supervisor("new-boss@langxi.example")],
    };
    let revived = dead.revived(&people, samples::now() + TimeDelta::days(7));
    let addresses = revived.recipients.iter().map(|recipient| match &recipient.target {
        Target::Mail(person) => person.email.as_str(),
        Target::Channel(name) => name.as_str(),
    });
    let expected = ["clerk@langxi.example", "lisi@langxi.example", "new-boss@langxi.example"];
    assert_eq!(addresses.collect::<Vec<_>>(), expected, "one name, two offices");
}

#[test]
fn of_two_who_share_a_name_each_keeps_their_address_and_neither_gets_the_others_mail() {
    let clerk = |email: &str| Addressee { name: "信息员".into(), email: email.into() };
    let address = |old: &str, present: &[&str]| {
        let people = People { to: present.iter().map(|email| clerk(email)).collect(), copy: Vec::new() };
        people.now(&clerk(old), false).map_or(old.to_owned(), |person| person.email.clone())
    };
    assert_eq!(address("b@x.cn", &["a@x.cn", "B@x.cn"]), "b@x.cn", "it is still somebody's");
    assert_eq!(address("b@x.cn", &["a@x.cn", "c@x.cn"]), "b@x.cn", "nobody can say which of them it is");
    assert_eq!(address("b@x.cn", &["a@x.cn"]), "a@x.cn");
}

#[test]
fn what_is_no_longer_so_is_kept_from_those_who_wait_and_who_has_it_has_it() {
    use crate::alert::Level;
    let digest = samples::digest(vec![samples::raised(Level::Overdue), samples::raised(Level::DueSoon)]);
    let held = tried(Notice::new(digest, samples::now()), 0, None, 0).held(samples::now());
    assert!(!held.is_with_nobody());
    let later = samples::now() + TimeDelta::days(1);
    let left = held.clone().with_what_is_so(|row| row.news.level().is_late(), later);
    assert_eq!((left.says.new_of().len(), left.fate()), (1, Fate::Waits));
    let none = held.with_what_is_so(|_| false, later);
    assert_eq!(none.fate(), Fate::Delivered);
    assert_eq!(none.recipients[1].outcome, Outcome::Withdrawn { at: later });
}
