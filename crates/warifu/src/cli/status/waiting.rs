//! What waits for somebody, most urgent first, each with the command that does it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use warifu::advice::{Advised, Blank};
use warifu::release::post_review;
use warifu::store::Ancestry;
use warifu_trust::{Organisation, PerOrganisation, Signers, Tally, UnixSeconds};
use warifu_values::lang::{Lang, Speak, counted};
use warifu_values::say;

use super::gathered::Gathered;

/// From how many days before it runs out on something waits for whoever renews it: what takes meetings, what
/// takes two signers, what a timer does.
const ROOT_DAYS: i64 = 60;
const HALVES_DAYS: i64 = 14;
const TIMESTAMP_DAYS: i64 = 1;

const DAY_SECONDS: i64 = 86_400;

/// Something that runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runs {
    Root,
    Halves,
    Timestamp,
}

/// Something that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Waits {
    /// The last release was taken away, and nothing is drafted in its place; whether what came in since may
    /// be its correction.
    Withdrawn { release: u64, has_imports: bool },
    /// The last release was signed with keys that were revoked since.
    Renew { release: u64 },
    /// An emergency release that was not reviewed afterwards by these.
    PostReview { release: u64, by: Vec<Organisation> },
    /// The channel could not be looked at.
    Channel(String, String),
    /// Something runs out, or has.
    Expires { what: Runs, on: UnixSeconds, is_over: bool },
    /// The shared copy went on, and so did this one.
    Apart { ours: usize, theirs: usize },
    /// Only the shared copy went on.
    Behind { theirs: usize },
    /// The last release's commit is not here.
    CommitNotHere { release: u64 },
    /// Files that somebody changed by hand.
    Changed { files: Vec<String> },
    /// An import that was taken back.
    Undone { file: String, series: String, kind: String, commit: String },
    /// A draft that lacks signatures of this side.
    Signatures { release: u64, folder: PathBuf, side: Organisation, names: Vec<String>, missing: u32 },
    /// A draft of which nobody can say who must sign.
    Draft { release: u64, folder: PathBuf },
    /// A draft that both signed.
    Publish { release: u64, folder: PathBuf },
    /// A draft that cannot be read.
    Unreadable { folder: PathBuf, en: String, ja: String },
    /// Imports that no draft holds.
    Unreleased { imports: usize },
    /// No master at all.
    Nothing,
    /// Commits that the shared copy does not have.
    Unsent { ours: usize },
}

