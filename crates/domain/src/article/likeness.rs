//! How alike two texts are.

/// 64-bit SimHash of a text.
pub fn simhash(_text: &str) -> u64 {
    0
}
