//! The styles and hyperlink targets of a Word document. Style ids are localised ("berschrift1"), style names are not
//! ("heading 1").

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Error, Reader, XmlVersion};

/// What paragraphs of a style are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    /// The level of a heading, from 1.
    pub(super) heading: Option<u8>,
    /// The depth of a list, from 0.
    pub(super) list: Option<u8>,
}

impl Style {
    fn named(name: &str) -> Self {
        let name = name.to_lowercase();
        let digit = |text: &str| text.trim().parse::<u8>().ok();
        if name == "title" {
            return Self { heading: Some(1), list: None };
        }
        if let Some(level) = name.strip_prefix("heading ").and_then(digit) {
            return Self { heading: Some(level.clamp(1, 6)), list: None };
        }
        let list = ["list bullet", "list number"].iter().find_map(|list| name.strip_prefix(list));
        Self {
            heading: None,
            list: list.map(|depth| digit(depth).map_or(0, |depth| depth.saturating_sub(1))),
        }
    }
}

/// The styles by their ids.
pub(super) fn of(xml: &str) -> Result<HashMap<String, Style>, Error> {
    let mut styles = HashMap::new();
    let mut id: Option<String> = None;
    each(xml, |tag| match tag.local_name().as_ref() {
        "style" => id = value(tag, "styleId"),
        "name" => {
            if let (Some(id), Some(name)) = (&id, value(tag, "val")) {
                styles.insert(id.clone(), Style::named(&name));
            }
        }
        "outlineLvl" => {
            if let (Some(style), Some(level)) = (id.as_ref().and_then(|id| styles.get_mut(id)), number(tag)) {
                style.heading = style.heading.or((level < 6).then_some(level.saturating_add(1)));
            }
        }
        _ => {}
    })?;
    Ok(styles)
}

/// The addresses of the links by their ids.
pub(super) fn links(xml: &str) -> Result<HashMap<String, String>, Error> {
    let mut links = HashMap::new();
    each(xml, |tag| {
        if let (Some(id), Some(target)) = (value(tag, "Id"), value(tag, "Target"))
            && target.starts_with("http")
        {
            links.insert(id, target);
        }
    })?;
    Ok(links)
}

fn each(xml: &str, mut take: impl FnMut(&BytesStart<'_>)) -> Result<(), Error> {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event()? {
            Event::Start(tag) | Event::Empty(tag) => take(&tag),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The value of an attribute, whatever its prefix.
pub(super) fn value(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    // To look for doubled names takes the square of their number, and the first of two is as good as none.
    let mut attributes = tag.attributes();
    let attribute = attributes
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

/// The number in the attribute `val`.
pub(super) fn number(tag: &BytesStart<'_>) -> Option<u8> {
    value(tag, "val")?.parse().ok()
}
