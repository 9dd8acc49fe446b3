//! What holds of every answer.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Keys that mean something to some reader.
const KEYS: [&str; 34] = [
    "statuses",
    "data",
    "list",
    "cards",
    "mblog",
    "user",
    "created_at",
    "isTop",
    "retweeted_status",
    "ok",
    "error_code",
    "errcode",
    "item",
    "content",
    "news_item",
    "update_time",
    "publish_page",
    "publish_list",
    "publish_info",
    "appmsgex",
    "sent_info",
    "time",
    "general_msg_list",
    "comm_msg_info",
    "app_msg_ext_info",
    "datetime",
    "base_resp",
    "ret",
    "aweme_list",
    "create_time",
    "is_top",
    "results",
    "app_detail_records",
    "com.example.gov",
];

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop_oneof![Just(0), Just(1_790_000_000_i64), any::<i64>()].prop_map(Value::from),
        prop_oneof!["\\PC{0,12}", "[0-9]{10}", "Tue Sep 01 09:30:00 \\+0800 20[0-9]{2}"]
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(&KEYS[..]), inner.clone()), 0..4).prop_map(|pairs| {
                pairs.into_iter().fold(json!({}), |mut object, (key, value)| {
                    object[key] = value;
                    object
                })
            }),
            inner.prop_map(|value| Value::from(value.to_string())),
        ]
    })
}

fn holds(answer: &Answer) {
    for read in ALL {
        let Ok(posts) = read(answer) else { continue };
        let newest = posts.newest().expect("posts without a newest one");
        assert!(newest.sighting.date <= day("2026-10-09"), "{newest:?}");
        let in_order = posts.posts.iter().filter(|post| !post.is_pinned);
        assert!(in_order.clone().count() > 0);
        assert!(in_order.clone().all(|post| post.sighting.date <= newest.sighting.date));
    }
}

proptest! {
    #[test]
    fn whatever_json_comes_no_reader_stumbles_or_dates_a_post_in_the_future(value in any_value(), status in prop_oneof![Just(200_u16), 100..600_u16]) {
        holds(&answer(status, &value.to_string()));
    }

    #[test]
    fn whatever_bytes_come_no_reader_stumbles(body in prop::collection::vec(any::<u8>(), 0..200), location in prop::option::of("\\PC{0,40}(\\.apk)?")) {
        let mut answer = answer(302, "");
        answer.page.body = body;
        answer.location = location;
        holds(&answer);
        holds(&Answer { status: 200, ..answer });
    }
}
