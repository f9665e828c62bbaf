//! What a signer is told before all else. None of it stops a release: each may be meant, and must be known.

use warifu_masters::finding::Code;
use warifu_trust::{Correction, Made, Manifest, MasterEntry, UnixSeconds};
use warifu_values::day::said_day;
use warifu_values::judgement::LetPass;
use warifu_values::lang::{Lang, Speak, counted};
use warifu_values::say;

use crate::release::FORMATS;
use crate::store::Ancestry;
use crate::withdrawn::Withdrawn;

/// The release published now, as far as it can be compared with.
#[derive(Debug)]
pub enum Published {
    /// Nothing is published, or the very release that is looked at.
    None,
    /// Its number, its commit, and how the commit that is looked at stands to that one.
    At {
        /// The number.
        release: u64,
        /// The commit, in full.
        commit: String,
        /// How the other one stands to it.
        ancestry: Ancestry,
        /// What it holds.
        manifest: Box<Manifest>,
    },
}

/// One thing that a signer must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caution {
    /// One organisation withdrew a release that held these very masters.
    Withdrawn(Made),
    /// The release that it follows, and is compared with, was taken away.
    AgainstWithdrawn(Withdrawn),
    /// Files came in after it was drafted, which it does not hold.
    NewerImports {
        /// How many.
        imports: usize,
    },
    /// The release takes back what was published since its commit.
    Older {
        /// The published release.
        release: u64,
        /// Its commit, in full.
        commit: String,
    },
    /// The commit does not come after that of the published release.
    Apart {
        /// The published release.
        release: u64,
        /// Its commit, in full.
        commit: String,
    },
    /// The commit of the published release is not in this repository.
    Unknown {
        /// The published release.
        release: u64,
        /// Its commit, in full.
        commit: String,
    },
    /// Its masters are those of an older release, and it does not say that it goes back.
    UndeclaredRevert {
        /// That release.
        release: u64,
    },
    /// Its masters are those of the published release: it changes nothing.
    Unchanged {
        /// The published release.
        release: u64,
    },
    /// Masters that the published release has are not in this one.
    Gone {
        /// The masters, `series/kind`.
        masters: Vec<String>,
    },
    /// A master is not listed any more in a format that the published release lists it in.
    FormatGone {
        /// The master.
        master: String,
        /// The formats.
        formats: Vec<String>,
    },
    /// Findings that refuse data are let pass that the published release does not let pass.
    LetPass {
        /// The master.
        master: String,
        /// The findings, each with its reason.
        findings: Vec<String>,
    },
    /// A master has fewer records than in the published release.
    Fewer {
        /// The master.
        master: String,
        /// How many it has.
        rows: u64,
        /// How many it had.
        before: u64,
    },
    /// An emergency correction that no release has yet, in a release that does not call itself an emergency.
    NotAnEmergency {
        /// The master.
        master: String,
        /// Its file.
        file: String,
        /// Its day.
        dated: String,
    },
    /// An emergency correction of the published release is marked no more. Why (an official file contains it,
    /// it was taken back) is not in the two manifests.
    CorrectionEnds {
        /// The master.
        master: String,
        /// Its file.
        file: String,
        /// Its day.
        dated: String,
    },
    /// An emergency correction of the published release was dropped: an official file that says otherwise was
    /// taken all the same.
    CorrectionDropped {
        /// The master.
        master: String,
        /// Its file.
        file: String,
        /// Its day.
        dated: String,
        /// The records that are not as it corrected them; none where not all of them are known.
        keys: Vec<String>,
        /// Why, in the words of whoever imported.
        reason: String,
    },
    /// It calls itself a revert, and its masters are not those of that release.
    NotThatRelease {
        /// The release that it says it goes back to.
        release: u64,
    },
    /// It calls itself a revert to a release that cannot be looked at here.
    RevertUnreadable {
        /// The release that it says it goes back to.
        release: u64,
        /// Why.
        why: String,
    },
    /// An organisation withdrew a release that cannot be looked at here: nobody can say whether this brings
    /// its masters back.
    WithdrawnUnreadable {
        /// The release that was withdrawn.
        release: u64,
        /// Why.
        why: String,
    },
    /// An organisation gets no file of a master.
    NotIn {
        /// The format.
        format: &'static str,
        /// The masters, `series/kind`.
        masters: Vec<String>,
    },
    /// The draft says that it was made days ago.
    LeftLying {
        /// When it says.
        created: UnixSeconds,
    },
    /// The draft says that it was made in the future.
    MadeLater {
        /// When it says.
        created: UnixSeconds,
    },
}

