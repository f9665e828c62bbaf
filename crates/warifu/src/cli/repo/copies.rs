//! `warifu repo`: other copies of the repository.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::{Value, json};
use warifu::advice::Advised;
use warifu::error::{Exit, Failure};
use warifu::store::{
    ByHand, CaughtUp, Checked, CommitTold, Examined, ExchangeError, LogEntry, Passing, Restored, Sent, Store,
    today,
};
use warifu_audit::Act;
use warifu_values::lang::{Lang, Speak as _, counted};
use warifu_values::say;

use super::again::{self, Again, kind_to_say};
use super::given::{Repo, author, now};
use super::words::{short, told};
use crate::cli::context::Context;
use crate::cli::meant::meant;

/// How many commits are listed.
const LISTED: usize = 10;

/// Copy the repository, and keep copies up to each other.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Clone(Clone),
    Fetch(Fetch),
    Push(Push),
    Keep(Keep),
    Restore(Restore),
}

/// Keep what was changed by hand in warifu.toml and rules/, as a commit.
#[derive(Debug, clap::Args)]
struct Keep {
    /// Why, for whoever reads the history.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    repo: Repo,
}

/// Bring files that were changed by hand back as the last commit has them; what they were is put aside.
#[derive(Debug, clap::Args)]
struct Restore {
    #[command(flatten)]
    repo: Repo,
}

/// Make a copy of a shared repository: received, looked through and checked before anything stands.
#[derive(Debug, clap::Args)]
struct Clone {
    /// Where the shared repository lies: a folder, or a file:// address.
    from: String,
    /// The folder of the copy; new or empty.
    dir: PathBuf,
    #[command(flatten)]
    standing: Standing,
}

/// Take over what others sent to the shared repository, where nothing was done here meanwhile.
#[derive(Debug, clap::Args)]
struct Fetch {
    /// From there, once; otherwise from where the repository was cloned from, or sent to first.
    from: Option<String>,
    /// Where both sides went on: keep what only this copy has under a name, and take over the other side's.
    #[arg(long)]
    set_aside: bool,
    #[command(flatten)]
    standing: Standing,
    #[command(flatten)]
    repo: Repo,
}

/// Send what was done here to the shared repository, where it has everything of that.
#[derive(Debug, clap::Args)]
struct Push {
    /// To there: a shared repository, or a folder that is new or empty and becomes one; the first is
    /// remembered.
    to: Option<String>,
    #[command(flatten)]
    standing: Standing,
    #[command(flatten)]
    repo: Repo,
}

#[derive(Debug, clap::Args)]
struct Standing {
    /// Go on although `check` refuses it: the findings were read. Damage is never taken over or sent.
    #[arg(long)]
    with_findings: bool,
}

impl Args {
    /// What is written down of it.
    pub(crate) fn act(&self) -> Option<Act> {
        match &self.command {
            Command::Clone(_) | Command::Fetch(_) => Some(Act::Fetch),
            Command::Push(_) => Some(Act::Push),
            // The history tells of the one, and the other changes nothing in it.
            Command::Keep(_) | Command::Restore(_) => None,
        }
    }

    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.command {
            Command::Clone(args) => args.run(context),
            Command::Fetch(args) => args.run(context),
            Command::Push(args) => args.run(context),
            Command::Keep(args) => args.run(context),
            Command::Restore(args) => args.run(context),
        }
    }
}

impl Keep {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        meant("--reason", &self.reason)?;
        let store = self.repo.open(context)?;
        let kept = store.keep(self.reason.trim(), author(context)?.as_ref(), now()?)?;
        if context.json {
            let commit = kept.as_ref().map(|kept| &kept.commit);
            context.print_json(&json!({
                "commit": commit, "files": kept.as_ref().map(|kept| &kept.files),
            }))?;
            return Ok(Exit::Done);
        }
        context.print(&match &kept {
            Some(kept) => {
                let (files, commit) = (kept.files.join(", "), short(&kept.commit));
                say!(context.lang, "kept {files} (commit {commit})\n", "{files} を保存しました（{commit}）\n")
            }
            None => say!(context.lang, "nothing was changed by hand\n", "手作業の変更はありません\n"),
        })?;
        Ok(Exit::Done)
    }
}

