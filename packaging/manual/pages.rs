//! Writes the manual pages of a program, one for it and one for each of its commands, from what its command
//! line is parsed by. Each program has another one beside it that hands its own over.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Command;
use clap_mangen::Man;

/// What stands at the foot of each page.
const EXIT_STATUS: &str = r#".SH "EXIT STATUS"
0 done; 1 refused because of the data; 2 could not run (usage, files, network); 3 refused because of trust.
A command that means something else by them says so above.
"#;

/// Writes the pages into the folder that the first argument names.
pub(crate) fn write(program: Command, files: &str) -> io::Result<()> {
    let folder = std::env::args_os().nth(1).ok_or_else(|| io::Error::other("which folder?"))?;
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder)?;
    let mut program = program.disable_help_subcommand(true);
    program.build();
    let name = program.get_name().to_owned();
    page_and_below(&program, &name, files, &folder)
}

fn page_and_below(command: &Command, program: &str, files: &str, folder: &Path) -> io::Result<()> {
    let below = || command.get_subcommands().filter(|below| !below.is_hide_set());
    let man =
        Man::new(command.clone()).manual("Warifu").source(format!("Warifu {}", env!("CARGO_PKG_VERSION")));
    let mut page = File::create(folder.join(man.get_filename()))?;
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if below().next().is_some() {
        man.render_subcommands_section(&mut page)?;
    }
    page.write_all(EXIT_STATUS.as_bytes())?;
    if command.get_name() == program {
        page.write_all(files.as_bytes())?;
    }
    let program_page = (command.get_name() != program).then(|| program.to_owned());
    let others = below().filter_map(|below| below.get_display_name().map(ToOwned::to_owned));
    let see: Vec<_> =
        program_page.into_iter().chain(others).map(|page| format!("\\fB{page}\\fR(1)")).collect();
    writeln!(page, ".SH \"SEE ALSO\"\n{}", see.join(",\n").replace('-', "\\-"))?;
    below().try_for_each(|command| page_and_below(command, program, files, folder))
}
