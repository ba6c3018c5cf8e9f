//! The store as a whole: a full disk, and the end of the app.

use super::*;

#[tokio::test]
async fn a_full_disk_leaves_everything_as_it_was() {
    let (_folder, store) = scratch();
    store.limit_pages(1).await.unwrap(); // As many as there are, and none more.
    let words = "words ".repeat(100_000);
    let put = |words: String| {
        let now = jiff::Timestamp::UNIX_EPOCH;
        store.write(move |tx| {
            tx.people_mut().put(&"a-1".into(), "Ada", now)?;
            tx.people_mut().put(&"g-1".into(), &words, now)
        })
    };
    let full = put(words.clone()).await.unwrap_err();
    assert!(matches!(full, Error::Full(_)), "it says what is wrong: {full:?}");
    assert_eq!(store.read(|db| db.people().all()).await.unwrap(), [], "and nothing is half written");
    store.limit_pages(u32::MAX).await.unwrap();
    put(words).await.unwrap();
    assert_eq!(store.read(|db| db.people().all()).await.unwrap().len(), 2, "with room again it goes on");
}

#[tokio::test]
async fn closing_waits_for_writers_and_refuses_those_that_come_later() {
    let (_folder, store) = scratch();
    let put = |name: &'static str| {
        let (store, now) = (store.clone(), jiff::Timestamp::UNIX_EPOCH);
        async move { store.write(move |tx| tx.people_mut().put(&name.into(), name, now)).await }
    };
    let (held, go_on) = std::sync::mpsc::channel::<()>();
    let (slow, now) = (store.clone(), jiff::Timestamp::UNIX_EPOCH);
    let writing = tokio::spawn(async move {
        let write = slow.write(move |tx| {
            go_on.recv().unwrap();
            tx.people_mut().put(&"slow".into(), "slow", now)
        });
        write.await
    });
    while store.0.writers.is_empty() {
        tokio::task::yield_now().await;
    }
    let behind = tokio::spawn(put("behind"));
    while store.0.writers.len() < 2 {
        tokio::task::yield_now().await;
    }
    let mut settled = std::pin::pin!(store.settled());
    assert!(futures::poll!(&mut settled).is_pending(), "there are writers");
    held.send(()).unwrap();
    settled.await;
    store.close();
    writing.await.unwrap().unwrap();
    behind.await.unwrap().unwrap();
    assert!(matches!(put("late").await, Err(Error::Ending)), "the file is marked as closed");
    let all = store.read(|db| db.people().all()).await.unwrap();
    assert_eq!(all.len(), 2, "those who came in time are there: {all:?}");
}
