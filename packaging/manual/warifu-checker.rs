//! Writes the manual pages:
//! `cargo run -p warifu-checker --features https,manual --bin warifu-checker-manual DIR`.

use warifu_checker::cli::command_line;

mod pages;

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
    pages::write(command_line(warifu_values::lang::Lang::En), FILES)
}
