//! Columns back into the types they were written from. What cannot be is an inconsistency with its place.

use crate::StoreError;
use serde::{
    Serialize,
    de::{DeserializeOwned, IntoDeserializer, value},
};
use std::{fmt, str::FromStr};

/// Where a value stands: for errors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell<'a> {
    pub table: &'static str,
    pub column: &'static str,
    pub row: &'a str,
}

impl Cell<'_> {
    pub fn wrong(self, cause: impl fmt::Display) -> StoreError {
        let Self { table, column, row } = self;
        StoreError::Inconsistent { table, column, row: row.to_owned(), cause: cause.to_string() }
    }

    /// Text with a form of its own: an id, a date.
    pub fn parse<T: FromStr<Err: fmt::Display>>(self, text: &str) -> Result<T, StoreError> {
        text.parse().map_err(|cause| self.wrong(cause))
    }

    /// One word of a closed set.
    pub fn word<T: DeserializeOwned>(self, text: &str) -> Result<T, StoreError> {
        let word: value::StrDeserializer<'_, value::Error> = text.into_deserializer();
        T::deserialize(word).map_err(|cause| self.wrong(cause))
    }

    pub fn json<T: DeserializeOwned>(self, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|cause| self.wrong(cause))
    }

    pub fn count<T: TryFrom<i64>>(self, number: i64) -> Result<T, StoreError> {
        T::try_from(number).map_err(|_| self.wrong(format_args!("{number} is out of range")))
    }
}

/// Rows, and those among them that cannot be read: one broken row keeps no other from being worked on.
#[derive(Debug)]
pub struct Legible<T, I> {
    pub rows: Vec<T>,
    pub broken: Vec<(I, StoreError)>,
}

impl<T, I: FromStr<Err: fmt::Display>> Legible<T, I> {
    /// `id` gives a row's name, `read` the row. A row without a name is nobody's: that fails as a whole.
    pub(crate) fn of<R>(
        table: &'static str,
        rows: Vec<R>,
        id: impl Fn(&R) -> &str,
        mut read: impl FnMut(R) -> Result<T, StoreError>,
    ) -> Result<Self, StoreError> {
        let mut legible = Self { rows: Vec::with_capacity(rows.len()), broken: Vec::new() };
        for row in rows {
            let name = id(&row).to_owned();
            match read(row) {
                Ok(row) => legible.rows.push(row),
                Err(error) => {
                    let name = Cell { table, column: "id", row: &name }.parse(&name)?;
                    legible.broken.push((name, error));
                }
            }
        }
        Ok(legible)
    }
}

/// The word a closed set writes for a value.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        // Only unit variants are written so; the tests of each noun read them back.
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// Rows for a statement that takes many at once.
pub(crate) fn json(rows: &impl Serialize) -> String {
    serde_json::to_string(rows).expect("numbers and text always make JSON")
}

/// The text of a statement that differs between the databases: the twin that fits.
macro_rules! twin {
    ($of:expr, $name:literal) => {
        if $of.is_sqlite() {
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/", $name, ".sqlite.sql"))
        } else {
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/", $name, ".postgres.sql"))
        }
    };
}
pub(crate) use twin;
