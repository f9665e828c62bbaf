//! Which files may be in a bundle, under which names, and how long each may be.

use warifu_trust::{ChannelPath, Organisation, limits};

/// All members together: a release and its fallback at a hundred times the size of real ones.
pub(super) const ALL_BYTES: u64 = 512 << 20;

/// Members: the files of two releases, patches to one, their metadata, every root there was, and what each
/// organisation said alone.
pub(super) const MEMBERS: usize = 2 * limits::FILES
    + limits::PATCHES
    + 3
    + limits::ROOT_ROTATIONS as usize
    + 2 * limits::STATEMENTS as usize;

/// The member that holds the file `path`. Content is in a folder of its digest, because a name in a `ustar`
/// archive has room for 100 bytes after its last slash and content's names are longer.
pub(super) fn member_of(path: &ChannelPath) -> String {
    match path.as_str().strip_prefix("targets/").and_then(|rest| rest.split_once('.')) {
        Some((sha256, name)) => format!("targets/{sha256}/{name}"),
        None => path.as_str().to_owned(),
    }
}

/// The file that the member `name` holds, and how long it may be; `None` for what no channel has.
pub(super) fn file_of(name: &str) -> Option<(ChannelPath, u64)> {
    let (path, limit_bytes) = match name.split('/').collect::<Vec<_>>()[..] {
        ["metadata", "timestamp.json"] => (ChannelPath::timestamp(), limits::TIMESTAMP_BYTES),
        ["metadata", file] => {
            let (version, role) = file.split_once('.')?;
            let version = version.parse().ok()?;
            match role {
                "root.json" => (ChannelPath::root(version), limits::ROOT_BYTES),
                "snapshot.json" => (ChannelPath::snapshot(version), limits::SNAPSHOT_BYTES),
                "targets.json" => (ChannelPath::targets(version), limits::TARGETS_BYTES),
                _ => return None,
            }
        }
        ["statements", file] => {
            let (word, number) = file.strip_suffix(".json")?.split_once('.')?;
            let organisation = Organisation::BOTH.into_iter().find(|of| of.word() == word)?;
            (ChannelPath::statement(organisation, number.parse().ok()?), limits::STATEMENT_BYTES)
        }
        ["targets", sha256, target] => {
            (ChannelPath::content(sha256.parse().ok()?, &target.parse().ok()?), limits::BLOB_BYTES)
        }
        _ => return None,
    };
    // `01.root.json` and digits in capitals name nothing that anybody asks for.
    (member_of(&path) == name).then_some((path, limit_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_a_channel_have_members_and_each_one_name() {
        let digest = "ab".repeat(32);
        for name in [
            "metadata/timestamp.json",
            "metadata/12.root.json",
            "metadata/1.targets.json",
            "statements/kikin.12.json",
            &format!("targets/{digest}/r06.drug.0123456789abcdef.timelines.zst"),
        ] {
            assert_eq!(member_of(&file_of(name).unwrap().0), name);
        }
        for name in [
            "metadata/01.root.json",
            "metadata/+1.root.json",
            "metadata/1.root.json.",
            "metadata/../1.root.json",
            "/metadata/1.root.json",
            "metadata/1.keys.json",
            "statements/kikin.01.json",
            "statements/others.1.json",
            "metadata//timestamp.json",
            &format!("targets/{}/x", digest.to_uppercase()),
            &format!("targets/{digest}/.hidden"),
            &format!("targets/{digest}.x"),
            "",
        ] {
            assert!(file_of(name).is_none(), "{name}");
        }
    }
}