impl Restore {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let store = self.repo.open(context)?;
        let Restored { files, left, before } = store.restore(now()?)?;
        if context.json {
            context.print_json(&json!({ "files": files, "left": left, "before": before }))?;
            return Ok(Exit::Done);
        }
        let (names, before, lang) = (files.join(", "), before.display(), context.lang);
        let mut text = match files.is_empty() {
            true => say!(lang, "no file had to be brought back\n", "戻すファイルはありません\n"),
            false => say!(
                lang,
                "brought back: {names}; what they were is in {before}\n",
                "元に戻しました: {names}（変更後の内容は {before} にあります）\n"
            ),
        };
        if !left.is_empty() {
            let left = left.join(", ");
            text.push_str(&say!(
                lang,
                "no commit has {left}: move these out of the repository yourself\n",
                "{left} はどのコミットにもありません。リポジトリの外へ移してください\n"
            ));
        }
        context.print(&text)?;
        Ok(Exit::Done)
    }
}

impl Clone {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let (store, caught_up) = Store::clone_from(
            &self.from,
            &self.dir,
            context.library.clone(),
            today(now()?),
            &mut |passing| tell_passing(context, passing),
            |examined| clear(context, examined, self.standing.with_findings),
        )?;
        note(context, &caught_up.commit);
        let (dir, lang) = (self.dir.display(), context.lang);
        let status = Advised::command(&["status"]).word("--repo").word(&dir);
        if context.json {
            context.print_json(&json!({
                "repository": store.path(), "commit": caught_up.commit,
                "by_hand": by_hand_documents(&caught_up.by_hand),
            }))?;
            return Ok(Exit::Done);
        }
        let (commits, commits_en) = (caught_up.news.len(), counted(caught_up.news.len() as u64, "commit"));
        let status = context.advise(&status);
        context.print(&say!(
            lang,
            "{dir} is a copy with {commits_en}; everything in it passes check\nWhat is here, and what is \
             next:\n  {status}\n",
            "{dir} に複製しました（コミット {commits} 件、検査済み）\n内容と次の操作の確認:\n  {status}\n"
        ))?;
        context.print(&by_hand_text(&caught_up.by_hand, lang))?;
        Ok(Exit::Done)
    }
}

impl Fetch {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let store = self.repo.open(context)?;
        let received = store.receive(self.from.as_deref(), &mut |passing| tell_passing(context, passing))?;
        if !received.news.is_empty() && !received.ours.is_empty() && !self.set_aside {
            // Told before the long check of what will not be taken.
            let (ours, theirs) = (received.ours, received.news);
            return Err(ExchangeError::Apart { ours, theirs }.with(self.from.as_deref()));
        }
        let waiting = received.ours.len();
        let examined =
            store.examine(received, today(now()?), &mut |passing| tell_passing(context, passing))?;
        let cleared = clear(context, examined, self.standing.with_findings)?;
        let caught_up = store.catch_up(cleared, self.set_aside)?;
        note(context, &caught_up.commit);
        let again = again_after(&store, &caught_up)?;
        let again: Vec<String> = again.iter().map(|one| context.advise(one)).collect();
        if context.json {
            context.print_json(&json!({
                "commit": caught_up.commit,
                "news": documents(&caught_up.news),
                "set_aside": caught_up.aside,
                "kept": documents(&caught_up.kept),
                "by_hand": by_hand_documents(&caught_up.by_hand),
                "again": again,
                "not_sent": if caught_up.aside.is_some() { 0 } else { waiting },
            }))?;
            return Ok(Exit::Done);
        }
        let mut imports = if caught_up.news.is_empty() { Vec::new() } else { store.log()? };
        if let Some(aside) = &caught_up.aside {
            imports.extend(store.log_of(aside)?);
        }
        context.print(&fetched_text(context, (&caught_up, &imports), &again, waiting))?;
        Ok(Exit::Done)
    }
}

