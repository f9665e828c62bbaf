//! The program as a [`Target`]: files, link, reload, probe, and everything back where one of them fails.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, kill_process};
use warifu_masters::schema::Schemas;
use warifu_trust::ReleaseRef;

use crate::attach::command::run;
use crate::attach::config::{Config, Probe, Reload};
use crate::attach::files::{Shelf, listed, made};
use crate::attach::probe::ask;
use crate::log::{Event, Log};
use crate::said::Said;
use crate::swap::{Ending, Failed, FailedAt, Load, NotTaken, Otherwise, Target};

/// A number, and what whoever wrote it says besides.
const PID_BYTES: u64 = 4096;

/// A command that alerts somebody may take so long.
const ALERT: Duration = Duration::from_secs(30);

/// What is done one after the other: a kill may come before each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The files are placed.
    Place,
    /// The link is moved.
    Link,
    /// The program is told.
    Reload,
    /// It is asked whether it works.
    Probe,
    /// The link is moved back.
    LinkBack,
    /// The program is told again.
    ReloadBack,
    /// It is asked again.
    ProbeBack,
}

type Before = dyn Fn(Step) + Send + Sync;

/// An attached program.
pub struct Program {
    shelf: Shelf,
    formats: Vec<String>,
    reload: Reload,
    probes: Vec<Probe>,
    watched_seconds: u64,
    alert: Option<Vec<String>>,
    schemas: Schemas,
    log: Log,
    /// What it was seen to work with.
    uses: Mutex<Option<ReleaseRef>>,
    ending: Arc<Ending>,
    before: Option<Box<Before>>,
}

impl Program {
    /// The one that `config` describes.
    pub fn new(config: &Config, schemas: Schemas, log: Log) -> Program {
        let Config { place, reload, probe, watch_seconds, alert, .. } = config;
        Program {
            shelf: Shelf {
                folder: place.folder.value.clone(),
                link: place.link.value.clone(),
                mode: place.mode,
                owner: place.owner,
            },
            formats: place.formats.value.clone(),
            reload: reload.clone(),
            probes: probe.clone(),
            watched_seconds: *watch_seconds,
            alert: alert.as_ref().map(|alert| alert.value.clone()),
            schemas,
            log,
            uses: Mutex::default(),
            ending: Arc::default(),
            before: None,
        }
    }

    /// The same, with `before` called before each step: for a test of what a kill there leaves.
    #[must_use]
    pub fn stopping(self, before: impl Fn(Step) + Send + Sync + 'static) -> Program {
        Program { before: Some(Box::new(before)), ..self }
    }

    fn step(&self, step: Step) {
        self.before.iter().for_each(|before| before(step));
    }

    /// What commands are told of the release in `folder`.
    fn environment(&self, id: Option<ReleaseRef>, folder: &Path) -> Vec<(&'static str, String)> {
        let path = |path: &Path| path.to_string_lossy().into_owned();
        vec![
            ("WARIFU_RELEASE", id.map_or_else(String::new, |id| id.release.to_string())),
            ("WARIFU_MANIFEST", id.map_or_else(String::new, |id| id.manifest.to_string())),
            ("WARIFU_FOLDER", path(folder)),
            ("WARIFU_LINK", path(&self.shelf.link)),
        ]
    }

    fn tell(&self, environment: &[(&str, String)]) -> Result<(), Said> {
        let (signal, file) = match &self.reload {
            Reload::Command { command, limit_seconds } => {
                let limit = Duration::from_secs(*limit_seconds);
                return run(&command.value, environment, limit, &self.ending);
            }
            Reload::SystemdUnit { unit, limit_seconds } => {
                let reload = ["systemctl", "reload", "--", unit].map(ToOwned::to_owned);
                return run(&reload, environment, Duration::from_secs(*limit_seconds), &self.ending);
            }
            Reload::Signal { signal, pid_file } => (*signal, pid_file),
        };
        let name = file.display().to_string();
        let cannot = |error: &(dyn std::error::Error + 'static)| {
            let (en, ja) = ("cannot be sent a signal", "にシグナルを送れません");
            Said::about(&format!("the process of {name} {en}"), &format!("{name} のプロセス{ja}"), error)
        };
        // Others write it: a regular file, or nothing is waited for.
        let text = warifu_files::read(file, PID_BYTES).map_err(|error| cannot(&error))?;
        let pid =
            String::from_utf8_lossy(&text).trim().parse().ok().filter(|pid| *pid > 1).and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| cannot(&io::Error::from(io::ErrorKind::InvalidData)))?;
        kill_process(pid, signal).map_err(|error| cannot(&error))
    }

    fn asked(&self, environment: &[(&str, String)]) -> Result<(), Said> {
        self.probes.iter().try_for_each(|probe| ask(probe, environment, &self.ending))
    }

    /// The link back to `before`; where something was there, the program reads and works with that again.
    fn put_back(&self, before: Option<&Path>) -> Result<(), Failed> {
        self.step(Step::LinkBack);
        self.shelf.name(before).map_err(|error| not_linked(&self.shelf.link, &error))?;
        let Some(folder) = before else { return Ok(()) };
        // Whatever it was: a probe that asks for a release by number reads it there.
        let id = listed(folder);
        let environment = self.environment(id, folder);
        self.step(Step::ReloadBack);
        self.tell(&environment).map_err(at(FailedAt::Reload))?;
        self.step(Step::ProbeBack);
        self.asked(&environment).map_err(at(FailedAt::Probe))?;
        *self.uses.lock().unwrap_or_else(PoisonError::into_inner) = id;
        Ok(())
    }
}

