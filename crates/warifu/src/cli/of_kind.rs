//! The option that says which kind of master files are of, where several tables have the same columns.

use std::borrow::Cow;

use warifu::error::Failure;
use warifu::library::known_kind;
use warifu_masters::schema::Schemas;

use super::context::Context;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct OfKind {
    /// The kind of master that the files are of, such as points-exclusion-month, where several tables have
    /// the same columns and no row tells which it is.
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<String>,
}

impl OfKind {
    /// The schemas to read the files by: those of the kind that was said, or all.
    pub(crate) fn schemas<'a>(&self, context: &'a Context) -> Result<Cow<'a, Schemas>, Failure> {
        let all = &context.library.schemas;
        let Some(kind) = self.kind.as_deref() else { return Ok(Cow::Borrowed(all)) };
        Ok(Cow::Owned(all.of_kind(known_kind(all, kind)?)))
    }
}