impl Push {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let store = self.repo.open(context)?;
        tell_passing(context, Passing::Checking);
        let checked = store.check("HEAD", today(now()?))?;
        let is_fit = checked.is_fit(self.standing.with_findings);
        if !is_fit {
            return Err(refused(context, &checked));
        }
        let sent = store.send(self.to.as_deref(), &mut |passing| tell_passing(context, passing));
        let sent = sent.map_err(|error| error.with(self.to.as_deref()))?;
        note(context, &sent.commit);
        let Sent { url, commit, sent, is_new } = sent;
        if context.json {
            context.print_json(&json!({
                "to": url, "commit": commit, "sent": documents(&sent), "made": is_new,
            }))?;
            return Ok(Exit::Done);
        }
        let lang = context.lang;
        let mut text = String::new();
        if is_new {
            let clone = Advised::command(&["repo", "clone"]).by_another().word(&url);
            let clone = context.advise(&clone.blank(warifu::advice::Blank::Folder));
            text.push_str(&say!(
                lang,
                "{url} is a shared repository now; others make a copy of it by\n  {clone}\n",
                "{url} を共有リポジトリとして作成しました。他の担当者は次で複製できます\n  {clone}\n"
            ));
        }
        let (n, n_en, at) = (sent.len(), counted(sent.len() as u64, "commit"), short(&commit));
        text.push_str(&match sent.is_empty() {
            true => say!(
                lang,
                "the shared repository has everything already ({at})\n",
                "共有リポジトリは既に最新です（{at}）\n"
            ),
            false => say!(lang, "sent {n_en} ({at}):\n", "{n} 件のコミットを送信しました（{at}）:\n"),
        });
        let imports = if sent.is_empty() { Vec::new() } else { store.log()? };
        text.push_str(&lines(&sent, &imports, lang));
        context.print(&text)?;
        Ok(Exit::Done)
    }
}

/// What came, when it may stand.
fn clear(
    context: &Context,
    examined: Examined,
    with_findings: bool,
) -> Result<warifu::store::Cleared, Failure> {
    examined.clear(with_findings).map_err(|checked| refused(context, &checked))
}

/// What the check refuses, told; nothing was taken over or sent.
fn refused(context: &Context, checked: &Checked) -> Failure {
    for state in checked.states.iter().filter(|state| state.findings.denies()) {
        let name = state.at.name();
        context.findings(Path::new(&name), &state.findings);
    }
    let commit = short(&checked.commit);
    let failure = Failure::new(
        Exit::Data,
        format!(
            "commit {commit} does not pass check (see above): it was neither taken over nor sent; ask \
             whoever made it, or mend it here first"
        ),
        format!(
            "コミット {commit} は検査で不合格です（上記）。取得も送信もしていません。作成者に確認するか、\
             こちらの内容であれば先に修正してください"
        ),
    );
    if checked.is_fit(true) {
        return failure.retold(|lang, text| {
            let more = say!(
                lang,
                "{text}; where these findings were read and are meant, add --with-findings",
                "{text}。指摘を確認したうえで進める場合は --with-findings を付けてください"
            );
            more
        });
    }
    failure
}

/// What brings in again the files whose imports were put aside: first where they are had from.
fn again_after(store: &Store, caught_up: &CaughtUp) -> Result<Vec<Advised>, Failure> {
    let Some(aside) = &caught_up.aside else { return Ok(Vec::new()) };
    let mut entries = store.log_of(aside)?;
    let is_kept = |commit: &str| caught_up.kept.iter().any(|kept| kept.commit == commit);
    entries.retain(|entry| entry.taken_back.is_none() && is_kept(&entry.commit));
    entries.reverse();
    let mut commands: Vec<Advised> = entries
        .iter()
        .map(|one| {
            let revision = format!("{}:{}/{}", short(&one.commit), one.series, one.kind);
            again::export(revision, &one.record.name)
        })
        .collect();
    let files: Vec<Again> = entries
        .iter()
        .map(|one| Again {
            kind: kind_to_say(store.schemas(), &one.record),
            ..Again::of(&one.record, &one.series, one.record.name.clone())
        })
        .collect();
    commands.extend(again::imports(&files));
    Ok(commands)
}

