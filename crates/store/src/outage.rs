//! Which errors say that a database is away, and not that something is wrong with what it was asked.

use sqlx::Error;

pub(crate) fn is_outage(error: &Error) -> bool {
    match error {
        Error::Io(_)
        | Error::Tls(_)
        | Error::Protocol(_)
        | Error::PoolTimedOut
        | Error::PoolClosed
        | Error::WorkerCrashed => true,
        Error::Database(error) => error.code().is_some_and(|code| says_outage(&code)),
        _ => false,
    }
}

/// A result code of SQLite (sqlite.org/rescode.html) or an SQLSTATE of PostgreSQL (its appendix A).
fn says_outage(code: &str) -> bool {
    /// Busy, locked, read-only, I/O error, full, cannot open.
    const SQLITE: [u32; 6] = [5, 6, 8, 10, 13, 14];
    /// Lost connection, rolled back (deadlock, serialization), out of resources, stopped by an operator, I/O.
    const POSTGRES: [&str; 5] = ["08", "40", "53", "57", "58"];
    match code.parse::<u32>() {
        // The low byte of an extended code is the primary one.
        Ok(number) if code.len() != 5 => SQLITE.contains(&(number & 0xff)),
        _ => POSTGRES.iter().any(|class| code.starts_with(class)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        // SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_IOERR_WRITE, SQLITE_FULL, SQLITE_READONLY_DBMOVED.
        for code in ["5", "517", "778", "13", "1032"] {
            assert!(says_outage(code), "{code}");
        }
        // admin_shutdown, cannot_connect_now, disk_full, deadlock_detected, connection_failure.
        for code in ["57P01", "57P03", "53100", "40P01", "08006"] {
            assert!(says_outage(code), "{code}");
        }
        // SQLITE_CONSTRAINT_UNIQUE, SQLITE_ERROR, SQLITE_CORRUPT; unique_violation, undefined_table.
        for code in ["2067", "1", "11", "23505", "42P01"] {
            assert!(!says_outage(code), "{code}");
        }
        assert!(is_outage(&Error::PoolTimedOut) && !is_outage(&Error::RowNotFound));
    }
}
