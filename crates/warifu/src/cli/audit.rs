use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;
use warifu::error::{Exit, Failure};
use warifu_audit::{AuditHead, Entry, NotKept, Phase, Verified, verify};
use warifu_trust::{UnixSeconds, VerifiedRelease};
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;

use super::Context;
use super::acts::failure;
use super::signing::channel::Membership;

/// Show the log of acts, and verify that nothing in it was removed, changed or moved.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show who did what, the newest last; with --json as it is kept, a line for each entry.
    Show(Show),
    /// Verify the log, and with a channel that it is the one of which its releases tell.
    Verify(Verify),
}

#[derive(Debug, clap::Args)]
struct Show {
    /// Another log than this side's own: a checker's, or one that was handed over.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Only so many of the newest.
    #[arg(short = 'n', long, value_name = "COUNT")]
    newest: Option<usize>,
}

#[derive(Debug, clap::Args)]
struct Verify {
    /// Another log than this side's own: a checker's, or one that was handed over.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    membership: Membership,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.command {
            Command::Show(args) => args.run(context),
            Command::Verify(args) => args.run(context),
        }
    }
}

fn bytes(context: &Context, file: Option<&PathBuf>) -> Result<(String, Vec<u8>), Failure> {
    let own = context.acts.log()?;
    let log = file.map_or_else(|| own.clone(), |file| warifu_audit::AuditLog::at(file, "", ""));
    let bytes = log.bytes().map_err(|error| failure(&error))?;
    if bytes.is_empty() && file.is_some_and(|file| !file.exists()) {
        let path = log.path().display();
        return Err(Failure::new(
            Exit::CouldNotRun,
            format!("there is no log {path}"),
            format!("監査ログ {path} がありません"),
        ));
    }
    Ok((log.path().display().to_string(), bytes))
}

/// The log, when it is what was written.
fn verified(path: &str, bytes: &[u8]) -> Result<Verified, Failure> {
    verify(bytes).map_err(|faults| {
        let told = |lang| {
            let lines: Vec<_> =
                faults.iter().take(20).map(|fault| format!("\n  {}", fault.say(lang))).collect();
            say!(
                lang,
                "the log {path} is not what was written:{}",
                "監査ログ {path} は書き込まれたままではありません:{}",
                lines.concat()
            )
        };
        Failure::new(Exit::Trust, told(Lang::En), told(Lang::Ja))
    })
}

impl Show {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let (path, bytes) = bytes(context, self.file.as_ref())?;
        if context.json {
            // As it is kept, whatever it holds: whoever audits reads it with tools of his own.
            context.print_bytes(&bytes)?;
            return Ok(Exit::Done);
        }
        let log = verified(&path, &bytes)?;
        let from = log.entries().len().saturating_sub(self.newest.unwrap_or(usize::MAX));
        let text: String = log.entries()[from..].iter().map(|entry| shown(entry, context.lang)).collect();
        context.print(&text)?;
        Ok(Exit::Done)
    }
}

fn shown(entry: &Entry, lang: Lang) -> String {
    let Entry { number, at, actor, act, phase, of, subject, .. } = entry;
    let (act, at) = (act.say(lang), UnixSeconds::new(at.as_second()).said_exactly(lang));
    let phase = match phase {
        Phase::Begun => say!(lang, "begun", "開始"),
        Phase::Done => say!(lang, "done", "完了"),
        Phase::Refused => say!(lang, "refused", "拒否"),
    };
    let of = of.map(|of| say!(lang, " (of {of})", "（{of} の結果）")).unwrap_or_default();
    let line = |(name, value): (&String, &String)| format!("\n      {}: {value}", called(name, lang));
    let subject: String = subject.iter().map(line).collect();
    format!("{number:>5}  {at}  {actor}  {act}: {phase}{of}{subject}\n")
}

