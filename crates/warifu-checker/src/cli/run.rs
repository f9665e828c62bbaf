//! Runs the command that was typed, and says how it ended.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use warifu_usage::{Colour, asked_for, asks_for_json, error, of_locale};
use warifu_values::lang::{Lang, Speak as _};

use crate::allocator::settle;
use crate::cli::advice::to_be_typed;
use crate::cli::arguments::{Command, Decide, DecideAll, Remote, command_line, in_japanese};
use crate::cli::attach::attach_program;
use crate::cli::check::check_file;
use crate::cli::dry_run::run_dry;
use crate::cli::explain::explain_answers;
use crate::cli::failure::Failure;
use crate::cli::fleet::say_of_fleet;
use crate::cli::forget::forget_claims;
use crate::cli::give_up::give_up_lost;
use crate::cli::output::tell;
use crate::cli::repair::{repair_damage, warning};
use crate::cli::serve::serve_claims;
use crate::cli::settings::{NotSettled, Settings};
use crate::cli::shown::{DOCUMENTS, Shown, print};
use crate::cli::waiting::Waiting;
use crate::log::{Form, Level, Log, start};
use crate::said::Said;
use crate::service::{AtDoor, FellBack, Status, interface};
use crate::state::{Decision, Reason};

/// Runs the command that was typed.
pub fn run(line: Vec<OsString>) -> ExitCode {
    Colour::asked_for(&line).settle();
    let asked = asked_for(&line);
    let wants_json = asks_for_json(&line);
    let (arguments, settings) = match Settings::read(line) {
        Ok(read) => read,
        Err(NotSettled::Usage(usage)) => {
            usage.tell(asked.or_else(of_locale).unwrap_or_default());
            if usage.is_help() {
                return ExitCode::SUCCESS;
            }
            if wants_json {
                print(&DOCUMENTS.of_usage(&*usage, "warifu-checker --help"));
            }
            return ExitCode::from(2);
        }
        Err(faults) => {
            let lang = asked.or_else(of_locale).unwrap_or_default();
            let lines = |lang| faults.said().iter().map(|said| said.say(lang)).collect::<Vec<_>>().join("\n");
            let _ = writeln!(io::stderr(), "{}", lines(lang));
            if wants_json {
                let said = Said::new(lines(Lang::En), lines(Lang::Ja));
                print(&DOCUMENTS.ended(None, 2, error("could-not-run", &said, &[])));
            }
            return ExitCode::from(2);
        }
    };
    let lang = arguments.lang.or_else(of_locale).unwrap_or_default();
    let checker = arguments.command.remote().and_then(Remote::given);
    let found = arguments.command.remote().map_or(Ok(()), Remote::find);
    let (command, json) = (arguments.command.name(), arguments.command.json());
    let shown = Shown { command, json, lang, checker: checker.as_deref() };
    let waiting = Waiting { lang, is_quiet: arguments.quiet };
    let done = found.and_then(|()| carry_out(arguments.command, settings, shown, waiting));
    ExitCode::from(done.unwrap_or_else(|failure| {
        shown.fail(&failure);
        failure.status
    }))
}

/// Carries out `command`.
fn carry_out(
    command: Command,
    settings: Settings,
    shown: Shown<'_>,
    waiting: Waiting,
) -> Result<u8, Failure> {
    let Shown { lang, checker, .. } = shown;
    // Those that stay say themselves how.
    if !matches!(command, Command::Serve(_) | Command::Attach(_)) {
        // What the gates of a check say, it tells itself.
        let least = if matches!(command, Command::Check(_)) { Level::Error } else { Level::Warn };
        start(Form::Human, least, Log::new(lang));
    }
    match command {
        Command::Serve(serve) => {
            settle(std::env::args_os());
            serve_claims(*serve, settings, lang)
        }
        Command::Attach(attach) => {
            settle(std::env::args_os());
            attach_program(&attach, lang)
        }
        Command::Check(check) => check_file(&check, waiting),
        Command::DryRun(dry) => run_dry(&dry, &settings, shown, waiting),
        Command::Explain(explain) => explain_answers(&explain, shown),
        Command::Status(remote) => remote
            .client()
            .status()
            .map_err(Failure::from)
            .and_then(|status| shown.show(&status, status.exit_status())),
        Command::Swap { release, remote } => {
            waiting.asking(|| remote.client().swap(release)).map_err(Failure::from).and_then(|outcome| {
                let unchanged = Said::new("nothing new", "変更はありません");
                let said = outcome.said().unwrap_or(unchanged);
                shown.show_or(&outcome, &said, outcome.exit_status())
            })
        }
        Command::FallBack { release, remote } => fall_back(&remote, release, lang).and_then(|back| {
            let release = back.release;
            let said = Said::new(
                format!("fell back to release {release}"),
                format!("リリース {release} へ戻しました"),
            );
            let said = match &back.not_written {
                Some(why) => said.then(&not_remembered(why)),
                None => said,
            };
            shown.show_or(&back, &said, 0)
        }),
        Command::Confirm(Decide { release, reason, remote }) => remote
            .client()
            .confirm(release, &reason)
            .map_err(Failure::from)
            .and_then(|decision| shown.show(&decision, 0)),
        Command::GiveUp(give_up) => {
            give_up_lost(&give_up, checker, lang).and_then(|decision| shown.show(&decision, 0))
        }
        Command::Unhold(Decide { release, reason, remote }) => remote
            .client()
            .unhold(release, &reason)
            .map_err(Failure::from)
            .and_then(|decision| shown.show(&decision, 0)),
        Command::Freeze(DecideAll { reason, remote }) => {
            freeze(&remote, &reason, lang).and_then(|decision| shown.show(&decision, 0))
        }
        Command::Thaw(DecideAll { reason, remote }) => {
            thaw(&remote, &reason, checker, lang).and_then(|decision| shown.show(&decision, 0))
        }
        Command::Repair(repair) => {
            repair_damage(&repair, checker, lang).and_then(|decision| shown.show(&decision, 0))
        }
        Command::Replay(remote) => {
            waiting.asking(|| remote.client().replay()).map_err(Failure::from).and_then(|report| {
                let status = u8::from(report.refusal().is_some());
                shown.show_or(&report, &report.why, status)
            })
        }
        Command::ForgetClaims(remote) => {
            forget_claims(&remote, Log::new(lang)).and_then(|forgotten| shown.show(&forgotten, 0))
        }
        Command::Fleet(fleet) => say_of_fleet(&fleet, shown),
        Command::Completions { shell } => {
            let japanese = (lang == Lang::Ja).then(in_japanese);
            io::stdout().write_all(&shell.completions(command_line(Lang::En), japanese.as_ref()))?;
            Ok(0)
        }
        Command::Openapi { door } => {
            let all = AtDoor::ALL.into_iter();
            let doors: Vec<_> =
                all.filter(|it| door.as_deref().is_none_or(|door| door == it.name())).collect();
            tell(&interface(&doors).to_string())?;
            Ok(0)
        }
    }
}

