//! What is amiss with a checker, by whose business it is: one word, one sentence, one advice and one label
//! for each, from which the status, the page, the log and the metrics have theirs.

use std::fmt;
use std::io;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_values::lang::{Lang, Speak};
use warifu_values::template::Filled;

use crate::log::Event;
use crate::said::Said;

macro_rules! causes {
    ($(
        #[doc = $doc:literal]
        $variant:ident $label:literal
            word en $word_en:literal ja $word_ja:literal
            what en $what_en:literal ja $what_ja:literal
            next en $next_en:literal ja $next_ja:literal;
    )+) => {
        /// Why something is not as it should be.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum Cause {
            #[default]
            $(#[doc = $doc] $variant),+
        }

        impl Cause {
            /// Every cause, in the order of the documentation.
            pub const ALL: &'static [Cause] = &[$(Cause::$variant),+];

            /// Its stable name, in metrics and in JSON.
            pub fn label(self) -> &'static str {
                match self { $(Cause::$variant => $label),+ }
            }

            /// It in a word.
            pub fn word(self) -> Said {
                match self { $(Cause::$variant => Said::new($word_en, $word_ja)),+ }
            }

            /// What that means here.
            pub fn what(self) -> Said {
                match self { $(Cause::$variant => Said::new($what_en, $what_ja)),+ }
            }

            /// What to do about it, where it is about `release` or about none.
            pub fn next_step(self, release: Option<u64>) -> Said {
                self.next_step_at(release, None)
            }

            /// The same at a checker that was started with the configuration file `config`, as it is typed.
            pub fn next_step_at(self, release: Option<u64>, config: Option<&str>) -> Said {
                let (en, ja) = match self { $(Cause::$variant => ($next_en, $next_ja)),+ };
                let number = release.map_or_else(|| "N".to_owned(), |release| release.to_string());
                let config = config.map(|file| format!(" --config {file}")).unwrap_or_default();
                let values = [("{release}", &*number), ("{config}", &*config)];
                let filled = |template: &str| Filled { template, values: &values }.to_string();
                Said::new(filled(en), filled(ja))
            }
        }
    };
}

