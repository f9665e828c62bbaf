//! Running a command of the site: no shell, its own process group, a time limit, and a bounded part of what
//! it says.

use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::Pid;

use crate::allocator::variables;
use crate::attach::started::{Mark, VARIABLE, kill_all};
use crate::said::Said;
use crate::swap::{Ending, NotWaited};

/// So much of what a command says is kept: its end, where errors are.
const KEPT_BYTES: usize = 4 << 10;

/// When a command has ended, what it wrote is there within this; somebody it started may hold the pipe.
const UNTIL_READ: Duration = Duration::from_millis(200);

/// Runs `command` with `environment`, at most so long. At the limit it is killed with all that it started,
/// also in sessions of their own; so it is when the `ending` is over.
///
/// # Errors
/// It cannot be started, ends otherwise than with 0, or not in time: with what it said last.
pub(super) fn run(
    command: &[String],
    environment: &[(&str, String)],
    limit: Duration,
    ending: &Arc<Ending>,
) -> Result<(), Said> {
    let Some((program, arguments)) = command.split_first() else { return Ok(()) };
    if ending.is_over() {
        return Err(Ending::why());
    }
    let mut command = Command::new(program);
    variables().for_each(|name| {
        command.env_remove(name);
    });
    // Whoever manages this one hears nothing of what others start.
    ["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"].iter().for_each(|name| {
        command.env_remove(name);
    });
    let mark = Mark::new();
    let spawned = command
        .args(arguments)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env(VARIABLE, mark.value())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn();
    let mut child = spawned.map_err(|error| {
        Said::about(&format!("{program} cannot be started"), &format!("{program} を起動できません"), &error)
    })?;
    let first = Pid::from_child(&child);
    let said = Arc::new(Mutex::new(Vec::new()));
    let (read, all_read) = channel::<()>();
    let pipes: [Option<Box<dyn Read + Send>>; 2] =
        [child.stdout.take().map(|it| Box::new(it) as _), child.stderr.take().map(|it| Box::new(it) as _)];
    for pipe in pipes.into_iter().flatten() {
        let (said, read) = (Arc::clone(&said), read.clone());
        std::thread::spawn(move || {
            take_in(pipe, &said);
            drop(read);
        });
    }
    drop(read);
    let status = ending.wait_for(limit, move || child.wait());
    if status.is_err() {
        // It is over also where somebody of them does not want to end.
        kill_all(first, &mark);
    }
    let _ = all_read.recv_timeout(UNTIL_READ);
    let said = said.lock().unwrap_or_else(PoisonError::into_inner);
    let said: String =
        String::from_utf8_lossy(&said).chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    let said = said.trim();
    match status {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(Said::new(
            format!("{program} failed ({status}): {said}"),
            format!("{program} が失敗しました（{status}）: {said}"),
        )),
        Ok(Err(error)) => {
            let (en, ja) =
                (format!("{program}: how it ended is not known"), format!("{program} の終了状態が不明です"));
            Err(Said::about(&en, &ja, &error))
        }
        Err(NotWaited::TooLong) => {
            let seconds = limit.as_secs();
            Err(Said::new(
                format!("{program} did not end within {seconds} s and was killed: {said}"),
                format!("{program} が {seconds} 秒以内に終了しなかったため強制終了しました: {said}"),
            ))
        }
        Err(NotWaited::Over) => Err(Said::new(
            format!("{program} was killed, since this ends: {said}"),
            format!("終了処理の時間内に {program} が完了しなかったため強制終了しました: {said}"),
        )),
    }
}

