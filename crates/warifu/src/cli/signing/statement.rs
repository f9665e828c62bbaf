//! What one organisation says alone: a release is taken away, or a key.

use std::path::PathBuf;

use serde_json::json;
use warifu::advice::{Advised, Blank};
use warifu::error::{Exit, Failure};
use warifu::interrupt::{self, Whole};
use warifu::release::trust_failure;
use warifu_channels::{fetch_published_manifest, publish_statement};
use warifu_trust::{KeyId, Says, SignedRoot, StatementFile, Tip};
use warifu_usage::number;
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::at::At;
use super::confirm::Confirm;
use super::{KeySource, card, now};
use crate::cli::Context;
use crate::cli::meant::meant;

/// What every statement needs.
#[derive(Debug, clap::Args)]
struct Speaking {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    key: KeySource,
    #[command(flatten)]
    confirm: Confirm,
}

/// Say what was found of an emergency release afterwards, for one organisation: the next normal release waits
/// until both have. Readers and checkers do not.
#[derive(Debug, clap::Args)]
pub(super) struct PostReview {
    /// The emergency release's number.
    #[arg(value_parser = number::<u64>(1..))]
    release: u64,
    /// What was found, for everybody who reads the channel.
    #[arg(long, value_name = "TEXT")]
    finding: String,
    #[command(flatten)]
    speaking: Speaking,
}

/// Take the published release away, for one organisation alone: readers and checkers go back to the release
/// before it, which both signed. Nothing new can come in by this.
#[derive(Debug, clap::Args)]
pub(super) struct Withdraw {
    /// The release's number; otherwise the one published now.
    #[arg(value_parser = number::<u64>(1..))]
    release: Option<u64>,
    /// Why, for everybody who reads the channel.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    speaking: Speaking,
}

/// Revoke a key of one's own organisation at once, before both change the root: it counts for nothing any
/// more wherever this is heard.
#[derive(Debug, clap::Args)]
pub(super) struct Revoke {
    /// The key: its file NAME.pub.json, or its id (the first 12 digits are enough).
    revoked: String,
    /// Why, for everybody who reads the channel.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    speaking: Speaking,
}

/// The command that takes `release` away.
pub(super) fn withdraw(release: u64) -> Advised {
    Advised::command(&["release", "withdraw"])
        .word(release)
        .word("--reason")
        .blank(Blank::Reason)
        .word("--key")
        .blank(Blank::Key)
}

impl Withdraw {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let tip = self.speaking.at.tip(context)?;
        let release = match (tip.release(), self.release) {
            (Some(release), number) if number.is_none_or(|number| number == release.release) => release,
            (Some(_), Some(number)) => {
                tip.fallback().filter(|back| back.release == number).ok_or_else(|| {
                    Failure::new(
                        Exit::CouldNotRun,
                        format!(
                            "release {number} is neither the newest of the channel nor what it falls back \
                             to, so it cannot be withdrawn there; a checker that still runs it leaves it by \
                             warifu-checker swap or fall-back"
                        ),
                        format!(
                            "リリース {number} は配信元の最新版でも戻り先でもないため、ここでは取り下げられません。まだ使用している\
                             チェッカーでは warifu-checker swap か fall-back で切り替えてください"
                        ),
                    )
                })?
            }
            (published, _) => published.ok_or_else(|| {
                Failure::new(
                    Exit::CouldNotRun,
                    "nothing is published: there is nothing to withdraw",
                    "公開中のリリースがありません。取り下げる対象がありません",
                )
            })?,
        };
        let before = tip.statements().withdrawal(release);
        let then = |lang| match tip.falls_back_from(release) {
            _ if let Some(made) = before => {
                let made = made.say(lang);
                say!(
                    lang,
                    "it is withdrawn already; this adds the voice of your organisation. {made}",
                    "既に取り下げられており、貴団体の表明が加わります。{made}"
                )
            }
            Some(current) if current == tip.release().unwrap_or(release) && current != release => {
                let (current, old) = (current.release, release.release);
                let instead = context.advise(&withdraw(current));
                say!(
                    lang,
                    "release {current}, which is published now, STAYS in use; {old} is only what is fallen \
                     back to, and nobody can go back to it any more. This cannot be undone. To take \
                     {current} away:\n  {instead}",
                    "公開中のリリース {current} は引き続き使用されます。{old} は戻り先としてのみ使われており、以後は戻れなく\
                     なります（取り消せません）。{current} を取り下げる場合は次のとおりです。\n  {instead}"
                )
            }
            Some(back) => {
                let back = back.release;
                say!(
                    lang,
                    "readers and checkers go back to release {back} at their next look, or checkers to \
                     what they confirmed themselves before, and stay there until both organisations sign \
                     another release.",
                    "受信側とチェッカーは次の確認時にリリース {back}（チェッカーは自身が確定した直前のリリース）に戻り、\
                     両団体が次のリリースに署名するまでそのままです。"
                )
            }
            None => say!(
                lang,
                "there is no release to go back to: checkers that run it go on with it and say so; nobody \
                 new takes it.",
                "戻り先のリリースがありません。使用中のチェッカーは警告を出して継続し、新たな導入はできなくなります。"
            ),
        };
        self.speaking.run(context, &tip, (Says::Withdrawn { release }, &self.reason), then)
    }
}

