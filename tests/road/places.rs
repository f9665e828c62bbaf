//! Places that others can write to: whose settings count, who is sent a login, and what two at once or a
//! broken neighbour leave whole.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::releases::{PLACE, draft, house, publish, sign};
use crate::stage::{Ran, Stage, checkout, left_out};

/// A server that has nothing, at its address; what it was asked, whole.
fn listening() -> (String, Arc<Mutex<String>>) {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/x", server.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(String::new()));
    let all = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in server.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap_or(0);
            all.lock().unwrap().push_str(&String::from_utf8_lossy(&request[..read]));
            let _ =
                stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    (address, asked)
}

fn import(stage: &Stage, repo: &str, file: &str) -> Ran {
    let file = checkout().join("masters/demo").join(file);
    stage.warifu(&format!("import --repo {repo} --series r06 {}", file.display()))
}

/// A repository, shared by `kikin` and `kokuho`, with the procedures of June.
fn shared(stage: &Stage) {
    stage.warifu("init kikin").ends(0);
    import(stage, "kikin", "2024-06/s_ALL20240531.csv").ends(0);
    stage.warifu("repo push --repo kikin shared").ends(0);
    stage.warifu("repo clone shared kokuho").ends(0);
}

/// `[defaults]` with this in the repository's `warifu.toml`, as a commit.
fn declare(stage: &Stage, repo: &str, line: &str) {
    let path = stage.path(repo).join("warifu.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.split("\n[defaults]").next().unwrap().to_owned();
    std::fs::write(&path, format!("{text}\n[defaults]\n{line}\n")).unwrap();
    stage.warifu(&format!("repo keep --repo {repo} --reason effective-days")).ends(0);
}

fn of_user(stage: &Stage, text: &str) {
    std::fs::create_dir_all(stage.path(".config/warifu")).unwrap();
    stage.write(".config/warifu/config.toml", text);
}

#[test]
fn what_others_send_is_told_never_counts_before_the_users_own_word_and_is_sent_no_login() {
    let stage = Stage::new();
    house(&stage);
    shared(&stage);
    let (evil, asked) = listening();
    declare(&stage, "kikin", &format!("channel = \"{evil}\""));
    stage.warifu("repo push --repo kikin").ends(0);
    let fetched = stage.warifu("repo fetch --repo kokuho").ends(0);
    assert!(
        fetched.out.contains(&format!("warifu.toml: [defaults] channel = \"{evil}\"")),
        "{}",
        fetched.out
    );

    // The user's own file comes first.
    let real = stage.path("channel").canonicalize().unwrap();
    of_user(&stage, &format!("channel = \"{}\"\nroot = \"../../root.json\"\n", real.display()));
    let shown = stage.warifu("config --repo kokuho --json").ends(0).json()["settings"].clone();
    assert_eq!(shown["channel"]["value"], serde_json::json!(real), "{shown}");
    let status = stage.warifu("status --repo kokuho").ends(0);
    assert!(status.out.contains(&format!("channel: {} (", real.display())), "{}", status.out);
    assert_eq!(*asked.lock().unwrap(), "");

    // Where the user says none, it is asked, said aloud, and sees no login.
    of_user(&stage, "root = \"../../root.json\"\n");
    stage.write("login", "bearer SECRET-OF-THE-REAL-CHANNEL\n");
    let with_login = "WARIFU_CHANNEL_CREDENTIALS=login WARIFU_CHANNEL_PATIENCE=1";
    let status = stage.shell(&format!("{with_login} warifu status --repo kokuho"));
    assert!(status.out.contains("[defaults] of the repository's"), "{} {}", status.out, status.err);
    let changes = stage.shell(&format!("{with_login} warifu release changes --repo kokuho"));
    assert!(changes.err.contains(&format!("channel: {evil} ([defaults] of the repo")), "{}", changes.err);
    let list = stage.shell("cd kokuho && WARIFU_CHANNEL_CREDENTIALS=../login warifu channel list");
    assert!(list.err.contains("[defaults] of the repository's"), "{}", list.err);
    let seen = std::mem::take(&mut *asked.lock().unwrap());
    assert!(seen.contains("GET /x/metadata/") && !seen.contains("SECRET"), "{seen}");
    // The same place, named by the user, sees it.
    stage.shell(&format!("{with_login} warifu channel list {evil} --root root.json"));
    assert!(asked.lock().unwrap().contains("SECRET"));
}

#[test]
fn who_publishes_is_told_where() {
    let stage = Stage::new();
    house(&stage);
    shared(&stage);
    declare(&stage, "kikin", "channel = \"../channel\"");
    let draft =
        stage.shell("cd kikin && warifu release draft --root ../root.json --title one -o ../d1").ends(0);
    let channel = stage.path("kikin").canonicalize().unwrap().join("../channel");
    assert!(draft.err.contains(&format!("channel: {} ([defaults]", channel.display())), "{}", draft.err);
    sign(&stage, "d1", "kikin", "aoki", 0);
    sign(&stage, "d1", "kikin", "baba", 0);
    let published =
        stage.shell("cd kikin && warifu release publish ../d1 --root ../root.json --key ../ci.key");
    let published = published.ends(0);
    assert!(published.err.contains("channel: "), "{}", published.err);
    assert!(published.out.contains(&format!("published on {}", channel.display())), "{}", published.out);
    let refresh = "release refresh --channel channel --root root.json --key ci.key";
    let refreshed = stage.warifu(refresh).ends(0);
    assert!(refreshed.out.contains("renewed on channel:") && refreshed.err.is_empty(), "{refreshed:?}");
    let refreshed =
        stage.shell(&format!("WARIFU_CHANNEL=channel warifu {}", refresh.replace("--channel channel", "")));
    assert!(refreshed.err.contains("channel: channel (WARIFU_CHANNEL)"), "{}", refreshed.err);
    assert_eq!(stage.warifu(&format!("{refresh} --json")).ends(0).json()["channel"], "channel");
}

/// What libgit2 opens for nobody else says nothing either.
#[cfg(unix)]
#[test]
fn settings_of_a_folder_that_is_another_users_or_no_repository_do_not_count() {
    let stage = Stage::new();
    shared(&stage);
    declare(&stage, "kikin", "channel = \"theirs\"");
    let channel = |folder: &str| {
        let ran = stage.shell(&format!("mkdir -p {folder} && cd {folder} && warifu config --json")).ends(0);
        ran.json()["settings"]["channel"]["value"].clone()
    };
    assert!(channel("kikin/within").as_str().unwrap().ends_with("/theirs"));
    // A folder that is only called so.
    std::fs::create_dir_all(stage.path("public/.git")).unwrap();
    stage.write("public/warifu.toml", "[defaults]\nchannel = \"stale\"\n");
    assert_eq!(channel("public/me"), serde_json::Value::Null);
    let gives = |path: &str| std::os::unix::fs::chown(stage.path(path), Some(65_534), None).is_ok();
    if !gives("kikin/warifu.toml") {
        return left_out("settings of another owner", "only root gives files away");
    }
    assert_eq!(channel("kikin/within"), serde_json::Value::Null);
    stage.shell("chown -R 65534 kikin").ends(0);
    assert_eq!(channel("kikin/within"), serde_json::Value::Null);
}

#[test]
fn of_two_who_send_at_once_one_is_refused_and_no_commit_is_lost() {
    let stage = Stage::new();
    shared(&stage);
    import(&stage, "kikin", "2024-06/s_20240614.csv").ends(0);
    import(&stage, "kokuho", "2024-06/t_ALL20240531.csv").ends(0);
    for round in 0..8 {
        let [one, two] = ["a", "b"].map(|name| format!("{name}{round}"));
        stage.shell(&format!("cp -r shared s{round} && cp -r kikin {one} && cp -r kokuho {two}")).ends(0);
        for repo in [&one, &two] {
            stage.shell(&format!("git -C {repo} remote set-url origin \"$PWD/s{round}\"")).ends(0);
        }
        let push = |repo: &str| {
            let mut command = stage.command("warifu");
            command.args(["repo", "push", "--repo", repo]);
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
            command.spawn().unwrap()
        };
        let ended = [push(&one), push(&two)].map(|child| child.wait_with_output().unwrap());
        let mut codes = ended.each_ref().map(|ended| ended.status.code().unwrap());
        codes.sort_unstable();
        assert_eq!(codes, [0, 1], "{ended:?}");
        let refused = ended.iter().find(|ended| ended.status.code() == Some(1)).unwrap();
        let told = String::from_utf8_lossy(&refused.stderr);
        assert!(told.contains("nothing was sent") && told.contains("repo fetch"), "{told}");
        let log = stage.shell(&format!("git -C s{round} log --format=%s main")).ends(0).out;
        let kept = ["s_20240614.csv", "t_ALL20240531.csv"].iter().filter(|name| log.contains(**name)).count();
        assert_eq!(kept, 1, "{log}");
        stage.shell(&format!("git -C s{round} fsck --strict")).ends(0);
    }
}

/// `first`, drafted and signed by Kikin.
fn signed_by_kikin(stage: &Stage) {
    house(stage);
    shared(stage);
    draft(stage, "first");
    sign(stage, "first", "kikin", "aoki", 0);
}

fn signature(stage: &Stage, side: &str) -> std::path::PathBuf {
    let entries = std::fs::read_dir(stage.path("first/signatures")).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    paths.find(|path| path.file_name().unwrap().to_string_lossy().starts_with(side)).unwrap()
}

#[test]
fn a_signature_that_does_not_hold_takes_no_place_and_the_others_are_taken() {
    let stage = Stage::new();
    signed_by_kikin(&stage);
    stage.shell("cp -r first copy").ends(0);
    let good = signature(&stage, "kikin");
    let text = std::fs::read_to_string(&good).unwrap();
    let mut bad: serde_json::Value = serde_json::from_str(&text).unwrap();
    let sig = bad["sig"].as_str().unwrap().to_owned();
    let digit = if sig.ends_with('0') { "1" } else { "0" };
    bad["sig"] = format!("{}{digit}", &sig[..sig.len() - 1]).into();
    stage.write("bad.json", format!("{bad:#}"));
    // Of a key that nobody knows, and of the same name otherwise.
    bad["keyid"] = "00".repeat(32).into();
    stage.write("foreign.json", format!("{bad:#}"));
    stage.write("junk.json", "{}");
    stage
        .shell("warifu release sign copy --repo kikin --channel channel --root root.json --key abe.key --yes")
        .ends(0);
    let files: Vec<_> =
        std::fs::read_dir(stage.path("copy/signatures")).unwrap().map(|it| it.unwrap().path()).collect();
    let other = files.iter().find(|path| path.file_name() != good.file_name()).unwrap().display().to_string();

    let brought = format!("release collect first bad.json foreign.json junk.json {other} {PLACE}");
    let ran = stage.warifu(&format!("{brought} --json")).ends(3);
    let document = ran.json();
    assert_eq!(document["taken"], serde_json::json!([other]), "{document:#}");
    let refused: Vec<_> = document["refused"].as_array().unwrap().iter().map(|one| &one["file"]).collect();
    assert_eq!(refused.len(), 3, "{document:#}");
    assert_eq!(document["kikin"]["have"], 2);
    assert_eq!(std::fs::read_to_string(&good).unwrap(), text, "the good one stays");
    assert_eq!(std::fs::read_dir(stage.path("first/signatures")).unwrap().count(), 2);
    let told = stage.warifu(&brought).ends(3);
    assert!(told.err.contains("bad.json does not hold") && told.out.contains("aoki"), "{}", told.err);

    // One of Kokuho that seals what is not here cannot be known to hold; with Kikin's it is taken.
    stage.shell("cp -r first other").ends(0);
    sign(&stage, "first", "kokuho", "baba", 0);
    let sealed = signature(&stage, "kokuho").display().to_string();
    std::fs::remove_dir_all(stage.path("other/signatures")).unwrap();
    stage.warifu(&format!("release collect other {sealed} {PLACE}")).ends(3);
    let all: Vec<_> =
        std::fs::read_dir(stage.path("first/signatures")).unwrap().map(|it| it.unwrap().path()).collect();
    let all: Vec<_> = all.iter().map(|path| path.display().to_string()).collect();
    stage.warifu(&format!("release collect other {} --require-both {PLACE}", all.join(" "))).ends(0);
    publish(&stage, "other", 0);
}

#[test]
fn drafts_go_into_folders_of_their_own_alone() {
    let stage = Stage::new();
    signed_by_kikin(&stage);
    std::fs::create_dir(stage.path("theirs")).unwrap();
    stage.write("theirs/targets.json", "my only copy");
    for place in ["theirs", "kikin", "channel", "first"] {
        let into = format!("release draft --repo kikin {PLACE} --title two -o {place}");
        let ran = stage.warifu(&into).ends(2);
        assert!(ran.err.contains("choose another folder"), "{place}: {}", ran.err);
        stage.warifu(&format!("{into} --force")).ends(2);
    }
    assert_eq!(std::fs::read_to_string(stage.path("theirs/targets.json")).unwrap(), "my only copy");
    stage.shell("git -C kikin status --porcelain | grep . && exit 1; exit 0").ends(0);
}

#[test]
fn a_channel_that_no_new_reader_can_read_is_neither_verified_nor_renewed() {
    let stage = Stage::new();
    signed_by_kikin(&stage);
    sign(&stage, "first", "kokuho", "baba", 0);
    publish(&stage, "first", 0);
    let verify = "channel verify channel --root root.json";
    stage.warifu(verify).ends(0);
    let refresh = format!("release refresh {PLACE} --key ci.key");
    let broken = |status: i32| {
        let before = std::fs::read(stage.path("channel/metadata/timestamp.json")).unwrap();
        for line in [verify, &refresh] {
            let ran = stage.warifu(line).ends(status);
            assert!(ran.err.contains("the channel is broken"), "{line}: {}", ran.err);
            assert!(!ran.out.contains("every byte"), "{}", ran.out);
        }
        assert_eq!(std::fs::read(stage.path("channel/metadata/timestamp.json")).unwrap(), before);
    };
    for file in ["1.targets.json", "1.snapshot.json"] {
        let path = stage.path("channel/metadata").join(file);
        let whole = std::fs::read(&path).unwrap();
        let mut changed = whole.clone();
        let at = changed.len() / 2;
        changed[at] ^= 1;
        std::fs::write(&path, changed).unwrap();
        broken(3);
        std::fs::remove_file(&path).unwrap();
        broken(2);
        std::fs::write(&path, whole).unwrap();
        stage.warifu(verify).ends(0);
    }
    stage.warifu(&refresh).ends(0);
}

/// As `kill -9` leaves it.
#[test]
fn what_a_killed_exchange_left_stops_nobody() {
    let stage = Stage::new();
    shared(&stage);
    let git = stage.path("kokuho/.git");
    std::fs::create_dir_all(git.join("refs/warifu")).unwrap();
    let lock = git.join("refs/warifu/incoming.lock");
    std::fs::write(&lock, "").unwrap();
    stage.warifu("repo fetch --repo kokuho").ends(0);
    assert!(!lock.exists());
    // Of a branch, somebody else may hold the lock: what to do is said.
    import(&stage, "kikin", "2024-06/s_20240614.csv").ends(0);
    let of_branch = stage.path("shared/refs/heads/main.lock");
    std::fs::write(&of_branch, "").unwrap();
    let told = stage.warifu("repo push --repo kikin").ends(2);
    assert!(told.err.contains(&format!("delete {}", of_branch.display())), "{}", told.err);
    std::fs::remove_file(&of_branch).unwrap();
    stage.warifu("repo push --repo kikin").ends(0);
    std::fs::write(git.join("refs/heads/main.lock"), "").unwrap();
    let told = stage.warifu("repo fetch --repo kokuho").ends(2);
    assert!(told.err.contains("main.lock") && told.err.contains("delete the file"), "{}", told.err);
    std::fs::remove_file(git.join("refs/heads/main.lock")).unwrap();
    stage.warifu("repo fetch --repo kokuho").ends(0);

    for (line, folder) in [("repo clone shared", "copy"), ("init", "made")] {
        let left = stage.path(folder).join(".warifu-making-Ab3xY9/repository/.git");
        std::fs::create_dir_all(&left).unwrap();
        // Whoever holds the lock is at work.
        let lock = left.parent().unwrap().with_file_name("lock");
        let held = std::fs::File::create(&lock).unwrap();
        held.lock().unwrap();
        stage.warifu(&format!("{line} {folder}")).ends(2);
        drop(held);
        stage.warifu(&format!("{line} {folder}")).ends(0);
        stage.warifu(&format!("check --repo {folder}")).ends(0);
        let names = std::fs::read_dir(stage.path(folder)).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(names.into_iter().all(|name| !name.to_string_lossy().starts_with(".warifu")));
    }
    // What cannot be cloned leaves nothing.
    stage.warifu("repo clone nowhere none").ends(2);
    assert!(!stage.path("none").exists());
}

/// A killed command leaves the repository whole, or a folder in which the next one makes it.
#[test]
fn a_clone_that_is_killed_at_any_moment_is_made_by_the_next() {
    let stage = Stage::new();
    shared(&stage);
    for round in 0..12 {
        let folder = format!("copy{round}");
        let mut command = stage.command("warifu");
        command.args(["repo", "clone", "shared", &folder]);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let mut child = command.spawn().unwrap();
        // The moments are spread over the work, not waited for.
        std::thread::sleep(std::time::Duration::from_millis(round * 12));
        child.kill().unwrap();
        child.wait().unwrap();
        if !stage.path(&folder).join(".git").exists() {
            stage.warifu(&format!("repo clone shared {folder}")).ends(0);
        } else {
            stage.warifu(&format!("repo restore --repo {folder}")).ends(0);
        }
        stage.warifu(&format!("check --repo {folder}")).ends(0);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_shared_copy_is_waited_for_by_nobody() {
    let stage = Stage::new();
    shared(&stage);
    stage.shell("mkfifo shared/packed-refs").ends(0);
    for line in ["repo clone shared copy", "repo fetch --repo kokuho", "repo push --repo kikin"] {
        let told = stage.shell(&format!("timeout 20 warifu {line}")).ends(2);
        assert!(told.err.contains("packed-refs in the shared copy is neither a file"), "{}", told.err);
    }
    assert!(!stage.path("copy").exists());
}
