//! What the checker says of itself.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_claims::movement::{Report, Words};
use warifu_trust::UnixSeconds;
use warifu_values::lang::{Lang, Speak, counted};
use warifu_values::say;

use crate::cause::{Amiss, Cause, while_withdrawn_judges};
use crate::said::Said;
use crate::service::limits::Limits;
use crate::state::{Damage, Decision, Frozen, Held, Installed, KeptNow, Lost, Phase, Refused};
use crate::swap::{Active, Attached, Coming, LastPoll, Outcome, Swapper};
use crate::trial::Replayed;

/// The watch on a release on probation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Watch {
    /// The release it is compared with.
    pub against: u64,
    /// What was seen so far, what is missing before it is confirmed, and the first codes that turned.
    pub seen: Report,
}

/// What `GET /report.json` says: the last replay and the watch on probation, with all their codes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OnTrial {
    /// The last replay.
    pub replay: Option<Replayed>,
    /// What was seen so far on probation.
    pub watch: Option<Report>,
    /// What operators decided, the newest last.
    #[serde(default)]
    pub decisions: Vec<Decision>,
}

/// Requests since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Requests {
    /// Claim files answered.
    pub checked: u64,
    /// Claims in them.
    pub claims: u64,
    /// Files sent away with a 503: the queue was full, too many were being received, or no release ran yet.
    pub turned_away: u64,
}

/// The queue now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Queue {
    /// Files being judged.
    pub judging: usize,
    /// Files waiting.
    pub waiting: usize,
    /// How many may wait.
    pub capacity: usize,
}

/// What judges next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Next {
    /// Which release: it is cleared.
    pub release: u64,
    /// From when.
    pub at: UnixSeconds,
    /// Why not at its instant: what goes on until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Said>,
}

impl Next {
    /// What waits, while `running` judges.
    fn of(coming: Option<Coming>, running: Option<u64>) -> Option<Next> {
        let Coming { release, at, why } = coming?;
        // It may have come since.
        running.is_none_or(|running| release > running).then_some(Next { release, at, why })
    }
}

impl Speak for Next {
    fn say(&self, lang: Lang) -> String {
        let (release, at) = (self.release, self.at);
        match self.why.as_ref().map(|why| why.say(lang)) {
            None => say!(
                lang,
                "next: release {release} at {at}, the instant that both signed",
                "次: リリース {release}（{at}、両団体が署名した切替日時）"
            ),
            Some(why) => say!(
                lang,
                "next: release {release} at {at}: {why}; an emergency would not wait",
                "次: リリース {release}（{at}、{why}。緊急リリースは待ちません）"
            ),
        }
    }
}

/// The doors now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Doors {
    /// The checker ends: what is in flight is still answered.
    #[serde(default)]
    pub is_draining: bool,
    /// What comes by that of claims; nothing where a program is attached.
    #[serde(flatten)]
    pub of_claims: Option<ClaimsDoor>,
}

/// What comes by the door of claims, and what it holds back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ClaimsDoor {
    /// Connections at which claims come.
    pub connections: usize,
    /// Since the start, connections that were cut because something took too long, or not let in.
    #[serde(default)]
    pub connections_cut: u64,
    /// Bytes of claim files that arrived and are not judged yet.
    #[serde(default)]
    pub arrived_bytes: usize,
    /// Bytes of answers that were not taken yet.
    #[serde(default)]
    pub unread_bytes: usize,
    /// Since the start, claim files for replay that the disk was too slow to keep.
    #[serde(default)]
    pub not_kept: u64,
    /// What each may be.
    pub limits: Limits,
}

/// What comes of claims; nothing of it where a program is attached, since none come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OfClaims {
    /// The claim files that are kept to be replayed.
    #[serde(default)]
    pub kept_claims: KeptNow,
    /// The last replay before activation, briefly.
    pub replay: Option<Replayed>,
    /// Requests since the start.
    pub requests: Requests,
    /// The queue now.
    pub queue: Queue,
}

