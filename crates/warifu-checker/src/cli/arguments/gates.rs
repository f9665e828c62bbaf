//! What the gates must see, and which claim files are kept for that.

use clap::Args;
use warifu_claims::movement::Enough;
use warifu_usage::number;

use crate::state::Keeping;
use crate::swap::Gates;

/// What the gates must see.
#[derive(Debug, Args)]
#[command(next_help_heading = "Gates")]
pub(in crate::cli) struct GateOptions {
    /// Claim files that a new release must judge before it is confirmed, and nothing speak against it
    #[arg(long, default_value_t = 50, value_parser = number::<u64>(1..))]
    pub(in crate::cli) probation: u64,
    /// Institutions that these files must be of
    #[arg(long, default_value_t = 2, value_parser = number::<u64>(1..=1024))]
    pub(in crate::cli) probation_institutions: u64,
    /// Uses of codes in them that both releases must have judged: 300 without a movement mean at most 1 %
    #[arg(long, default_value_t = 300, value_parser = number::<u64>(1..))]
    pub(in crate::cli) probation_uses: u64,
    /// Claim files kept to be replayed against what comes; they hold patients' data, so by default none is
    #[arg(long, default_value_t = 0, help_heading = "Replay")]
    pub(in crate::cli) replay_files: usize,
    /// Mebibytes of claim files kept at most
    #[arg(
        long,
        default_value_t = 64,
        value_parser = number::<u64>(1..=1024),
        help_heading = "Replay"
    )]
    pub(in crate::cli) replay_mib: u64,
    /// Days that a claim file is kept at most
    #[arg(
        long,
        default_value_t = 62,
        value_parser = number::<u32>(1..=366),
        help_heading = "Replay"
    )]
    pub(in crate::cli) replay_days: u32,
}

impl GateOptions {
    pub(in crate::cli) fn keeping(&self) -> Keeping {
        let GateOptions { replay_files: files, replay_mib, replay_days: days, .. } = *self;
        Keeping { files, bytes: usize::try_from(replay_mib << 20).unwrap_or(usize::MAX), days }
    }

    pub(in crate::cli) fn gates(&self) -> Gates {
        let GateOptions { probation: files, probation_institutions: institutions, .. } = *self;
        Gates { probation: Enough { files, institutions, uses: self.probation_uses } }
    }
}