/// Keeps the end of what comes, and reads on so that nobody is held up.
fn take_in(mut pipe: Box<dyn Read + Send>, said: &Mutex<Vec<u8>>) {
    let mut piece = [0; 1024];
    while let Ok(count @ 1..) = pipe.read(&mut piece) {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend_from_slice(&piece[..count]);
        let too_many = said.len().saturating_sub(KEPT_BYTES);
        said.drain(..too_many);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit_ms: u64) -> Result<(), Said> {
        let command = ["/bin/sh", "-c", script].map(str::to_owned);
        run(&command, &[("WARIFU_RELEASE", "7".into())], Duration::from_millis(limit_ms), &Arc::default())
    }

    #[test]
    fn a_command_is_told_what_it_is_about_and_its_failure_is_told() {
        assert_eq!(shell("test \"$WARIFU_RELEASE\" = 7", 10_000), Ok(()));
        let why = shell("echo before; echo broken >&2; exit 3", 10_000).unwrap_err();
        assert!(why.en.contains("broken") && why.en.contains('3') && why.ja.contains("broken"), "{}", why.en);
        assert!(run(&["/no/such/program".into()], &[], Duration::from_secs(1), &Arc::default()).is_err());
    }

    #[test]
    fn what_floods_is_cut_to_its_end() {
        let why = shell("head -c 9000000 /dev/zero | tr '\\0' x; echo the end; exit 1", 60_000).unwrap_err();
        assert!(why.en.contains("the end") && why.en.len() < 2 * KEPT_BYTES, "{}", why.en.len());
    }

    /// With those that it started, and although they hold its pipes: in its group, in a session of their own,
    /// left by whoever started them, and with an environment of their own.
    #[test]
    fn what_takes_too_long_is_killed_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pids");
        let stays = "sh -c 'echo $$ >>\"$PIDS\"; exec sleep 1000'";
        let script = format!(
            "export PIDS={}
            {stays} &
            setsid {stays} &
            (setsid sh -c \"{stays} &\" &)
            env -i PATH=\"$PATH\" PIDS=\"$PIDS\" setsid {stays} &
            while test $(wc -l <\"$PIDS\") -lt 4; do :; done
            touch \"$PIDS\".all; sleep 1000",
            file.display()
        );
        std::fs::write(&file, "").unwrap();
        // However slow the machine is: the limit is not before all of them are there.
        let mut limit = 500;
        while !folder.path().join("pids.all").exists() {
            std::fs::write(&file, "").unwrap();
            assert!(shell(&script, limit).unwrap_err().en.contains("killed"));
            limit *= 2;
        }
        let pids = std::fs::read_to_string(&file).unwrap();
        assert_eq!(pids.lines().count(), 4);
        let is_gone = |pid: &str| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
            stat.is_err() || stat.is_ok_and(|stat| stat.contains(") Z "))
        };
        let started = std::time::Instant::now();
        for pid in pids.lines() {
            while !is_gone(pid) {
                assert!(started.elapsed() < Duration::from_secs(30), "{pid} lives on: {pids}");
                std::thread::yield_now();
            }
        }
    }

    #[test]
    fn what_is_under_way_when_the_end_is_over_is_killed_and_nothing_more_is_begun() {
        let folder = tempfile::tempdir().unwrap();
        let begun = folder.path().join("begun");
        let script = format!("touch {}; exec sleep 1000", begun.display());
        let command = ["/bin/sh", "-c", &script].map(str::to_owned);
        let ending: Arc<Ending> = Arc::default();
        let breaks_off = {
            let (ending, begun) = (Arc::clone(&ending), begun.clone());
            std::thread::spawn(move || {
                while !begun.exists() {
                    std::thread::yield_now();
                }
                ending.break_off();
            })
        };
        let why = run(&command, &[], Duration::from_secs(600), &ending).unwrap_err();
        assert!(why.en.contains("was killed, since this ends"), "{}", why.en);
        breaks_off.join().unwrap();
        std::fs::remove_file(&begun).unwrap();
        assert_eq!(run(&command, &[], Duration::from_secs(600), &ending), Err(Ending::why()));
        assert!(!begun.exists());
    }

    #[test]
    fn what_ended_in_time_leaves_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let script = format!("sleep 1000 >/dev/null 2>&1 & echo $! >{}", file.display());
        assert_eq!(shell(&script, 10_000), Ok(()));
        let pid = std::fs::read_to_string(&file).unwrap();
        let killed = Command::new("kill").args(["-9", pid.trim()]).status().unwrap();
        assert!(killed.success(), "it was there");
    }
}