fn at(at: FailedAt) -> impl Fn(Said) -> Failed {
    move |why| Failed { at, why }
}

fn not_linked(link: &Path, error: &io::Error) -> Failed {
    let link = link.display();
    let why = Said::about(&format!("{link} cannot be moved"), &format!("{link} を切り替えられません"), error);
    Failed { at: FailedAt::Link, why }
}

impl Target for Program {
    fn take(&self, id: ReleaseRef, load: Load<'_>, otherwise: Otherwise) -> Result<(), NotTaken> {
        let not_had = |why| NotTaken::NotAsked(Failed { at: FailedAt::Files, why });
        self.step(Step::Place);
        let content = load().map_err(not_had)?;
        let files = made(&self.schemas, content, &self.formats).map_err(not_had)?;
        let placed = self.shelf.place(id, &files).and_then(|()| self.shelf.named());
        let before: Option<PathBuf> = placed.map_err(|error| {
            let folder = self.shelf.folder.display();
            not_had(Said::about(
                &format!("the files cannot be placed in {folder}"),
                &format!("{folder} にファイルを配置できません"),
                &error,
            ))
        })?;
        drop(files);
        if otherwise == Otherwise::PutBack && self.ending.is_told() {
            return Err(not_had(Ending::why()));
        }
        let folder = self.shelf.folder_of(id);
        let environment = self.environment(Some(id), &folder);
        let used = self.uses.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.step(Step::Link);
        if let Err(error) = self.shelf.name(Some(&folder)) {
            let failed = not_linked(&self.shelf.link, &error);
            // It may have moved all the same; nobody was told to read there.
            let is_as_before =
                otherwise == Otherwise::Stay || self.shelf.named().is_ok_and(|named| named == before);
            let back = if is_as_before { Ok(()) } else { self.shelf.name(before.as_deref()) };
            return Err(match back.map_err(|error| not_linked(&self.shelf.link, &error)) {
                Ok(()) => {
                    *self.uses.lock().unwrap_or_else(PoisonError::into_inner) = used;
                    NotTaken::NotAsked(failed)
                }
                Err(worse) => NotTaken::Refused { failed, not_put_back: Some(worse) },
            });
        }
        self.step(Step::Reload);
        let taken = self.tell(&environment).map_err(at(FailedAt::Reload)).and_then(|()| {
            self.step(Step::Probe);
            self.asked(&environment).map_err(at(FailedAt::Probe))
        });
        match (taken, otherwise) {
            (Ok(()), _) => {
                *self.uses.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
                Ok(())
            }
            (Err(failed), Otherwise::Stay) => Err(NotTaken::Refused { failed, not_put_back: None }),
            (Err(Failed { at, why }), Otherwise::PutBack) => {
                let release = id.release;
                let why = Said::new(
                    format!("the attached program does not take release {release}: {}", why.en),
                    format!("接続先プログラムがリリース {release} を受け付けません: {}", why.ja),
                );
                self.log.of_release(Event::AttachedRefused, id.release, &why);
                // A kill may have left the link at what is not taken: that is nothing to go back to.
                let before = before.filter(|before| before.file_name() != folder.file_name());
                let not_put_back = self.put_back(before.as_deref()).err();
                Err(NotTaken::Refused { failed: Failed { at, why }, not_put_back })
            }
        }
    }

    fn leave(&self, id: ReleaseRef) -> Result<bool, Failed> {
        let named = self.shelf.named().map_err(|error| not_linked(&self.shelf.link, &error))?;
        let folder = self.shelf.folder_of(id);
        if named.is_none_or(|named| named.file_name() != folder.file_name()) {
            return Ok(false);
        }
        self.put_back(None)?;
        self.uses.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(true)
    }

    fn ending(&self) -> Arc<Ending> {
        Arc::clone(&self.ending)
    }

    fn uses(&self) -> Option<ReleaseRef> {
        let uses = (*self.uses.lock().unwrap_or_else(PoisonError::into_inner))?;
        let named = self.shelf.named().ok().flatten()?;
        // Somebody else may have moved the link.
        (named.file_name() == self.shelf.folder_of(uses).file_name()).then_some(uses)
    }

    fn works(&self) -> Result<(), Said> {
        let id = self.uses();
        let folder = id.map_or_else(|| self.shelf.link.clone(), |id| self.shelf.folder_of(id));
        self.asked(&self.environment(id, &folder))
    }

    fn watched_seconds(&self) -> u64 {
        self.watched_seconds
    }

    fn keep_only(&self, kept: &[ReleaseRef]) {
        if let Err(error) = self.shelf.keep_only(kept) {
            let folder = self.shelf.folder.display();
            self.log.event(
                Event::AttachedNotCleared,
                &Said::about(
                    &format!("what is not used any more in {folder} cannot be removed"),
                    &format!("{folder} の不要なフォルダーを削除できません"),
                    &error,
                ),
            );
        }
    }

    fn alert(&self, why: &Said) {
        let Some(command) = &self.alert else { return };
        let environment = [("WARIFU_WHY", why.en.clone()), ("WARIFU_WHY_JA", why.ja.clone())];
        if let Err(why) = run(command, &environment, ALERT, &self.ending) {
            self.log.event(Event::AttachedAlertFailed, &why);
        }
    }
}