impl Revoke {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let tip = self.speaking.at.tip(context)?;
        let key = self.key(tip.root())?;
        let holder = tip.root().holder(key).unwrap_or_else(|| key.short());
        let renew = Advised::command(&["release", "renew"]).word("-o").blank(Blank::Draft);
        let renew = context.advise(&renew);
        let then = |lang| {
            say!(
                lang,
                "this is the key of {holder}. What it signed is not taken by anybody new from now on; \
                 what runs goes on. Both organisations then change the root (docs/trust.md), and sign the \
                 release anew:\n  {renew}",
                "失効するのは {holder} の鍵です。この鍵の署名は以後の導入で数えられません（稼働中のものは継続）。続けて両団体でルートを更新し\
                 （docs/trust.ja.md）、リリースに署名し直してください:\n  {renew}"
            )
        };
        self.speaking.run(context, &tip, (Says::Revoked { key }, &self.reason), then)
    }

    /// The key that is meant, by its card or by the beginning of its id.
    fn key(&self, root: &SignedRoot) -> Result<KeyId, Failure> {
        let file = PathBuf::from(&self.revoked);
        if file.is_file() {
            return Ok(card(&file)?.public.id());
        }
        let revoked = &self.revoked;
        let meant: Vec<KeyId> = root
            .key_ids()
            .into_iter()
            .filter(|id| revoked.len() >= 12 && id.to_string().starts_with(revoked.as_str()))
            .collect();
        match meant.as_slice() {
            [key] => Ok(*key),
            _ => Err(Failure::new(
                Exit::CouldNotRun,
                format!(
                    "{revoked} is neither a key card's file nor the beginning (12 digits or more) of the \
                     id of a key in the newest root, which lists them:"
                ),
                format!(
                    "{revoked} は公開鍵ファイルでも、最新のルートの鍵 ID の先頭（12 桁以上）でもありません。\
                     次のコマンドで確認してください:"
                ),
            )
            .advising(Advised::command(&["trust", "show"]))),
        }
    }
}

