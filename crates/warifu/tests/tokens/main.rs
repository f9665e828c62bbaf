//! Keys on tokens, with SoftHSM: made there, signing from there, and what goes wrong with them.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod desk;

use std::process::{Child, Command, Stdio};

use desk::Desk;

const PLACE: &str = "--channel channel --root root.json";

/// A pair on each side's token, and a root that both officers signed with theirs.
fn house(desk: &Desk) {
    for (token, name) in [("kikin", "aoki"), ("kokuho", "baba")] {
        let key = desk.key(token, name);
        let made = desk.warifu(&format!("key new {name} --organisation {token} --on {key}")).ends(0);
        assert!(made.out.contains(&format!("pkcs11:token={token};object={name}: the secret half")));
        assert!(!desk.path(&format!("{name}.key")).exists());
    }
    desk.warifu("key generate ci").ends(0);
    let cards = "--kikin aoki.pub.json --kokuho baba.pub.json --timestamp ci.pub.json";
    desk.warifu(&format!("trust init {cards} -o root.draft.json")).ends(0);
    for (token, name) in [("kikin", "aoki"), ("kokuho", "baba")] {
        let key = desk.key(token, name);
        desk.warifu(&format!("trust sign root.draft.json --yes --key {key}")).ends(0);
    }
    desk.warifu("trust finish root.draft.json -o root.json --channel channel").ends(0);
}

fn drafted(desk: &Desk) {
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../../masters/demo");
    desk.warifu("init masters").ends(0);
    desk.warifu(&format!("import --repo masters --series r06 {demo}/2024-05/y_ALL20240401.csv")).ends(0);
    desk.warifu(&format!("release draft --repo masters {PLACE} --title first -o first")).ends(0);
}

