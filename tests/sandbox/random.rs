//! A seeded pseudo-random generator, so that a run can be repeated. Not cryptographic: its tokens protect sample data only.

use std::fmt::Write as _;

/// A sequence that a seed determines.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// 32 characters, for codes and tokens.
    pub(crate) fn word(&mut self) -> String {
        let mut word = String::with_capacity(32);
        for _ in 0..2 {
            let _infallible = write!(word, "{:016x}", self.next());
        }
        word
    }
}

/// The `n`-th draw of a seed, in `0.0..1.0`. Each stands alone: draws of one order of faults do not
/// depend on how the requests of another came in between.
pub(crate) fn draw(seed: u64, n: u64) -> f64 {
    let bits = mix(mix(seed).wrapping_add(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    // 32 bits are exact in a float, and fine enough for a probability.
    f64::from(u32::try_from(bits >> 32).unwrap_or(u32::MAX)) / (f64::from(u32::MAX) + 1.0)
}

/// The finalizer of `SplitMix64` (Steele, Lea and Flood, 2014).
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
