//! The demonstration, from its first command to its last: the widest road through both programs.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::process::Command;

/// Plays it in `lang` and gives what it printed; it must end well and leave its folder empty.
fn played(lang: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let scratch = folder.path().join("scratch");
    let mut command = Command::new(env!("CARGO_BIN_EXE_warifu"));
    command.args(["--lang", lang, "demo", "--dir"]).arg(&scratch).args(more);
    let output = command.output().unwrap();
    let (text, errors) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}\n{errors}");
    assert!(!scratch.exists(), "the folder is left behind");
    text
}

#[test]
fn the_story_goes_as_told_in_both_languages() {
    let english = played("en", &[]);
    let japanese = played("ja", &[]);
    for (text, last) in [(&english, "The day in numbers"), (&japanese, "この日のまとめ")] {
        assert!(text.contains(last));
        assert!(!text.contains('\x1b'), "colours are for terminals");
    }
    assert!(english.contains("160990110 見本検査Ａ: 2024-06-01–2026-05-31: 21.00 → 12.00"));
    assert!(japanese.contains("160990110 見本検査Ａ（令和6年6月1日～令和8年5月31日）: 21.00 → 12.00"));
}

#[test]
fn numbers_for_programs_are_one_json_document() {
    let document: serde_json::Value = serde_json::from_str(&played("en", &["--json"])).unwrap();
    assert_eq!(document["failed"], 0);
    assert_eq!(document["swaps"], 2);
}