impl PostReview {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let (tip, number) = (self.speaking.at.tip(context)?, self.release);
        let channel = self.speaking.at.address(context)?.channel();
        let published =
            fetch_published_manifest(channel.as_ref(), &tip).map_err(|error| trust_failure(&error))?;
        let asked = match (tip.release(), &published) {
            (Some(current), Some(manifest)) => manifest.asks_to_review(current),
            _ => Vec::new(),
        };
        let Some(release) = asked.into_iter().find(|release| release.release == number) else {
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!(
                    "no post-review of release {number} is asked for: it is no emergency that is owed one"
                ),
                format!(
                    "リリース {number} の事後確認は求められていません（未了の緊急リリースではありません）"
                ),
            ));
        };
        let said = tip.statements().post_reviews(release);
        let is_last = said.kikin.is_some() || said.kokuho.is_some();
        let then = |lang| match is_last {
            true => say!(
                lang,
                "with this both organisations have said theirs of release {number}: the next normal release \
                 waits for it no longer.",
                "これでリリース {number} の両団体の事後確認が揃い、次の通常リリースを妨げなくなります。"
            ),
            false => say!(
                lang,
                "the next normal release waits until both organisations have said theirs.",
                "両団体の事後確認が揃うまで、次の通常リリースはできません。"
            ),
        };
        self.speaking.run(context, &tip, (Says::Reviewed { release }, &self.finding), then)
    }
}

impl Speaking {
    fn run(
        self,
        context: &Context,
        tip: &Tip,
        (says, reason): (Says, &str),
        then: impl Fn(Lang) -> String,
    ) -> Result<Exit, Failure> {
        meant(if matches!(says, Says::Reviewed { .. }) { "--finding" } else { "--reason" }, reason)?;
        let key = self.key.read(context, |id| tip.root().holder(id))?;
        if tip.statements().revoked().contains(&key.public().id()) {
            return Err(Failure::new(
                Exit::Trust,
                "this key was revoked by its own organisation; what it says counts for nothing",
                "この鍵は自団体により失効済みで、表明は無効です",
            ));
        }
        let at = now();
        let days = self.at.floor()?.validity().timestamp_days;
        tip.check_clock(at, days).map_err(|wrong| Failure::because(Exit::CouldNotRun, &wrong))?;
        let statement =
            StatementFile::sign(tip.root(), &key, says, reason, at).map_err(|error| trust_failure(&error))?;
        let made = statement.made();
        if let Some(said) = tip.statements().said(made.organisation, &made.says) {
            let told = |lang| {
                let said = said.say(lang);
                say!(
                    lang,
                    "your organisation said so already, and it counts. {said}",
                    "貴団体が既に表明済みで、有効です。{said}"
                )
            };
            return Err(Failure::new(Exit::CouldNotRun, told(Lang::En), told(Lang::Ja)));
        }
        let (lang, digest) = (context.lang, Digest::of(statement.bytes()));
        if !context.json {
            let (made, then) = (statement.made().say(lang), then(lang));
            context.print(&say!(
                lang,
                "NOT SAID YET; on your yes this is put on the channel for everybody:\n  {made}\n{then}\n",
                "まだ掲示していません。承認すると、次の内容を配信元に掲示します:\n  {made}\n{then}\n"
            ))?;
        }
        context.acts.note("says", statement.made().says.say(Lang::En));
        self.confirm.ask(context, digest)?;
        let channel = self.at.address(context)?.publish_channel();
        let whole = Whole::begin();
        publish_statement(channel.as_ref(), &statement, at).map_err(|error| trust_failure(&error))?;
        interrupt::wrote(self.at.name());
        drop(whole);
        // Read again: who said it is the first to hold to it.
        if !self.at.tip(context)?.statements().hold(&statement) {
            return Err(Failure::new(
                Exit::CouldNotRun,
                "it was written, and cannot be read back: ask whoever runs the channel, and say it again",
                "書き込みましたが読み戻せません。配信元の管理者に確認し、もう一度実行してください",
            ));
        }
        if context.json {
            let made = statement.made();
            context.print_json(&json!({
                "organisation": made.organisation, "by": made.by, "at": made.at, "reason": made.reason,
                "says": made.says.say(Lang::En), "sha256": digest,
            }))?;
        } else {
            context.print(&say!(lang, "it is on the channel.\n", "配信元に掲示しました。\n"))?;
        }
        Ok(Exit::Done)
    }
}
