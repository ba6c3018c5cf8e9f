//! The initial recordings: invented meetings of the days before the start.

use jiff::{SignedDuration, Timestamp};

use super::{Recording, Task};

/// Each: identifier, subject, hours ago, minutes, attendees.
const HEADS: [(&str, &str, i64, u32, &[&str]); 5] = [
    ("rec-8f14e45f", "Release planning", 3, 45, &["Ada Lovelace", "Grace Hopper", "Linus Pauling"]),
    ("rec-c9f0f895", "Customer call: Initech", 27, 30, &["Ada Lovelace", "Peter Gibbons"]),
    ("rec-45c48cce", "Architecture forum", 51, 60, &["Grace Hopper", "Barbara Liskov", "Ada Lovelace"]),
    ("rec-d3d94468", "Hiring review", 99, 25, &["Ada Lovelace", "Mary Shaw"]),
    ("rec-6512bd43", "Quarterly numbers", 171, 50, &["Ada Lovelace", "Grace Hopper", "Mary Shaw"]),
];

fn words(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

fn task(text: &str, assignee: &str, due: &str) -> Task {
    let set = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Task { text: text.to_owned(), assignee: set(assignee), due: set(due) }
}

pub(super) fn recordings(now: Timestamp) -> Vec<Recording> {
    HEADS.iter().enumerate().map(|(place, head)| recording(place, *head, now)).collect()
}

fn recording(
    place: usize,
    (id, subject, hours, minutes, attendees): (&str, &str, i64, u32, &[&str]),
    now: Timestamp,
) -> Recording {
    let held = now.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(now);
    let (insights, decisions, next_steps, tasks): (&[&str], &[&str], &[&str], Vec<Task>) = match place {
        0 => (
            &["The importer is ready for a pilot", "Two customers asked for Markdown export"],
            &["Release 2.4 goes out on Thursday", "The old importer stays behind a flag"],
            &["Pilot with Initech and Globex"],
            vec![
                task("Write the migration guide", "Grace Hopper", "2026-12-04"),
                task("Tell support about the flag", "Linus Pauling", ""),
            ],
        ),
        1 => (
            &["Initech prints every report twice"],
            &["Initech joins the pilot"],
            &["Send the contract"],
            vec![task("Prepare a sandbox for Initech", "Ada Lovelace", "2026-12-01")],
        ),
        2 => (
            &["Three services keep their own copy of the calendar"],
            &["One calendar service owns the data"],
            &[],
            vec![task("Draw the data flow", "Barbara Liskov", "")],
        ),
        3 => (&["Nine people applied"], &["Invite three of them"], &[], Vec::new()),
        _ => (
            &["Trial sign-ups doubled"],
            &[],
            &["Look at churn again in January"],
            vec![task("Update the dashboard", "Mary Shaw", "2026-12-11")],
        ),
    };
    let first = attendees.first().copied().unwrap_or("Somebody");
    let second = attendees.get(1).copied().unwrap_or("Somebody");
    Recording {
        id: id.to_owned(),
        subject: subject.to_owned(),
        held,
        minutes,
        attendees: words(attendees),
        insights: words(insights),
        decisions: words(decisions),
        next_steps: words(next_steps),
        tasks,
        transcript: vec![
            (15, first.to_owned(), format!("Good morning. Let us talk about {}.", subject.to_lowercase())),
            (42, second.to_owned(), "I have read the notes.".to_owned()),
            (75, first.to_owned(), "Then let us decide.".to_owned()),
        ],
    }
}
