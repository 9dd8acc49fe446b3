use proptest::prelude::*;

use super::*;

const UTC: Calendar = Calendar { zone: chrono_tz::UTC, cut_off_day: 27 };

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2022, 11, day).unwrap()
}

fn midnight(of: u32) -> DateTime<Utc> {
    day(of).and_time(chrono::NaiveTime::MIN).and_utc()
}

fn well(newest: u32) -> WayView {
    let health = Health::Well { reach: None };
    WayView { newest: Some(day(newest)), testimony: Testimony::Full, health }
}

fn partial(newest: u32) -> WayView {
    WayView { testimony: Testimony::Partial, ..well(newest) }
}

fn troubled(newest: u32, cause: &Cause) -> WayView {
    WayView { health: Health::Troubled(cause.clone()), ..well(newest) }
}

fn refused() -> Cause {
    Cause::WayRefused(Refusal::AuthorisationEnded("21327".to_owned()))
}

fn down() -> Cause {
    Cause::CannotFetch("503".to_owned())
}

#[test]
fn the_newest_post_is_the_newest_that_any_way_shows() {
    let agreed = agree(&[well(3), well(10)]).unwrap();
    assert_eq!((agreed.by, agreed.witness), (Some(1), Witness::Whole));
}

#[test]
fn what_a_way_showed_before_its_trouble_still_counts() {
    let cause = refused();
    let agreed = agree(&[well(3), troubled(10, &cause)]).unwrap();
    assert_eq!(agreed.by, Some(1));
    assert_eq!(
        agreed.witness,
        Witness::Behind { shows: Some(day(3)) },
        "a list that lacks one post may lack others"
    );
}

#[test]
fn a_list_that_keeps_up_is_a_witness_whatever_the_others_lack() {
    let cause = down();
    let agreed = agree(&[well(10), well(3), troubled(9, &cause)]).unwrap();
    assert_eq!((agreed.by, agreed.witness), (Some(0), Witness::Whole));
}

#[test]
fn single_posts_prove_themselves_and_no_silence() {
    assert_eq!(agree(&[partial(10)]).unwrap().witness, Witness::Partial);
    let agreed = agree(&[partial(10), well(3)]).unwrap();
    assert_eq!((agreed.by, agreed.witness), (Some(0), Witness::Behind { shows: Some(day(3)) }));
    assert_eq!(agree(&[partial(3), well(10)]).unwrap().witness, Witness::Whole);
}

#[test]
fn without_a_way_that_is_well_the_cause_is_the_one_to_act_on() {
    let (refused, down) = (refused(), down());
    let sick = Cause::SickBridge { bridge: "b".to_owned(), why: "frozen".to_owned() };
    let cause = |ways: &[WayView]| agree(ways).unwrap_err();
    assert_eq!(cause(&[troubled(10, &down), troubled(3, &refused)]), refused);
    assert_eq!(cause(&[troubled(10, &down), troubled(3, &sick)]), sick);
    let unasked = WayView { health: Health::Unasked, ..well(3) };
    assert_eq!(cause(&[unasked.clone(), troubled(3, &down)]), down);
    assert_eq!(cause(&[unasked]), Cause::NoWayLooked);
    assert_eq!(cause(&[]), Cause::NoWayLooked);
}

#[test]
fn silence_is_proved_as_far_as_the_best_witness_reaches() {
    let reaching = |of: u32, reach| WayView { health: Health::Well { reach }, ..well(of) };
    let reach = |ways: &[WayView]| agree(ways).unwrap().reach;
    let (early, late) = (Some(midnight(11)), Some(midnight(12)));
    assert_eq!(reach(&[reaching(10, early), reaching(10, late)]), late);
    assert_eq!(reach(&[reaching(10, early), reaching(10, None)]), None, "as good as its look");
    assert_eq!(reach(&[reaching(10, early), reaching(3, late)]), early, "who lacks a post is no witness");
}

#[test]
fn only_a_well_list_can_be_said_to_lack_a_post() {
    let (newest, cause) = (Some(day(10)), down());
    let lacks = |way: &WayView| lacks_the_newest(way, newest, &UTC);
    assert!(lacks(&well(3)));
    assert!(lacks(&WayView { newest: None, ..well(3) }));
    for other in [well(10), partial(3), troubled(3, &cause)] {
        assert!(!lacks(&other), "{other:?}");
    }
}

#[test]
fn a_list_that_ends_on_the_day_of_a_post_cannot_be_said_to_lack_it() {
    let reaching = |reach| WayView { health: Health::Well { reach: Some(reach) }, ..well(3) };
    let last_moment = midnight(11) - TimeDelta::milliseconds(1);
    assert!(!lacks_the_newest(&reaching(last_moment), Some(day(10)), &UTC));
    assert!(lacks_the_newest(&reaching(midnight(11)), Some(day(10)), &UTC));
}

#[test]
fn what_has_lasted_for_three_days_is_reported() {
    let long = TimeDelta::days(3);
    assert!(has_lasted(Some(midnight(1)), long, midnight(4)));
    assert!(!has_lasted(Some(midnight(1)), long, midnight(4) - TimeDelta::milliseconds(1)));
    assert!(!has_lasted(None, long, midnight(4)));
}

fn any_way() -> impl Strategy<Value = (Option<u32>, bool, u8)> {
    (prop::option::of(1u32..29), any::<bool>(), 0u8..3)
}

proptest! {
    #[test]
    fn another_way_never_makes_the_newest_post_older_nor_an_account_more_suspect(
        ways in prop::collection::vec(any_way(), 0..6),
        more in any_way(),
    ) {
        let cause = down();
        let view = |(newest, is_full, health): &(Option<u32>, bool, u8)| WayView {
            newest: newest.map(day),
            testimony: if *is_full { Testimony::Full } else { Testimony::Partial },
            health: match health {
                0 => Health::Well { reach: None },
                1 => Health::Unasked,
                _ => Health::Troubled(cause.clone()),
            },
        };
        let fewer: Vec<_> = ways.iter().map(view).collect();
        let all: Vec<_> = ways.iter().chain([&more]).map(view).collect();
        prop_assert!(newest(&all) >= newest(&fewer));
        if let Ok(agreed) = agree(&all) {
            let witnesses = all.iter().filter(|way| way.is_well() && way.testimony == Testimony::Full);
            let is_shown_by_one = witnesses.clone().any(|way| way.newest == newest(&all));
            prop_assert_eq!(agreed.witness == Witness::Whole, is_shown_by_one);
        } else {
            prop_assert!(all.iter().all(|way| !way.is_well()));
        }
    }
}
