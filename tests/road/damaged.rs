//! A memory that is damaged stops nothing that judges, and is not stepped around.

use crate::releases::published_procedures;
use crate::stage::{Stage, data};

#[test]
fn a_checker_whose_memory_is_damaged_judges_on_and_says_so() {
    let Some(_) = data("a damaged memory") else { return };
    let stage = Stage::new();
    published_procedures(&stage);
    let swap = |socket: &str, status: i32| {
        stage.run("warifu-checker", &format!("swap --socket {socket}")).ends(status);
    };
    let checker = stage.serve("");
    swap(&checker.socket, 0);
    assert_eq!(checker.check(b"").0, 1);
    checker.kill();
    let file = stage.path("state/trusted/trusted-state.json");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();

    let checker = stage.serve("--poll 3600");
    assert_eq!(checker.check(b"").0, 1);
    swap(&checker.socket, 2);
    let status = checker.status().to_string();
    assert!(status.contains("trusted-state.json") && status.contains("warifu-checker repair"), "{status}");
    assert!(!status.contains("move the file away"), "one way out of it, and not two: {status}");
    // Mended, it goes on without a restart.
    std::fs::write(&file, &whole).unwrap();
    swap(&checker.socket, 0);
    assert_eq!(checker.check(b"").0, 1);

    // A signer's or reader's command says what to do, and does nothing.
    stage.warifu("channel verify channel --root root.json --state memory").ends(0);
    std::fs::write(stage.path("memory/trusted-state.json"), b"{").unwrap();
    let refused = stage.warifu("channel verify channel --root root.json --state memory").ends(3);
    assert!(refused.err.contains("memory/trusted-state.json"), "{}", refused.err);
    assert!(refused.err.contains("backup") && refused.err.contains("by voice"), "{}", refused.err);
}
