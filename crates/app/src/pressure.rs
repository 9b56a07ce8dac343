//! Whether this node has room for more work: memory and the media folder's disk. Production slows while room
//! is short and pauses when there is none; what waits keeps its place and its attempts.

use crate::config::Queue;
use std::{
    fmt,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

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
}

/// How much room there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Room {
    Ample,
    Short(Lack),
    None(Lack),
}

impl Room {
    /// How many of some slots may be in use: one goes on at a time while room is short.
    pub fn of_slots(&self, slots: u32) -> u32 {
        match self {
            Self::Ample => slots,
            Self::Short(_) => slots.min(1),
            Self::None(_) => 0,
        }
    }
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

impl Pressure {
    pub fn new(queue: &Queue, folder: Option<PathBuf>) -> Self {
        Self {
            memory_limit: queue.memory_limit_mb * MB,
            disk_min_free: queue.disk_min_free_mb * MB,
            folder,
            last: Mutex::new(None),
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
        let lack = Lack::Memory { used: 9, limit: 10 };
        let slots = |room: Room| (room.of_slots(8), room.of_slots(0));
        assert_eq!(slots(Room::Ample), (8, 0));
        assert_eq!(slots(Room::Short(lack)), (1, 0));
        assert_eq!(slots(Room::None(lack)), (0, 0));
        let none = Pressure::new(&Queue { memory_limit_mb: 1, ..Queue::default() }, None);
        assert_eq!(none.room().of_slots(8), 0);
    }
}
