//! The commands and their options, as a person types them.

mod command;

mod check;
mod serve;

mod doors;
mod fleet;
mod gates;
mod limits;

mod reason;
mod remote;

pub(super) use check::{By, Check, GivenAs};
pub use command::command_line;
pub(super) use command::in_japanese;
pub(super) use command::{Arguments, Attach, Command, Decide, DecideAll, DryRun, Explain, GiveUp, Repair};
pub(super) use fleet::Fleet;
#[cfg(feature = "fleet")]
pub(super) use fleet::{FleetAct, FleetOptions};
#[cfg(feature = "https")]
pub(super) use remote::Elsewhere;
pub(super) use remote::{Remote, in_shell, typed};
pub(super) use serve::{ABOUT_THE_FILE, HOW, Serve, Site, Windows};
