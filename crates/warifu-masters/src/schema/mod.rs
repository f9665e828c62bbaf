//! Schemas: the layouts of the masters and the formats of the organisations, as data.
//!
//! A *layout* is the column table of one *kind* of master in one *edition* (drug had 35, then 40, then 42
//! columns). It is a TOML file under `schemas/layouts/`; a new edition or a new master is one more file and
//! no Rust. The same holds for formats and for the charsets they are in. Code that needs a column asks for it
//! by field id, once, and gets a clear error when it is not there.

mod format;
mod layout;
mod schemas;

pub use format::{Format, Framing, Newline, Quoting, RecordEnd, Rendering, RowOrder, StoredRendering};
pub use layout::{
    ABOLISHED_ON, CHANGE_CLASS, CHANGED_ON, Column, ColumnType, KeyPart, LISTED_ON, Layout, MayChange,
    Meaning, NoSuchColumn, Waiver, is_marked,
};
pub use schemas::{NoSuchCharset, SchemaError, Schemas};
