//! A configuration that is wrong, and what it names.

use std::fs;
use std::process::Command;

use warifu_checker::attach::Config;

use crate::attached::site::Site;
use crate::killed::{PROGRAM, published};

#[test]
fn what_is_wrong_in_the_configuration_is_named_by_line_and_column() {
    let site = Site::new();
    let sound = fs::read_to_string(site.at("attach.toml")).unwrap();
    let path = site.at("other.toml");
    let told = |config: &str| {
        fs::write(&path, config).unwrap();
        let faults = Config::read(&path).unwrap_err();
        let told = faults.into_iter().map(|fault| {
            assert!(!fault.why.ja.is_empty());
            let at = fault.place.strip_prefix(&*path.to_string_lossy()).unwrap();
            (at.to_owned(), fault.why.en)
        });
        told.collect::<Vec<_>>()
    };
    for (from, to, at, says) in [
        (
            "watch_seconds",
            "watch_second",
            ":3:1",
            "there is no key watch_second before the sections (is watch_seconds",
        ),
        ("[reload]", "[relod]", "", "exactly one"),
        (
            "[reload]",
            "[reload]\nmode = \"0640\"",
            ":14:1",
            "[reload] has no key mode (mode stands in [place])",
        ),
        ("[[probe]]", "[probe]", ":15:2", "probe is a section: it is written [[probe]]"),
        ("[from]", "[[from]]", ":5:3", "from is a section: it is written [from]"),
        ("\"0640\"", "\"0999\"", ":12:8", "octal"),
        ("\"0640\"", "\"+640\"", ":12:8", "octal"),
        ("mode =", "owner = \"nobody-is-called-so\"\nmode =", ":12:9", "nobody"),
        ("formats = [\"kikin\", \"kokuho\"]", "formats = []", ":11:11", "[place] formats says nothing"),
        ("formats = [\"kikin\", \"kokuho\"]", "", ":8:2", "[place] formats is missing: write formats"),
        ("\"kikin\", \"kokuho\"", "\"kikin\", \"kikin\"", ":11:1", "named twice"),
        ("[reload]", "[reload]\nsignal = \"HUP\"", ":13:2", "exactly one"),
        ("[reload]\ncommand =", "[reload]\nsignal = \"HUP\" #", ":13:2", "go together"),
        (
            "[reload]\ncommand =",
            "[reload]\nsignal = \"KILL\"\npid_file = \"it\" #",
            ":14:10",
            "is one of HUP",
        ),
        ("[reload]\ncommand =", "[reload]\ncommand = [] #", ":14:11", "[reload] command names no program"),
        ("[reload]\ncommand =", "[reload]\ncommand = [\"\", \"x\"] #", ":14:11", "names no program"),
        (
            "[reload]\ncommand =",
            "[reload]\ncommand = \"nginx -s reload\" #",
            ":14:11",
            "a list of text in quotes",
        ),
        ("alert =", "alert = [] #", ":4:9", "alert names no program"),
        ("tries = 1", "tries = 0", ":17:9", "[probe] tries is a number from 1"),
        ("tries = 1", "http = \"http://a/\"", ":15:1", "exactly one"),
        ("tries = 1", "contains = \"x\"", ":15:1", "of a page"),
        ("[[probe]]\ncommand =", "[[probe]]\nhttp = \"ftp://a/\" #", ":16:8", "http://host:port/path"),
        ("channel = [\"nowhere\"]", "channel = []", ":6:11", "[from] channel says nothing"),
        ("state = \"state\"", "", "", "state is missing: write state = … before all sections"),
        ("[reload]", "[watch]\nlisten = \"9642\"\n[reload]", ":14:10", "9642 is no address and port"),
        ("[reload]", "[watch]\nname = [\"x\"]\n[reload]", ":13:2", "which is missing"),
        ("watch_seconds", "poll_seconds = 0\nwatch_seconds", ":3:16", "86400"),
        ("watch_seconds", "poll_seconds = 86401\nwatch_seconds", ":3:16", "86400"),
        ("watch_seconds = 60", "watch_seconds = 9223372036854775807", ":3:17", "86400"),
        ("[reload]", "[reload]\nlimit_seconds = 9223372036854775807", ":14:17", "86400"),
        ("[[probe]]", "[[probe]]\nlimit_seconds = 9223372036854775807", ":16:17", "86400"),
        ("[[probe]]", "[[probe]]\npause_ms = 9223372036854775807", ":16:12", "86400000"),
        ("folder = \"releases\"", "folder = 3", ":9:10", "[place] folder is text in quotes, not integer"),
        ("folder = \"releases\"", "folder = \"\"", ":9:10", "[place] folder says nothing"),
        // What cannot be together, whichever way it is written.
        (
            "link = \"current\"",
            "link = \"releases\"",
            ":10:1",
            "[place] link and [place] folder are the same",
        ),
        ("link = \"current\"", "link = \"./x/../releases\"", ":10:1", "are the same"),
        ("link = \"current\"", "link = \"releases/now\"", ":10:1", "[place] link lies inside [place] folder"),
        (
            "folder = \"releases\"",
            "folder = \"current/it\"",
            ":9:1",
            "[place] folder lies inside [place] link",
        ),
        ("folder = \"releases\"", "folder = \"state/it\"", ":9:1", "[place] folder lies inside state"),
        ("link = \"current\"", "link = \"state/it\"", ":10:1", "[place] link lies inside state"),
        ("state = \"state\"", "state = \"releases/it\"", ":2:1", "state lies inside [place] folder"),
    ] {
        assert!(sound.contains(from), "{from}");
        let told = told(&sound.replacen(from, to, 1));
        assert!(told.iter().any(|(place, why)| place == at && why.contains(says)), "{to}: {told:#?}");
        // Of a section that is none, what must stand in it is missing besides.
        let most = match to {
            "[relod]" => 2,
            "[[from]]" => 3,
            _ => 1,
        };
        assert_eq!(told.len(), most, "{to}: {told:#?}");
    }
    // All at once, in the order of the file.
    let told = told("[place]\nlink = 3\nfolders = \"x\"\n[log]\nform = \"xml\"\n");
    let places: Vec<&str> = told.iter().map(|(at, _)| &**at).collect();
    assert_eq!(places, [":1:2", ":1:2", ":2:8", ":3:1", ":5:8", "", "", "", ""], "{told:#?}");
}

