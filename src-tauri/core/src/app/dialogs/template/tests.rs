use super::*;
use crate::domain::id::{AccountId, ItemId, MeetingId};
use crate::domain::meeting::{Due, HeldAt};

fn item(kind: ItemKind, text: &str) -> Item {
    Item {
        id: ItemId::new(),
        kind,
        text: text.to_owned(),
        formatted: None,
        owner: None,
        due: None,
        done: false,
        at_ms: None,
    }
}

fn meeting(items: Vec<Item>) -> Meeting {
    Meeting {
        id: MeetingId::new(),
        title: "Weekly *sync*".to_owned(),
        held_at: Some(HeldAt::Day(civil::date(2026, 11, 12))),
        minutes: None,
        participants: vec!["Ada".to_owned(), "Grace".to_owned()],
        recording: None,
        items,
        transcript: Vec::new(),
        source: String::new(),
    }
}

fn body(meeting: &Meeting, people: &[Mentionable], templates: &Templates) -> serde_json::Value {
    let mut count = 0;
    let mut new_id = || {
        count += 1;
        format!("id-{count}")
    };
    let mut context = TemplateContext { meeting, people, new_id: &mut new_id };
    serde_json::from_str(&context.body(templates, Action::CreatePage).to_json()).unwrap()
}

#[test]
fn an_item_becomes_what_it_is() {
    for (kind, node) in [
        (ItemKind::Insight, "paragraph"),
        (ItemKind::Decision, "decisionList"),
        (ItemKind::NextStep, "paragraph"),
        (ItemKind::Task, "taskList"),
    ] {
        let document = body(&meeting(vec![item(kind, "Words")]), &[], &Templates::default());
        assert_eq!(document["content"][0]["type"], node, "{kind:?}");
        let context = document["content"][1]["content"][0]["text"].as_str().unwrap().to_owned();
        assert_eq!(
            context, "From the meeting “Weekly *sync*”, 12 November 2026, with Ada and Grace.",
            "then where from"
        );
    }
}

#[test]
fn a_task_has_its_owner_and_its_day() {
    let mut task = item(ItemKind::Task, "Write the guide");
    task.owner = Some("grace hopper".to_owned());
    task.due = Some(Due { text: "20 Nov 2026".to_owned(), date: Some(civil::date(2026, 11, 20)) });
    let known = [Mentionable { id: AccountId::from("g-1"), name: "Grace Hopper".to_owned() }];
    let shown = |people: &[Mentionable]| {
        let document = body(&meeting(vec![task.clone()]), people, &Templates::default());
        document["content"][0]["content"][0]["content"].clone()
    };
    let line = shown(&known);
    assert_eq!(line[1]["attrs"]["id"], "g-1", "somebody who is known is mentioned: {line}");
    assert_eq!(line[3]["attrs"]["timestamp"], "1795132800000", "the day is a date: {line}");
    let line = shown(&[]).to_string();
    assert!(line.contains("grace hopper") && !line.contains("mention"), "a stranger stays a name: {line}");
    let twins = [known[0].clone(), Mentionable { id: AccountId::from("g-2"), ..known[0].clone() }];
    assert!(!shown(&twins).to_string().contains("mention"), "one of two of the same name would be a guess");
}

#[test]
fn words_keep_what_the_source_made_of_them() {
    let mut insight = item(ItemKind::Insight, "Read the guide at https://example.com/guide.");
    let shown =
        |item: &Item| body(&meeting(vec![item.clone()]), &[], &Templates::default())["content"][0].clone();
    let plain = shown(&insight);
    assert_eq!(plain["content"][1]["marks"][0]["attrs"]["href"], "https://example.com/guide", "{plain}");
    insight.formatted = Some(adf::from_markdown("Read the **guide**", &mut String::new).into_line());
    let formatted = shown(&insight);
    assert_eq!(formatted["content"][1]["marks"][0]["type"], "strong", "{formatted}");
}

#[test]
fn several_items_stand_in_sections() {
    let items = vec![item(ItemKind::Task, "T"), item(ItemKind::Insight, "I"), item(ItemKind::Decision, "D")];
    let document =
        body(&meeting(items), &[], &Templates { meeting_body: "{items}".to_owned(), ..Templates::default() });
    let types: Vec<_> =
        document["content"].as_array().unwrap().iter().map(|block| block["type"].as_str().unwrap()).collect();
    assert_eq!(
        types,
        ["heading", "bulletList", "heading", "decisionList", "heading", "taskList"],
        "in the app's order"
    );
}

#[test]
fn templates_are_markdown_and_what_fills_them_is_not() {
    let templates = Templates {
        item_title: "{meeting}: {item} {unknown} {".to_owned(),
        item_body: "## {meeting}\n\nOf **{date}**: {item}".to_owned(),
        ..Templates::default()
    };
    let meeting = meeting(vec![item(ItemKind::Insight, "# not a *heading*")]);
    let document = body(&meeting, &[], &templates);
    assert_eq!(document["content"][0]["type"], "heading", "the template's own Markdown counts");
    assert_eq!(document["content"][0]["content"][0]["text"], "Weekly *sync*", "a value's does not");
    assert_eq!(document["content"][1]["content"][1]["marks"][0]["type"], "strong");
    assert_eq!(document["content"][1]["content"][2]["text"], ": # not a *heading*");
    let context = TemplateContext { meeting: &meeting, people: &[], new_id: &mut String::new };
    assert_eq!(
        context.title(&templates),
        "Weekly *sync*: # not a *heading* {unknown} {",
        "what is no field stays"
    );
}
