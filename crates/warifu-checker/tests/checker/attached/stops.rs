//! An ordinary stop while the program is told.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::attached::process::{Attach, events, given, until, until_there};
use crate::killed::PROGRAM;

/// It ends only after the program has read what it was told to read, and knows that then. Only the process
/// itself is told to end, as the unit says.
#[test]
fn an_ordinary_stop_while_the_program_is_told_waits_for_it() {
    let unit = include_str!("../../../../../packaging/debian/warifu-attach@.service");
    assert!(unit.contains("\nKillMode=mixed\n") && unit.contains("\nType=notify\n"), "{unit}");
    let (site, publish) = given("    while [ -f waits ]; do touch told-to; sleep 0.02; done\n");
    let at = site.folder.path();
    let manager = std::os::unix::net::UnixDatagram::bind(site.at("notify")).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let hears = |begins: &str| loop {
        let mut bytes = [0; 4096];
        let count = manager.recv(&mut bytes).unwrap_or_else(|error| panic!("never {begins}: {error}"));
        let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
        if text.lines().any(|line| line.starts_with(begins)) {
            break text;
        }
    };
    let told = fs::File::create(site.at("events")).unwrap();
    let mut attach =
        Attach::by(Command::new(PROGRAM).env("NOTIFY_SOCKET", site.at("notify")), at, told.into());
    hears("READY=1");
    hears("WATCHDOG=1");
    until(at, "release 2", |status| {
        status.state == "confirmed" && status.running.as_ref().is_some_and(|it| it.id.release == 2)
    });
    fs::write(site.at("waits"), "").unwrap();
    publish(2);
    until_there(&site.at("told-to"), true);
    assert!(Command::new("kill").args(["-TERM", &attach.0.id().to_string()]).status().unwrap().success());
    hears("STOPPING=1");
    // Operators are heard no more: what is left to do is what it waits for.
    until_there(&site.at("state/operator.sock"), false);
    fs::remove_file(site.at("waits")).unwrap();
    assert!(attach.0.wait().unwrap().success());
    let told = fs::read_to_string(site.at("events")).unwrap();
    let told = events(&told);
    let of_the_process: Vec<&str> =
        told.iter().map(|event| &**event).filter(|it| ["start", "drain", "end"].contains(it)).collect();
    assert_eq!(of_the_process, ["start", "drain", "end"], "{told:?}");
    assert_eq!((site.linked(), site.read()), (Some(3), Some(3)));
    // What it was given is written down, as one that ended as it should.
    let record = fs::read(site.at("state/checker.json")).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
    assert_eq!((&record["running"]["release"], &record["phase"]), (&3.into(), &"probation".into()));
    let _attach = Attach::start(at);
    let status = until(at, "release 3", |status| {
        status.state == "confirmed" && status.running.as_ref().is_some_and(|it| it.id.release == 3)
    });
    assert!(status.held.is_empty(), "{:?}", status.held);
}
