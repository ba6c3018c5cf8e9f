use super::*;
use jiff::civil::date;

fn task(text: &str) -> (ItemKind, ParsedItem) {
    (ItemKind::Task, ParsedItem { text: text.to_owned(), prose: true, ..ParsedItem::default() })
}

#[test]
fn placeholders_are_not_items() {
    for text in ["None", "none.", "- N/A", "(none)", "Keine", "—", " \n "] {
        let builder = MeetingBuilder { items: vec![task(text)], ..MeetingBuilder::default() };
        let parsed = builder.finish(Format::Markdown, "x.md");
        assert_eq!(parsed.meeting.items, [], "“{text}” says that there is nothing");
    }
}

#[test]
fn nobody_owns_what_is_unassigned() {
    for owner in ["Unassigned", "TBD", "None", " ", "?"] {
        let found =
            ParsedItem { text: "x".to_owned(), owner: Some(owner.to_owned()), ..ParsedItem::default() };
        let builder = MeetingBuilder { items: vec![(ItemKind::Task, found)], ..MeetingBuilder::default() };
        let parsed = builder.finish(Format::Json, "x.json");
        assert_eq!(parsed.meeting.items[0].owner, None, "“{owner}” is nobody");
    }
}

#[test]
fn titles_come_from_the_content_then_from_the_name() {
    let titled =
        MeetingBuilder { title: Some(" Planning\n– 2026-11-12 ".to_owned()), ..MeetingBuilder::default() };
    let parsed = titled.finish(Format::Json, "x.json");
    assert_eq!(parsed.meeting.title, "Planning – 2026-11-12", "the title is kept whole, on one line");
    assert_eq!(parsed.meeting.held_at, Some(HeldAt::Day(date(2026, 11, 12))), "and it names the day");
    for (name, title) in
        [("weekly sync.v2.md", "weekly sync.v2"), ("", "Untitled meeting"), ("\u{7}.md", "Untitled meeting")]
    {
        let parsed = MeetingBuilder::default().finish(Format::Json, name);
        assert_eq!((parsed.meeting.title.as_str(), parsed.titled), (title, false), "file name {name:?}");
    }
}

#[test]
fn limits_are_named() {
    let mut items = vec![task("short"); MAX_ITEMS];
    items.insert(0, task(&"ä".repeat(MAX_TEXT_LEN + 10)));
    let parsed = MeetingBuilder { items, ..MeetingBuilder::default() }.finish(Format::Markdown, "x.md");
    assert_eq!(parsed.meeting.items.len(), MAX_ITEMS, "one file must not flood the app");
    assert_eq!(
        parsed.meeting.items[0].text.chars().count(),
        MAX_TEXT_LEN + 1,
        "a cut text ends in an ellipsis"
    );
    let reason = Skipped::TooManyItems { count: MAX_ITEMS + 1, max: MAX_ITEMS };
    assert_eq!(parsed.warnings, [Warning { location: None, reason }], "what was left out is said");
}

#[test]
fn warnings_are_bounded_and_counted() {
    let mut builder = MeetingBuilder { items: vec![task("x")], ..MeetingBuilder::default() };
    (0..MAX_WARNINGS + 7).for_each(|_| builder.warn(None, Skipped::CueTimes));
    let parsed = builder.finish(Format::Markdown, "x.md");
    let last = parsed.warnings.last().map(|warning| warning.reason.clone());
    assert_eq!(parsed.warnings.len(), MAX_WARNINGS + 1, "a broken file must not fill the window");
    assert_eq!(last, Some(Skipped::More { count: 7 }), "the last warning counts the rest");
}

#[test]
fn an_empty_meeting_says_so() {
    let parsed = MeetingBuilder::default().finish(Format::Markdown, "x.md");
    let nothing = Warning { location: None, reason: Skipped::NothingMarked };
    assert_eq!(parsed.warnings, [nothing], "nobody should wonder where the items went");
}

#[test]
fn text_loses_only_what_cannot_be_shown() {
    for (dirty, clean) in
        [("\u{1b}[31mred\u{0}", "[31mred"), ("  a\u{a0}b\t ", "a\u{a0}b"), ("a \r\nb", "a\nb")]
    {
        assert_eq!(block(dirty), clean, "{dirty:?}");
    }
}
