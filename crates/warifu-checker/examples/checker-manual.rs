//! Writes the manual pages:
//! `cargo run -p warifu-checker --features https,manual --example checker-manual DIR`.

use clap::CommandFactory as _;
use warifu_checker::cli::Arguments;

#[path = "../../../packaging/manual.rs"]
mod manual;

const FILES: &str = r#".SH FILES
.TP
\fI/etc/warifu/checker.toml\fR
The settings of the installed service.
.TP
\fI/var/lib/warifu\-checker\fR
Its state; in it \fIoperator.sock\fR, where it hears operators.
.TP
\fI/usr/share/doc/warifu\-checker/operations.md\fR, \fIoperations.ja.md\fR
What to do on a bad night, step by step.
"#;

fn main() -> std::io::Result<()> {
    manual::write(Arguments::command(), FILES)
}
