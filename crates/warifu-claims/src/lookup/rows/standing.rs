//! A table that judges a month, and the series that it is of.

use std::sync::Arc;

/// A table and the series that it is of.
#[derive(Debug)]
pub(crate) struct Standing<'a, T> {
    pub(crate) series: &'a Arc<str>,
    pub(crate) table: &'a T,
}

impl<T> Clone for Standing<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Standing<'_, T> {}
