//! `warifu-checker`: the consuming side's program.

use std::process::ExitCode;

use clap::Parser as _;
use warifu_checker::cli::{Arguments, run};

fn main() -> ExitCode {
    run(Arguments::parse())
}