/// So many days a draft may wait for its signatures before that is told.
const LEFT_LYING_DAYS: u32 = 3;

/// What must be known of `manifest` at `now`, the gravest first.
pub fn cautions(manifest: &Manifest, published: Published, now: UnixSeconds) -> Vec<Caution> {
    let mut found = Vec::new();
    // Who proposes says when that was; days since then are none that have been, for the release.
    let created = manifest.created;
    if matches!(published, Published::At { .. }) && now > created.plus_days(LEFT_LYING_DAYS) {
        found.push(Caution::LeftLying { created });
    }
    if let Published::At { manifest: before, .. } = &published {
        found.extend(taken_away(manifest, before));
    }
    match published {
        Published::None | Published::At { ancestry: Ancestry::Follows, .. } => {}
        Published::At { release, commit, ancestry: Ancestry::Before, .. } => {
            found.push(Caution::Older { release, commit });
        }
        Published::At { release, commit, ancestry: Ancestry::Apart, .. } => {
            found.push(Caution::Apart { release, commit });
        }
        Published::At { release, commit, ancestry: Ancestry::Unknown, .. } => {
            found.push(Caution::Unknown { release, commit });
        }
    }
    for format in FORMATS {
        let without = manifest.masters.iter().filter(|master| !master.formats.contains_key(format));
        let masters: Vec<_> = without.map(MasterEntry::name).collect();
        if !masters.is_empty() {
            found.push(Caution::NotIn { format, masters });
        }
    }
    // Two people's clocks may lie a day apart.
    if manifest.created > now.plus_days(1) {
        found.push(Caution::MadeLater { created: manifest.created });
    }
    found
}

/// What the published release has and this one has not, or holds less strictly.
fn taken_away(manifest: &Manifest, before: &Manifest) -> Vec<Caution> {
    let name = MasterEntry::name;
    let mut found = Vec::new();
    if manifest.masters == before.masters {
        found.push(Caution::Unchanged { release: before.release });
    }
    let gone = before.masters.iter().filter(|old| manifest.master(&old.series, &old.kind).is_none());
    let masters: Vec<_> = gone.map(name).collect();
    if !masters.is_empty() {
        found.push(Caution::Gone { masters });
    }
    for new in &manifest.masters {
        let old = before.master(&new.series, &new.kind);
        let passed = |pass: &LetPass| old.is_some_and(|old| old.let_pass.contains(pass));
        let findings = new.let_pass.iter().filter(|pass| !passed(pass));
        let findings: Vec<_> = findings.map(|pass| format!("{}: {}", pass.finding, pass.reason)).collect();
        let Some(old) = old else { continue };
        let missing = old.formats.keys().filter(|format| !new.formats.contains_key(*format));
        let formats: Vec<_> = missing.cloned().collect();
        if !formats.is_empty() {
            found.push(Caution::FormatGone { master: name(new), formats });
        }
        if new.rows < old.rows {
            found.push(Caution::Fewer { master: name(new), rows: new.rows, before: old.rows });
        }
        for gone in old.corrections.iter().filter(|one| !new.corrections.contains(one)) {
            let (master, file, dated) = (name(new), gone.file.clone(), gone.dated.clone());
            let of_it = |key: &&String| gone.keys.contains(*key);
            let is_it = |pass: &&LetPass| {
                pass.finding == Code::ImportCorrectionLost.as_str()
                    && !passed(pass)
                    && (pass.keys.is_empty() || pass.keys.iter().any(|key| of_it(&key)))
            };
            found.push(match new.let_pass.iter().find(is_it) {
                Some(LetPass { keys, reason, .. }) => {
                    let (keys, reason) = (keys.iter().filter(of_it).cloned().collect(), reason.clone());
                    Caution::CorrectionDropped { master, file, dated, keys, reason }
                }
                None => Caution::CorrectionEnds { master, file, dated },
            });
        }
        let is_new = |one: &&Correction| manifest.emergency.is_none() && !old.corrections.contains(one);
        for Correction { file, dated, .. } in new.corrections.iter().filter(is_new) {
            let (master, file, dated) = (name(new), file.clone(), dated.clone());
            found.push(Caution::NotAnEmergency { master, file, dated });
        }
        if !findings.is_empty() {
            found.push(Caution::LetPass { master: name(new), findings });
        }
    }
    found
}

