//! Statements that have a text for each database.

/// The text for the database at hand of `sql/NAME.sqlite.sql` and `sql/NAME.postgres.sql`, which take the same
/// parameters: batches as JSON text.
macro_rules! twins {
    ($on:expr, $name:literal) => {
        match $on.dialect() {
            "sqlite" => include_str!(concat!("../sql/", $name, ".sqlite.sql")),
            _ => include_str!(concat!("../sql/", $name, ".postgres.sql")),
        }
    };
}
pub(crate) use twins;