causes! {
    #[doc = "The channel does not answer, or has nothing that could be taken."]
    Channel "channel"
        word en "No channel" ja "配信元なし"
        what en "the channel could not be looked at: a new release would not be seen"
            ja "配信元を確認できません。新しいリリースがあっても分かりません"
        next en "see whether the network and the channel are there; it is tried again by itself"
            ja "ネットワークと配信元を確認してください（自動で再試行します）";
    #[doc = "The channel's metadata has expired."]
    Expired "expired"
        word en "Stale" ja "期限切れ"
        what en "the channel's metadata has expired: what runs, if anything does, goes on; nothing new is \
            taken"
            ja "配信元の署名情報の期限が切れています。稼働中のリリースがあれば使用を続け、新しいものは受け入れません"
        next en "check this machine's clock, then tell the release manager: the channel's timestamp must be \
            signed anew"
            ja "この機械の時計を確かめ、正しければリリース管理者に配信元のタイムスタンプの再署名を依頼してください";
    #[doc = "What the channel offers is not believed."]
    Trust "trust"
        word en "Refused for trust" ja "信頼による拒否"
        what en "what the channel offers is not believed; what runs, if anything does, goes on"
            ja "配信元のリリースを信頼できないため拒否しました。稼働中のリリースがあれば、その使用を続けます"
        next en "tell the release manager and both organisations; it is looked at again by itself"
            ja "リリース管理者と両団体に連絡してください（自動で再確認します）";
    #[doc = "A release that is believed has data that may not judge."]
    Data "data"
        word en "Refused for its data" ja "データによる拒否"
        what en "a release did not pass the gates; what runs, if anything does, goes on"
            ja "リリースが検査に合格しません。稼働中のリリースがあれば、その使用を続けます"
        next en "wait for a corrected release, or try this one again once the reason is gone: \
            warifu-checker swap"
            ja "訂正したリリースを待つか、原因が解消したら warifu-checker swap で再試行してください";
    #[doc = "This machine's disk has no room."]
    DiskFull "disk-full"
        word en "Disk full" ja "ディスク満杯"
        what en "this machine's disk is full: what runs, if anything does, goes on; nothing new can be kept"
            ja "この機械のディスクに空きがありません。稼働中のリリースがあれば使用を続けますが、新しいものを保存できません"
        next en "make room on the disk and do not restart until this is gone; it is tried again by itself"
            ja "ディスクの空きを確保し、この表示が消えるまで再起動しないでください（自動で再試行します）";
    #[doc = "This machine's disk cannot be written or read for another reason than room."]
    DiskFault "disk-fault"
        word en "Disk fault" ja "ディスク障害"
        what en "this machine's disk does not take or give what it should: what runs, if anything does, goes \
            on"
            ja "この機械のディスクを正しく読み書きできません。稼働中のリリースがあれば使用を続けます"
        next en "look at the disk (read-only, permissions, dmesg -T) and do not restart until this is gone; \
            it is tried again by itself"
            ja "ディスク（読み取り専用、権限、dmesg -T）を調べ、この表示が消えるまで再起動しないでください\
            （自動で再試行します）";
    #[doc = "This machine's clock cannot be right."]
    Clock "clock"
        word en "Clock wrong" ja "時計異常"
        what en "this machine's clock is wrong: claims are judged on by what runs; nothing new is taken"
            ja "この機械の時計が正しくありません。稼働中のリリースで点検を続け、新しいものは受け入れません"
        next en "set the clock (timedatectl status); it is looked at again by itself"
            ja "時計を合わせてください（timedatectl status）。自動で再確認します";
    #[doc = "A file of this machine that the checker stands on is damaged: root, trusted/ or the record."]
    Damaged "damaged"
        word en "Damaged" ja "破損"
        what en "a file of this machine is damaged: what runs, if anything does, goes on; nothing new is \
            taken"
            ja "この機械のファイルが壊れています。稼働中のリリースがあれば使用を続け、新しいものは受け入れません"
        next en "look why (disk, restore, somebody's hand), then in this order: \
            warifu-checker freeze --reason …, warifu-checker repair --reason …, \
            warifu-checker thaw --reason …"
            ja "原因（ディスク障害、復元、手作業など）を確認し、次の順に行ってください: \
            warifu-checker freeze --reason （理由）、warifu-checker repair --reason （理由）、\
            warifu-checker thaw --reason （理由）";
    #[doc = "One organisation withdrew a release."]
    Withdrawn "withdrawn"
        word en "Withdrawn" ja "取下げ"
        what en "a release was withdrawn by one organisation: it is not taken, and goes on only where \
            there is none to go back to"
            ja "一方の団体がリリースを取り下げたため、受け入れません。稼働中のものは、戻り先がない場合に限り使用を続けます"
        next en "wait for a newer release, which is taken by itself once both organisations have published \
            it; nobody here can lift a withdrawal"
            ja "新しいリリースを待ってください。両団体が公開すると自動で受け入れます（取下げはここでは解除できません）";
    #[doc = "A release is not taken again: it was fallen back from, or the attached program did not take it."]
    Held "held"
        word en "Held" ja "保留"
        what en "a release is not taken again"
            ja "リリースを再び受け入れません"
        next en "it is not taken again; publish a newer one, which ends that once it is confirmed, or lift \
            the hold: warifu-checker unhold {release} --reason …"
            ja "このリリースは再び受け入れません。訂正した新しいリリースを公開するか（確定すると保留は解除されます）、\
            warifu-checker unhold {release} --reason （理由）で保留を解除してください";
    #[doc = "An operator lets nothing be activated."]
    Frozen "frozen"
        word en "Frozen" ja "凍結中"
        what en "no release is activated, because an operator says so"
            ja "運用者の指示により、リリースの切替を凍結しています"
        next en "falling back works; thaw when that is over: warifu-checker thaw --reason …"
            ja "切戻しは可能です。理由が解消したら warifu-checker thaw --reason （理由）で凍結を解除してください";
    #[doc = "The content of what ran here is damaged or gone."]
    Lost "lost"
        word en "Lost" ja "喪失"
        what en "what ran here cannot be used; nothing else is taken until it is fetched again"
            ja "稼働していたリリースを使用できません。再取得できるまで、他のリリースは受け入れません"
        next en "it is fetched again by itself, and nothing else is taken until it is; where the channel \
            does not have it any more, give it up: warifu-checker give-up {release} --reason …"
            ja "自動で再取得し、それまで他のリリースは受け入れません。配信元に残っていない場合は warifu-checker \
            give-up {release} --reason （理由）で断念してください";
    #[doc = "The attached program does not use what it should."]
    Program "program"
        word en "Program out of step" ja "接続先不一致"
        what en "the attached program does not work with the release that it should use"
            ja "接続先プログラムが、使うべきリリースで動作していません"
        next en "look after the program; it is tried again by itself"
            ja "接続先プログラムを確認してください（自動で再試行します）";
    #[doc = "The configuration that was read last is not in force, or not all of it."]
    Configuration "configuration"
        word en "Configuration not in force" ja "設定未反映"
        what en "the configuration read last is not in force, or not all of it; the one before goes on"
            ja "最後に読んだ設定の全部または一部が反映されていません。以前の設定で続けます"
        next en "see what is wrong with warifu-checker serve{config} --check-config, mend the file, then \
            reload or restart"
            ja "warifu-checker serve{config} --check-config で誤りを確かめ、ファイルを直してから再読込または\
            再起動してください";
    #[doc = "A certificate that the checker shows has expired, or does not hold yet."]
    Certificate "certificate"
        word en "Certificate not valid" ja "証明書無効"
        what en "a certificate of this checker does not hold: what runs goes on, and clients that look at \
            certificates send nothing"
            ja "このチェッカーの証明書が有効期間外です。稼働は続けますが、証明書を検証する相手は接続できません"
        next en "check this machine's clock, then lay a new certificate and its key in the place of the \
            files; they are read again by themselves"
            ja "この機械の時計を確かめ、正しければ証明書と秘密鍵のファイルを新しいものに置き換えてください\
            （自動で読み直します）";
    #[doc = "A certificate ends within two weeks, or that of an authority has ended."]
    CertificateDue "certificate-due"
        word en "Certificate due" ja "証明書更新時期"
        what en "a certificate must be replaced: it ends within two weeks, or is of an authority and has \
            ended"
            ja "証明書の更新時期です（2 週間以内に期限切れになるか、認証局の証明書が期限切れです）"
        next en "order a new one, and lay it in the place of the file; it is read again by itself"
            ja "新しい証明書を取得し、ファイルを置き換えてください（自動で読み直します）";
    #[doc = "Something here changed meanwhile; it is tried again."]
    Later "later"
        word en "Not yet" ja "再試行待ち"
        what en "a release could not be activated now and is tried again"
            ja "リリースを今は切り替えられません。再試行します"
        next en "nothing: it is tried again by itself"
            ja "対応は不要です（自動で再試行します）";
}