/// What stands before a value of an entry; a name that is not known here as it is kept.
fn called(name: &str, lang: Lang) -> &str {
    match (lang, name) {
        (Lang::En, _) => name,
        (Lang::Ja, "command") => "コマンド",
        (Lang::Ja, "status") => "終了ステータス",
        (Lang::Ja, "why") => "理由（英語で記録）",
        (Lang::Ja, "release") => "リリース",
        (Lang::Ja, "manifest") => "マニフェストのダイジェスト",
        (Lang::Ja, "commit" | "commits") => "コミット",
        (Lang::Ja, "key") => "鍵",
        (Lang::Ja, "token") => "トークン",
        (Lang::Ja, "holder") => "所有者",
        (Lang::Ja, "operator") => "運用者",
        (Lang::Ja, "says") => "表明（英語で記録）",
        (Lang::Ja, "cause") => "原因",
        (Lang::Ja, "from") => "切替元",
        (Lang::Ja, "left_out") => "書けなかった記録の件数",
        (Lang::Ja, _) => name,
    }
}

impl Verify {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let (path, bytes) = bytes(context, self.file.as_ref())?;
        let log = verified(&path, &bytes)?;
        if log.entries().is_empty() {
            return Err(Failure::new(
                Exit::Trust,
                format!("{path} has no entry: nothing was ever done here, or the log was removed"),
                format!("{path} に記録がありません。何も実行されていないか、ログが削除されています"),
            ));
        }
        let releases = self.membership.releases(context)?.unwrap_or_default();
        let mut lines = Vec::new();
        for release in &releases {
            lines.push(held(&log, release)?);
        }
        let AuditHead { log: which, entries, digest } = log.head();
        let open = cut_off(&log);
        if context.json {
            let releases: Vec<_> =
                lines.iter().map(|(release, own)| json!({ "release": release, "own": own })).collect();
            context.print_json(&json!({
                "verified": true, "file": path, "log": which, "entries": entries, "digest": digest,
                "cut_off": open, "releases": releases,
            }))?;
            return Ok(Exit::Done);
        }
        let lang = context.lang;
        let mut text = say!(
            lang,
            "{path}: {entries} entries, each as it was written; the newest has SHA-256 {digest}\n",
            "{path}: {entries} 件の記録はすべて書き込まれたままです。最新の記録の SHA-256: {digest}\n"
        );
        for number in open {
            text.push_str(&say!(
                lang,
                "entry {number} tells of an act that has no end: it was cut off in the middle\n",
                "記録 {number} の操作には結果がありません（途中で中断）\n"
            ));
        }
        for (release, own) in lines {
            text.push_str(&match own {
                true => say!(
                    lang,
                    "release {release} was drafted here, and nothing before it was taken away\n",
                    "リリース {release} はこのログの環境で作成され、それ以前の記録は失われていません\n"
                ),
                false => say!(
                    lang,
                    "release {release} was drafted elsewhere: its log is another one\n",
                    "リリース {release} は別の環境で作成されました（別の監査ログ）\n"
                ),
            });
        }
        context.print(&text)?;
        Ok(Exit::Done)
    }
}

/// The entries that tell of a beginning whose end nothing tells of.
fn cut_off(log: &Verified) -> Vec<u64> {
    let ended: std::collections::BTreeSet<u64> = log.entries().iter().filter_map(|entry| entry.of).collect();
    let open = |entry: &&Entry| entry.phase == Phase::Begun && !ended.contains(&entry.number);
    log.entries().iter().filter(open).map(|entry| entry.number).collect()
}

/// Whether `release` was drafted by whoever keeps this log; refused when the log has lost what it had then.
fn held(log: &Verified, release: &VerifiedRelease) -> Result<(u64, bool), Failure> {
    let manifest = release.manifest();
    let Some(head) = manifest.audit.filter(|head| head.log == log.head().log) else {
        return Ok((manifest.release, false));
    };
    log.keeps(head).map(|()| (manifest.release, true)).map_err(|error: NotKept| {
        let number = manifest.release;
        let told = |lang| {
            let error = error.say(lang);
            say!(
                lang,
                "release {number} tells of this log: {error}",
                "リリース {number} の記録と一致しません: {error}"
            )
        };
        Failure::new(Exit::Trust, told(Lang::En), told(Lang::Ja))
    })
}