/// What waits.
pub(super) fn of(gathered: &Gathered) -> Vec<Waits> {
    let mut waits = Vec::new();
    if let Some(withdrawn) = &gathered.withdrawn
        && gathered.drafts.is_empty()
    {
        let has_imports = gathered.last.as_ref().is_some_and(|last| !last.imports.is_empty());
        waits.push(Waits::Withdrawn { release: withdrawn.release, has_imports });
    }
    if let Some(release) = gathered.renew_first {
        waits.push(Waits::Renew { release });
    }
    if let Some(fault) = &gathered.channel_fault {
        let first = |lang| fault.say(lang).lines().next().unwrap_or_default().to_owned();
        waits.push(Waits::Channel(first(Lang::En), first(Lang::Ja)));
    }
    if let Some(expiries) = gathered.expiries {
        let halves = expiries.targets.into_iter().chain(expiries.snapshot).min();
        let runs = [
            (Runs::Timestamp, expiries.timestamp, TIMESTAMP_DAYS),
            (Runs::Halves, halves, HALVES_DAYS),
            (Runs::Root, Some(expiries.root), ROOT_DAYS),
        ];
        // Signatures that are over no new timestamp makes hold.
        let are_over = halves.is_some_and(|on| on <= gathered.now);
        for (what, on, days) in runs {
            let Some(on) = on.filter(|_| what != Runs::Timestamp || !are_over) else { continue };
            let left = on.seconds() - gathered.now.seconds();
            if left < days * DAY_SECONDS {
                waits.push(Waits::Expires { what, on, is_over: left <= 0 });
            }
        }
    }
    match gathered.apart {
        Some((0, theirs)) if theirs > 0 => waits.push(Waits::Behind { theirs }),
        Some((ours, theirs)) if theirs > 0 => waits.push(Waits::Apart { ours, theirs }),
        _ => {}
    }
    if let Some(last) = &gathered.last
        && last.ancestry == Ancestry::Unknown
    {
        waits.push(Waits::CommitNotHere { release: last.manifest.release });
    }
    if !gathered.changed.is_empty() {
        waits.push(Waits::Changed { files: gathered.changed.clone() });
    }
    for seen in &gathered.drafts {
        let (release, folder) = (seen.manifest.release, seen.folder.clone());
        waits.push(match &seen.signed {
            None => Waits::Draft { release, folder },
            Some((tally, signers)) => match lacking(*tally, signers) {
                Some((side, missing)) => {
                    let names = signers.of(side).have_not.clone();
                    Waits::Signatures { release, folder, side, names, missing }
                }
                None => Waits::Publish { release, folder },
            },
        });
    }
    for (folder, fault) in &gathered.unreadable {
        let (folder, en, ja) = (folder.clone(), fault.say(Lang::En), fault.say(Lang::Ja));
        waits.push(Waits::Unreadable { folder, en, ja });
    }
    for owed in &gathered.owed {
        waits.push(Waits::PostReview { release: owed.release.release, by: owed.by.clone() });
    }
    if gathered.masters.is_empty() {
        waits.push(Waits::Nothing);
    }
    let is_drafted = gathered.drafts.iter().any(|seen| seen.manifest.commit == gathered.commit);
    let unreleased = match &gathered.last {
        Some(last) => last.imports.len(),
        None if gathered.nothing_published => gathered.masters.len(),
        None => 0,
    };
    // What takes the place of a release that was withdrawn is asked for already.
    let is_asked_for = waits.iter().any(|one| matches!(one, Waits::Withdrawn { .. }));
    if unreleased > 0 && !is_drafted && !is_asked_for {
        waits.push(Waits::Unreleased { imports: unreleased });
    }
    if let Some((ours, 0)) = gathered.apart
        && ours > 0
    {
        waits.push(Waits::Unsent { ours });
    }
    // What somebody took back was wrong, as a rule: nobody is asked for it before anything else.
    let mut named = BTreeSet::new();
    for entry in &gathered.undone {
        // The same file may have been taken back more than once.
        if !named.insert((&entry.series, &entry.kind, &entry.record.sha256)) {
            continue;
        }
        waits.push(Waits::Undone {
            file: entry.record.name.clone(),
            series: entry.series.clone(),
            kind: entry.kind.clone(),
            commit: entry.commit.get(..12).unwrap_or(&entry.commit).to_owned(),
        });
    }
    waits
}

/// The side that lacks signatures first, and how many.
fn lacking(tally: PerOrganisation<Tally>, _: &PerOrganisation<Signers>) -> Option<(Organisation, u32)> {
    Organisation::BOTH.into_iter().find_map(|side| {
        let tally = tally.of(side);
        let missing = tally.need.saturating_sub(tally.have);
        (!tally.holds()).then_some((side, missing.max(1)))
    })
}

