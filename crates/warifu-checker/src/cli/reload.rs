//! The configuration read again while claims are judged: what can change then changes at once and together; a
//! file that is of no use changes nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(feature = "https")]
use crate::cause::Amiss;
use crate::cli::arguments::{Arguments, Command, Serve};
use crate::cli::handles::connections;
#[cfg(feature = "https")]
use crate::cli::prepared::{CLAIMS_DOOR, OPERATORS_DOOR, at_door};
use crate::cli::prepared::{Fixed, Prepared};
use crate::cli::settings::{ServeOption, Settings};
use crate::cli::watchdog::Watchdog;
use crate::kept_source::KeptSource;
use crate::log::{Event, Log};
use crate::said::Said;
use crate::service::Service;
#[cfg(feature = "https")]
use crate::service::{ReadTls, Tls};
use crate::state::Recent;
use crate::swap::Swapper;

/// Sections of which all that they say is given to what runs, but for `FIXED_OPTIONS`.
const LIVE_SECTIONS: &[&str] = &["limits", "gates", "windows", "replay"];

/// And options of other sections.
const LIVE_OPTIONS: &[&str] = &["channel", "poll"];

/// Options of those sections that what runs was started with.
const FIXED_OPTIONS: &[&str] = &["keep_releases"];

/// The files of TLS, where there is TLS and goes on to be.
#[cfg(feature = "https")]
const TLS_OPTIONS: &[&str] = &["tls_certificate", "tls_key", "tls_clients", "tls_only_clients"];
#[cfg(feature = "https")]
const OPERATORS_TLS_OPTIONS: &[&str] = &["operators_certificate", "operators_key", "operators_clients"];

/// What runs, as far as it can change.
pub(super) struct Reload {
    /// As it was started.
    pub(super) started: Settings,
    /// And what files said that it named.
    pub(super) fixed: Fixed,
    pub(super) source: Arc<KeptSource>,
    pub(super) recent: Arc<Recent>,
    pub(super) swapper: Arc<Swapper>,
    pub(super) service: Arc<Service>,
    /// Seconds between two looks at the channel.
    pub(super) poll: Arc<AtomicU64>,
    pub(super) watchdog: Arc<Watchdog>,
    #[cfg(feature = "https")]
    pub(super) tls: Option<Arc<Tls>>,
    #[cfg(feature = "https")]
    pub(super) operators: Option<Arc<Tls>>,
    pub(super) log: Log,
}

impl Reload {
    /// Reads everything again, and tells what came of it in the log and the status.
    pub(super) fn all(&self) {
        match self.take() {
            Err(troubles) => {
                let nothing = Said::new(
                    "the configuration is of no use, and nothing of it was changed",
                    "設定に誤りがあるため、何も変更していません",
                );
                let why = troubles.iter().fold(nothing, |why, trouble| why.then(trouble));
                self.log.event(Event::ConfigurationUnusable, &why);
                self.service.tell_not_in_force(Some(why));
            }
            Ok(waits) => {
                let read = Said::new("the configuration was read again", "設定を再読込しました");
                let said = waits.as_ref().map_or_else(|| read.clone(), |waits| read.then(waits));
                self.log.event(Event::ConfigurationRead, &said);
                self.service.tell_not_in_force(waits);
            }
        }
    }

    /// Tells that reading broke off: what was read until then may be in force.
    pub(super) fn broke_off(&self) {
        let why = Said::new(
            "reading the configuration broke off: what of it is in force is not known; send SIGHUP again, or \
             restart",
            "設定の再読込が中断しました。どこまで反映されたかは不明です。もう一度 SIGHUP を送るか、再起動してください",
        );
        self.log.event(Event::ConfigurationUnusable, &why);
        self.service.tell_not_in_force(Some(why));
    }

    /// Takes what can be taken; what waits for a restart, be it that an option says something else now, or
    /// the file that it names.
    fn take(&self) -> Result<Option<Said>, Vec<Said>> {
        let (arguments, settings) = self.started.again().map_err(|why| why.said())?;
        let Arguments { command: Command::Serve(serve), .. } = arguments else { return Ok(None) };
        // All of it is read before anything is changed.
        let prepared = Prepared::of(&serve, &self.watchdog)?;
        #[cfg(feature = "https")]
        self.may_go_on_with(&prepared)?;
        let of_files = self.fixed.differ(&prepared.fixed);
        let given = self.give(&serve, prepared);
        let differ = self.started.differ(&settings);
        let waits = |option: &&ServeOption| {
            let is_told_otherwise = differ.iter().any(|it| it.id == option.id);
            of_files.contains(&&*option.id) || is_told_otherwise && !is_live(option, &given)
        };
        let waits: Vec<String> =
            self.started.options.all().iter().filter(waits).map(ServeOption::place).collect();
        let waits = waits.join(", ");
        Ok((!waits.is_empty()).then(|| {
            Said::new(format!("{waits}: needs a restart"), format!("{waits}: 変更の反映には再起動が必要です"))
        }))
    }

