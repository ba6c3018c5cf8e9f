//! Serialises documents. The one place that knows the format's node names.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::{Block, Document, Inline, List, ListItem, Numbering, Paragraph};

impl Document {
    /// The document as JSON, as Confluence's `atlas_doc_format` wants it (inside a string).
    pub fn to_json(&self) -> String {
        // Serialising to a string fails only for maps with keys that are not strings; there are none here.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("version", &1)?;
        map.serialize_entry("type", "doc")?;
        map.serialize_entry("content", &self.content)?;
        map.end()
    }
}

impl Serialize for Block {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Paragraph(paragraph) => paragraph.serialize(serializer),
            Self::List(list) => list.serialize(serializer),
        }
    }
}

impl Serialize for Paragraph {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("type", "paragraph")?;
        map.serialize_entry("content", &self.0)?;
        map.end()
    }
}

impl Serialize for Inline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Text(text) => {
                map.serialize_entry("type", "text")?;
                map.serialize_entry("text", &text.0)?;
            }
            Self::HardBreak => map.serialize_entry("type", "hardBreak")?,
        }
        map.end()
    }
}

impl Serialize for List {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Items<'a>(&'a List);
        impl Serialize for Items<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.0.items())
            }
        }
        #[derive(serde::Serialize)]
        struct Attrs {
            order: u32,
        }
        let mut map = serializer.serialize_map(None)?;
        match self.numbering {
            Numbering::Bullets => map.serialize_entry("type", "bulletList")?,
            Numbering::From(order) => {
                map.serialize_entry("type", "orderedList")?;
                map.serialize_entry("attrs", &Attrs { order })?;
            }
        }
        map.serialize_entry("content", &Items(self))?;
        map.end()
    }
}

impl Serialize for ListItem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Content<'a>(&'a ListItem);
        impl Serialize for Content<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut seq = serializer.serialize_seq(Some(1 + self.0.nested.len()))?;
                seq.serialize_element(&self.0.text)?;
                for list in &self.0.nested {
                    seq.serialize_element(list)?;
                }
                seq.end()
            }
        }
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("type", "listItem")?;
        map.serialize_entry("content", &Content(self))?;
        map.end()
    }
}