impl Waits {
    /// A name for programs.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Waits::Withdrawn { .. } => "withdrawn",
            Waits::Renew { .. } => "renew",
            Waits::PostReview { .. } => "post-review",
            Waits::Channel(..) => "channel",
            Waits::Expires { what: Runs::Root, .. } => "root-expires",
            Waits::Expires { what: Runs::Halves, .. } => "halves-expire",
            Waits::Expires { what: Runs::Timestamp, .. } => "timestamp-expires",
            Waits::Apart { .. } => "apart",
            Waits::Behind { .. } => "behind",
            Waits::CommitNotHere { .. } => "commit-not-here",
            Waits::Changed { .. } => "changed-files",
            Waits::Undone { .. } => "undone",
            Waits::Signatures { .. } => "signatures",
            Waits::Draft { .. } => "draft",
            Waits::Publish { .. } => "publish",
            Waits::Unreadable { .. } => "unreadable-draft",
            Waits::Unreleased { .. } => "unreleased",
            Waits::Nothing => "no-masters",
            Waits::Unsent { .. } => "unsent",
        }
    }

    /// The command that follows the first.
    pub(super) fn then(&self) -> Option<Advised> {
        let Waits::Undone { series, file, .. } = self else { return None };
        Some(Advised::command(&["import"]).word("--series").word(series).word(file))
    }

    /// The command that does it.
    pub(super) fn command(&self) -> Option<Advised> {
        let command = match self {
            Waits::Channel(..) | Waits::Unreadable { .. } => return None,
            Waits::Withdrawn { has_imports: true, .. } => {
                draft_command().word("--emergency").blank(Blank::Reason)
            }
            Waits::Withdrawn { .. } => Advised::command(&["import"])
                .word("--series")
                .blank(Blank::Series)
                .word("--correction")
                .blank(Blank::Reason)
                .blank(Blank::Files),
            Waits::PostReview { release, .. } => post_review(*release),
            Waits::Expires { what: Runs::Root, .. } => {
                Advised::command(&["trust", "next"]).word("-o").blank(Blank::File)
            }
            Waits::Renew { .. } | Waits::Expires { what: Runs::Halves, .. } => {
                Advised::command(&["release", "renew"]).word("-o").blank(Blank::Draft)
            }
            Waits::Expires { what: Runs::Timestamp, .. } => {
                Advised::command(&["release", "refresh"]).word("--key").blank(Blank::Key)
            }
            Waits::Apart { .. } | Waits::Behind { .. } | Waits::CommitNotHere { .. } => {
                Advised::command(&["repo", "fetch"])
            }
            Waits::Changed { .. } => {
                Advised::command(&["repo", "keep"]).word("--reason").blank(Blank::Reason)
            }
            Waits::Undone { series, kind, file, commit } => Advised::command(&["export"])
                .word(format!("{commit}:{series}/{kind}"))
                .word("--original")
                .word("-o")
                .word(file),
            Waits::Signatures { folder, .. } | Waits::Draft { folder, .. } => {
                Advised::command(&["release", "sign"]).word(folder.display()).word("--key").blank(Blank::Key)
            }
            Waits::Publish { folder, .. } => Advised::command(&["release", "publish"])
                .word(folder.display())
                .word("--key")
                .blank(Blank::Key),
            Waits::Unreleased { .. } => draft_command(),
            Waits::Nothing => {
                Advised::command(&["import"]).word("--series").blank(Blank::Series).blank(Blank::Files)
            }
            Waits::Unsent { .. } => Advised::command(&["repo", "push"]),
        };
        Some(command)
    }
}

/// The command that makes the next draft.
fn draft_command() -> Advised {
    let draft = Advised::command(&["release", "draft"]).word("--title").blank(Blank::Title);
    draft.word("-o").blank(Blank::Draft)
}

impl Speak for Runs {
    fn say(&self, lang: Lang) -> String {
        match self {
            Runs::Root => say!(lang, "the root", "ルート"),
            Runs::Halves => say!(lang, "the signatures of the release", "リリースの署名"),
            Runs::Timestamp => say!(lang, "the timestamp", "タイムスタンプ"),
        }
    }
}

