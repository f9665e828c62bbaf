//! Writes the manual pages: `cargo run -p warifu --features https,pkcs11,manual --bin warifu-manual DIR`.

use clap::CommandFactory as _;

#[path = "../../crates/warifu/src/cli/mod.rs"]
#[expect(dead_code, reason = "only what parses a command line is asked for here")]
mod cli;
mod pages;

const FILES: &str = r#".SH FILES
.TP
\fI~/.local/state/warifu\fR
What was accepted of each root, so that nothing older is accepted later.
.TP
\fIwarifu.toml\fR
The series of a repository of masters, and the days on which each kind of master is in force.
"#;

fn main() -> std::io::Result<()> {
    pages::write(cli::Cli::command(), FILES)
}