/// Everything `GET /status` says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Status {
    /// `none`, `probation` or `confirmed`.
    pub state: String,
    /// What runs.
    pub running: Option<Installed>,
    /// Why what runs is not to be used: one organisation withdrew it, and there is nothing to go back to.
    #[serde(default)]
    pub withdrawn: Option<Said>,
    /// The newest release that can be gone back to by its number, where what runs is not to be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way_back: Option<u64>,
    /// Nothing is activated, because an operator says so.
    #[serde(default)]
    pub frozen: Option<Frozen>,
    /// What is damaged on this disk: nothing new is taken until it is mended.
    #[serde(default)]
    pub damaged: Vec<Damage>,
    /// Why what is recorded is not on disk as it should be.
    #[serde(default)]
    pub not_written: Option<Amiss>,
    /// What judges next, and when.
    #[serde(default)]
    pub next: Option<Next>,
    /// The watch, on probation.
    pub watch: Option<Watch>,
    /// The confirmed release before, which can be fallen back to.
    pub previous: Option<Installed>,
    /// Confirmed ones before that, which can be fallen back to by their numbers; the newest first.
    #[serde(default)]
    pub earlier: Vec<Installed>,
    /// The program that uses the releases, where one is attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attached: Option<Attached>,
    /// What judged here and is damaged: nothing else is taken until it is there again, or given up.
    #[serde(default)]
    pub lost: Option<Lost>,
    /// What is not taken again.
    pub held: Vec<Held>,
    /// What was refused last.
    pub refused: Option<Refused>,
    /// The channel's metadata has expired: nothing new is taken.
    pub stale: bool,
    /// What operators decided, the newest last.
    #[serde(default)]
    pub decisions: Vec<Decision>,
    /// The last look at the channel.
    pub last_poll: Option<LastPoll>,
    /// What comes of claims, where they come.
    #[serde(flatten)]
    pub of_claims: Option<OfClaims>,
    /// The doors now.
    #[serde(default)]
    pub doors: Doors,
    /// Why the configuration that was read last is not in force, or not all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Said>,
    /// The configuration file that it was started with, as it is typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration_file: Option<String>,
    /// Certificates of the doors that do not hold, or not for long.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Amiss>,
    /// When this was said.
    pub at: UnixSeconds,
}

impl Status {
    /// Of `swapper`; what only the service knows comes in.
    pub fn of(swapper: &Swapper, requests: Requests, queue: Queue, doors: Doors, at: UnixSeconds) -> Self {
        let record = swapper.record();
        let active = swapper.active();
        let watch = active.as_ref().and_then(|active| {
            let seen = active.watched(&swapper.gates().probation)?.brief();
            Some(Watch { against: active.compared_with()?.id.release, seen })
        });
        let attached = swapper.attached();
        let kept_claims = swapper.kept_claims();
        let of_claims = attached.is_none().then_some(OfClaims {
            kept_claims,
            replay: record.replay.clone(),
            requests,
            queue,
        });
        let door = doors.of_claims.filter(|_| attached.is_none());
        let withdrawn = swapper.runs_withdrawn();
        Status {
            state: state_of(active.as_deref()).to_owned(),
            running: record.running().release().cloned(),
            way_back: withdrawn.as_ref().and_then(|_| swapper.can_go_back_to()),
            withdrawn,
            frozen: record.frozen().cloned(),
            damaged: swapper.damages(),
            not_written: swapper.not_written(),
            next: Next::of(swapper.coming(), active.as_ref().map(|active| active.id.release)),
            watch,
            previous: record.running().previous().cloned(),
            earlier: record.earlier().to_vec(),
            attached,
            lost: record.lost().cloned(),
            held: swapper.held(),
            decisions: record.decisions().to_vec(),
            refused: record.refused,
            stale: swapper.is_stale(),
            last_poll: swapper.last_poll(),
            of_claims,
            doors: Doors { of_claims: door, ..doors },
            configuration: None,
            configuration_file: None,
            certificates: Vec::new(),
            at,
        }
    }
}

