//! Mutated and random input: a parser returns quickly, with valid meetings or with an error.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use sally_core::sources::files;

/// Far longer than any of these takes, and far shorter than one that grows with the square of its size.
const PARSE_TIMEOUT: Duration = Duration::from_secs(10);

fn check(what: &str, bytes: &[u8]) {
    let started = Instant::now();
    let parsed = files::parse("x", bytes);
    assert!(started.elapsed() < PARSE_TIMEOUT, "{what}: {:?} for {} bytes", started.elapsed(), bytes.len());
    let Ok(meetings) = parsed else { return };
    let mut words = 0;
    for parsed in &meetings {
        let meeting = &parsed.meeting;
        assert!(!meeting.title.trim().is_empty(), "{what}: a meeting has a title");
        assert!(meeting.items.iter().all(|item| !item.text.trim().is_empty()), "{what}: an item has words");
        assert!(meeting.transcript.is_sorted_by_key(|cue| cue.start_ms), "{what}: a transcript is in order");
        assert!(
            meeting.transcript.iter().all(|cue| cue.end_ms >= cue.start_ms && !cue.text.is_empty()),
            "{what}: a cue lasts and has words"
        );
        words += meeting.title.len() + meeting.items.iter().map(|item| item.text.len()).sum::<usize>();
        words += meeting.transcript.iter().map(|cue| cue.text.len()).sum::<usize>();
    }
    // A packed file holds more words than bytes, but not without bound; one that is not packed never does.
    let most = if bytes.starts_with(b"PK") { 1 << 25 } else { 4096 + 4 * bytes.len() };
    assert!(words <= most, "{what}: {words} bytes of words out of {} bytes", bytes.len());
}

/// A change of some bytes.
#[derive(Clone, Debug)]
enum Change {
    Set(u8),
    Insert(u8),
    Cut(u16),
    Repeat(u16, u8),
    Token(&'static str),
    End,
}

fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, Change)>> {
    let token = prop::sample::select(vec![
        "WEBVTT\n",
        "-->",
        "00:00:01.000",
        "<v A>",
        "</v>",
        "<li>",
        "<table>",
        "<tr>",
        "</p>",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "PK\u{3}\u{4}",
        "\n\n",
        "## Tasks\n",
        "- ",
        "&#x",
        "\u{0}",
        "\u{feff}",
        "999999999999",
        "From A to B:",
    ]);
    let change = prop_oneof![
        4 => any::<u8>().prop_map(Change::Set),
        2 => any::<u8>().prop_map(Change::Insert),
        2 => any::<u16>().prop_map(|length| Change::Cut(length % 400)),
        2 => (any::<u16>(), 1_u8..40).prop_map(|(length, times)| Change::Repeat(length % 60, times)),
        2 => token.prop_map(Change::Token),
        1 => Just(Change::End),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), change), 1..10)
}

fn changed(bytes: &[u8], changes: &[(prop::sample::Index, Change)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, change) in changes {
        let at = at.index(bytes.len() + 1);
        let end = |length: u16| bytes.len().min(at + usize::from(length));
        match change {
            Change::Set(byte) => bytes.get_mut(at).into_iter().for_each(|there| *there = *byte),
            Change::Insert(byte) => bytes.insert(at, *byte),
            Change::Cut(length) => drop(bytes.drain(at..end(*length))),
            Change::Repeat(length, times) => {
                let piece = bytes[at..end(*length)].repeat(usize::from(*times));
                bytes.splice(at..at, piece);
            }
            Change::Token(token) => drop(bytes.splice(at..at, token.bytes())),
            Change::End => bytes.truncate(at),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn changed_exports_are_read_or_refused(changes in changes()) {
        for (name, bytes) in super::exports() {
            check(&name, &changed(&bytes, &changes));
        }
    }

    #[test]
    fn every_start_may_be_followed_by_anything(
        start in prop::sample::select(vec![
            &b""[..], b"WEBVTT\n\n", b"{", b"[", b"<html>", b"PK\x03\x04", b"1\n00:00:01,000 --> 00:00:02,000\n", b"# T\n",
            b"---\n", b"Ada  0:01\n", b"00:00:01\tAda:\t", b"\xFF\xFE", b"\xFE\xFF", b"\xEF\xBB\xBF",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..2000),
    ) {
        check("made-up bytes", &[start, &rest].concat());
    }
}

#[test]
fn every_cut_of_an_export_is_read_or_refused() {
    for (name, bytes) in super::exports() {
        for end in 0..bytes.len() {
            check(&name, &bytes[..end]);
        }
    }
}
