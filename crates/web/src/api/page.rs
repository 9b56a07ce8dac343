//! Pages of lists. A cursor says where the next begins; what it looks like is nobody's business but ours.

use super::refused::Refused;
use serde::{Deserialize, Serialize};
use std::{fmt::Display, str::FromStr};
use utoipa::{IntoParams, ToSchema};

const USUAL: u32 = 50;
const MOST: u32 = 200;

/// A stretch of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T: ToSchema> {
    pub items: Vec<T>,
    /// Where the next page begins; null: there is none.
    pub next_cursor: Option<String>,
}

/// Which stretch of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Stretch {
    /// As the page before gave it.
    pub cursor: Option<String>,
    /// Items of a page, 50 when not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

impl Stretch {
    /// One more than are shown: it tells whether a page follows.
    pub fn limit(&self) -> Result<u32, Refused> {
        match self.limit.unwrap_or(USUAL) {
            limit @ 1..=MOST => Ok(limit + 1),
            _ => Err(Refused::field("limit", format_args!("from 1 to {MOST}"))),
        }
    }

    pub fn after<T: FromStr>(&self) -> Result<Option<T>, Refused> {
        let read = |cursor: &String| cursor.parse().map_err(|_| not_ours());
        self.cursor.as_ref().map(read).transpose()
    }

    /// Where a list is ordered by an instant first.
    pub fn after_instant<T: FromStr>(&self) -> Result<Option<(i64, T)>, Refused> {
        let read = |cursor: &String| {
            let (at, id) = cursor.split_once('.')?;
            Some((at.parse().ok()?, id.parse().ok()?))
        };
        self.cursor.as_ref().map(|cursor| read(cursor).ok_or_else(not_ours)).transpose()
    }
}

fn not_ours() -> Refused {
    Refused::field("cursor", "it is none that a page has given")
}

impl<T: ToSchema> Page<T> {
    /// Of what `limit` found, read into what is shown.
    pub fn of<R, C: Display>(
        mut rows: Vec<R>,
        limit: u32,
        cursor: impl Fn(&R) -> C,
        show: impl FnMut(R) -> T,
    ) -> Self {
        let shown = limit as usize - 1;
        let is_more = rows.len() > shown;
        rows.truncate(shown);
        let next_cursor = rows.last().filter(|_| is_more).map(|last| cursor(last).to_string());
        Self { items: rows.into_iter().map(show).collect(), next_cursor }
    }

    /// All there is: it is little.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }
}