/// In a word, how far what judges has proven itself.
pub(super) fn state_of(active: Option<&Active>) -> &'static str {
    match active.map(Active::phase) {
        None => "none",
        Some(Phase::Probation) => "probation",
        Some(Phase::Confirmed) => "confirmed",
    }
}

impl Doors {
    /// What is out of the ordinary.
    fn troubles(&self, lang: Lang) -> Vec<String> {
        let mut lines = Vec::new();
        if self.is_draining {
            lines.push(say!(
                lang,
                "ENDING: what is in flight is still answered, nothing new is taken",
                "終了処理中: 受付済みの分だけを処理し、新しい請求は受け付けません"
            ));
        }
        let Some(door) = &self.of_claims else { return lines };
        let ClaimsDoor { connections, arrived_bytes, unread_bytes, limits, .. } = door;
        let full = [
            (*connections, limits.connections, "connections", "接続数"),
            (
                *arrived_bytes,
                limits.arrived_bytes,
                "bytes received and not judged yet",
                "点検待ちの受信バイト数",
            ),
            (*unread_bytes, limits.unread_bytes, "bytes of answers not taken yet", "未受領の結果のバイト数"),
        ];
        for (used, most, en, ja) in full {
            if used > most / 2 {
                lines.push(say!(lang, "{en}: {used} of {most}", "{ja}: {used}/{most}"));
            }
        }
        if door.not_kept > 0 {
            let not_kept = door.not_kept;
            lines.push(say!(
                lang,
                "the disk is too slow: {not_kept} claim files were not kept for replay",
                "ディスクが遅いため、再点検用のファイル {not_kept} 件を保存できませんでした"
            ));
        }
        lines
    }
}

/// What is amiss, why and what to do, in a line.
fn line(cause: Cause, why: &Said, next: &Said, lang: Lang) -> String {
    let (word, said) = (cause.word().say(lang), why.then(next).say(lang));
    format!("{}: {said}", word.to_uppercase())
}

fn in_lang(words: &Words, lang: Lang) -> &str {
    match lang {
        Lang::En => &words.en,
        Lang::Ja => &words.ja,
    }
}

/// A reason of more characters is said once, and pointed to after that.
const SAID_ONCE_CHARS: usize = 60;

impl Status {
    /// The exit status of a command that asked for it: what runs and is withdrawn is not to be trusted, and
    /// where nothing judges, all is not well.
    pub fn exit_status(&self) -> u8 {
        let is_out_of_step = self.attached.as_ref().is_some_and(|attached| attached.trouble.is_some());
        match self.withdrawn {
            Some(_) => 3,
            None => u8::from(is_out_of_step || self.running.is_none()),
        }
    }

    /// What the last look at the channel came to, as long as that is so: not where it was decided or done
    /// otherwise here since.
    pub fn looked(&self) -> Option<&Outcome> {
        let result = &self.last_poll.as_ref()?.result;
        let runs = |release: u64| self.running.as_ref().is_some_and(|it| it.id.release == release);
        let is_so = match result {
            Outcome::Activated { release, .. } | Outcome::Unchanged { release } => runs(*release),
            Outcome::Waiting { release, .. } | Outcome::Postponed { release, .. } => {
                self.next.as_ref().is_some_and(|next| next.release == *release)
            }
            Outcome::Held { release, cause: Cause::Held, .. } => {
                self.held.iter().any(|held| held.id.release == *release)
            }
            Outcome::Held { cause, .. } | Outcome::Unavailable { cause, .. } => match cause {
                Cause::Frozen => self.frozen.is_some(),
                Cause::Lost => self.lost.is_some(),
                Cause::Damaged => !self.damaged.is_empty(),
                _ => true,
            },
            Outcome::NotOffered { .. } | Outcome::Refused(_) | Outcome::Stale { .. } => true,
        };
        is_so.then_some(result)
    }