fn fetched_text(
    context: &Context,
    (caught_up, imports): (&CaughtUp, &[LogEntry]),
    again: &[String],
    waiting: usize,
) -> String {
    let CaughtUp { commit, news, aside, kept, by_hand } = caught_up;
    let (lang, at) = (context.lang, short(commit));
    let mut text = match news.len() {
        0 => say!(
            lang,
            "nothing new in the shared repository; here is {at}\n",
            "共有リポジトリに新しい内容はありません（現在 {at}）\n"
        ),
        n => {
            let n_en = counted(n as u64, "commit");
            say!(
                lang,
                "took over {n_en}, checked; here is {at}:\n",
                "{n} 件を検査して取得しました（現在 {at}）:\n"
            )
        }
    };
    text.push_str(&lines(news, imports, lang));
    text.push_str(&by_hand_text(by_hand, lang));
    if let Some(aside) = aside {
        let (n, n_en) = (kept.len(), counted(kept.len() as u64, "commit"));
        text.push_str(&say!(
            lang,
            "\nyours are kept as {aside}, {n_en}:\n",
            "\nこちらのコミット {n} 件は {aside} として残しました:\n"
        ));
        text.push_str(&lines(kept, imports, lang));
        if !again.is_empty() {
            text.push_str(&say!(
                lang,
                "\nTo bring your files in again on top, in this order (leave out what the other side has \
                 imported too):\n",
                "\n自分のファイルを取り込み直すには、次の順に実行してください（相手側が取込済みのファイルは除く）:\n"
            ));
            again.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
        }
        let by_hand = kept.len().saturating_sub(again.len() / 2);
        if by_hand > 0 && again.is_empty() {
            text.push_str(&say!(
                lang,
                "None of them is an import: look at them and do what they did once more.\n",
                "取込ではないため、内容を見て同じ変更をもう一度行ってください。\n"
            ));
        }
    } else if waiting > 0 {
        let n_en = counted(waiting as u64, "commit");
        let push = context.advise(&Advised::command(&["repo", "push"]));
        text.push_str(&say!(
            lang,
            "not sent yet, {n_en}:\n  {push}\n",
            "未送信のコミットが {waiting} 件あります:\n  {push}\n"
        ));
    }
    text
}

/// What of `warifu.toml` and `rules/` is not as it was: it holds from now on; no list of commits tells.
fn by_hand_text(by_hand: &[ByHand], lang: Lang) -> String {
    if by_hand.is_empty() {
        return String::new();
    }
    let mut text = say!(
        lang,
        "settings that others wrote hold here from now on; look at them before you go on:\n",
        "他の人が書いた次の設定が、今後ここで有効になります。続ける前に確認してください:\n"
    );
    by_hand.iter().for_each(|one| text.push_str(&format!("  {}\n", one.say(lang))));
    text
}

fn by_hand_documents(by_hand: &[ByHand]) -> Vec<Value> {
    let one = |ByHand { file, key, value }: &ByHand| json!({ "file": file, "key": key, "value": value });
    by_hand.iter().map(one).collect()
}

/// The commits, a line each, of `imports` what they brought; how many more.
fn lines(commits: &[CommitTold], imports: &[LogEntry], lang: Lang) -> String {
    let line = |one: &CommitTold| {
        let import = imports.iter().find(|entry| entry.commit == one.commit);
        let what = import.map(|entry| told((&entry.series, &entry.kind), &entry.record, lang));
        let (commit, author) = (short(&one.commit), &one.author);
        format!("  {commit} {} ({author})\n", what.as_deref().unwrap_or(one.said(lang)))
    };
    let mut text: String = commits.iter().take(LISTED).map(line).collect();
    if let Some(more) = commits.len().checked_sub(LISTED).filter(|more| *more > 0) {
        text.push_str(&say!(lang, "  and {more} older ones\n", "  これより古いもの {more} 件\n"));
    }
    text
}

fn documents(commits: &[CommitTold]) -> Vec<Value> {
    let one = |one: &CommitTold| json!({ "commit": one.commit, "title": one.title, "author": one.author });
    commits.iter().map(one).collect()
}

fn note(context: &Context, commit: &str) {
    context.acts.note("commit", commit);
}

/// Tells on a terminal how far it got.
fn tell_passing(context: &Context, passing: Passing) {
    context.doing(match passing {
        Passing::Objects { here, of, bytes } => {
            let mib = bytes >> 20;
            say!(
                context.lang,
                "receiving: {here} of {of} objects, {mib} MiB",
                "受信中: {here}/{of} 個、{mib} MiB"
            )
        }
        Passing::Looking { here, of } => {
            say!(context.lang, "looking through: {here} of {of} commits", "内容の確認中: {here}/{of} 件")
        }
        Passing::Checking => say!(context.lang, "checking the masters", "マスターの検査中"),
    });
}
