//! The code of a value: the names of its variants, and nothing that is in them, which may be a person's words.

use serde::Serialize;
use serde_json::Value;

/// The names of the outermost variants, at most `depth` of them, such as `confluence.lost`.
pub(super) fn of(value: &impl Serialize, depth: usize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    let (mut code, mut rest) = (Vec::new(), &value);
    while code.len() < depth {
        match rest {
            Value::String(last) => {
                code.push(last.clone());
                break;
            }
            Value::Object(one) if one.len() == 1 => {
                for (name, value) in one {
                    code.push(name.clone());
                    rest = value;
                }
            }
            _ => break,
        }
    }
    code.join(".")
}
