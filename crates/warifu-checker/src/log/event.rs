//! What is told, in one table: docs/events.md is written from it. The names are stable.

use serde::Deserialize;

/// What an operator must do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing.
    #[default]
    Info,
    /// Look into it today.
    Warn,
    /// Act now.
    Error,
}

impl Level {
    /// The word in a line and at `--log-level`.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

macro_rules! events {
    ($($variant:ident $name:literal $level:ident en $en:literal ja $ja:literal;)+) => {
        /// An event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Event { $(#[doc = $en] $variant),+ }

        impl Event {
            /// Every event, in the order of the documentation.
            pub const ALL: &'static [Event] = &[$(Event::$variant),+];

            /// Its stable name.
            pub fn name(self) -> &'static str {
                match self { $(Event::$variant => $name),+ }
            }

            /// What an operator must do.
            pub fn level(self) -> Level {
                match self { $(Event::$variant => Level::$level),+ }
            }

            /// When it is told, in English.
            pub fn en(self) -> &'static str {
                match self { $(Event::$variant => $en),+ }
            }

            /// 日本語.
            pub fn ja(self) -> &'static str {
                match self { $(Event::$variant => $ja),+ }
            }
        }
    };
}

events! {
    Start "start" Info
        en "the checker takes claims, or gives releases to the attached program"
        ja "請求の受付、または接続先プログラムへの適用を開始した";
    Drain "drain" Info
        en "it was told to end: what is in flight is still answered, or given to the attached program"
        ja "終了の指示を受けた（受付済み・適用中の分は処理する）";
    End "end" Info en "it has ended as it should" ja "正常に終了した";
    Panic "panic" Error
        en "a fault of the program, by its place in the source; the checker goes on"
        ja "プログラムの異常（ソース上の位置のみ）。チェッカーは動作を続ける";
    ReleaseResumed "release.resumed" Info
        en "a release judges again after a restart" ja "再起動後にリリースを再開した";
    ReleaseFetched "release.fetched" Info en "how a release came" ja "リリースの取得方法";
    ReleaseWaiting "release.waiting" Info
        en "a release is cleared and waits for its instant" ja "リリースが検査を通り、切替日時を待つ";
    ReleasePostponed "release.postponed" Info
        en "a release is cleared and waits until the calendar lets it be activated"
        ja "リリースが検査を通り、切替できる時間帯を待つ";
    ReleaseActivated "release.activated" Info en "a release judges" ja "リリースに切り替えた";
    ReleaseConfirmed "release.confirmed" Info
        en "a release has proven itself" ja "リリースを確定した";
    ReleaseNotOffered "release.not_offered" Info
        en "another release was asked for than the channel offers" ja "指定のリリースが配信元にない";
    ReleaseRefused "release.refused" Error
        en "a release was refused, for its data or for trust: tell the release manager"
        ja "リリースを拒否した（データによる拒否、または信頼による拒否）。リリース管理者に連絡する";
    ReleaseWithdrawn "release.withdrawn" Warn
        en "a release is not taken, for one organisation withdrew it"
        ja "一方の団体が取り下げたため、リリースを受け入れない";
    ReleaseFrozen "release.frozen" Warn
        en "a release is cleared and not activated, for an operator froze that"
        ja "リリースは検査を通ったが、運用者が切替を凍結している";
    ReleaseLater "release.later" Warn
        en "a release is not taken now for a reason of this machine; it is tried again"
        ja "この機械の事情でリリースを今は受け入れられない（再試行する）";
    ReleaseLate "release.late" Error
        en "the instant of a release has come, and it does not judge"
        ja "切替日時を過ぎてもリリースに切り替わらない";
    ReleaseLost "release.lost" Error
        en "what ran is damaged on disk and cannot be used" ja "稼働していたリリースがディスク上で壊れた";
    ReleaseRegained "release.regained" Info
        en "it was fetched again and judges" ja "失われたリリースを再取得した";
    Hold "hold" Warn en "a release is not taken" ja "リリースを保留している";
    FallBack "fall_back" Error
        en "the checker returned to the release before by itself" ja "自動で前のリリースへ戻した";
    FallBackByOperator "fall_back.by_operator" Warn
        en "an operator returned the checker to a release before" ja "運用者の操作で前のリリースへ戻した";
    FallBackUnusable "fall_back.unusable" Warn
        en "the release that would be fallen back to cannot be used" ja "戻り先のリリースを使用できない";
    OperatorDecided "operator.decided" Info
        en "an operator decided something, with his reason" ja "運用者の判断（理由つき）";
    FleetStore "fleet.store" Warn
        en "the fleet's store does not answer, or not as it should"
        ja "フリートの保管先が応答しない、または正しく応答しない";
    FleetRefused "fleet.refused" Error
        en "the fleet's record is not followed" ja "フリートの記録に従わない";
    FleetOut "fleet.out" Error
        en "this member alone sees a fault: it is out of service" ja "このメンバーだけに異常があり、受付を停止した";
    FleetReady "fleet.ready" Info
        en "this checker judges by the epochs of its area" ja "エリアのエポックに従って点検している";
    FleetNotReady "fleet.not_ready" Error
        en "this member of an area turns claims away" ja "エリアのメンバーとして請求の受付を停止している";
    ClaimsForgotten "claims.forgotten" Info
        en "kept claim files were deleted, or not all of them could be"
        ja "保存していた請求ファイルを削除した（または一部削除できない）";
    ClaimsNotKept "claims.not_kept" Warn
        en "a claim file could not be kept for replay" ja "再点検用のファイルを保存できない";
    ChannelStale "channel.stale" Error
        en "the channel's metadata has expired: nothing new is taken"
        ja "配信元のメタデータが期限切れ（新しいリリースは受け入れない）";
    ChannelUnavailable "channel.unavailable" Warn
        en "the channel could not be looked at" ja "配信元を確認できない";
    ChannelTrouble "channel.trouble" Warn
        en "one of several places does not do, though another one did" ja "複数の配信元のうち一つに問題がある";
    PatchUseless "channel.patch_useless" Info
        en "a patch did not give what was signed, so the whole was read" ja "差分が使えず全体を取得した";
    DiskFailed "disk.failed" Error
        en "this machine's disk is full or does not do: a release cannot be kept"
        ja "この機械のディスクが満杯または障害で、リリースを保存できない";
    ClockWrong "clock.wrong" Error
        en "this machine's clock cannot be right: claims are judged on, nothing new is taken"
        ja "この機械の時計が正しくない（点検は続け、新しいリリースは受け入れない）";
    StateDamaged "state.damaged" Error
        en "a file of this machine that the checker stands on is damaged: warifu-checker repair"
        ja "この機械のファイル（ルート、信頼情報、記録）が壊れている（warifu-checker repair）";
    StateWhole "state.whole" Warn
        en "what was damaged is whole again, and no repair did it: somebody's hand, or the checker wrote it"
        ja "修復の操作なしに破損が解消した（手作業、またはチェッカーが書き直した）";
    StateBegun "state.begun" Info
        en "the state folder is new: nothing that ran before is known there"
        ja "状態フォルダーを新しく作成した（以前の稼働状況は引き継がない）";
    StateShared "state.shared" Warn
        en "the new state folder holds what is none of a checker's: another one may have been meant"
        ja "新しい状態フォルダーにチェッカーのものでないファイルがある（指定誤りの可能性）";
    RecordRebuilt "record.rebuilt" Error
        en "the record was put together from other witnesses, or is older than they: warifu-checker repair"
        ja "記録をほかの情報から復元した、または記録が操作記録より古い（warifu-checker repair）";
    RecordNotWritten "record.not_written" Error
        en "the record is not on disk as it should be; it is tried again"
        ja "記録をディスクに書き込めない（再試行する）";
    RecordWritten "record.written" Info en "it is again" ja "記録を書き込めるようになった";
    ReserveSpent "reserve.spent" Error
        en "the room kept for the record is used up: on a full disk the next decision may not be written"
        ja "記録用に確保した領域を使い切った（満杯のままでは次の操作を記録できない場合がある）";
    ReserveKept "reserve.kept" Info
        en "there is room for the record again" ja "記録用の領域を確保し直した";
    ReportNotWritten "report.not_written" Warn
        en "a report could not be written" ja "レポートを書き込めない";
    CopyNotWritten "copy.not_written" Warn
        en "a copy of the root or of what is trusted could not be written"
        ja "ルートや信頼情報の控えを書き込めない";
    ActsNotWritten "acts.not_written" Error
        en "the log of acts could not be written; it is tried again" ja "操作記録を書き込めない（再試行する）";
    ActsWritten "acts.written" Info en "it is complete again" ja "操作記録を書き込めるようになった";
    HistoryBegun "history.begun_anew" Warn
        en "the history of findings was damaged and begins anew" ja "指摘件数の履歴が壊れていたため新しく始めた";
    HistoryNotWritten "history.not_written" Warn
        en "the history of findings could not be written; it is tried again"
        ja "指摘件数の履歴を書き込めない（再試行する）";
    OperatorsUnheard "operators.unheard" Error
        en "the disk does not take the operators' socket; claims are judged, and it is tried again"
        ja "運用操作用のソケットをディスクに作成できない（点検は続け、再試行する）";
    OperatorsHeard "operators.heard" Info
        en "operators are heard again" ja "運用操作を受け付けられるようになった";
    ConfigurationRead "configuration.read" Info
        en "the configuration was read again" ja "設定を再読込した";
    ConfigurationUnusable "configuration.unusable" Error
        en "a changed configuration is of no use; the one before goes on" ja "変更された設定が使えない（以前のもので続ける）";
    ManagerNotTold "manager.not_told" Warn
        en "the service manager could not be told" ja "サービスマネージャーに通知できない";
    PriorityNotLowered "priority.not_lowered" Warn
        en "what prepares a release cannot give way to claims: the system refuses that"
        ja "リリースの準備処理の優先度を下げられない（システムが拒否した）";
    AttachedInStep "attached.in_step" Info
        en "the attached program uses what it should again" ja "接続先プログラムが正しいリリースで動作を再開した";
    AttachedOutOfStep "attached.out_of_step" Error
        en "the attached program does not work with what it should" ja "接続先プログラムが正常に動作していない";
    AttachedMoved "attached.moved" Warn
        en "the link of the attached program led elsewhere, and no release did that: it is put back"
        ja "接続先プログラムのリンクが切替以外の操作で変更されていた（元に戻す）";
    AttachedRefused "attached.refused" Error
        en "the attached program does not take a release: what it had is put back"
        ja "接続先プログラムがリリースを受け付けない（前のものへ戻す）";
    AttachedTakenBack "attached.taken_back" Warn
        en "a release that the attached program was not seen to work with is taken back from it"
        ja "接続先プログラムの動作を確認する前のリリースを取り消した（前のものへ戻す）";
    AttachedNotCleared "attached.not_cleared" Warn
        en "folders that the attached program does not use any more cannot be removed"
        ja "接続先プログラムの不要なフォルダーを削除できない";
    AttachedAlertFailed "attached.alert_failed" Warn
        en "the command that tells of trouble failed" ja "異常を知らせるコマンドが失敗した";
    CertificatesRead "certificates.read" Info en "certificates were read again" ja "証明書を再読込した";
    CertificatesUnusable "certificates.unusable" Error
        en "changed certificates are of no use; those before go on" ja "変更された証明書が使えない（以前のもので続ける）";
    CertificateInvalid "certificate.invalid" Error
        en "a certificate that the checker shows has expired, or does not hold yet; it is used all the same"
        ja "チェッカーの証明書が有効期間外（そのまま使用する）";
    CertificateDue "certificate.due" Warn
        en "a certificate ends within two weeks, or that of an authority has ended"
        ja "証明書が 2 週間以内に期限切れになる、または認証局の証明書が期限切れになった";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_plain() {
        let mut names: Vec<&str> = Event::ALL.iter().map(|event| event.name()).collect();
        let is_plain =
            |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || b"._".contains(&byte));
        assert!(names.iter().all(|name| is_plain(name)), "{names:?}");
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Event::ALL.len());
    }
}