/// Paths are from the file's folder, also those of channels, and what they lead to is there.
#[test]
fn a_configuration_is_checked_with_what_it_names() {
    use std::os::unix::fs::PermissionsExt as _;

    let site = Site::new();
    let at = site.folder.path();
    published(at);
    let sound = fs::read_to_string(site.at("attach.toml")).unwrap();
    let sound = sound.replace("[\"nowhere\"]", "[\"channel\"]");
    let checked = |config: &str| {
        fs::write(site.at("attach.toml"), config).unwrap();
        let mut checks = Command::new(PROGRAM);
        checks.args(["attach", "--check-config", "--lang", "en", "--config"]).arg(site.at("attach.toml"));
        let output = checks.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(checked(&sound), (Some(0), String::new()));
    for (from, to, says) in [
        ("\"root.json\"", "\"missing.json\"", "missing.json"),
        ("\"root.json\"", "\"attach.toml\"", ""),
        ("[\"channel\"]", "[\"nowhere\"]", "nothing is at"),
        ("[\"channel\"]", "[\"bundle:nothing\"]", "nothing is at /"),
        ("[\"channel\"]", "[\"bundle:root.json\"]", "is no bundle of a channel"),
        ("[\"channel\"]", "[\".\"]", "no release lies at /"),
        ("\"state\"", "\"root.json\"", "is no folder"),
        ("\"releases\"", "\"root.json/it\"", "attach.toml:9:1: [place] folder: nothing can be written to"),
        ("\"current\"", "\"root.json\"", "attach.toml:10:1: [place] link: "),
        ("\"kokuho\"", "\"kokuhou\"", "attach.toml:11:1: [place] formats: no format is called kokuhou"),
        ("\"/bin/sh\"", "\"/no/such/program\"", "there is no program /no/such/program that can be run"),
        ("\"/bin/sh\"", "\"no-such-program\"", "there is no program no-such-program that can be run"),
    ] {
        assert!(sound.contains(from), "{from}");
        let (status, told) = checked(&sound.replacen(from, to, 1));
        assert!(status == Some(2) && told.contains(says), "{to}: {status:?} {told}");
    }
    // All of it at once.
    let several =
        sound.replace("\"root.json\"", "\"missing.json\"").replace("[\"channel\"]", "[\"nowhere\"]");
    let (_, told) = checked(&several.replace("\"kokuho\"", "\"kokuhou\""));
    assert!(["missing.json", "nothing is at", "kokuhou"].iter().all(|it| told.contains(it)), "{told}");
    let with_mirror = sound.replace("[\"channel\"]", "[\"unplugged\", \"http://masters.example/live\"]");
    assert_eq!(checked(&with_mirror), (Some(0), String::new()), "one may be away");
    // Also where root asks, who can read it.
    let mode = |mode| fs::set_permissions(site.at("root.json"), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o000);
    let (status, told) = checked(&sound);
    assert!(status == Some(2) && told.contains("root.json"), "{told}");
    mode(0o400);
    assert_eq!(checked(&sound), (Some(0), String::new()));
    assert!(!site.at("state").exists());
}
