//! Writes the manual pages:
//! `cargo run -p warifu-checker --features https,manual --bin warifu-checker-manual DIR`.

use warifu_checker::cli::command_line;
use warifu_usage::{Catalogue, FileOf, manual};
use warifu_values::lang::Lang;

mod pages;

const FILES: [FileOf; 4] = [
    FileOf {
        path: "/etc/warifu/checker.toml",
        en: "The settings of the installed service.",
        ja: "サービスの設定です。",
    },
    FileOf { path: "/var/lib/warifu-checker", en: "Its state.", ja: "サービスの状態です。" },
    FileOf {
        path: "/var/lib/warifu-checker/operator.sock",
        en: "Where it hears operators.",
        ja: "運用担当者の操作を受け付ける窓口です。",
    },
    FileOf {
        path: "/usr/share/doc/warifu-checker/operations.ja.md",
        en: "What to do on a bad night, step by step; operations.md is the same in English.",
        ja: "運用手順書です。夜間に必要なことを順に示します。",
    },
];

fn main() -> std::io::Result<()> {
    let words = Catalogue::read(include_str!("../../crates/warifu-checker/help/ja.po"));
    pages::write(&manual(command_line(Lang::En), &words, &FILES)?)
}