    /// The last look at the channel, in a line; nothing where there was none.
    pub fn looked_line(&self, lang: Lang) -> Option<String> {
        let poll = self.last_poll.as_ref()?;
        let is_past_probation = |phase: Phase| phase == Phase::Probation && self.state == "confirmed";
        Some(match self.looked() {
            None => {
                let offered = poll.result.release();
                let offered = offered.map(|release| {
                    say!(lang, "release {release} was there; ", "リリース {release} がありました。")
                });
                let offered = offered.unwrap_or_default();
                say!(
                    lang,
                    "{offered}what runs here changed since; it is looked at again by itself, or at once: \
                     warifu-checker swap",
                    "{offered}その後に稼働状況が変わりました。自動で再確認します（すぐに確認する場合は \
                     warifu-checker swap）"
                )
            }
            Some(Outcome::Activated { release, phase })
                if self.attached.is_some() || is_past_probation(*phase) =>
            {
                say!(lang, "release {release} was taken", "リリース {release} を適用しました")
            }
            Some(Outcome::Held { release, cause: Cause::Withdrawn, .. })
                if self.tells_that_withdrawn(*release) =>
            {
                say!(
                    lang,
                    "it has release {release}, which was withdrawn (see above)",
                    "リリース {release}（取下げ。上記のとおり）"
                )
            }
            Some(Outcome::Unavailable { cause: Cause::Channel, why }) => {
                why.then(&Cause::Channel.next_step(None)).say(lang)
            }
            Some(outcome) => match outcome.said() {
                Some(said) => self.without_repeating(said.say(lang), lang),
                None => say!(lang, "nothing new", "変更なし"),
            },
        })
    }

    /// Whether a line of its own tells that `release` was withdrawn.
    fn tells_that_withdrawn(&self, release: u64) -> bool {
        let runs = self.running.as_ref().is_some_and(|running| running.id.release == release);
        runs && self.withdrawn.is_some() || self.held.iter().any(|held| held.id.release == release)
    }

    /// What to do about what runs, which was withdrawn.
    pub fn withdrawn_next_step(&self) -> Said {
        while_withdrawn_judges(self.way_back)
    }

    /// What to do about the configuration, which is not in force.
    pub fn configuration_next_step(&self) -> Said {
        Cause::Configuration.next_step_at(None, self.configuration_file.as_deref())
    }

    /// Why the last look took nothing, where nothing else here tells it.
    pub fn not_taken(&self) -> Option<Amiss> {
        let amiss = self.looked()?.amiss()?;
        let is_told_elsewhere = match amiss.cause {
            Cause::Expired | Cause::Trust | Cause::Data | Cause::Damaged | Cause::Frozen | Cause::Lost => {
                true
            }
            Cause::Held | Cause::Configuration | Cause::Certificate | Cause::CertificateDue => true,
            Cause::Withdrawn => {
                self.looked()?.release().is_some_and(|release| self.tells_that_withdrawn(release))
            }
            Cause::Program => self.attached.as_ref().is_some_and(|attached| attached.trouble.is_some()),
            Cause::Channel | Cause::DiskFull | Cause::DiskFault | Cause::Later => false,
        };
        (!is_told_elsewhere).then_some(amiss)
    }

