//! `warifu-checker`: the consuming side's program.

use std::process::ExitCode;

use warifu_checker::cli::run;

fn main() -> ExitCode {
    run(std::env::args_os().collect())
}
