use std::sync::mpsc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};

use super::*;
use crate::rules::SourceId;

#[test]
fn who_reads_a_source_and_who_writes_it_never_wait_for_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), "langxi").unwrap();
    let ids: Vec<SourceId> = (0..200).map(|number| SourceId::new(format!("a/c{number}"))).collect();
    let (done, both) = mpsc::channel();
    let writer = (store.clone(), ids.clone(), done.clone());
    std::thread::spawn(move || {
        let (store, ids, done) = writer;
        for round in 0..50 {
            let now = DateTime::UNIX_EPOCH + TimeDelta::seconds(round);
            let update = |_, stored: Stored| {
                let looked = stored.record.body_hash.unwrap_or(0) + 1;
                let record = SourceRecord { body_hash: Some(looked), ..SourceRecord::default() };
                (Update { record: Some(record), ..Update::default() }, ())
            };
            store.update(&ids, now, update).unwrap();
        }
        done.send(()).unwrap();
    });
    let reader = (store.clone(), ids.clone());
    std::thread::spawn(move || {
        let (store, ids) = reader;
        for _ in 0..50 {
            for id in &ids {
                store.source(id).unwrap();
            }
        }
        done.send(()).unwrap();
    });
    for _ in 0..2 {
        both.recv_timeout(Duration::from_secs(120)).expect("reader and writer both come to an end");
    }
    for id in &ids {
        assert_eq!(store.source(id).unwrap().record.body_hash, Some(50), "the last change is what is held");
    }
}
