//! The consuming side.