impl Caution {
    /// Whether `manifest` is not to be signed as it is: what stands behind it is not what is published, and
    /// nobody gave a reason for that, or it was made in the future.
    pub fn stops(&self, manifest: &Manifest) -> bool {
        match self {
            Caution::Older { .. } | Caution::Apart { .. } | Caution::Unknown { .. } => {
                manifest.not_a_successor.is_none()
            }
            Caution::UndeclaredRevert { .. } => {
                manifest.reverts_to.is_none() && manifest.not_a_successor.is_none()
            }
            Caution::MadeLater { .. } | Caution::NotThatRelease { .. } => true,
            _ => false,
        }
    }

    /// Whether a reason (`--not-a-successor`) lets it pass.
    pub fn may_be_meant(&self) -> bool {
        matches!(self, Caution::Older { .. } | Caution::Apart { .. } | Caution::Unknown { .. })
    }
}

impl Caution {
    /// A name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Caution::Withdrawn(..) => "withdrawn",
            Caution::AgainstWithdrawn(..) => "against-withdrawn",
            Caution::NewerImports { .. } => "newer-imports",
            Caution::Older { .. } => "older",
            Caution::Apart { .. } => "apart",
            Caution::Unknown { .. } => "unknown",
            Caution::UndeclaredRevert { .. } => "undeclared-revert",
            Caution::Unchanged { .. } => "unchanged",
            Caution::Gone { .. } => "gone",
            Caution::FormatGone { .. } => "format-gone",
            Caution::LetPass { .. } => "let-pass",
            Caution::Fewer { .. } => "fewer",
            Caution::NotAnEmergency { .. } => "not-an-emergency",
            Caution::CorrectionEnds { .. } => "correction-ends",
            Caution::CorrectionDropped { .. } => "correction-dropped",
            Caution::NotThatRelease { .. } => "not-that-release",
            Caution::RevertUnreadable { .. } => "revert-unreadable",
            Caution::WithdrawnUnreadable { .. } => "withdrawn-unreadable",
            Caution::NotIn { .. } => "not-in",
            Caution::LeftLying { .. } => "left-lying",
            Caution::MadeLater { .. } => "made-later",
        }
    }
}

