//! Writes the manual pages: `cargo run -p warifu --features https,pkcs11,manual --bin warifu-manual DIR`.

use clap::CommandFactory as _;
use warifu_usage::{Catalogue, FileOf, manual};

#[path = "../../crates/warifu/src/cli/mod.rs"]
#[expect(dead_code, reason = "only what parses a command line is asked for here")]
mod cli;
mod pages;

const FILES: [FileOf; 2] = [
    FileOf {
        path: "~/.local/state/warifu",
        en: "What was accepted of each root, so that nothing older is accepted later.",
        ja: "ルートごとに受け入れたもの。後から古いものを受け入れないためのものです。",
    },
    FileOf {
        path: "warifu.toml",
        en: "The series of a repository of masters, and the days on which each kind of master is in force.",
        ja: "マスターのリポジトリの系列と、マスター種別ごとの適用期間です。",
    },
];

fn main() -> std::io::Result<()> {
    let words = Catalogue::read(include_str!("../../crates/warifu/help/ja.po"));
    pages::write(&manual(cli::Cli::command(), &words, &FILES)?)
}
