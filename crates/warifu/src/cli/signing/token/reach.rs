use std::path::PathBuf;

/// How a token is reached.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Reach {
    /// The PKCS#11 module: the library that came with the token. A module-path in the URI says the same.
    #[arg(long, value_name = "FILE", env = "WARIFU_PKCS11_MODULE")]
    pub(super) pkcs11_module: Option<PathBuf>,
    /// How long the module is waited for at each step.
    #[arg(long, value_name = "SECONDS", env = "WARIFU_PKCS11_WAIT", default_value_t = 60)]
    #[arg(value_parser = warifu_usage::number::<u64>(1..=3600))]
    pub(super) pkcs11_wait: u64,
}

/// Whether the key of this name is on a token.
pub(crate) fn is_meant(name: &str) -> bool {
    name.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("pkcs11:"))
}
