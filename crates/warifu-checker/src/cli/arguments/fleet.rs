//! Which fleet a checker belongs to, and what operators say of one.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use warifu_usage::number;

use crate::cli::arguments::reason::reason;
use crate::state::Reason;

/// Which area a checker belongs to, and where its store is.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Fleet")]
pub(in crate::cli) struct FleetOptions {
    /// The area that this checker moves with; without it, it is alone
    #[arg(long, value_name = "AREA", requires_all = ["fleet_name", "fleet_store"])]
    pub(in crate::cli) fleet_area: Option<String>,
    /// What this member is called there; no other may ever be called so
    #[arg(long, value_name = "NAME", requires = "fleet_area")]
    pub(in crate::cli) fleet_name: Option<String>,
    /// A node of the store, etcd: https://HOST:PORT, or http:// for tests; again for each
    #[arg(long, value_name = "URL", requires = "fleet_area")]
    pub(in crate::cli) fleet_store: Vec<String>,
    /// What every key in the store begins with
    #[arg(long, value_name = "PREFIX", default_value = "/warifu")]
    pub(in crate::cli) fleet_prefix: String,
    /// The authorities of the store and of other members (PEM)
    #[arg(long, value_name = "FILE", requires = "fleet_area")]
    pub(in crate::cli) fleet_authorities: Option<PathBuf>,
    /// This member's certificate, for the store and for other members (PEM)
    #[arg(long, value_name = "FILE", requires_all = ["fleet_key", "fleet_authorities"])]
    pub(in crate::cli) fleet_certificate: Option<PathBuf>,
    /// The key of that certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "fleet_certificate")]
    pub(in crate::cli) fleet_key: Option<PathBuf>,
    /// Its user in the store, where certificates do not say that
    #[arg(long, value_name = "USER", requires = "fleet_password_file")]
    pub(in crate::cli) fleet_user: Option<String>,
    /// A file with that user's password
    #[arg(long, value_name = "FILE", requires = "fleet_user")]
    pub(in crate::cli) fleet_password_file: Option<PathBuf>,
    /// The address to hear other members at
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(in crate::cli) fleet_listen: SocketAddr,
    /// HOST:PORT as other members reach that (default: the address itself)
    #[arg(long, value_name = "HOST:PORT", requires = "fleet_area")]
    pub(in crate::cli) fleet_address: Option<String>,
    /// Write what comes next for the area, where no other member does; two or three of an area do well
    #[arg(long, requires = "fleet_area")]
    pub(in crate::cli) fleet_coordinate: bool,
    /// Where the other organisation says what its fleet runs: a folder, or a URL (https, s3)
    #[arg(long, value_name = "PLACE", requires_all = ["fleet_area", "fleet_other_key"])]
    pub(in crate::cli) fleet_other: Option<OsString>,
    /// The card of the key that signs that (NAME.pub.json)
    #[arg(long, value_name = "FILE", requires = "fleet_other")]
    pub(in crate::cli) fleet_other_key: Option<PathBuf>,
}

/// What is said of an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum FleetAct {
    /// Write its first record; its members are named with --member
    Found,
    /// Show where it is, what it waits for, and each member
    Status,
    /// Print what this fleet runs, to be signed for the other organisation: `warifu fleet sign`
    Statement,
    /// Let what is prepared be committed
    Advance,
    /// Let what is prepared not be committed for now
    Hold,
    /// Give up what is prepared
    GiveUp,
    /// Let it return to the release before, all members at one instant
    FallBack,
    /// Do not wait for a member in this move; it is named with --member
    Acknowledge,
    /// Let a release out of quarantine; it is named with --release
    Lift,
    /// Let others belong to it: all voters that do from now on, named with --member
    Members,
}

impl FleetAct {
    /// The command, as it is typed.
    pub(in crate::cli) fn name(self) -> &'static str {
        match self {
            FleetAct::Found => "fleet found",
            FleetAct::Status => "fleet status",
            FleetAct::Statement => "fleet statement",
            FleetAct::Advance => "fleet advance",
            FleetAct::Hold => "fleet hold",
            FleetAct::GiveUp => "fleet give-up",
            FleetAct::FallBack => "fleet fall-back",
            FleetAct::Acknowledge => "fleet acknowledge",
            FleetAct::Lift => "fleet lift",
            FleetAct::Members => "fleet members",
        }
    }
}

/// What a person says of a fleet.
#[derive(Debug, Args)]
pub(in crate::cli) struct Fleet {
    /// What is done
    #[arg(value_enum)]
    pub(in crate::cli) act: FleetAct,
    /// A member by its name; again for each
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) member: Vec<String>,
    /// A member that goes along without a vote; again for each
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) follower: Vec<String>,
    /// A voter that is switched off for certain, where members change; again for each
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) off: Vec<String>,
    /// A member that runs what is prepared in the shadow first: it judges live claims by it too and answers
    /// nobody by it; again for each
    #[arg(long, value_name = "NAME", requires = "pilot_minutes")]
    pub(in crate::cli) pilot: Vec<String>,
    /// For so many minutes, from the first claim on
    #[arg(long, value_name = "MINUTES", requires = "pilot", value_parser = number::<u64>(1..=43_200))]
    pub(in crate::cli) pilot_minutes: Option<u64>,
    /// The release, by its number
    #[arg(long, value_parser = number::<u64>(1..))]
    pub(in crate::cli) release: Option<u64>,
    /// Let nothing be committed without `advance`
    #[arg(long)]
    pub(in crate::cli) by_hand: bool,
    /// Milliseconds that a member judges on without hearing from anybody; stays as long as the area
    #[arg(long, value_name = "MS", default_value_t = 400, value_parser = number::<u64>(20..=60_000))]
    pub(in crate::cli) freshness: u64,
    /// So many minutes may the fleet of the other organisation judge by another release before it is an alarm
    #[arg(long, value_name = "MINUTES", default_value_t = 30, value_parser = number::<u64>(1..=10_080))]
    pub(in crate::cli) apart_minutes: u64,
    /// Why: it is written to the record
    #[arg(long, value_parser = reason)]
    pub(in crate::cli) reason: Option<Reason>,
    /// The configuration file of a member (default: /etc/warifu/checker.toml); also WARIFU_CHECKER_CONFIG
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// One JSON document on stdout
    #[arg(long)]
    pub(in crate::cli) json: bool,
    #[command(flatten)]
    pub(in crate::cli) options: FleetOptions,
}
