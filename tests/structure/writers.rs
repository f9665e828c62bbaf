//! Ctrl-C cuts nothing in two: whatever `warifu` writes is written by a function that holds a `Whole` while
//! it does, or by one that is called by such a one and is named here.

use std::fmt::Write as _;

use crate::tree::Tree;

/// What writes: files and folders, git's names and objects, and what lays several files on a channel.
const WRITES: &[&str] = &[
    "fs::write(",
    "File::create(",
    "OpenOptions",
    "fs::rename(",
    "fs::create_dir",
    "fs::remove_",
    "fs::hard_link(",
    ".persist(",
    ".persist_noclobber(",
    ".tempfile_in(",
    ".tempdir_in(",
    ".tempdir()",
    ".set_len(",
    ".reference(",
    ".reference_matching(",
    ".packwriter(",
    "index.write()",
    "builder.write()",
    ".commit(None",
    ".remote(ORIGIN",
    ".set_head(",
    "init_opts(",
    "remote.fetch(",
    ".delete()",
    "= publish(",
    "publish_root(channel.",
    "publish_statement(channel.",
    "_timestamp(at",
    "    carry(&self.files",
    ".write_signature(",
    ".make(proposal",
];

/// How one is held: something that must stand whole, or something of several parts that is told as begun.
const HOLDS: &[&str] = &["Whole::begin()", "Begun::of("];

/// The functions that write and hold none themselves, each with why that is right.
const CALLED: &[(&str, &str)] = &[
    ("crates/warifu-audit/src/log.rs put", AN_ACT),
    ("crates/warifu-audit/src/log.rs locked", AN_ACT),
    ("crates/warifu-channels/src/draft.rs exchanged", "`make` holds one"),
    ("crates/warifu-channels/src/whole.rs folder_beside", "`DraftDirectory::make` holds one"),
    ("crates/warifu-files/src/left.rs sweep_files_of", LEFT),
    ("crates/warifu-files/src/left.rs sweep_folders", LEFT),
    ("crates/warifu-files/src/lock.rs locked", A_LOCK),
    ("crates/warifu-files/src/lock.rs lock_file", A_LOCK),
    ("crates/warifu-files/src/lock.rs drop", A_LOCK),
    ("crates/warifu-files/src/lock.rs sweep", LEFT),
    ("crates/warifu-files/src/regular.rs open", "it opens to read"),
    ("crates/warifu/src/cli/demo/checker.rs start", THE_STORY),
    ("crates/warifu/src/cli/demo/content.rs write", THE_STORY),
    ("crates/warifu/src/cli/demo/house.rs keys", THE_STORY),
    ("crates/warifu/src/cli/demo/monday.rs power_cut", THE_STORY),
    ("crates/warifu/src/cli/demo/opening.rs play", THE_STORY),
    ("crates/warifu/src/cli/demo/scratch.rs new", THE_STORY),
    ("crates/warifu/src/cli/demo/scratch.rs drop", THE_STORY),
    ("crates/warifu/src/cli/demo/story.rs receive", THE_STORY),
    ("crates/warifu/src/files.rs name", "`Unfinished` has one"),
    ("crates/warifu/src/release/fetched.rs drop", "it takes empty folders away"),
    ("crates/warifu/src/release/fetched.rs set_aside", "`name` holds one"),
    ("crates/warifu/src/release/fetched.rs make", "an empty folder is nothing by halves"),
    ("crates/warifu/src/store/lock.rs take", A_LOCK),
    ("crates/warifu/src/store/making.rs repository", "`Making` has one"),
    ("crates/warifu/src/store/making.rs finish", "`Making` has one"),
    ("crates/warifu/src/store/making.rs drop", "`Making` has one"),
    ("crates/warifu/src/store/remote/clone.rs first_of", "`Making` has one"),
    ("crates/warifu/src/store/transaction.rs move_branch", A_STEP),
    ("crates/warifu/src/store/transaction.rs check_out", A_STEP),
    ("crates/warifu/src/store/transaction.rs forget_journal", A_STEP),
    ("crates/warifu/src/store/transaction.rs remove_locks_left", A_STEP),
];