impl Speak for Waits {
    fn say(&self, lang: Lang) -> String {
        match self {
            Waits::Withdrawn { release, has_imports: true } => say!(
                lang,
                "release {release} is withdrawn: release what puts it right",
                "リリース {release} は取下げ済み: 訂正を含む次のリリースを起案"
            ),
            Waits::Withdrawn { release, .. } => say!(
                lang,
                "release {release} is withdrawn: bring in what puts it right",
                "リリース {release} は取下げ済み: 訂正を取り込み、次に起案"
            ),
            Waits::Renew { release } => say!(
                lang,
                "release {release} was signed with keys that were revoked since: to be signed anew",
                "リリース {release} は、その後失効した鍵で署名されています: 署名し直しが必要"
            ),
            Waits::PostReview { release, by } => {
                let by: Vec<String> = by.iter().map(|one| one.say(lang)).collect();
                let by = by.join(&say!(lang, ", ", "・"));
                say!(
                    lang,
                    "the emergency release {release} is to be reviewed afterwards by {by}",
                    "緊急リリース {release} の事後確認待ち: {by}"
                )
            }
            Waits::Channel(en, ja) => {
                say!(lang, "the channel cannot be read: {en}", "配信元を読み取れません: {ja}")
            }
            Waits::Expires { what, on, is_over } => {
                let (what, on) = (what.say(lang), on.day_in_japan().said(lang));
                match is_over {
                    true => say!(lang, "{what} HAS EXPIRED on {on}", "{what}は期限切れです（{on}）"),
                    false => say!(lang, "{what} expires on {on}", "{what}の期限が近づいています（{on}）"),
                }
            }
            Waits::Apart { ours, theirs } => say!(
                lang,
                "two worked at once (commits only here: {ours}, only in the shared copy: {theirs})",
                "双方に未反映の作業があります: こちら {ours} 件、共有側 {theirs} 件"
            ),
            Waits::Behind { theirs } => {
                let n = counted(*theirs as u64, "commit");
                say!(
                    lang,
                    "the shared copy has {n} more",
                    "共有リポジトリに未取得のコミットが {theirs} 件あります"
                )
            }
            Waits::CommitNotHere { release } => say!(
                lang,
                "the commit of release {release} is not in this copy",
                "リリース {release} のコミットがこの複製にありません"
            ),
            Waits::Changed { files } => {
                let (first, more) = (&files[0], files.len() - 1);
                match more {
                    0 => say!(lang, "changed by hand: {first}", "手作業の変更: {first}"),
                    _ => say!(
                        lang,
                        "changed by hand: {first} and {more} more",
                        "手作業の変更: {first} ほか {more} 件"
                    ),
                }
            }
            Waits::Undone { file, series, .. } => {
                say!(
                    lang,
                    "taken back: {series} {file}; only to bring it in again:",
                    "取消済み: {series} {file}。もう一度取り込む場合に限り:"
                )
            }
            Waits::Signatures { release, side, names, missing, .. } => {
                let (side, names) = (side.say(lang), names.join(", "));
                say!(
                    lang,
                    "release {release}: {side} lacks {missing} of {names}",
                    "リリース {release}: {side}の署名があと {missing} 名必要（{names}）"
                )
            }
            Waits::Draft { release, folder } => {
                let folder = folder.display();
                say!(
                    lang,
                    "release {release} is drafted in {folder}",
                    "リリース {release} の草案があります（{folder}）"
                )
            }
            Waits::Publish { release, .. } => say!(
                lang,
                "release {release}: both have signed; to be published",
                "リリース {release}: 両者署名済み、公開待ち"
            ),
            Waits::Unreadable { folder, en, ja } => {
                let folder = folder.display();
                say!(lang, "the draft {folder} cannot be read: {en}", "草案 {folder} を読み取れません: {ja}")
            }
            Waits::Unreleased { imports } => {
                let n = counted(*imports as u64, "import");
                say!(lang, "{n} in no release yet", "未リリースの取込 {imports} 件")
            }
            Waits::Nothing => say!(lang, "no masters are here yet", "マスターがまだありません"),
            Waits::Unsent { ours } => {
                let n = counted(*ours as u64, "commit");
                say!(lang, "{n} not sent yet", "未送信のコミット {ours} 件")
            }
        }
    }
}
