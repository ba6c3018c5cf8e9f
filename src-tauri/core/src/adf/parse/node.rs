//! An untyped node: its type, its attributes and its content, with the checks that all nodes share.

use serde_json::{Map, Value};

use super::super::invalid::{Fault, Invalid};
use super::super::text::Text;

/// A node that is not text.
pub(super) struct Node {
    pub(super) kind: String,
    pub(super) attrs: Attrs,
    pub(super) content: Option<Vec<Value>>,
}

impl Node {
    pub(super) fn of(value: Value) -> Result<Self, Invalid> {
        Self::new(object(value)?)
    }

    pub(super) fn new(map: Map<String, Value>) -> Result<Self, Invalid> {
        let (mut kind, mut attrs, mut content) = (None, Map::new(), None);
        for (name, value) in map {
            match (name.as_str(), value) {
                ("type", Value::String(text)) => kind = Some(text),
                ("type", _) => return Err(Fault::not_a("type", "text").here()),
                ("attrs", Value::Object(map)) => attrs = map,
                ("attrs", _) => return Err(Fault::not_a("attrs", "an object").here()),
                ("content", Value::Array(nodes)) => content = Some(nodes),
                ("content", _) => return Err(Fault::not_a("content", "a list").here()),
                ("marks", Value::Array(marks)) if marks.is_empty() => {}
                // Text among blocks comes here too, and gets this error.
                ("text" | "marks", _) => {}
                (other, _) => return Err(Fault::unknown("the property", other).here()),
            }
        }
        let kind = kind.ok_or(Fault::Missing("type").here())?;
        Ok(Self { kind, attrs: Attrs(attrs), content })
    }
}

pub(super) fn object(value: Value) -> Result<Map<String, Value>, Invalid> {
    match value {
        Value::Object(map) => Ok(map),
        _ => Err(Fault::not_a("a node", "an object").here()),
    }
}

/// Attributes that are taken out one by one; whatever is left at the end is not known. `null` is the way in
/// which editors write that an attribute is not there.
#[derive(Default)]
pub(super) struct Attrs(Map<String, Value>);

impl Attrs {
    fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// An attribute that is text; absent if it is empty.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<Text>, Invalid> {
        self.take(name).map_or(Ok(None), |value| super::text(value, name))
    }

    /// A text that may be empty.
    pub(super) fn string(&mut self, name: &str) -> Result<Option<String>, Invalid> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Fault::not_a(name, "text").here()),
        }
    }

    /// A text that the format asks for.
    pub(super) fn needed(&mut self, name: &'static str) -> Result<Text, Invalid> {
        let value = self.take(name).ok_or(Fault::Missing(name).here())?;
        super::text(value, name)?.ok_or(Fault::Empty(name).here())
    }

    /// A whole number that is not negative.
    pub(super) fn number(&mut self, name: &str) -> Result<Option<u64>, Invalid> {
        let whole = |value: Value| value.as_u64().ok_or(Fault::not_a(name, "a whole number").here());
        self.take(name).map(whole).transpose()
    }

    /// A list of whole numbers; none if it is absent.
    pub(super) fn numbers(&mut self, name: &str) -> Result<Vec<u32>, Invalid> {
        let wrong = || Fault::not_a(name, "a list of whole numbers").here();
        let Some(value) = self.take(name) else { return Ok(Vec::new()) };
        let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
        value.as_array().ok_or_else(wrong)?.iter().map(|value| number(value).ok_or_else(wrong)).collect()
    }

    /// One of a few words that the format asks for.
    pub(super) fn one_of<T: Copy>(
        &mut self,
        name: &'static str,
        words: &[(T, &'static str)],
    ) -> Result<T, Invalid> {
        let word = self.needed(name)?;
        let found = words.iter().find(|(_, known)| *known == word.as_str());
        found.map(|(value, _)| *value).ok_or(Fault::unknown("the value", word.as_str()).here())
    }

    /// Refuses what is left.
    pub(super) fn finish(self) -> Result<(), Invalid> {
        match self.0.into_iter().find(|(_, value)| !value.is_null()) {
            None => Ok(()),
            Some((name, _)) => Err(Fault::unknown("the attribute", &name).here()),
        }
    }
}
