//! The dictionary on disk: carried compressed in the binary, unpacked once per machine.
//!
//! A directory that bears the final name is whole: it is filled under another name and renamed, so
//! neither a second process nor a crash half-way can show a part of it.

use super::JapaneseError;
use jpreprocess::{DefaultTokenizer, Dictionary, JPreprocess};
use lzma_rust2::XzReader;
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// NAIST-jdic compiled for jpreprocess 0.15; `assets/ja/SOURCES.md` tells how it was made.
static ARCHIVE: &[u8] = include_bytes!("../../../../assets/ja/naist-jdic-jpreprocess-0.15.tar.xz");

/// First 16 digits of the archive's SHA-256: names the directory, and is part of every fingerprint.
pub(crate) const VERSION: &str = "bc509101417e4872";

/// What the archive holds, with sizes in bytes: enough to tell a directory that lost something later.
const FILES: [(&str, u64); 8] = [
    ("char_def.bin", 2_356),
    ("dict.da", 19_351_213),
    ("dict.vals", 4_867_560),
    ("dict.words", 19_856_255),
    ("dict.wordsidx", 1_947_028),
    ("matrix.mtx", 3_792_264),
    ("metadata.json", 782),
    ("unk.bin", 2_492),
];

pub(super) fn load(data_dir: &Path) -> Result<JPreprocess<DefaultTokenizer>, JapaneseError> {
    let path = unpacked(data_dir)?;
    // Mapped, not read: 48 MB of which a program touches a fraction, and clean pages cost no memory.
    let dictionary = Dictionary::load_from_path_with_options(&path, true)
        .map_err(|error| JapaneseError::Load { path, reason: error.to_string() })?;
    Ok(JPreprocess::with_dictionaries(dictionary, None))
}

/// The directory of the whole dictionary, unpacked now if it is not there.
fn unpacked(data_dir: &Path) -> Result<PathBuf, JapaneseError> {
    let parent = data_dir.join("dictionary");
    let path = parent.join(VERSION);
    if is_whole(&path) {
        return Ok(path);
    }
    match unpack(&parent, &path) {
        Ok(()) => Ok(path),
        Err(source) => Err(JapaneseError::Unpack { path, source }),
    }
}

fn is_whole(path: &Path) -> bool {
    FILES.iter().all(|(name, bytes)| {
        fs::metadata(path.join(name)).is_ok_and(|file| file.is_file() && file.len() == *bytes)
    })
}

/// One process at a time: whoever waited finds the work done, and whatever a killed one left behind is
/// in nobody's use.
fn unpack(parent: &Path, path: &Path) -> io::Result<()> {
    fs::create_dir_all(parent)?;
    let lock = File::create(parent.with_extension("lock"))?;
    lock.lock()?;
    if is_whole(path) {
        return Ok(());
    }
    let partial = parent.join("unpacking");
    remove(&partial)?;
    fs::create_dir(&partial)?;
    fill(&partial)?;
    remove(path)?;
    fs::rename(&partial, path)
}

fn remove(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn fill(partial: &Path) -> io::Result<()> {
    let mut archive = tar::Archive::new(XzReader::new(ARCHIVE, false));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = entry.path()?.file_name().map(PathBuf::from);
        if let (tar::EntryType::Regular, Some(name)) = (entry.header().entry_type(), name) {
            let mut file = File::create_new(partial.join(name))?;
            io::copy(&mut entry, &mut file)?;
            // A rename may reach the disk before the data does.
            file.sync_all()?;
        }
    }
    Ok(())
}
