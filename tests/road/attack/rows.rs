//! The attempts: what the server gives out, and what our programs say of it in both languages.

use serde_json::{Value, json};
use warifu_channels::testing::{MemoryChannel, signed};

use super::forging::TIMESTAMP;
use super::scene::Scene;
use super::served::Trouble;

/// What the server gives out, and what it does to the answer for one file.
pub(super) struct Lie {
    pub(super) files: MemoryChannel,
    pub(super) trouble: Option<(String, Trouble)>,
}

/// What our programs make of it, and a part of the reason that they give in English and in Japanese; `|` is
/// between two of which either will do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ours {
    /// It is refused for want of trust; what was known before stays.
    Refused(&'static str, &'static str),
    /// The same, and that keys were revoked is not forgotten.
    RefusedAndLearnt(&'static str, &'static str),
    /// What both signed is remembered, and what was given out for it is refused.
    ContentRefused(&'static str, &'static str),
    /// The server brings no answer: nothing is known, and nothing changes.
    NoAnswer(&'static str, &'static str),
    /// There is nothing wrong with it.
    Taken,
}

pub(super) struct Row {
    /// As the table in docs/trust.md has it.
    pub(super) attempt: &'static str,
    pub(super) lie: fn(&Scene) -> Lie,
    pub(super) ours: Ours,
}

impl From<MemoryChannel> for Lie {
    fn from(files: MemoryChannel) -> Self {
        Lie { files, trouble: None }
    }
}

/// The same without patches: with them, who holds the release before needs none of what they replace.
fn whole(channel: MemoryChannel) -> MemoryChannel {
    for path in channel.files().into_keys().filter(|path| path.contains(".patch.")) {
        channel.remove(&path);
    }
    channel
}

/// `files`, with an answer for `path` that goes wrong so.
fn troubled(files: MemoryChannel, path: &str, trouble: Trouble) -> Lie {
    Lie { files, trouble: Some((path.to_owned(), trouble)) }
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(0), |inner, _| json!([inner]))
}

