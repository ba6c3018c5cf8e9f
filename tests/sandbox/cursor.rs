//! Pagination cursors: opaque to callers, and valid only for the list that issued them.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A cursor for the entry at `offset` of the list that `list` describes.
pub(crate) fn make(list: &str, offset: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{:016x}:{offset}", fingerprint(list)))
}

/// The offset that a cursor means, if it is one of this list.
pub(crate) fn read(list: &str, cursor: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (of, offset) = text.split_once(':')?;
    (of == format!("{:016x}", fingerprint(list))).then(|| offset.parse().ok()).flatten()
}

fn fingerprint(list: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    list.hash(&mut hasher);
    hasher.finish()
}