/// Falls back. Where a release is named, what goes and what comes is said before anything is done.
fn fall_back(remote: &Remote, release: Option<u64>, lang: Lang) -> Result<FellBack, Failure> {
    let client = remote.client();
    let Some(to) = release else { return Ok(client.fall_back()?) };
    if let Some(going) = going_back(&client.status()?, to) {
        writeln!(io::stderr(), "{}", going.say(lang))?;
    }
    Ok(client.fall_back_to(to)?)
}

/// Freezes activation. Where somebody did before, that is said first.
fn freeze(remote: &Remote, reason: &Reason, lang: Lang) -> Result<Decision, Failure> {
    let client = remote.client();
    if let Some(frozen) = client.status()?.frozen {
        let why = frozen.why();
        let also = match frozen.is_for(reason) {
            true => Said::new(
                format!("activation is frozen already for this reason, {}", why.en),
                format!("すでにこの理由で凍結されています（{}）", why.ja),
            ),
            false => Said::new(
                format!(
                    "activation is frozen already, {}; this reason is added, and thawing ends both",
                    why.en
                ),
                format!(
                    "すでに凍結されています（{}）。今回の理由も加えます。凍結を解除すると、どちらも終わります",
                    why.ja
                ),
            ),
        };
        writeln!(io::stderr(), "{}", also.say(lang))?;
    }
    Ok(client.freeze(reason)?)
}

/// Thaws activation. Where something is damaged still, that is said first: nothing is taken before it is
/// mended, and then without anybody having looked.
fn thaw(remote: &Remote, reason: &Reason, checker: Option<&str>, lang: Lang) -> Result<Decision, Failure> {
    let client = remote.client();
    if let Some(caution) = client.status()?.thaw_damaged_caution() {
        let again = Said::new(
            "freeze again and repair first: warifu-checker freeze --reason …, warifu-checker repair \
             --reason …",
            "もう一度凍結し、先に修復してください: warifu-checker freeze --reason （理由）、\
             warifu-checker repair --reason （理由）",
        );
        writeln!(io::stderr(), "{}", to_be_typed(&warning(&caution.then(&again)).say(lang), checker))?;
    }
    Ok(client.thaw(reason)?)
}

/// What goes and what comes with a fall back to release `to`; none where that is none to be had.
fn going_back(status: &Status, to: u64) -> Option<Said> {
    let from = status.running.as_ref()?.id.release;
    let before = || status.previous.iter().chain(&status.earlier);
    let comes = before().find(|installed| installed.id.release == to)?;
    let held: Vec<String> = before()
        .map(|it| it.id.release)
        .chain([from])
        .filter(|it| *it > to)
        .map(|it| it.to_string())
        .collect();
    let (title, held) = (&comes.title, held.join(", "));
    Some(Said::new(
        format!(
            "release {from} goes and release {to} ({title}) comes; held until a newer one is \
             confirmed: {held}"
        ),
        format!(
            "リリース {from} からリリース {to}（{title}）へ戻します。より新しいものを確定するまで保留: {held}"
        ),
    ))
}

/// That a fall back is not on disk.
fn not_remembered(why: &Said) -> Said {
    Said::new(
        format!("NOT WRITTEN: {}; until it is, a restart may find the release that was left", why.en),
        format!("未記録: {}。記録できるまでは、再起動すると元のリリースに戻る場合があります", why.ja),
    )
}
