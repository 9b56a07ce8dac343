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
    sync::atomic::{AtomicU32, Ordering},
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

fn unpack(parent: &Path, path: &Path) -> io::Result<()> {
    let partial = parent.join(unique("unpacking"));
    fs::create_dir_all(&partial)?;
    let done = fill(&partial).and_then(|()| settle(&partial, parent, path));
    if done.is_err() {
        // Best effort: the error that matters is already in hand.
        let _ = fs::remove_dir_all(&partial);
    }
    done
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

/// Puts a filled directory in its place. Another process may have been faster: then ours is dropped.
fn settle(partial: &Path, parent: &Path, path: &Path) -> io::Result<()> {
    if fs::rename(partial, path).is_ok() {
        return Ok(());
    }
    if !is_whole(path) {
        let damaged = parent.join(unique("damaged"));
        fs::rename(path, &damaged)?;
        fs::remove_dir_all(&damaged)?;
        fs::rename(partial, path).or_else(|error| if is_whole(path) { Ok(()) } else { Err(error) })?;
    }
    if partial.exists() { fs::remove_dir_all(partial) } else { Ok(()) }
}

/// A name nobody else uses: by process, and by call within it.
fn unique(purpose: &str) -> String {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    format!("{purpose}-{}-{call}", std::process::id())
}