/// What is at stake while something that was decided or done is in memory only.
pub(crate) fn not_on_disk() -> Said {
    Said::new(
        "what is not on disk, a restart may forget",
        "ディスクに書き込めていないものは、再起動すると失われる場合があります",
    )
}

/// What to do where what judges was withdrawn, and `back` is the newest release that can be gone back to by
/// its number.
pub fn while_withdrawn_judges(back: Option<u64>) -> Said {
    match back {
        Some(back) => Said::new(
            format!("go back to release {back}: warifu-checker fall-back {back}"),
            format!("warifu-checker fall-back {back} でリリース {back} へ切り戻してください"),
        ),
        None => Said::new(
            "there is none to go back to: ask both organisations for the next release, which is taken by \
             itself",
            "戻り先がありません。次のリリースを急いで公開するよう両団体に求めてください（公開後は自動で受け入れます）",
        ),
    }
}

impl Cause {
    /// As what it is told when it is seen, or a release is not taken because of it; nothing where it was told
    /// already.
    pub(crate) fn event(self) -> Option<Event> {
        Some(match self {
            Cause::Channel => Event::ChannelUnavailable,
            Cause::Expired => Event::ChannelStale,
            Cause::Trust | Cause::Data => Event::ReleaseRefused,
            Cause::DiskFull | Cause::DiskFault => Event::DiskFailed,
            Cause::Withdrawn => Event::ReleaseWithdrawn,
            Cause::Held => Event::Hold,
            Cause::Frozen => Event::ReleaseFrozen,
            Cause::Lost | Cause::Program | Cause::Later => Event::ReleaseLater,
            Cause::Clock => Event::ClockWrong,
            Cause::Certificate => Event::CertificateInvalid,
            Cause::CertificateDue => Event::CertificateDue,
            // Told as soon as it is seen, with what it is.
            Cause::Damaged | Cause::Configuration => return None,
        })
    }

    /// By what a disk said.
    pub(crate) fn of_disk(error: &io::Error) -> Cause {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Cause::DiskFull,
            _ => Cause::DiskFault,
        }
    }
}

/// Something that is amiss: of which kind, and what exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Amiss {
    /// Of which kind.
    pub cause: Cause,
    /// What exactly.
    #[serde(flatten)]
    pub why: Said,
}

impl Amiss {
    /// From both.
    pub fn new(cause: Cause, why: Said) -> Amiss {
        Amiss { cause, why }
    }
}

impl Speak for Amiss {
    fn say(&self, lang: Lang) -> String {
        self.why.say(lang)
    }
}

impl fmt::Display for Amiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.why.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_has_a_name_a_word_and_an_advice_of_its_own() {
        let of = |told: fn(&Cause) -> String| {
            let mut told: Vec<String> = Cause::ALL.iter().map(told).collect();
            told.sort_unstable();
            told.dedup();
            told.len()
        };
        assert_eq!(of(|cause| cause.label().to_owned()), Cause::ALL.len());
        assert_eq!(of(|cause| cause.word().ja), Cause::ALL.len());
        assert_eq!(of(|cause| cause.next_step(None).ja), Cause::ALL.len());
        for cause in Cause::ALL {
            let told = serde_json::to_value(cause).unwrap();
            assert_eq!(told, cause.label(), "the label is the name in JSON");
            for said in [cause.word(), cause.what(), cause.next_step(Some(7))] {
                // Whoever shows it ends the sentence.
                assert!(!said.en.ends_with('.') && !said.ja.ends_with('。'), "{said:?}");
                assert!(!said.en.contains('{') && !said.ja.contains('{'), "{said:?}");
            }
        }
        assert!(Cause::Held.next_step(Some(7)).ja.contains("unhold 7 "));
        assert!(!Cause::Withdrawn.next_step(Some(7)).en.contains("unhold"));
    }

    #[test]
    fn a_full_disk_is_not_a_broken_one() {
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded] {
            assert_eq!(Cause::of_disk(&kind.into()), Cause::DiskFull);
        }
        for kind in [io::ErrorKind::ReadOnlyFilesystem, io::ErrorKind::PermissionDenied] {
            assert_eq!(Cause::of_disk(&kind.into()), Cause::DiskFault);
        }
    }
}