    /// Gives it to what runs, and which options those are that have no section of their own in
    /// `LIVE_SECTIONS`. Nothing here can fail any more.
    fn give(&self, serve: &Serve, prepared: Prepared) -> Vec<&'static str> {
        self.service.limit(serve.limits.limits(connections));
        self.swapper.go_by(serve.gates.gates(), prepared.calendar);
        self.recent.keep(serve.gates.keeping());
        self.source.read_from(prepared.mirrors);
        self.poll.store(serve.poll, Ordering::Relaxed);
        #[cfg(feature = "https")]
        {
            let tls = go_on_with(self.tls.as_ref(), prepared.tls, TLS_OPTIONS);
            let operators = go_on_with(self.operators.as_ref(), prepared.operators, OPERATORS_TLS_OPTIONS);
            [LIVE_OPTIONS, tls, operators].concat()
        }
        #[cfg(not(feature = "https"))]
        LIVE_OPTIONS.to_vec()
    }

    /// The doors that have TLS, by the sections that name its files.
    #[cfg(feature = "https")]
    fn doors(&self) -> impl Iterator<Item = (&'static str, &Arc<Tls>)> {
        let claims = self.tls.iter().map(|tls| (CLAIMS_DOOR, tls));
        claims.chain(self.operators.iter().map(|tls| (OPERATORS_DOOR, tls)))
    }

    /// Whether no certificate that holds would give way to one that does not.
    #[cfg(feature = "https")]
    fn may_go_on_with(&self, prepared: &Prepared) -> Result<(), Vec<Said>> {
        let read = |door| if door == CLAIMS_DOOR { &prepared.tls } else { &prepared.operators };
        let wrong = |(door, tls): (&'static str, &Arc<Tls>)| {
            let not = tls.may_go_on_with(read(door).as_ref()?).err()?;
            Some(at_door(door, &not))
        };
        let wrong: Vec<Said> = self.doors().filter_map(wrong).collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Reads certificates again that changed; what is of no use, and which do not hold, is told once.
    #[cfg(feature = "https")]
    pub(super) fn certificates(&self, told: &mut Vec<(Event, Said)>) {
        let (mut wrong, mut were_read) = (Vec::new(), false);
        for (door, tls) in self.doors() {
            match tls.reload(crate::service::Reload::IfChanged) {
                Ok(is_read) => were_read |= is_read,
                Err(why) => wrong.push((Event::CertificatesUnusable, at_door(door, &why))),
            }
        }
        if were_read {
            self.log.event(
                Event::CertificatesRead,
                &Said::new("certificates were read again", "証明書を再読込しました"),
            );
        }
        wrong.extend(
            self.service
                .certificates_amiss()
                .into_iter()
                .filter_map(|Amiss { cause, why }| Some((cause.event()?, why.then(&cause.next_step(None))))),
        );
        let new = wrong.iter().filter(|it| !told.contains(it));
        new.for_each(|(event, why)| self.log.event(*event, why));
        *told = wrong;
    }

    /// There are none.
    #[cfg(not(feature = "https"))]
    pub(super) fn certificates(&self, _: &mut Vec<(Event, Said)>) {}
}

/// Whether what runs goes by what `option` says now; `given` are those that were given to it.
fn is_live(option: &ServeOption, given: &[&str]) -> bool {
    let is_of_live_section = option.section().is_some_and(|section| LIVE_SECTIONS.contains(&section));
    given.contains(&&*option.id) || is_of_live_section && !FIXED_OPTIONS.contains(&&*option.id)
}

/// Where there is TLS, and files for it, gives them and says which options those are. Turning it on or off
/// needs a restart.
#[cfg(feature = "https")]
fn go_on_with(
    tls: Option<&Arc<Tls>>,
    read: Option<ReadTls>,
    options: &'static [&'static str],
) -> &'static [&'static str] {
    let (Some(tls), Some(read)) = (tls, read) else { return &[] };
    tls.go_on_with(read);
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::prepared::{POLICY, SCHEMAS};
    use crate::cli::settings::Options;

    #[test]
    fn what_changes_at_once_is_there_to_be_told() {
        let options = Options::of_serve();
        for id in LIVE_OPTIONS.iter().chain(FIXED_OPTIONS).chain(&[POLICY, SCHEMAS]) {
            assert!(options.by_id(id).is_some(), "{id}");
        }
        #[cfg(feature = "https")]
        for id in TLS_OPTIONS.iter().chain(OPERATORS_TLS_OPTIONS) {
            assert!(options.by_id(id).is_some(), "{id}");
        }
    }
}
