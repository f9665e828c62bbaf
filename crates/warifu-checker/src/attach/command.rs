//! Running a command of the site: no shell, its own process group, a time limit, and a bounded part of what
//! it says.

use std::io::{self, Read};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::allocator::variables;
use crate::said::Said;

/// So much of what a command says is kept: its end, where errors are.
const KEPT_BYTES: usize = 4 << 10;

/// When a command has ended, what it wrote is there within this; somebody it started may hold the pipe.
const UNTIL_READ: Duration = Duration::from_millis(200);

/// Runs `command` with `environment`, at most so long. What is left of its group at the limit is killed.
///
/// # Errors
/// It cannot be started, ends otherwise than with 0, or not in time: with what it said last.
pub(super) fn run(command: &[String], environment: &[(&str, String)], limit: Duration) -> Result<(), Said> {
    let Some((program, arguments)) = command.split_first() else { return Ok(()) };
    let mut command = Command::new(program);
    variables().for_each(|name| {
        command.env_remove(name);
    });
    let spawned = command
        .args(arguments)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn();
    let mut child = spawned.map_err(|error| {
        Said::about(&format!("{program} cannot be started"), &format!("{program} を起動できません"), &error)
    })?;
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
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
    let (ended, ends) = channel::<io::Result<ExitStatus>>();
    std::thread::spawn(move || ended.send(child.wait()));
    let status = match ends.recv_timeout(limit) {
        Ok(status) => Some(status),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            // It is over also where somebody of the group does not want to end.
            group.map(|group| kill_process_group(group, Signal::KILL));
            let _ = ends.recv_timeout(UNTIL_READ);
            None
        }
    };
    let _ = all_read.recv_timeout(UNTIL_READ);
    let said = said.lock().unwrap_or_else(PoisonError::into_inner);
    let said: String =
        String::from_utf8_lossy(&said).chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    let said = said.trim();
    match status {
        Some(Ok(status)) if status.success() => Ok(()),
        Some(Ok(status)) => Err(Said::new(
            format!("{program} failed ({status}): {said}"),
            format!("{program} が失敗しました（{status}）: {said}"),
        )),
        Some(Err(error)) => {
            let (en, ja) =
                (format!("{program}: how it ended is not known"), format!("{program} の終了状態が不明です"));
            Err(Said::about(&en, &ja, &error))
        }
        None => {
            let seconds = limit.as_secs();
            Err(Said::new(
                format!("{program} did not end within {seconds} s and was killed: {said}"),
                format!("{program} が {seconds} 秒以内に終了しなかったため強制終了しました: {said}"),
            ))
        }
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
        run(&command, &[("WARIFU_RELEASE", "7".into())], Duration::from_millis(limit_ms))
    }

    #[test]
    fn a_command_is_told_what_it_is_about_and_its_failure_is_told() {
        assert_eq!(shell("test \"$WARIFU_RELEASE\" = 7", 10_000), Ok(()));
        let why = shell("echo before; echo broken >&2; exit 3", 10_000).unwrap_err();
        assert!(why.en.contains("broken") && why.en.contains('3') && why.ja.contains("broken"), "{}", why.en);
        assert!(run(&["/no/such/program".into()], &[], Duration::from_secs(1)).is_err());
    }

    #[test]
    fn what_floods_is_cut_to_its_end() {
        let why = shell("head -c 9000000 /dev/zero | tr '\\0' x; echo the end; exit 1", 60_000).unwrap_err();
        assert!(why.en.contains("the end") && why.en.len() < 2 * KEPT_BYTES, "{}", why.en.len());
    }

    /// With those that it started, and although they hold its pipes.
    #[test]
    fn what_takes_too_long_is_killed_with_its_group() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let script = format!("sleep 1000 & echo $! > {}; sleep 1000", file.display());
        assert!(shell(&script, 500).unwrap_err().en.contains("killed"));
        let pid: i32 = std::fs::read_to_string(&file).unwrap().trim().parse().unwrap();
        let is_gone = || {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
            stat.is_err() || stat.is_ok_and(|stat| stat.contains(") Z "))
        };
        let started = std::time::Instant::now();
        while !is_gone() {
            assert!(started.elapsed() < Duration::from_secs(30), "it lives on");
            std::thread::yield_now();
        }
    }
}