/// In the order in which one checker meets them: what it takes, or learns from, comes last.
pub(super) const ROWS: &[Row] = &[
    Row {
        attempt: "the whole channel as it was a release ago",
        lie: |scene| scene.after[0].clone().into(),
        ours: Ours::Refused("a rollback", "巻き戻しの疑い"),
    },
    Row {
        attempt: "a stolen timestamp key points back to the release before",
        lie: |scene| scene.timestamped(&scene.after[0], |timestamp| timestamp["version"] = 99.into()).into(),
        ours: Ours::Refused("a rollback", "巻き戻しの疑い"),
    },
    Row {
        attempt: "a stolen timestamp key approves a release of its own",
        lie: |scene| scene.third_as(|_| {}, &[&scene.timestamp], &[&scene.timestamp]).into(),
        ours: Ours::Refused(
            "Kikin 0 of 2 signed, Kokuho 0 of 1 signed",
            "支払基金 2名中0名、国保中央会 1名中0名",
        ),
    },
    Row {
        attempt: "a stolen timestamp key counts beyond what JSON can hold",
        lie: |scene| {
            scene.timestamped(&scene.after[2], |timestamp| timestamp["version"] = (1_u64 << 53).into()).into()
        },
        ours: Ours::Refused("timestamp.json", "timestamp.json"),
    },
    Row {
        attempt: "Kokuho's stolen keys list Kikin's older half",
        lie: |scene| scene.sealed_older_half().into(),
        ours: Ours::Refused("a rollback", "巻き戻しの疑い"),
    },
    Row {
        attempt: "time stands still: the timestamp has run out",
        lie: |scene| {
            let expires = |timestamp: &mut Value| timestamp["expires"] = "2024-01-01T00:00:00Z".into();
            scene.timestamped(&scene.after[2], expires).into()
        },
        ours: Ours::Refused("timestamp.json expired", "期限切れ"),
    },
    Row {
        attempt: "Kikin's older half under the name of the newer one",
        lie: |scene| {
            let channel = scene.third_of_both(|_| {});
            channel.put("metadata/3.targets.json", channel.files()["metadata/2.targets.json"].clone());
            channel.into()
        },
        ours: Ours::Refused("is not what was signed", "署名された内容と一致しません"),
    },
    Row {
        attempt: "timestamp.json never ends",
        lie: |scene| troubled(scene.third_of_both(|_| {}), TIMESTAMP, Trouble::Endless),
        ours: Ours::Refused("longer than", "上限"),
    },
    Row {
        attempt: "timestamp.json says that it is shorter than it is",
        lie: |scene| troubled(scene.third_of_both(|_| {}), TIMESTAMP, Trouble::Claims { length: 100 }),
        ours: Ours::Refused("timestamp.json is malformed", "timestamp.json の形式が不正"),
    },
    Row {
        attempt: "timestamp.json says that it is longer than it is",
        lie: |scene| troubled(scene.third_of_both(|_| {}), TIMESTAMP, Trouble::Claims { length: 9_999 }),
        ours: Ours::NoAnswer("no answer", "応答がありません"),
    },
    Row {
        attempt: "timestamp.json drips, a byte at a time",
        lie: |scene| troubled(scene.third_of_both(|_| {}), TIMESTAMP, Trouble::Drip),
        // Which of the two a loaded machine comes to is its own affair.
        ours: Ours::NoAnswer("too slowly|no answer", "遅すぎます|応答がありません"),
    },
    Row {
        attempt: "Kikin alone",
        lie: |scene| scene.third_as(|_| {}, &scene.kikin(), &[]).into(),
        ours: Ours::Refused(
            "Kikin 2 of 2 signed, Kokuho 0 of 1 signed",
            "支払基金 2名中2名、国保中央会 1名中0名",
        ),
    },
    Row {
        attempt: "Kikin's people in both roles",
        lie: |scene| scene.third_as(|_| {}, &scene.kikin(), &scene.kikin()).into(),
        ours: Ours::Refused(
            "Kikin 2 of 2 signed, Kokuho 0 of 1 signed",
            "支払基金 2名中2名、国保中央会 1名中0名",
        ),
    },
    Row {
        attempt: "Kokuho alone",
        lie: |scene| scene.third_as(|_| {}, &[], &[&scene.kokuho[0]]).into(),
        ours: Ours::Refused(
            "Kikin 0 of 2 signed, Kokuho 1 of 1 signed",
            "支払基金 2名中0名、国保中央会 1名中1名",
        ),
    },
    Row {
        attempt: "one of Kikin's two, whose signature stands there twice",
        lie: |scene| scene.one_signature_twice().into(),
        ours: Ours::Refused("signs twice", "targets.json の形式が不正"),
    },
    Row {
        attempt: "Kikin's half swapped after approval",
        lie: |scene| scene.swapped_after(scene.third_of_both(|_| {})).into(),
        ours: Ours::Refused("is not what was signed", "署名された内容と一致しません"),
    },
    Row {
        attempt: "the same where Kokuho sealed its version and no digest",
        lie: |scene| scene.swapped_after(scene.sealed_without_digest()).into(),
        ours: Ours::Refused("could be swapped after approval", "承認後に差し替えられる"),
    },
    Row {
        attempt: "root 1 once more as the root that follows",
        lie: |scene| scene.next_root(|root| root["version"] = 1.into(), &scene.officers()).into(),
        ours: Ours::Refused("root version 1 was offered where 2 must follow", "2 が続くはずですが 1"),
    },
    Row {
        attempt: "a next root that Kikin's officers sign alone",
        lie: |scene| scene.next_root(|_| {}, &scene.kikin()).into(),
        ours: Ours::Refused("root version 2 is signed by 2 of 4", "ルート第2版の署名が不足"),
    },
    Row {
        attempt: "a next root of both in which one side's officers are enough",
        lie: |scene| {
            let weaker = |root: &mut Value| root["roles"]["root"]["threshold"] = 2.into();
            scene.next_root(weaker, &scene.officers()).into()
        },
        ours: Ours::Refused(
            "with fewer than 4 one organisation could change it",
            "このルートは受け付けられません",
        ),
    },
    Row {
        attempt: "a next root of both in which Kikin's people are Kokuho's too",
        lie: |scene| {
            let same = |root: &mut Value| {
                root["roles"]["snapshot"]["keyids"] = root["roles"]["targets"]["keyids"].clone();
            };
            scene.next_root(same, &scene.officers()).into()
        },
        ours: Ours::Refused("does not belong to the organisation that holds", "団体のものではありません"),
    },
    Row {
        attempt: "timestamp.json is brackets, 8,000 deep",
        lie: |scene| {
            let channel = scene.third_of_both(|_| {});
            channel.put(TIMESTAMP, "[".repeat(8_000).into_bytes());
            channel.into()
        },
        ours: Ours::Refused("timestamp.json is malformed", "timestamp.json の形式が不正"),
    },
    Row {
        attempt: "both sign a list that is 300 deep",
        lie: |scene| scene.third_of_both(|targets| targets["x-deep"] = nested(300)).into(),
        ours: Ours::Refused("targets.json is malformed", "targets.json の形式が不正"),
    },
    Row {
        attempt: "both sign a name that leads out of its folder",
        lie: |scene| {
            let out = |targets: &mut Value| {
                targets["targets"]["../../etc/cron.d/warifu"] = targets["targets"]["release-3.json"].clone();
            };
            scene.third_of_both(out).into()
        },
        ours: Ours::Refused("targets.json is malformed", "targets.json の形式が不正"),
    },
    Row {
        attempt: "both hand their say to other keys (delegation)",
        lie: |scene| {
            let delegated = |targets: &mut Value| targets["delegations"] = json!({"keys": {}, "roles": []});
            scene.third_of_both(delegated).into()
        },
        ours: Ours::Refused("delegates to other keys", "他の鍵に委任"),
    },
    Row {
        attempt: "timestamp.json says its version twice",
        lie: |scene| scene.said_twice().into(),
        ours: Ours::Refused("timestamp.json is malformed", "timestamp.json の形式が不正"),
    },
    Row {
        attempt: "the manifest never ends",
        lie: |scene| troubled(whole(scene.third_of_both(|_| {})), &scene.manifest().0, Trouble::Endless),
        ours: Ours::ContentRefused("longer than", "上限"),
    },
    Row {
        attempt: "the manifest has other bytes of the same length",
        lie: |scene| {
            let (channel, (path, mut bytes)) = (whole(scene.third_of_both(|_| {})), scene.manifest());
            *bytes.last_mut().unwrap() ^= 1;
            channel.put(&path, bytes);
            channel.into()
        },
        ours: Ours::ContentRefused("is not what was signed", "署名された内容と一致しません"),
    },
    Row {
        attempt: "both sign a blob of 4 GiB of zeros",
        lie: |scene| scene.bomb().into(),
        ours: Ours::ContentRefused("is not what was signed", "署名された内容と一致しません"),
    },
    Row {
        attempt: "statements that nobody signed (and release 3, as both signed it)",
        lie: |scene| {
            let channel = scene.third_anew(5);
            channel.put("statements/kikin.1.json", b"{\"payload\":\"\"}".to_vec());
            channel.put("statements/kokuho.1.json", vec![b'['; 100_000]);
            channel.into()
        },
        ours: Ours::Taken,
    },
    Row {
        attempt: "a stolen timestamp key counts to a million, for what both signed",
        lie: |scene| {
            let channel = scene.third_anew(6);
            scene.timestamped(&channel, |timestamp| timestamp["version"] = 1_000_000.into()).into()
        },
        ours: Ours::Taken,
    },
    Row {
        attempt: "a release of people whom the next root leaves out",
        lie: |scene| {
            let channel = scene.rotated();
            let timestamp = scene.timestamped(&channel, |timestamp| timestamp["version"] = 1_000_001.into());
            assert_eq!(signed(&timestamp, TIMESTAMP)["version"], 1_000_001);
            timestamp.into()
        },
        ours: Ours::RefusedAndLearnt("Kikin 0 of 2 signed", "支払基金 2名中0名"),
    },
];
