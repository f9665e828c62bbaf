use std::path::Path;

use warifu::error::{Exit, Failure};
use warifu_trust::{PublicKey, Signer};

use super::reach::Reach;
use crate::cli::Context;

fn left_out() -> Failure {
    Failure::new(
        Exit::CouldNotRun,
        "this program was built without tokens; take a released build, or build with --features pkcs11",
        "このプログラムはトークン非対応で作られています。公開版を使うか、--features pkcs11 でビルドしてください",
    )
}

pub(crate) fn unlock(_: &Context, _: &str, _: &Reach, _: Option<&Path>) -> Result<Box<dyn Signer>, Failure> {
    Err(left_out())
}

pub(crate) fn make(
    _: &Context,
    (_, _): (&str, &str),
    _: bool,
    _: &Reach,
    _: Option<&Path>,
) -> Result<(PublicKey, String), Failure> {
    Err(left_out())
}

pub(crate) fn shown(_: &str, _: &Reach) -> Result<(PublicKey, String), Failure> {
    Err(left_out())
}
