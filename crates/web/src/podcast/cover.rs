//! Cover art, drawn by code: a morning over waves of sound. Colours, sun and waves follow from the podcast, so that
//! each has a picture of its own and has it for ever.

mod scene;

use bytes::Bytes;
use domain::Language;
use jpeg_encoder::{ColorType, Encoder, EncodingError};
use scene::Scene;

pub(super) const CONTENT_TYPE: &str = "image/jpeg";

/// Pixels on each side: directories ask for 1,400 to 3,000.
const SIDE: u16 = 1_400;
const QUALITY: u8 = 88;
/// To be changed whenever the same podcast gets another picture.
const DESIGN: &str = "mimiyori cover 1";

/// A picture's name is made of all it depends on: another picture has another name, and apps that keep pictures by
/// their address take it for what it is.
pub(super) fn name(seed: &blake3::Hash) -> String {
    let mut name = seed.to_hex().to_string();
    name.truncate(16);
    name
}

pub(super) fn seed(id: &str, title: &str, language: Language) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for part in [DESIGN, id, title, language.tag()] {
        hasher.update(part.as_bytes()).update(&[0]);
    }
    hasher.finalize()
}

/// Takes some hundredths of a second: not for a thread that serves others.
pub(super) fn jpeg(seed: &blake3::Hash) -> Result<Bytes, EncodingError> {
    let pixels = Scene::of(seed.as_bytes()).paint(usize::from(SIDE));
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, QUALITY).encode(&pixels, SIDE, SIDE, ColorType::Rgb)?;
    Ok(jpeg.into())
}
