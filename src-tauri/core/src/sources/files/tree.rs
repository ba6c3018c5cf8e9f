//! An ordered tree of values, parsed from JSON or YAML. `serde_json::Value` with preserved order takes three times the memory
//! and has no limit on the number of values.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Most values in one file: forty bytes each, so that a file of brackets cannot fill the memory.
pub(super) const MAX_VALUES: usize = 4_000_000;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// Any number.
    Number(f64),
    /// Text.
    Text(String),
    /// Values in order.
    List(Vec<Node>),
    /// Keys and values in order; a key may come twice.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// Reads JSON. The depth is bounded by `serde_json`'s recursion limit.
    pub(super) fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        let left = Cell::new(MAX_VALUES);
        let mut json = serde_json::Deserializer::from_str(text);
        let node = Seed(&left).deserialize(&mut json)?;
        json.end()?;
        Ok(node)
    }

    /// Reads YAML, within the budget that its reader sets against documents that unfold without end.
    pub(super) fn from_yaml(text: &str) -> Result<Self, serde_saphyr::Error> {
        serde_saphyr::from_str(text)
    }

    /// The text, unless it is blank.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.as_str()).filter(|text| !text.trim().is_empty()),
            _ => None,
        }
    }

    /// The entries of a map; none of anything else.
    pub(super) fn entries(&self) -> &[(String, Node)] {
        match self {
            Self::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The number, in figures or in text.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }
}

impl<'de> serde::Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Seed(&Cell::new(MAX_VALUES)).deserialize(deserializer)
    }
}

/// Reads one value, and counts down.
#[derive(Clone, Copy)]
struct Seed<'a>(&'a Cell<usize>);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        match self.0.get().checked_sub(1) {
            Some(left) => self.0.set(left),
            None => return Err(D::Error::custom(format!("more than {MAX_VALUES} values"))),
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(whole(value.unsigned_abs(), value < 0))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(whole(value, false))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(node) = access.next_element_seed(self)? {
            list.push(node);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = access.next_key()? {
            map.push((key, access.next_value_seed(self)?));
        }
        Ok(Node::Map(map))
    }
}

/// A whole number; as text where a float would change it, since such numbers are identifiers.
fn whole(value: u64, negative: bool) -> Node {
    const EXACT: u64 = 1 << f64::MANTISSA_DIGITS;
    let sign = if negative { -1.0 } else { 1.0 };
    match u32::try_from(value) {
        Ok(value) => Node::Number(sign * f64::from(value)),
        #[expect(clippy::cast_precision_loss, reason = "the range is checked")]
        Err(_) if value <= EXACT => Node::Number(sign * value as f64),
        Err(_) => Node::Text(format!("{}{value}", if negative { "-" } else { "" })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_kept() {
        let node = Node::from_json(r#"{"b": [1, null], "a": {"z": true, "y": "x"}}"#).unwrap();
        let keys: Vec<_> = node.entries().iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["b", "a"], "items come in the source's order, whatever its keys are");
    }

    #[test]
    fn long_identifiers_stay_exact() {
        let node = Node::from_json("[9007199254740993, 85123456789]").unwrap();
        let expected =
            Node::List(vec![Node::Text("9007199254740993".to_owned()), Node::Number(85_123_456_789.0)]);
        assert_eq!(node, expected, "two meetings must not share an identifier because of rounding");
    }

    #[test]
    fn yaml_that_unfolds_without_end_is_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let above = format!("*a{}", level - 1);
            bomb.extend([format!("a{level}: &a{level} ["), vec![above; 10].join(", "), "]\n".to_owned()]);
        }
        assert!(Node::from_yaml(&bomb).is_err(), "ten to the twelfth values must not be built");
    }
}
