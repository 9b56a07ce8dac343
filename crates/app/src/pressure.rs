//! Whether this node has room for more work: memory and the media folder's disk. Production slows while room
//! is short and pauses when there is none; what waits keeps its place and its attempts.

use crate::config::Queue;
use std::{
    fmt,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

const MB: u64 = 1_000_000;
/// Looking is cheap, but not free.
const LOOK_EVERY: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub struct Pressure {
    memory_limit: u64,
    disk_min_free: u64,
    /// Where media are; `None` where they are on no disk of ours.
    folder: Option<PathBuf>,
    last: Mutex<Option<(Instant, Room)>>,
    /// What may go on while room is short: one at a time.
    narrow: Semaphore,
}

/// How much room there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Room {
    Ample,
    Short(Lack),
    None(Lack),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    Memory { used: u64, limit: u64 },
    Disk { free: u64, least: u64 },
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory { used, limit } => write!(
                f,
                "memory: {} MB used, limit {} MB; raise queue.memory_limit_mb or lower queue.narrate_slots",
                used / MB,
                limit / MB
            ),
            Self::Disk { free, least } => write!(
                f,
                "disk of the media folder: {} MB free, {} MB are kept; make room or lower queue.disk_min_free_mb",
                free / MB,
                least / MB
            ),
        }
    }
}

/// Leave to work, for as long as it is held.
#[derive(Debug)]
pub enum Leave<'a> {
    Free,
    /// One of few: given back when dropped.
    Narrow(#[expect(dead_code, reason = "it is held, not read")] SemaphorePermit<'a>),
}

impl Pressure {
    pub fn new(queue: &Queue, folder: Option<PathBuf>) -> Self {
        Self {
            memory_limit: queue.memory_limit_mb * MB,
            disk_min_free: queue.disk_min_free_mb * MB,
            folder,
            last: Mutex::new(None),
            narrow: Semaphore::new(1),
        }
    }

    /// Leave for one more piece of work; `None` when it has to wait.
    pub fn leave(&self) -> Option<Leave<'_>> {
        match self.room() {
            Room::Ample => Some(Leave::Free),
            Room::Short(_) => self.narrow.try_acquire().ok().map(Leave::Narrow),
            Room::None(_) => None,
        }
    }

    pub fn room(&self) -> Room {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((looked, room)) if looked.elapsed() < LOOK_EVERY => room.clone(),
            _ => {
                let room = self.look();
                *last = Some((Instant::now(), room.clone()));
                room
            }
        }
    }

    fn look(&self) -> Room {
        let free = self.folder.as_deref().and_then(free_bytes);
        judge(resident_bytes(), self.memory_limit, free, self.disk_min_free)
    }
}

/// Room is short at four fifths of the memory, or below twice the disk that is kept free.
fn judge(used: Option<u64>, limit: u64, free: Option<u64>, least: u64) -> Room {
    let memory = used.filter(|_| limit > 0).map(|used| (used, Lack::Memory { used, limit }));
    let disk = free.map(|free| (free, Lack::Disk { free, least }));
    match (memory, disk) {
        (Some((used, lack)), _) if used >= limit => Room::None(lack),
        (_, Some((free, lack))) if free < least => Room::None(lack),
        (Some((used, lack)), _) if used >= limit / 5 * 4 => Room::Short(lack),
        (_, Some((free, lack))) if free < least.saturating_mul(2) => Room::Short(lack),
        _ => Room::Ample,
    }
}

/// What the kernel says this process holds; nothing where it does not say.
fn resident_bytes() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

fn free_bytes(folder: &std::path::Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail * disk.f_frsize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_gets_short_before_it_is_gone() {
        let room = |used, free| judge(Some(used), 1_000, Some(free), 100);
        assert_eq!(room(799, 200), Room::Ample);
        assert!(matches!(room(800, 1_000), Room::Short(Lack::Memory { .. })));
        assert!(matches!(room(1_000, 1_000), Room::None(Lack::Memory { .. })));
        assert!(matches!(room(0, 199), Room::Short(Lack::Disk { .. })));
        assert!(matches!(room(800, 99), Room::None(Lack::Disk { .. })));
        assert_eq!(judge(Some(u64::MAX), 0, None, 100), Room::Ample, "no limit, no disk");
    }

    #[test]
    fn the_kernel_is_asked() {
        assert!(resident_bytes().is_some_and(|bytes| bytes > MB));
        assert!(free_bytes(std::path::Path::new("/")).is_some());
    }

    #[test]
    fn short_of_room_one_goes_on_at_a_time() {
        let queue = Queue { memory_limit_mb: 1, ..Queue::default() };
        let none = Pressure::new(&queue, None);
        assert!(none.leave().is_none());
        let short = Pressure::new(&Queue::default(), None);
        *short.last.lock().unwrap() =
            Some((Instant::now(), Room::Short(Lack::Memory { used: 9, limit: 10 })));
        let first = short.leave();
        assert!(first.is_some() && short.leave().is_none());
        drop(first);
        assert!(short.leave().is_some());
    }
}