impl Speak for Caution {
    fn say(&self, lang: Lang) -> String {
        let short = |commit: &str| commit.get(..12).unwrap_or_default().to_owned();
        match self {
            Caution::Withdrawn(made) => say!(
                lang,
                "a release of this VERY CONTENT was withdrawn. {}",
                "同じ内容のリリースが取り下げられています。{}",
                made.say(lang)
            ),
            Caution::AgainstWithdrawn(withdrawn) => say!(
                lang,
                "what this follows and is compared with is taken away: {}",
                "比較の相手は取り下げられたリリースです。{}",
                withdrawn.say(lang)
            ),
            Caution::NewerImports { imports } => {
                let n = counted(*imports as u64, "file");
                say!(
                    lang,
                    "{n} came in after this was drafted, and it does not hold them",
                    "この草案の後に {imports} 件取り込まれています（この草案には含まれません）"
                )
            }
            Caution::Older { release, commit } => say!(
                lang,
                "this takes masters BACK: release {release} was made from the later commit {}",
                "マスターを前の内容に戻します。公開中のリリース {release} は、より新しいコミット {} から作られています",
                short(commit)
            ),
            Caution::Apart { release, commit } => say!(
                lang,
                "this commit does not come after {}, which release {release} was made from; what that one \
                 brought may be missing",
                "このコミットは、公開中のリリース {release} のコミット {} の後に続くものではありません。その内容が欠けている可能性があります",
                short(commit)
            ),
            Caution::Unknown { release, commit } => say!(
                lang,
                "commit {}, which release {release} was made from, is not in this repository; whether this \
                 one follows it is not known: `repo fetch` first",
                "公開中のリリース {release} のコミット {} が手元のリポジトリになく、その後に続くものか判断できません。先に repo fetch で取得してください",
                short(commit)
            ),
            Caution::UndeclaredRevert { release } => say!(
                lang,
                "the masters are those of release {release} again, byte for byte, and the draft does not say \
                 that it goes back: draft it with `release revert {release}`",
                "マスターがリリース {release} と全バイト一致し、内容の復元であることが宣言されていません。\
                 release revert {release} で起案してください"
            ),
            Caution::Unchanged { release } => say!(
                lang,
                "NOTHING CHANGES: the masters are those of release {release}, which is published, byte for \
                 byte. Is what was to be released imported, and in the commit that this was drafted from?",
                "公開中と同じ内容です。マスターがリリース {release} と全バイト一致し、何も変わりません。\
                 公開するつもりの変更は取り込み済みで、起案したコミットに含まれていますか"
            ),
            Caution::Gone { masters } => say!(
                lang,
                "no longer in the release: {}",
                "公開中のリリースにあり、今回ないマスター: {}",
                masters.join(", ")
            ),
            Caution::FormatGone { master, formats } => say!(
                lang,
                "{master} is no longer listed in format {}, so whoever used it gets no file",
                "{master} の形式 {} がなくなります。利用している側はファイルを取得できません",
                formats.join(", ")
            ),
            Caution::LetPass { master, findings } => say!(
                lang,
                "{master} lets pass what the published release does not: {}",
                "{master} で、公開中のリリースにない例外が承認されています: {}",
                findings.join("; ")
            ),
            Caution::Fewer { master, rows, before } => say!(
                lang,
                "{master} has {rows} records, {before} in the published release",
                "{master} は {rows} 件で、公開中のリリースの {before} 件より減ります"
            ),
            Caution::NotAnEmergency { master, file, dated } => say!(
                lang,
                "{master}: the emergency correction {file} of {dated} is in no release yet, and this one \
                 does not call itself an emergency, so nobody reviews it afterwards \
                 (draft it with --emergency)",
                "{master}: {dated} の緊急訂正 {file} は未公開ですが、緊急リリースとされていないため事後確認の対象になりません\
                 （--emergency で起案）",
                dated = said_day(dated, lang)
            ),
            Caution::CorrectionEnds { master, file, dated } => say!(
                lang,
                "{master}: the emergency correction {file} of {dated}, marked in the published release, \
                 is marked no more in this one; `log` says what came in or was taken back since",
                "{master}: {dated} の緊急訂正 {file} は公開中のリリースに表示があり、今回はありません（その後の取込・取消は log で確認）",
                dated = said_day(dated, lang)
            ),
            Caution::CorrectionDropped { master, file, dated, keys, reason } => {
                let keys = if keys.is_empty() { "-".to_owned() } else { keys.join(", ") };
                say!(
                    lang,
                    "{master}: the emergency correction {file} of {dated} was DROPPED: the official file \
                     says otherwise ({keys}) and was taken as it is: {reason}",
                    "{master}: {dated} の緊急訂正 {file} は破棄されました。公式ファイルの内容が異なり（{keys}）、\
                     そのまま取り込まれています: {reason}",
                    dated = said_day(dated, lang)
                )
            }
            Caution::NotThatRelease { release } => say!(
                lang,
                "it says that it brings back the masters of release {release}, and they are not those, \
                 or that was never published",
                "リリース {release} の内容に戻すとありますが、マスターがそのリリースと異なるか、公開されたリリースではありません"
            ),
            Caution::RevertUnreadable { release, why } => say!(
                lang,
                "it says that it goes back to release {release}, which cannot be compared with: {why}",
                "リリース {release} の内容に戻すとありますが、比較できません: {why}"
            ),
            Caution::WithdrawnUnreadable { release, why } => say!(
                lang,
                "release {release} was withdrawn, and whether this brings its masters back cannot be \
                 seen: {why}",
                "リリース {release} は取り下げられましたが、その内容を戻すものかどうかを確認できません: {why}"
            ),
            Caution::NotIn { format, masters } => say!(
                lang,
                "not in format {format}, so whoever needs it gets no file: {}",
                "形式 {format} がなく、この形式を使う側はファイルを取得できません: {}",
                masters.join(", ")
            ),
            Caution::LeftLying { created } => say!(
                lang,
                "the draft says that it was made at {created}; what it changes for the days since then \
                 counts as to come and was accepted by nobody: draft it again",
                "草案の作成日時は {created} です。それ以降の診療日の変更は将来分として扱われ、承認されていません。作り直してください",
                created = created.said_exactly(lang)
            ),
            Caution::MadeLater { created } => say!(
                lang,
                "the draft says that it was made at {created}, which has not come yet; check the clocks",
                "草案の作成日時 {created} は未来です。時計を確認してください",
                created = created.said_exactly(lang)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use warifu_trust::testing::{head, masters, now};

    use super::*;

    fn manifest(change: impl Fn(&mut warifu_trust::MasterContent)) -> Manifest {
        let mut masters = masters(1);
        masters.iter_mut().for_each(change);
        Manifest::of(head(1, None), &masters, None).unwrap()
    }

    #[test]
    fn a_commit_that_does_not_follow_is_told() {
        let manifest = manifest(|_| ());
        let told = |ancestry| {
            let before = Box::new(manifest.clone());
            let commit = "c".repeat(40);
            let published = Published::At { release: 1, commit, ancestry, manifest: before };
            cautions(&manifest, published, manifest.created)
        };
        let (release, commit) = (1, "c".repeat(40));
        // The same masters again are told too, and stop nothing.
        let same = || Caution::Unchanged { release: 1 };
        assert!(!same().stops(&manifest));
        assert_eq!(told(Ancestry::Follows), [same()]);
        assert_eq!(told(Ancestry::Before), [same(), Caution::Older { release, commit: commit.clone() }]);
        assert_eq!(told(Ancestry::Apart), [same(), Caution::Apart { release, commit: commit.clone() }]);
        assert_eq!(told(Ancestry::Unknown), [same(), Caution::Unknown { release, commit }]);
        assert_eq!(cautions(&manifest, Published::None, manifest.created), []);
    }

    #[test]
    fn a_side_without_a_file_is_told() {
        let manifest = manifest(|master| {
            if master.kind == "drug" {
                master.formats.remove("kokuho");
            }
        });
        let not_in = Caution::NotIn { format: "kokuho", masters: vec!["r06/drug".into()] };
        assert_eq!(cautions(&manifest, Published::None, now()), [not_in]);
    }

    #[test]
    fn what_is_taken_away_or_let_pass_comes_first() {
        let before = manifest(|_| ());
        let told = |now: &Manifest| {
            let (release, commit) = (1, now.commit.clone());
            let manifest = Box::new(before.clone());
            let ancestry = Ancestry::Before;
            let published = Published::At { release, commit, ancestry, manifest };
            cautions(now, published, now.created)
        };
        let fewer = manifest(|master| {
            if master.kind == "drug" {
                (master.rows, master.formats) = (1, master.formats.clone());
                master.formats.remove("kokuho");
                let (finding, reason) = ("set/price-zero".into(), "告示のとおり".into());
                let by = warifu_values::judgement::PassedBy::Repository;
                master.let_pass = vec![LetPass { finding, keys: vec![], by, reason }];
            }
        });
        let found = told(&fewer);
        let drug = || "r06/drug".to_owned();
        assert_eq!(
            found[..3],
            [
                Caution::FormatGone { master: drug(), formats: vec!["kokuho".into()] },
                Caution::Fewer { master: drug(), rows: 1, before: 2 },
                Caution::LetPass {
                    master: drug(), findings: vec!["set/price-zero: 告示のとおり".into()]
                },
            ]
        );
        let older = found.iter().find(|caution| matches!(caution, Caution::Older { .. })).unwrap();
        assert!(older.stops(&fewer));
        let mut meant = fewer.clone();
        meant.not_a_successor = Some("roll-back".into());
        assert!(!older.stops(&meant));
        let mut one = before.clone();
        one.masters.pop();
        assert_eq!(told(&one)[0], Caution::Gone { masters: vec!["r06/procedure".into()] });
    }

    #[test]
    fn what_becomes_of_corrections_is_told() {
        let correction = || Correction {
            file: "y_20260610.csv".into(),
            sha256: warifu_values::digest::Digest::of(b"y"),
            dated: "2026-06-10".into(),
            reason: "点数の誤り".into(),
            keys: vec!["1".into(), "2".into()],
        };
        let (plain, corrected) =
            (manifest(|_| ()), manifest(|master| master.corrections = vec![correction()]));
        let told = |before: &Manifest, now: &Manifest| {
            let (release, commit, ancestry) = (1, now.commit.clone(), Ancestry::Follows);
            let manifest = Box::new(before.clone());
            cautions(now, Published::At { release, commit, ancestry, manifest }, now.created)
        };
        let is = |caution: &Caution| match caution {
            Caution::NotAnEmergency { .. } => "not an emergency",
            Caution::Unchanged { .. } => "nothing changes",
            Caution::CorrectionEnds { .. } => "ends",
            Caution::CorrectionDropped { keys, reason, .. } if *keys == ["2"] && reason == "公式" => {
                "dropped"
            }
            _ => "else",
        };
        let what = |before: &Manifest, now: &Manifest| {
            told(before, now).iter().map(is).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(what(&plain, &corrected), "not an emergency, not an emergency");
        assert_eq!(what(&corrected, &corrected), "nothing changes");
        let mut emergency = corrected.clone();
        emergency.emergency = Some(warifu_trust::Emergency { reason: "急".into() });
        assert_eq!(what(&plain, &emergency), "");
        assert_eq!(what(&corrected, &plain), "ends, ends");
        let dropped = manifest(|master| {
            let (finding, keys, reason) =
                ("import/correction-lost".into(), vec!["2".into(), "3".into()], "公式".into());
            let by = warifu_values::judgement::PassedBy::Import("y_20260621.csv".into());
            master.let_pass = vec![LetPass { finding, keys, by, reason }];
        });
        let what = what(&corrected, &dropped);
        assert_eq!(what.matches("dropped").count(), 2, "{what}");
        assert!(!what.contains("ends"), "{what}");
    }

    #[test]
    fn a_draft_of_the_future_is_told() {
        let manifest = manifest(|_| ());
        let created = manifest.created;
        let early = UnixSeconds::new(created.seconds() - 2 * 86_400);
        assert_eq!(cautions(&manifest, Published::None, early), [Caution::MadeLater { created }]);
        let follows = || Published::At {
            release: 1,
            commit: manifest.commit.clone(),
            ancestry: crate::store::Ancestry::Follows,
            manifest: Box::new(manifest.clone()),
        };
        let same = || Caution::Unchanged { release: 1 };
        assert_eq!(cautions(&manifest, follows(), created.plus_days(3)), [same()]);
        let late = UnixSeconds::new(created.plus_days(3).seconds() + 1);
        assert_eq!(cautions(&manifest, follows(), late), [Caution::LeftLying { created }, same()]);
    }
}