    /// Whether each cause is there: all that is amiss, whoever tells it.
    pub fn causes(&self) -> BTreeSet<Cause> {
        let of = |is_there: bool, cause| is_there.then_some(cause);
        let is_out_of_step = self.attached.as_ref().is_some_and(|attached| attached.trouble.is_some());
        let named = [
            of(self.stale, Cause::Expired),
            of(!self.damaged.is_empty(), Cause::Damaged),
            of(self.withdrawn.is_some(), Cause::Withdrawn),
            of(self.frozen.is_some(), Cause::Frozen),
            of(self.lost.is_some(), Cause::Lost),
            of(is_out_of_step, Cause::Program),
            of(self.configuration.is_some(), Cause::Configuration),
            self.not_written.as_ref().map(|amiss| amiss.cause),
            self.refused.as_ref().map(Refused::cause),
            self.looked().and_then(Outcome::amiss).map(|amiss| amiss.cause),
        ];
        let held = self.held.iter().map(|held| held.held_for.cause());
        let of_certificates = self.certificates.iter().map(|amiss| amiss.cause);
        named.into_iter().flatten().chain(held).chain(of_certificates).collect()
    }

    /// What judges, in one line, for a service manager.
    pub fn in_a_line(&self, lang: Lang) -> String {
        let Some(running) = &self.running else {
            if self.attached.is_some() {
                return say!(lang, "no release yet", "リリース未取得");
            }
            return say!(
                lang,
                "no release yet: claims are turned away",
                "リリース未取得: 請求を受け付けていません"
            );
        };
        let release = running.id.release;
        let state = match (lang, self.state.as_str()) {
            (Lang::Ja, "probation") => "観察期間中",
            (Lang::Ja, "confirmed") => "確定済み",
            (_, state) => state,
        };
        let stale = if self.stale { say!(lang, ", stale", "、期限切れ") } else { String::new() };
        let certificate = if self.certificates.iter().any(|amiss| amiss.cause == Cause::Certificate) {
            let word = Cause::Certificate.word().say(lang).to_lowercase();
            say!(lang, ", {word}", "、{word}")
        } else {
            String::new()
        };
        say!(
            lang,
            "release {release}, {state}{stale}{certificate}",
            "リリース {release}、{state}{stale}{certificate}"
        )
    }

    /// `text` without the reasons that other lines give in full.
    fn without_repeating(&self, text: String, lang: Lang) -> String {
        let above = say!(lang, "see above", "上記のとおり");
        let held = self.held.iter().map(|held| held.why.clone());
        let refused = self.refused.iter().map(|refused| refused.why.clone());
        let of_this_machine = self.not_taken().map(|amiss| amiss.why);
        let reasons = self.withdrawn.iter().cloned().chain(held).chain(refused).chain(of_this_machine);
        let long = reasons.map(|why| why.say(lang)).filter(|why| why.chars().count() > SAID_ONCE_CHARS);
        long.fold(text, |text, why| text.replace(&why, &above))
    }
}

