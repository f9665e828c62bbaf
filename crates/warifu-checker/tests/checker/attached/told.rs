//! What is told of a program where nobody asks: on stderr, and to those who watch.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use warifu_checker::service::{Doors, Queue, Requests, Status};
use warifu_checker::swap::Wanted;
use warifu_values::lang::{Lang, Speak as _};

use crate::attached::process::{Attach, asked, events, given, until, until_there};
use crate::attached::site::{Site, draft, later};
use crate::killed::{PROGRAM, publish_unsigned, published};
use crate::line::Draft;

/// Whoever reads the log of the process knows what became of each release.
#[test]
fn what_becomes_of_a_program_is_told_on_stderr() {
    let site = Site::new();
    let at = site.folder.path();
    let (world, channel, line) = published(at);
    let Draft { masters, .. } = draft(1);
    publish_unsigned(&world, channel.as_ref(), &line, line.unsigned("2024-05-31", masters));
    site.refuses("2\n");
    let config = fs::read_to_string(site.at("attach.toml")).unwrap();
    let config = config.replace("channel = [\"nowhere\"]", "channel = [\"channel\"]");
    let config = config.replace("[from]", "poll_seconds = 1\ncalendar = \"none\"\n[from]");
    fs::write(site.at("attach.toml"), config + "[log]\nform = \"json\"\nlevel = \"warn\"\n").unwrap();
    let told = fs::File::create(site.at("told")).unwrap();
    let attach = Attach::by(Command::new(PROGRAM).env("NOTIFY_SOCKET", "/nowhere"), at, told.into());
    until(at, "held", |status| status.held.iter().any(|held| held.id.release == 2));
    let told = fs::read_to_string(site.at("told")).unwrap();
    let events: Vec<serde_json::Value> =
        told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(events.iter().any(|it| it["event"] == "attached.refused" && it["release"] == 2), "{told}");
    assert!(events.iter().all(|it| it["level"] != "info"), "{told}");
    // What is for its own memory alone is not handed on.
    let environment = fs::read_to_string(site.at("environment")).unwrap();
    assert!(environment.contains("WARIFU_RELEASE=2\n") && !environment.contains("MALLOC_"), "{environment}");
    assert!(!environment.contains("NOTIFY_SOCKET"), "{environment}");
    // Nothing is read again, and it goes on.
    assert!(Command::new("kill").args(["-HUP", &attach.0.id().to_string()]).status().unwrap().success());
    assert_eq!(asked(at, &["swap"]).status.code(), Some(1), "held");
}

/// It is put back, and that is told.
#[test]
fn whoever_moves_the_link_hears_of_it() {
    let (site, _) = given("");
    let at = site.folder.path();
    let _attach = Attach::telling(at, fs::File::create(site.at("told")).unwrap().into());
    let in_step = |status: &Status| status.attached.as_ref().is_some_and(|it| it.uses == Some(2));
    until(at, "in step", in_step);
    fs::remove_file(site.at("current")).unwrap();
    until_there(&site.at("current"), true);
    until(at, "in step again", in_step);
    let told = events(&fs::read_to_string(site.at("told")).unwrap());
    assert!(told.iter().any(|event| event == "attached.moved"), "{told:?}");
}

/// Nobody is told that a first release is confirmed before the program was seen to work with it for a while.
#[test]
fn a_first_release_is_confirmed_once_the_program_was_seen_to_work_with_it() {
    let site = Site::new();
    let swapper = site.start(|_| ());
    let told = || {
        let status = Status::of(&swapper, Requests::default(), Queue::default(), Doors::default(), later(0));
        (status.state.clone(), status.say(Lang::En))
    };
    assert!(told().1.contains("no release runs"), "{}", told().1);
    site.shelf.offer(draft(1));
    swapper.poll(later(0), Wanted::ByItself);
    for seconds in 0..3 {
        let (state, said) = told();
        assert_eq!(state, "probation", "after {seconds} looks");
        assert!(said.contains("its first release is confirmed then"), "{said}");
        assert!(!said.lines().any(|line| line == "confirmed"), "{said}");
        swapper.tick(later(seconds));
    }
    let (state, said) = told();
    assert!(state == "confirmed" && said.lines().any(|line| line == "confirmed"), "{said}");
    assert!(!said.contains("its first release"), "{said}");
}

/// What the alert on `cause="program"` reads, where no operator is asked.
#[test]
fn a_program_that_is_out_of_step_can_be_watched() {
    let (site, _) = given("");
    let at = site.folder.path();
    let config = fs::read_to_string(site.at("attach.toml")).unwrap();
    let watched = "[watch]\nlisten = \"127.0.0.1:0\"\nname = [\"masters.example\"]\n[log]";
    fs::write(site.at("attach.toml"), config.replace("[log]", watched)).unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(["attach", "--lang", "en", "--config"]).arg(at.join("attach.toml"));
    let mut attach = Attach(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut line = String::new();
    let out = attach.0.stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).unwrap();
    let address = line.trim().strip_prefix("watched at ").unwrap_or_else(|| panic!("{line:?}")).to_owned();
    let page = |path: &str, host: &str| {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.get(format!("http://{address}{path}")).header("host", host).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    };
    let says = |what: &str| {
        let started = Instant::now();
        loop {
            let (status, text) = page("/metrics", "masters.example");
            if status == 200 && text.contains(what) {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "never {what}: {text}");
            std::thread::yield_now();
        }
    };
    until(at, "release 2", |status| {
        status.state == "confirmed" && status.running.as_ref().is_some_and(|it| it.id.release == 2)
    });
    says("warifu_amiss{cause=\"program\"} 0\n");
    site.refuses("2\n");
    fs::remove_file(site.at("current")).unwrap();
    says("warifu_amiss{cause=\"program\"} 1\n");
    assert_eq!(page("/metrics", "elsewhere.example").0, 403);
    // No claims come here: nothing is said of any.
    let (_, status) = page("/status", "masters.example");
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    for of_claims in ["requests", "queue", "replay", "kept_claims"] {
        assert!(status.get(of_claims).is_none() && status.get("attached").is_some(), "{of_claims}: {status}");
    }
    assert_eq!(status["doors"], serde_json::json!({ "is_draining": false }));
    assert_eq!(page("/swap", "masters.example").0, 404, "nothing is commanded there");
}

/// Where a service manager's filter takes the call away, somebody is told, once, and the work is done.
#[test]
fn that_nothing_gives_way_to_claims_is_told_once() {
    let (site, _) = given("");
    let at = site.folder.path();
    let mut traced = Command::new("strace");
    // The program is the child; who traces it ends with it.
    traced.args(["-D", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=setpriority"]);
    traced.args(["-e", "inject=setpriority:error=EPERM"]).arg(PROGRAM);
    if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
        assert!(std::env::var_os("WARIFU_TEST_ALL").is_none(), "strace is not installed");
        return;
    }
    let told = fs::File::create(site.at("events")).unwrap();
    let _attach = Attach::by(&mut traced, at, told.into());
    until(at, "release 2", |status| status.running.as_ref().is_some_and(|it| it.id.release == 2));
    let told = events(&fs::read_to_string(site.at("events")).unwrap());
    assert_eq!(told.iter().filter(|event| *event == "priority.not_lowered").count(), 1, "{told:?}");
}
