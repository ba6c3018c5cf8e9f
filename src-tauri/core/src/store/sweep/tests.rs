use super::super::meetings::tests::meeting;
use super::super::{FILE_NAME, Store, open, scratch};
use super::*;
use crate::domain::id::{ItemId, MeetingId};
use crate::domain::meeting::Cue;
use std::path::Path;

/// Numbers that seem to follow no order, and are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn place(&mut self, places: usize) -> usize {
        usize::try_from(self.below(places.try_into().unwrap())).unwrap()
    }

    /// Words that no other meeting has, among some that many have.
    fn words(&mut self, number: u64, most: u64) -> String {
        const COMMON: [&str; 4] = ["harbour", "lighthouse", "quay", "boat"];
        let count = 1 + self.below(most);
        let words: Vec<String> = (0..count)
            .map(|_| match self.below(3) {
                0 => format!("zq{number:04}x{}", self.below(1_000)),
                _ => COMMON[self.place(4)].to_owned(),
            })
            .collect();
        words.join(" ")
    }
}

/// Which of these meetings have left words in the file.
fn left(folder: &Path, gone: &[u64]) -> Vec<u64> {
    let bytes = std::fs::read(folder.join(FILE_NAME)).unwrap();
    let mut seen = std::collections::HashSet::new();
    for window in bytes.windows(6).filter(|window| window.starts_with(b"zq")) {
        seen.extend(std::str::from_utf8(&window[2..]).ok().and_then(|number| number.parse::<u64>().ok()));
    }
    gone.iter().copied().filter(|number| seen.contains(number)).collect()
}

/// Meetings come, change and go, all of them by the book. Answers which are gone.
async fn live(store: &Store, dice: &mut Dice, count: u64) -> Vec<u64> {
    super::super::lock(&store.0.writer).pragma_update(None, "synchronous", "OFF").unwrap();
    let (mut there, mut gone) = (Vec::new(), Vec::new());
    for number in 0..count {
        let texts: Vec<String> = (0..=dice.below(12)).map(|_| dice.words(number, 40)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let (mut one, origin) = meeting(&dice.words(number, 6), Some("2026-11-12"), &texts);
        // Places that do not grow, so that rows go in between others.
        let id = |dice: &mut Dice| uuid::Uuid::from_u64_pair(dice.below(1 << 31) << 32, number);
        one.id = MeetingId(id(dice));
        one.items.iter_mut().for_each(|item| item.id = ItemId(id(dice)));
        one.transcript = (0..dice.below(60))
            .map(|_| Cue { start_ms: 1, end_ms: 2, speaker: None, text: dice.words(number, 60) })
            .collect();
        there.push((number, one.id, one.items[0].clone()));
        store.write(move |tx| tx.meetings_mut().insert(&one, &origin)).await.unwrap();
        let at = dice.place(there.len());
        let (number, id, mut item) = there[at].clone();
        if dice.below(2) == 0 {
            item.text = dice.words(number, 60);
            let now = jiff::Timestamp::UNIX_EPOCH;
            store.write(move |tx| tx.meetings_mut().edit_item(&item, now)).await.unwrap();
        }
        if number % 3 == 0 {
            there.swap_remove(at);
            gone.push(number);
            store.write(move |tx| tx.meetings_mut().delete(id)).await.unwrap();
        }
    }
    gone
}

fn is_sound(folder: &Path) {
    let db = rusqlite::Connection::open(folder.join(FILE_NAME)).unwrap();
    let verdict: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    for index in INDEXES {
        db.execute(&format!("INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)"), [])
            .unwrap();
    }
}

#[tokio::test]
async fn what_was_left_where_rows_were_before_is_overwritten() {
    let (folder, store) = scratch();
    store.sweep().await.unwrap();
    let gone = live(&store, &mut Dice(7), 300).await;
    assert!(super::super::lock(&store.0.writer).execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").is_ok());
    let before = left(folder.path(), &gone);
    assert!(!before.is_empty(), "SQLite leaves some: of {} meetings", gone.len());
    store.write(|tx| note_deletion(tx.0.0)).await.unwrap();
    assert!(store.sweep().await.unwrap(), "nobody reads the journal");
    assert_eq!(left(folder.path(), &gone), Vec::<u64>::new(), "before: {before:?}");
    is_sound(folder.path());
    let words = store.read(|db| db.meetings().find("lighthouse", &super::super::Filter::default(), 0, 1));
    assert!(words.await.unwrap().total > 50, "what is there is found");
}

#[tokio::test]
async fn what_an_older_version_left_is_overwritten() {
    let (folder, store) = scratch();
    {
        let db = super::super::lock(&store.0.writer);
        db.pragma_update(None, "secure_delete", false).unwrap();
        for index in INDEXES {
            db.execute(&format!("INSERT INTO {index} ({index}, rank) VALUES ('secure-delete', 0)"), [])
                .unwrap();
        }
    }
    let gone = live(&store, &mut Dice(11), 200).await;
    store.close();
    let before = left(folder.path(), &gone);
    assert!(before.len() > gone.len() / 2, "it leaves much: {} of {}", before.len(), gone.len());
    drop(store);
    let store = open::open(folder.path()).unwrap().store;
    assert!(store.sweep().await.unwrap());
    assert_eq!(left(folder.path(), &gone), Vec::<u64>::new(), "the first sweep does");
    is_sound(folder.path());
}

#[tokio::test]
async fn a_sweep_goes_on_while_others_write_and_after_it_was_cut_off() {
    let (folder, store) = scratch();
    live(&store, &mut Dice(13), 60).await;
    let mut cut_off = Sweep::of(&super::super::lock(&store.0.writer)).unwrap().unwrap();
    for _ in 0..4 {
        super::super::swept_on(&mut super::super::lock(&store.0.writer), &mut cut_off).unwrap();
    }
    let other = store.clone();
    let writing = tokio::spawn(async move { live(&other, &mut Dice(17), 60).await });
    store.sweep().await.unwrap();
    writing.await.unwrap();
    store.write(|tx| note_deletion(tx.0.0)).await.unwrap();
    store.sweep().await.unwrap();
    is_sound(folder.path());
}