impl Speak for Status {
    fn say(&self, lang: Lang) -> String {
        let mut lines = Vec::new();
        if let Some(frozen) = &self.frozen {
            lines.push(line(Cause::Frozen, &frozen.why(), &Cause::Frozen.next_step(None), lang));
        }
        lines.extend(self.damaged.iter().map(|damage| damage.say(lang)));
        if let Some(why) = &self.configuration {
            lines.push(line(Cause::Configuration, why, &self.configuration_next_step(), lang));
        }
        let of_certificates = self.certificates.iter();
        lines.extend(
            of_certificates.map(|Amiss { cause, why }| line(*cause, why, &cause.next_step(None), lang)),
        );
        if let Some(Amiss { cause, why }) = &self.not_written {
            let (word, said) = (cause.word(), why.then(&cause.next_step(None)).say(lang));
            let word = word.say(lang).to_lowercase();
            lines.push(say!(
                lang,
                "NOT WRITTEN ({word}): {said}; until then a restart may forget it and find what was before",
                "未記録（{word}）: {said}。書き込めるまでは、再起動すると失われ、以前の状態に戻る場合があります"
            ));
        }
        let not_taken = self.not_taken();
        // What a look at the channel came to is told there.
        let of_this_machine = not_taken.iter().filter(|amiss| amiss.cause != Cause::Channel);
        lines.extend(
            of_this_machine.map(|Amiss { cause, why }| line(*cause, why, &cause.next_step(None), lang)),
        );
        if let (Some(why), Some(running)) = (&self.withdrawn, &self.running) {
            let release = running.id.release;
            let why = Said::new(
                format!("release {release} was withdrawn and goes on: {}", why.en),
                format!("リリース {release} は取り下げられましたが、使用を続けています: {}", why.ja),
            );
            lines.push(line(Cause::Withdrawn, &why, &self.withdrawn_next_step(), lang));
        }
        match &self.running {
            None => lines.push(say!(lang, "no release runs", "稼働中のリリースはありません")),
            Some(running) => {
                let (release, title) = (running.id.release, &running.title);
                let since = running.since;
                let manifest = running.id.manifest.short();
                lines.push(say!(
                    lang,
                    "release {release} ({title}, {manifest}) since {since}",
                    "リリース {release}（{title}、{manifest}）{since} から"
                ));
                lines.extend(running.marks.lines(lang).into_iter().map(|line| format!("  {line}")));
                if !running.signed_by.is_unknown() {
                    lines.push(format!("  {}", running.signed_by.say(lang)));
                }
            }
        }
        lines.extend(self.attached.iter().map(|attached| attached.say(lang)));
        match &self.watch {
            // It tells of that itself, and what was seen is of claims.
            Some(_) if self.attached.is_some() => {}
            Some(Watch { against, seen }) => {
                let said = in_lang(&seen.said, lang);
                lines.push(say!(
                    lang,
                    "on probation against release {against}: {said}",
                    "観察期間中（リリース {against} と比較）: {said}"
                ));
                let release = self.running.as_ref().map_or(0, |running| running.id.release);
                lines.push(say!(
                    lang,
                    "  it is confirmed by itself when nothing is missing; where that cannot come to be, \
                     decide: warifu-checker confirm {release} --reason …, or warifu-checker fall-back",
                    "  不足がなくなれば自動で確定します。見込みがない場合は warifu-checker confirm {release} \
                     --reason （理由）または warifu-checker fall-back で判断してください"
                ));
            }
            None if self.running.is_some() => lines.push(say!(lang, "confirmed", "確定済み")),
            None => {}
        }
        lines.extend(self.next.as_ref().map(|next| next.say(lang)));
        if let Some(previous) = &self.previous {
            let release = previous.id.release;
            lines.push(say!(lang, "previous: release {release}", "前リリース: {release}"));
        }
        if !self.earlier.is_empty() {
            let earlier =
                self.earlier.iter().map(|it| it.id.release.to_string()).collect::<Vec<_>>().join(", ");
            let newest = self.earlier.first().map_or(0, |it| it.id.release);
            lines.push(say!(
                lang,
                "kept to be gone back to by number: release {earlier} (as in warifu-checker fall-back \
                 {newest})",
                "番号を指定して戻せるリリース: {earlier}（例: warifu-checker fall-back {newest}）"
            ));
        }
        if let Some(lost) = &self.lost {
            let release = lost.installed.id.release;
            let why = Said::new(
                format!("release {release} ran here and cannot be used: {}", lost.why.en),
                format!("稼働していたリリース {release} を使用できません: {}", lost.why.ja),
            );
            lines.push(line(Cause::Lost, &why, &Cause::Lost.next_step(Some(release)), lang));
        }
        for held in &self.held {
            let (release, why) = (held.id.release, held.why.then(&held.next_step()).say(lang));
            let word = held.held_for.cause().word().say(lang).to_lowercase();
            lines.push(say!(lang, "{word}: release {release}: {why}", "{word}: リリース {release}: {why}"));
        }
        if let Some(refused) = &self.refused {
            let release = refused.id.map_or_else(|| "-".to_owned(), |id| id.release.to_string());
            let why = refused.why.then(&refused.next_step()).say(lang);
            // Whom to call hangs on the word.
            let word = refused.cause().word().say(lang).to_lowercase();
            lines.push(say!(lang, "{word}: release {release}: {why}", "{word}: リリース {release}: {why}"));
        }
        if self.stale {
            lines.push(line(Cause::Expired, &Cause::Expired.what(), &Cause::Expired.next_step(None), lang));
        }
        lines.extend(self.decisions.last().map(|decision| decision.say(lang)));
        // Where a program is attached no claims come; an older checker tells of none.
        let of_claims = self.of_claims.as_ref().filter(|_| self.attached.is_none());
        if let Some(replay @ Replayed { release, why, .. }) = of_claims.and_then(|it| it.replay.as_ref()) {
            let files = replay.received.as_ref().map_or(0, |received| received.files);
            let said = if files == 0 && replay.refusal().is_none() {
                // No reason to worry: there is nothing yet that could speak for or against anything.
                say!(lang, "nothing to replay yet", "対象の請求ファイルはまだありません")
            } else {
                why.say(lang)
            };
            lines.push(say!(
                lang,
                "last replay: release {release}: {said}",
                "直近の再点検: リリース {release}: {said}"
            ));
        }
        if let (Some(poll), Some(said)) = (&self.last_poll, self.looked_line(lang)) {
            let at = poll.at;
            lines.push(say!(lang, "channel at {at}: {said}", "配信元 {at}: {said}"));
            lines.extend(poll.troubles.iter().map(|trouble| format!("  {}", trouble.say(lang))));
        }
        let Some(OfClaims { kept_claims, requests, queue, .. }) = of_claims else {
            return lines.join("\n");
        };
        lines.push(kept_claims.say(lang));
        let Requests { checked, claims, turned_away } = requests;
        let Queue { judging, waiting, capacity } = queue;
        let (checked_en, claims_en) = (counted(*checked, "claim file"), counted(*claims, "claim"));
        lines.push(say!(
            lang,
            "{checked_en} ({claims_en}) answered, {turned_away} turned away; \
             {judging} being judged, {waiting} of {capacity} waiting",
            "応答 {checked} ファイル（{claims} 件）、受付不可 {turned_away}、点検中 {judging}、待ち {waiting}/{capacity}"
        ));
        lines.extend(self.doors.troubles(lang));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::Verdict;

    #[test]
    fn a_first_activation_does_not_alarm() {
        let why = Said::new("nothing ran before", "比較なし");
        let verdict = Verdict::Inconclusive;
        let report = Replayed { release: 1, against: None, verdict, why, received: None, synthetic: None };
        let door = ClaimsDoor { unread_bytes: usize::MAX, ..ClaimsDoor::default() };
        let status = Status {
            state: "confirmed".into(),
            running: None,
            withdrawn: None,
            way_back: None,
            frozen: None,
            damaged: Vec::new(),
            not_written: None,
            next: None,
            watch: None,
            previous: None,
            earlier: Vec::new(),
            attached: None,
            lost: None,
            held: Vec::new(),
            decisions: Vec::new(),
            refused: None,
            stale: false,
            last_poll: None,
            of_claims: Some(OfClaims {
                kept_claims: KeptNow::default(),
                replay: Some(report),
                requests: Requests { checked: 1, claims: 2, turned_away: 0 },
                queue: Queue::default(),
            }),
            doors: Doors { is_draining: true, of_claims: Some(door) },
            configuration: None,
            configuration_file: None,
            certificates: Vec::new(),
            at: UnixSeconds::new(0),
        };
        let (english, japanese) = (status.say(Lang::En), status.say(Lang::Ja));
        assert!(english.contains("release 1: nothing to replay yet"), "{english}");
        assert!(!english.contains("inconclusive"), "{english}");
        assert!(english.contains("1 claim file (2 claims) answered"), "{english}");
        assert!(japanese.contains("請求ファイルはまだありません"), "{japanese}");
        assert!(english.contains("\nENDING: ") && english.contains("not taken yet: "), "{english}");
        assert!(!english.contains("connections: "), "{english}");
    }
}