const AN_ACT: &str = "`Acts` holds one, and what ends the program, which must not, writes an entry too";
const LEFT: &str = "what nobody reads is taken away, file by file";
const A_LOCK: &str = "an empty file, whose lock the system lets go";
const THE_STORY: &str = "the demonstration holds one from its beginning to its end";
const A_STEP: &str = "`finish` and `recover` hold one";

#[test]
fn whoever_writes_holds_what_ctrl_c_waits_for() {
    let told = told(&Tree::checkout(&[".rs"]), CALLED);
    assert!(told.is_empty(), "hold a `Whole` (crates/warifu-files/src/whole.rs) there:\n{told}");
}

/// What to say of each function that writes and holds nothing, and of each in `called` that does not.
fn told(tree: &Tree, called: &[(&str, &str)]) -> String {
    let mut told = String::new();
    let mut idle: Vec<&str> = called.iter().map(|(function, _)| *function).collect();
    for (path, text) in tree.files().filter(|(path, _)| is_of_the_command(path)) {
        for (name, body) in functions(of_programs(text)) {
            let Some(token) = WRITES.iter().find(|token| body.contains(*token)) else { continue };
            let function = format!("{path} {name}");
            if HOLDS.iter().any(|held| body.contains(held)) {
                continue;
            }
            match idle.iter().position(|idle| *idle == function) {
                Some(at) => drop(idle.remove(at)),
                None if called.iter().any(|(name, _)| *name == function) => {}
                None => writeln!(told, "{function} ({token})").unwrap(),
            }
        }
    }
    for function in idle {
        writeln!(told, "{function}: named here, and writes nothing or holds one").unwrap();
    }
    told
}

fn is_of_the_command(path: &str) -> bool {
    let crates = ["warifu", "warifu-audit", "warifu-channels", "warifu-files", "warifu-tokens"];
    let is_test = ["/tests.rs", "/testing.rs", "/contract.rs"].iter().any(|end| path.ends_with(end));
    crates.iter().any(|name| path.starts_with(&format!("crates/{name}/src/"))) && !is_test
}

/// `text` without its tests, which stand at its foot.
fn of_programs(text: &str) -> &str {
    let tests = ["\n#[cfg(test)]", "\n#[cfg(all(test"].iter().filter_map(|mark| text.find(mark)).min();
    &text[..tests.unwrap_or(text.len())]
}

/// Each function of `text` with what stands from its name to the next one's.
fn functions(text: &str) -> Vec<(&str, String)> {
    let mut functions: Vec<(&str, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        let words = line.trim_start().split("fn ").collect::<Vec<_>>();
        let is_head = words.len() > 1
            && words[0].split_whitespace().all(|word| {
                word.starts_with("pub") || ["const", "async", "unsafe", "super)", "crate)"].contains(&word)
            });
        if is_head {
            let name = words[1].split(['(', '<']).next().unwrap_or_default();
            functions.push((name, String::new()));
        }
        if let Some((_, body)) = functions.last_mut() {
            body.push_str(line);
            body.push('\n');
        }
    }
    functions
}

mod cases {
    use super::*;

    fn of(text: &str, called: &[(&str, &str)]) -> String {
        told(&Tree::invented(&[("crates/warifu/src/a.rs", text)]), called)
    }

    #[test]
    fn a_writer_that_holds_nothing_is_told() {
        let writes = "pub(super) fn one(a: u8) {\n    fs::write(a);\n}\n";
        assert_eq!(of(writes, &[]), "crates/warifu/src/a.rs one (fs::write()\n");
        let held = "fn one() {\n    let _whole = Whole::begin();\n    fs::write(a);\n}\n";
        assert_eq!(of(held, &[]), "");
        // The one of its neighbour is not its own.
        assert!(of(&format!("{held}{writes}"), &[]).contains(" one (fs::write()"));
        assert_eq!(of(&format!("fn two() {{}}\n#[cfg(test)]\nmod tests {{\n{writes}}}"), &[]), "");
    }

    #[test]
    fn who_is_named_here_is_none_to_tell_as_long_as_it_writes() {
        let named = [("crates/warifu/src/a.rs one", "its caller does")];
        assert_eq!(of("fn one() {\n    fs::write(a);\n}\n", &named), "");
        assert!(of("fn one() {}\n", &named).contains("named here, and writes nothing"));
    }
}
