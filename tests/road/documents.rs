//! The documents tell the truth: what they list is what the programs have.

use std::sync::Arc;

use warifu_masters::finding::Code;
use warifu_masters::schema::{Layout, Schemas};
use warifu_rules::consistency::{CATALOGUE, Count, Rule, Seen};
use warifu_values::lang::Lang;

use crate::stage::{Stage, checkout, not_installed, program};

pub(crate) fn document(path: &str) -> String {
    std::fs::read_to_string(checkout().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// `docs/findings.md` is this text. Set `WARIFU_WRITE_DOCS=1` to write it anew.
#[test]
fn every_finding_code_is_documented() {
    let mut text = String::from(
        "# Findings\n\n\
         What the programs say of data, by stable code. *Denied* refuses the data (exit status 1) unless\n\
         it is accepted by name with a reason (`warifu import --accept CODE=REASON`); known exceptions to\n\
         rules are `[[waiver]]` entries, of what was published in the layout and of a site in\n\
         `warifu.toml`, each with a reason and, where it should be, an end. `{found}` and `{expected}`\n\
         stand for the evidence.\n\n\
         This file is written by the tests from the programs' own table\n\
         (`WARIFU_WRITE_DOCS=1 cargo test -p warifu-tests documents`) and compared with it in every run.\n\n\
         ## Masters\n\n\
         | code | severity | meaning | 意味 | what to do |\n|---|---|---|---|---|\n",
    );
    let cell = |text: &str| text.replace('|', "\\|");
    let is_rule = |code: Code| CATALOGUE.iter().any(|rule| rule.code == code);
    for code in Code::ALL.iter().copied().filter(|code| !is_rule(*code)) {
        text.push_str(&format!(
            "| `{code}` | {} | {} | {} | {} |\n",
            code.severity().word(Lang::En),
            cell(code.text(Lang::En)),
            cell(code.text(Lang::Ja)),
            cell(code.advice(Lang::En)),
        ));
    }
    text.push_str(
        "\n## Rules\n\n\
         Rules between the fields and records of one master (`set/`), between the masters of a series\n\
         (`across/`) and between two versions of a master (`versions/`); a site's own are in\n\
         [rules.md](rules.md). *Source* gives the columns by the number they have in the published layout,\n\
         and what the rule leaves out and why. The counts are of published files, taken again by a test:\n\
         records that keep the rule, and in bold those that break it. A rule that is broken in a few known\n\
         places has waivers; one that is broken at large is a note.\n\n\
         | code | severity | meaning | 意味 | what to do | source | published files |\n\
         |---|---|---|---|---|---|---|\n",
    );
    let schemas = Schemas::built_in().unwrap();
    for code in Code::ALL.iter().copied().filter(|code| is_rule(*code)) {
        let rules = || CATALOGUE.iter().filter(move |rule| rule.code == code);
        let sources: Vec<_> = rules().map(|rule| source(rule, &schemas)).collect();
        let counts: Vec<_> = rules().flat_map(|rule| rule.counts).map(seen).collect();
        text.push_str(&format!(
            "| `{code}` | {} | {} | {} | {} | {} | {} |\n",
            code.severity().word(Lang::En),
            cell(code.text(Lang::En)),
            cell(code.text(Lang::Ja)),
            cell(code.advice(Lang::En)),
            sources.join("<br>"),
            counts.join("<br>"),
        ));
    }
    text.push_str("\n## Claims\n\nWhat a checker says of a claim is in [claims.md](claims.md).\n");
    if std::env::var_os("WARIFU_WRITE_DOCS").is_some() {
        std::fs::write(checkout().join("docs/findings.md"), &text).unwrap();
    }
    assert!(
        document("docs/findings.md") == text,
        "docs/findings.md is not what the programs have; see its head"
    );
}

/// The columns of a rule by their numbers, for each kind of master, and the remark.
fn source(rule: &Rule, schemas: &Schemas) -> String {
    let is_across = rule.code.as_str().starts_with("across/");
    let kinds = if is_across && rule.kinds.len() == 2 { &rule.kinds[..1] } else { rule.kinds };
    // The newest edition that has all of them: 令和8 reserves what some rules look at.
    let has_all = |layout: &&Arc<Layout>| rule.columns.iter().all(|id| layout.position(id).is_some());
    let of_kind = |kind: &&str| {
        let layout = schemas.editions(kind).into_iter().rfind(has_all).unwrap();
        let numbers = rule.columns.iter().map(|id| (layout.column(id).unwrap() + 1).to_string());
        format!("{kind} {}", numbers.collect::<Vec<_>>().join(", "))
    };
    let mut source = kinds.iter().map(of_kind).collect::<Vec<_>>().join("; ");
    if let (true, [_, other]) = (is_across, rule.kinds) {
        source.push_str(&format!(" -> {other}"));
    }
    if !rule.remark.is_empty() {
        source.push_str(&format!(". {}", rule.remark));
    }
    source
}

/// A count on published files.
fn seen(count: &Count) -> String {
    let name = |path: &str| path.rsplit('/').next().unwrap().trim_end_matches(".csv").to_owned();
    let place = match count.seen {
        Seen::Full(path) => name(path),
        Seen::State { base, last } => format!("{} and its differentials to {last}", name(base)),
        Seen::Steps { base, last } => format!("each step from {} to {last}", name(base)),
        Seen::Together(paths) => paths.iter().map(|path| name(path)).collect::<Vec<_>>().join(" + "),
    };
    match count.broken {
        0 => format!("{place}: {}", count.held),
        broken => format!("{place}: {}, **{broken}**", count.held),
    }
}

#[test]
fn the_two_commands_of_the_readme_are_the_first_two_blocks() {
    for readme in ["README.md", "README.ja.md"] {
        assert_eq!(blocks(readme)[..2], ["cargo run --release -- demo\n", "bash tests/run.sh\n"], "{readme}");
    }
}

/// What a shell is to run, block by block.
pub(crate) fn blocks(path: &str) -> Vec<String> {
    blocks_of(&document(path))
}

pub(crate) fn blocks_of(text: &str) -> Vec<String> {
    text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// Whether a block changes the machine; packaging/test.sh installs in a root of its own.
fn installs(block: &str) -> bool {
    ["cargo install", "apt-get install"].iter().any(|command| block.contains(command))
}

/// The month of the README, as it stands: every command in order, in one shell that stops at the first
/// failure.
#[test]
fn the_month_of_the_readme_runs_as_it_stands() {
    let english = blocks("README.md");
    assert_eq!(english, blocks("README.ja.md"), "the two READMEs give the same commands");
    for tool in ["timeout", "bash", "git", "curl", "iconv"] {
        if std::process::Command::new(tool).arg("--version").output().is_err() {
            not_installed("the month of the README", &format!("no {tool} on this machine"));
            return;
        }
    }
    let stage = Stage::new();
    std::os::unix::fs::symlink(checkout().join("masters"), stage.path("masters")).unwrap();
    let month: Vec<&String> = english[2..].iter().filter(|block| !installs(block)).collect();
    assert!(month.len() >= 6, "{month:?}");
    let mut script = String::from("set -e\ntrap 'kill %1 2>/dev/null; wait' EXIT\n");
    month.iter().for_each(|block| script.push_str(block));
    let programs = program("warifu").parent().unwrap().to_owned();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
    // Bounded: the README waits for a checker that may never answer.
    let output = std::process::Command::new("timeout")
        .args(["300", "bash", "-c", &script])
        .current_dir(stage.path("."))
        .env_clear()
        .env("PATH", path)
        .env("HOME", stage.path("."))
        .env("XDG_STATE_HOME", stage.path("states"))
        .env("LANG", "C.UTF-8")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", said(&output.stdout), said(&output.stderr));
}

#[test]
fn relative_links_lead_somewhere() {
    let documents = ["README.md", "README.ja.md", "ARCHITECTURE.md", "CHANGELOG.md"];
    let more = std::fs::read_dir(checkout().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let more = more.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let all = documents.iter().map(|name| checkout().join(name)).chain(more);
    for file in all {
        let text = std::fs::read_to_string(&file).unwrap();
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let path = link.split('#').next().unwrap();
            if path.is_empty() || path.contains("://") {
                continue;
            }
            let target = file.parent().unwrap().join(path);
            assert!(target.exists(), "{} links to {link}, which is not there", file.display());
        }
    }
}

#[test]
fn the_fixed_command_shapes_are_there() {
    let stage = Stage::new();
    let help = stage.warifu("--help").ends(0).out;
    let commands = [
        "demo", "init", "inspect", "validate", "convert", "apply", "diff", "import", "log", "show", "blame",
        "undo", "check", "export", "key", "trust", "release", "channel", "status", "repo", "config",
    ];
    for command in commands {
        assert!(help.lines().any(|line| line.trim_start().starts_with(command)), "{command}: {help}");
        stage.warifu(&format!("{command} --help")).ends(0);
    }
    let help = stage.run("warifu-checker", "--help").ends(0).out;
    for command in ["serve", "check", "status", "swap", "fall-back"] {
        assert!(help.contains(command), "{command}: {help}");
    }
}
