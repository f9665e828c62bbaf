//! What is attacked: a channel with three releases as it was after each, and everybody's keys.

use std::path::Path;

use warifu_channels::testing::MemoryChannel;
use warifu_trust::{Passphrase, Policy, SecretKey, SignedRoot, TrustedState};

use crate::releases::{PLACE, clone, draft_accepting, publish, pull, sign};
use crate::stage::{Stage, checkout};

pub(super) struct Scene {
    pub(super) stage: Stage,
    /// Two of Kikin sign.
    pub(super) kikin: [SecretKey; 2],
    /// One of Kokuho signs.
    pub(super) kokuho: [SecretKey; 2],
    pub(super) timestamp: SecretKey,
    pub(super) root: SignedRoot,
    /// The channel after release 1, 2 and 3.
    pub(super) after: [MemoryChannel; 3],
}

impl Scene {
    /// Both programs take part as they are; the channel lies in the folder `channel`.
    pub(super) fn build() -> Self {
        let stage = Stage::new();
        for (name, side) in [("aoki", "kikin"), ("abe", "kikin"), ("baba", "kokuho"), ("bito", "kokuho")] {
            stage.warifu(&format!("key generate {name} --organisation {side}")).ends(0);
        }
        stage.warifu("key generate ci").ends(0);
        stage
            .warifu(
                "trust init --kikin aoki.pub.json --kikin abe.pub.json --kikin-threshold 2 --kokuho \
                 baba.pub.json --kokuho bito.pub.json --timestamp ci.pub.json -o root.draft.json",
            )
            .ends(0);
        for officer in ["aoki", "abe", "baba", "bito"] {
            stage.warifu(&format!("trust sign root.draft.json --key {officer}.key")).ends(0);
        }
        stage.warifu("trust finish root.draft.json -o root.json --channel channel").ends(0);
        stage.warifu("init kikin").ends(0);
        clone(&stage);
        let import = |file: &str| {
            let file = checkout().join("masters/demo/2024-05").join(file);
            stage.warifu(&format!("import --repo kikin --series r04 {}", file.display())).ends(0);
            pull(&stage);
        };
        let release = |name: &str| {
            if name == "first" {
                stage.warifu(&format!("release draft --repo kikin {PLACE} --title first -o first")).ends(0);
            } else {
                draft_accepting(&stage, name);
            }
            for (repo, key) in [("kikin", "aoki"), ("kikin", "abe"), ("kokuho", "baba")] {
                sign(&stage, name, repo, key, 0);
            }
            publish(&stage, name, 0);
            files(&stage.path("channel"))
        };
        import("s_ALL20240501.csv");
        let first = release("first");
        import("c_ALL20240501.csv");
        let second = release("second");
        import("t_ALL20240501.csv");
        let third = release("third");

        let passphrase = Passphrase::new("correct horse".into()).unwrap();
        let key = |name: &str| {
            let pem = std::fs::read_to_string(stage.path(&format!("{name}.key"))).unwrap();
            SecretKey::from_encrypted_pem(&pem, &passphrase).unwrap()
        };
        let root = std::fs::read(stage.path("root.json")).unwrap();
        Scene {
            kikin: ["aoki", "abe"].map(key),
            kokuho: ["baba", "bito"].map(key),
            timestamp: key("ci"),
            root: TrustedState::pin(&root, Policy::default()).unwrap().root().clone(),
            after: [first, second, third],
            stage,
        }
    }
}

/// Every file below `folder`, by its path from there.
pub(super) fn files(folder: &Path) -> MemoryChannel {
    let channel = MemoryChannel::default();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).into_iter().flatten().map(Result::unwrap) {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                let path = entry.path();
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
                channel.put(name, std::fs::read(&path).unwrap());
            }
        }
    }
    channel
}

/// Writes all of `channel` below `folder`, which holds nothing else afterwards.
pub(super) fn write(channel: &MemoryChannel, folder: &Path) {
    if folder.exists() {
        std::fs::remove_dir_all(folder).unwrap();
    }
    for (name, bytes) in channel.files() {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}