/// Two officers who are the two signers, each with a token: nothing is signed by a key in a file but the
/// timestamp.
#[test]
fn two_tokens_sign_a_root_and_a_release_that_python_tuf_takes() {
    let Some(desk) = Desk::set_up() else { return };
    house(&desk);
    drafted(&desk);
    for (token, name) in [("kikin", "aoki"), ("kokuho", "baba")] {
        let key = desk.key(token, name);
        let sign = format!("release sign first --repo masters {PLACE} --yes --key {key}");
        desk.warifu(&sign).ends(0);
    }
    desk.warifu(&format!("release publish first {PLACE} --key ci.key")).ends(0);
    desk.warifu("channel verify channel --root root.json").ends(0);
    let fetched = python_tuf(&desk);
    assert!(fetched.is_none_or(|(status, digest)| status == 0 && digest.len() == 64));

    // The timestamp by a token too, and what one organisation says alone; a key in a file has no say here.
    let [kikin, kokuho] = [desk.key("kikin", "aoki"), desk.key("kokuho", "baba")];
    desk.warifu(&format!("release refresh {PLACE} --key {kikin}")).says(3, "");
    let withdraw = format!("release withdraw {PLACE} --yes --reason wrong --key {kokuho}");
    let ran = desk.warifu(&withdraw).ends(0);
    assert!(ran.out.contains("baba"), "{}", ran.out);
    desk.warifu("channel verify channel --root root.json").says(3, "wrong");
    let revoke = format!("key revoke aoki.pub.json {PLACE} --yes --reason stolen --key {kikin}");
    desk.warifu(&revoke).ends(0);

    // Whose key it was stands in the log of acts, and no PIN does.
    let log = std::fs::read_to_string(desk.path("states/warifu/audit.jsonl")).unwrap();
    for told in [r#""act":"sign""#, r#""holder":"aoki""#, r#""holder":"baba""#, r#""holder":"ci""#] {
        assert!(log.contains(told), "{told}: {log}");
    }
    assert!(log.contains(r#""token":"pkcs11:token=kikin;object=aoki""#));
    assert!(!log.contains("hush-"), "{log}");
}

#[test]
fn a_key_on_a_token_is_made_once_and_shown_without_a_pin() {
    let Some(desk) = Desk::set_up() else { return };
    let key = desk.key("kikin", "aoki");
    let make = |name: &str, more: &str| {
        desk.warifu(&format!("key generate {name} --organisation kikin --on {key}{more}"))
    };
    make("aoki", "").ends(0);
    make("other", "").says(2, "already");
    assert!(!desk.path("other.pub.json").exists());
    // A card of what is there: the same key.
    make("again", " --existing").ends(0);
    let card = |name: &str| {
        let card = std::fs::read_to_string(desk.path(&format!("{name}.pub.json"))).unwrap();
        serde_json::from_str::<serde_json::Value>(&card).unwrap()["public"].clone()
    };
    assert_eq!(card("aoki"), card("again"));
    let told = desk.warifu("key show aoki.pub.json").ends(0).out;
    let groups = told.lines().find(|line| line.contains("read out")).unwrap();
    let shown = desk.warifu("key show pkcs11:token=kikin;object=aoki").ends(0);
    assert!(shown.out.contains(groups), "{}", shown.out);
    desk.warifu(&format!("key change-passphrase --key {key}")).says(2, "the token's own tool");

    // Two of one label are told apart by their ids.
    let second = key.replace("object=aoki", "object=aoki;id=%02");
    desk.warifu(&format!("key generate second --organisation kikin --on {second}")).ends(0);
    desk.warifu("key show pkcs11:token=kikin;object=aoki").says(2, "id=%02");
    desk.warifu("key show pkcs11:token=kikin;object=aoki;id=%02").ends(0);
}

#[test]
fn what_is_named_wrong_is_told_apart() {
    let Some(desk) = Desk::set_up() else { return };
    desk.warifu(&format!("key new aoki --on {}", desk.key("kikin", "aoki"))).ends(0);
    let show = |uri: &str, says: &str| desk.warifu(&format!("key show {uri}")).says(2, says);
    show("pkcs11:token=kikin;object=abe", "the keys that it holds: aoki");
    show("pkcs11:token=kykin;object=aoki", "there are: ");
    show("pkcs11:object=aoki", "say which by serial=");
    show("pkcs11:token=kikin", "names no key");
    show("pkcs11:token=kikin;objekt=aoki", "objekt is not understood");
    show("pkcs11:token=kikin;object=aoki?module-path=nowhere.so", "no PKCS#11 module at nowhere.so");
    show("pkcs11:token=kikin;object=aoki?module-path=passphrase", "cannot be used as a PKCS#11 module");
    desk.warifu("--lang ja key show pkcs11:token=kikin;object=abe").says(2, "その鍵がありません");

    // ECDSA on P-256, as most tokens have it, is no key of ours.
    let pem = desk.path("p256.pem");
    let mut openssl = Command::new("openssl");
    openssl.args("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out".split(' ')).arg(&pem);
    assert!(openssl.stderr(Stdio::null()).status().unwrap().success());
    let import = format!("--import {} --token kikin --label p256 --id 09 --pin hush-kikin", pem.display());
    assert!(desk.softhsm(&import));
    show("pkcs11:token=kikin;object=p256", "of Ed25519, and this one is CKK_EC");
    let key = desk.key("kikin", "p256");
    desk.warifu(&format!("key new x --existing --on {key}")).says(2, "of Ed25519, and this one is CKK_EC");
    let only = format!("key new x --on {}", desk.key("kikin", "x"));
    desk.warifu_instead("only ECDSA", &only).says(2, "ECDSA and RSA do not count");
    assert!(!desk.path("x.pub.json").exists());
}

#[test]
fn a_pin_is_never_on_the_command_line_and_never_tried_too_often() {
    let Some(desk) = Desk::set_up() else { return };
    let new = |name: &str, uri: &str| format!("key new {name} --on {uri}");
    desk.warifu(&new("x", "pkcs11:token=kikin?pin-value=not-the-pin")).says(2, "change this PIN now");
    let log = std::fs::read_to_string(desk.path("states/warifu/audit.jsonl")).unwrap();
    assert!(log.contains("pin-value") && !log.contains("not-the-pin"), "{log}");

    let right = desk.key("kikin", "aoki");
    let wrong = right.replace("kikin.pin", "passphrase");
    desk.warifu(&new("aoki", &wrong)).says(2, "the PIN is wrong");
    // A file gives it once: a wrong one that is tried again locks a token.
    desk.warifu_instead("last try", &new("aoki", &right)).says(2, "was not given");
    desk.warifu_instead("locked", &new("aoki", &right)).says(2, "locked after too many");
    // The passphrase of a key file, which WARIFU_PASSPHRASE_FILE names for everything, is never tried.
    let unasked = new("aoki", "pkcs11:token=kikin");
    desk.warifu(&unasked).says(2, "no terminal to ask for the PIN; name a file with it by --pin-file");
    desk.warifu(&format!("{unasked} --passphrase-file kikin.pin")).says(2, "no terminal to ask for the PIN");
    desk.warifu(&format!("{unasked} --pin-file kokuho.pin")).says(2, "kokuho.pin: the PIN is wrong");
    desk.warifu(&format!("{unasked} --pin-file kikin.pin")).ends(0);
}

/// At a terminal: not shown, asked for again after a typo, and the last try told as such and not repeated.
#[test]
fn a_pin_is_typed_without_being_shown() {
    let Some(desk) = Desk::set_up() else { return };
    let new = |name: &str| format!("key new {name} --on pkcs11:token=kikin");
    let Some(typed) = desk.warifu_typing("not-the-pin,hush-kikin", "nothing", &new("aoki")) else { return };
    let typed = typed.ends(0);
    assert_eq!(typed.out.matches("PIN of the token kikin").count(), 2, "{}", typed.out);
    assert!(!typed.out.contains("not-the-pin") && !typed.out.contains("hush-"), "{}", typed.out);
    let last = desk.warifu_typing("not-the-pin,hush-kikin", "last try", &new("abe")).unwrap().ends(2);
    assert_eq!(last.out.matches("LAST TRY before it locks").count(), 1, "{}", last.out);
    assert!(last.out.contains("one try is left") && !desk.path("abe.pub.json").exists(), "{}", last.out);
}

#[test]
fn a_token_that_fails_in_the_middle_signs_nothing() {
    let Some(desk) = Desk::set_up() else { return };
    house(&desk);
    drafted(&desk);
    let key = desk.key("kikin", "aoki");
    let sign = format!("release sign first --repo masters {PLACE} --yes --key {key}");
    desk.warifu_instead("is gone", &sign).says(2, "the token is gone");
    desk.warifu_instead("hangs", &format!("{sign} --pkcs11-wait 1")).says(2, "no answer within 1 seconds");
    desk.warifu_instead("lies", &sign).says(2, "is not its signature");
    let signatures = std::fs::read_dir(desk.path("first/signatures"));
    assert_eq!(signatures.map_or(0, Iterator::count), 0);
    // Nor is a key handed on that could leave, or whose halves do not belong together.
    let new = |name: &str| format!("key new {name} --on {}", desk.key("kikin", name));
    desk.warifu_instead("leaks", &new("leaky")).says(2, "destroyed again");
    desk.warifu("key show pkcs11:token=kikin;object=leaky").says(2, "no such key");
    desk.warifu_instead("lies", &new("liar")).says(2, "is not its signature");
    assert!(!desk.path("leaky.pub.json").exists() && !desk.path("liar.pub.json").exists());
    desk.warifu(&sign).ends(0);
}

/// What python-tuf, untouched, makes of the channel: how it ended, and the digest that it tells. None, and a
/// line that says so, where it is not installed.
fn python_tuf(desk: &Desk) -> Option<(i32, String)> {
    let Some(python) = std::env::var_os("WARIFU_TEST_PYTHON") else {
        assert!(std::env::var_os("WARIFU_TEST_ALL").is_none(), "WARIFU_TEST_ALL leaves nothing out");
        return None;
    };
    let mut server = Command::new(&python)
        .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory"])
        .arg(desk.path("channel"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let url = served(&mut server);
    let output = Command::new(&python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/road/stock_client.py"))
        .args([url, desk.path("root.json").display().to_string()])
        .arg(desk.path("client"))
        .arg("release-1.json")
        .output()
        .unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Some((output.status.code().unwrap(), told))
}

/// "Serving HTTP on 127.0.0.1 port N (http://127.0.0.1:N/) ..."
fn served(server: &mut Child) -> String {
    let mut line = String::new();
    let out = server.stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).unwrap();
    line.split(['(', ')']).nth(1).unwrap().trim_end_matches('/').to_owned()
}
