//! Every metric, in one table: docs/metrics.md is written from it, and nothing else can be exposed.

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// It only grows, from 0 at the start of the checker.
    Counter,
    /// It is what it is now.
    Gauge,
    /// How many took at most so long, in seconds.
    Histogram,
}

impl MetricKind {
    /// As the exposition names it.
    pub fn as_str(self) -> &'static str {
        match self {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Histogram => "histogram",
        }
    }
}

/// A metric: its name ends in its unit.
#[derive(Debug, PartialEq, Eq)]
pub struct Metric {
    /// As Prometheus knows it.
    pub name: &'static str,
    /// What it is.
    pub kind: MetricKind,
    /// The labels that its samples have, always in this order.
    pub labels: &'static [&'static str],
    /// What it says, in English.
    pub en: &'static str,
    /// 日本語.
    pub ja: &'static str,
}

macro_rules! metrics {
    ($($constant:ident $kind:ident $name:literal [$($label:literal),*] en $en:literal ja $ja:literal;)+) => {
        $(pub(in crate::service) static $constant: Metric = Metric {
            name: $name, kind: MetricKind::$kind, labels: &[$($label),*], en: $en, ja: $ja,
        };)+

        /// Every metric, in the order of the exposition.
        pub static METRICS: &[&Metric] = &[$(&$constant),+];
    };
}

metrics! {
    READY Gauge "warifu_ready" []
        en "1 while claims are taken: a release judges, its area lets it, and the checker does not end"
        ja "請求を受け付けているとき 1（リリースが稼働中で、フリートで待機中・終了処理中でない）";
    AMISS Gauge "warifu_amiss" ["cause"]
        en "1 while something is amiss, by its cause (see below)"
        ja "異常があるとき 1（原因別。下記参照）";
    DRAINING Gauge "warifu_draining" []
        en "1 while the checker ends"
        ja "終了処理中のとき 1";
    RELEASE_INFO Gauge "warifu_release_info" ["release", "manifest", "state"]
        en "1 for the release that judges, with the SHA-256 of its manifest, and probation or confirmed"
        ja "稼働中のリリースについて 1（マニフェストの SHA-256、probation か confirmed）";
    RELEASE_NUMBER Gauge "warifu_release_number" []
        en "The number of the release that judges; 0 while none does"
        ja "稼働中のリリース番号（なければ 0）";
    RELEASE_SINCE Gauge "warifu_release_since_timestamp_seconds" []
        en "Since when it judges"
        ja "稼働中のリリースの稼働開始時刻";
    ON_PROBATION Gauge "warifu_release_on_probation" []
        en "1 while it has not proven itself"
        ja "観察期間中のとき 1";
    WITHDRAWN Gauge "warifu_release_withdrawn" []
        en "1 while it judges although one organisation withdrew it, for there is none to go back to"
        ja "取り下げられたリリースが、戻り先がないため稼働しているとき 1";
    PROBATION_FILES Gauge "warifu_probation_files" []
        en "On probation, claim files that both releases judged"
        ja "観察期間中に両方のリリースで点検したファイル数";
    PROBATION_USES Gauge "warifu_probation_uses" []
        en "On probation, uses of codes that both releases judged"
        ja "観察期間中に両方のリリースで点検したコードの使用数";
    PROBATION_INSTITUTIONS Gauge "warifu_probation_institutions" []
        en "On probation, institutions that these files are of"
        ja "観察期間中に点検した医療機関の数";
    PROBATION_CODES Gauge "warifu_probation_codes" ["verdict"]
        en "On probation, codes that are judged differently: fault, unclear, of-an-institution or explained"
        ja "観察期間中に判定が変わったコードの数（fault, unclear, of-an-institution, explained の別）";
    HELD Gauge "warifu_held_releases" []
        en "Releases that are not taken again"
        ja "保留中のリリースの数";
    REFUSED Gauge "warifu_refused_releases" []
        en "1 while the release that the channel offered last is refused"
        ja "配信元の最新のリリースを拒否しているとき 1";
    FROZEN Gauge "warifu_activation_frozen" []
        en "1 while an operator lets nothing be activated"
        ja "運用者が切替を凍結しているとき 1";
    NEXT Gauge "warifu_next_activation_timestamp_seconds" ["release"]
        en "When the next release is activated, where one waits"
        ja "待機中のリリースの切替予定時刻（待機中の場合のみ）";
    CHANNEL_RELEASE Gauge "warifu_channel_release_number" []
        en "The newest release that the channel offered; 0 before the first look"
        ja "配信元にある最新のリリース番号（未確認なら 0）";
    CHANNEL_LOOKED Gauge "warifu_channel_looked_timestamp_seconds" []
        en "When the channel was looked at last"
        ja "配信元を最後に確認した時刻";
    CHANNEL_ANSWERS Gauge "warifu_channel_answers" []
        en "1 when it could be read then"
        ja "そのとき配信元を読めたら 1";
    METADATA_STALE Gauge "warifu_metadata_stale" []
        en "1 when its metadata had expired then: nothing new is taken"
        ja "配信元のメタデータが期限切れのとき 1（新しいリリースは受け入れない）";
    METADATA_SEEN Gauge "warifu_metadata_accepted_timestamp_seconds" []
        en "When its metadata was last read and believed"
        ja "配信元のメタデータを最後に検証できた時刻";
    METADATA_EXPIRES Gauge "warifu_metadata_expires_timestamp_seconds" []
        en "When the first of the channel's metadata files expires"
        ja "配信元のメタデータのうち最も早い有効期限";
    ROOT_EXPIRES Gauge "warifu_root_expires_timestamp_seconds" []
        en "When the newest root expires"
        ja "最新のルートの有効期限";
    CERTIFICATE_EXPIRES Gauge "warifu_certificate_expires_timestamp_seconds" ["door", "file", "position"]
        en "When a certificate expires: of the checker or of authorities of who comes, by place in the file"
        ja "証明書の有効期限（チェッカー自身、または接続元の認証局。受付口とファイル内の位置別）";
    CLAIM_FILES Counter "warifu_claim_files_total" ["outcome"]
        en "Claim files, by what came of them (see below)"
        ja "請求ファイル数（結果別。下記参照）";
    CLAIMS Counter "warifu_claims_total" []
        en "Claims that were judged"
        ja "点検したレセプト数";
    FILES_BY_RELEASE Counter "warifu_claim_files_judged_total" ["release"]
        en "Claim files judged, by release: the one that judges and the one before it"
        ja "点検したファイル数（稼働中と直前のリリース別）";
    FINDINGS Counter "warifu_findings_total" ["code", "release"]
        en "Findings, by code (docs/claims.md) and by release: the one that judges and the one before it"
        ja "指摘件数（コード別、稼働中と直前のリリース別）";
    WAITING_SECONDS Histogram "warifu_waiting_seconds" []
        en "From when a claim file was there to its turn"
        ja "ファイルの受信完了から点検開始まで";
    JUDGING_SECONDS Histogram "warifu_judging_seconds" []
        en "From its turn to its answer"
        ja "点検開始から結果作成まで";
    WHOLE_SECONDS Histogram "warifu_request_seconds" []
        en "From the head of a request to its answer, of those that were judged"
        ja "リクエスト到着から結果作成まで（点検したもの）";
    JUDGING Gauge "warifu_queue_judging" []
        en "Claim files that are being judged"
        ja "点検中のファイル数";
    QUEUE Gauge "warifu_queue_waiting" []
        en "Claim files that wait for their turn"
        ja "点検待ちのファイル数";
    QUEUE_CAPACITY Gauge "warifu_queue_capacity" []
        en "How many may wait"
        ja "待ち行列の上限";
    CONNECTIONS Gauge "warifu_connections" []
        en "Connections at which claims come"
        ja "請求を受け付ける接続の数";
    CONNECTIONS_LIMIT Gauge "warifu_connections_limit" []
        en "How many there may be"
        ja "接続数の上限";
    CONNECTIONS_CUT Counter "warifu_connections_cut_total" []
        en "Connections that were cut because something took too long, or not let in"
        ja "時間切れで切断した、または受け入れなかった接続の数";
    ARRIVED Gauge "warifu_arrived_bytes" []
        en "Bytes of claim files that arrived and are not judged yet"
        ja "受信済みで未点検のバイト数";
    ARRIVED_LIMIT Gauge "warifu_arrived_limit_bytes" []
        en "How many there may be"
        ja "その上限";
    UNREAD Gauge "warifu_unread_bytes" []
        en "Bytes of answers that were not taken yet"
        ja "受け取られていない結果のバイト数";
    UNREAD_LIMIT Gauge "warifu_unread_limit_bytes" []
        en "How many there may be"
        ja "その上限";
    KEPT Gauge "warifu_kept_claim_files" []
        en "Claim files that are kept for replay"
        ja "再点検用に保存中の請求ファイル数";
    KEPT_LIMIT Gauge "warifu_kept_claim_files_limit" []
        en "How many are kept at most; 0 where none is"
        ja "その上限（保存しない場合は 0）";
    KEPT_BYTES Gauge "warifu_kept_claim_bytes" []
        en "Their bytes"
        ja "そのバイト数";
    NOT_KEPT Counter "warifu_claim_files_not_kept_total" []
        en "Claim files for replay that the disk was too slow to keep"
        ja "ディスクが遅く保存できなかった再点検用ファイルの数";
    NOT_WRITTEN Gauge "warifu_record_not_written" []
        en "1 while what is recorded is not on disk as it should be"
        ja "記録をディスクに書き込めていないとき 1";
    RESERVE_SPENT Gauge "warifu_reserve_spent" []
        en "1 while the room kept for the record is used up: on a full disk the next one may not be written"
        ja "記録用に確保した領域を使い切っているとき 1（満杯のままでは次の操作を記録できない場合がある）";
    DAMAGED Gauge "warifu_damaged_parts" []
        en "Parts of the state folder that are damaged: nothing new is taken until they are mended"
        ja "状態フォルダーの破損箇所の数（修復するまで新しいリリースは受け入れない）";
    SNAPSHOTS Gauge "warifu_snapshots_bytes" []
        en "Memory of the masters that judge, and of those that can be gone back to"
        ja "稼働中と戻り先のマスターが占めるメモリー";
    FLEET_READY Gauge "warifu_fleet_ready" ["area"]
        en "1 while the area lets this member judge; like all of these, only of a member of a fleet"
        ja "エリアがこのメンバーの点検を認めているとき 1（以下も、フリートのメンバーのみ）";
    FLEET_NOT_READY Gauge "warifu_fleet_not_ready" ["area", "code"]
        en "1 while it does not, with the code of why"
        ja "認めていないとき 1（理由のコード別）";
    FLEET_EPOCH Gauge "warifu_fleet_epoch" ["area"]
        en "The newest epoch of the area, settled or not"
        ja "エリアの最新のエポック（切替途中を含む）";
    FLEET_RELEASE Gauge "warifu_fleet_release_number" ["area"]
        en "The release that stands in the area; 0 while none does"
        ja "エリアの稼働リリース番号（なければ 0）";
    FLEET_STEP Gauge "warifu_fleet_under_way" ["area", "release", "step"]
        en "1 for the release that comes, by its step: preparing, committed or armed"
        ja "エリアで切替途中のリリースについて 1（preparing, committed, armed の別）";
    FLEET_TO_INSTANT Gauge "warifu_fleet_to_instant_seconds" ["area"]
        en "How long it is to the instant of what is committed; negative once it has passed"
        ja "決定済みの切替時点までの時間（過ぎていれば負）";
    FLEET_MEMBERS Gauge "warifu_fleet_members" ["area", "place"]
        en "Members of the area by where they are: refuses, missing, behind, unknown, coming or abreast"
        ja "エリアのメンバー数（refuses, missing, behind, unknown, coming, abreast の別）";
    FLEET_QUARANTINE Gauge "warifu_fleet_quarantined_releases" ["area"]
        en "Releases that proved wrong in the area and are not proposed again"
        ja "エリアで隔離中のリリースの数";
    FLEET_STORE Gauge "warifu_fleet_store_silent_seconds" ["area"]
        en "So long ago the store of the area answered this member last; since the start, if it never did"
        ja "エリアの保管先が最後に応答してからの時間（未応答なら起動から）";
    FLEET_PICTURE Gauge "warifu_fleet_picture_age_seconds" ["area"]
        en "So long ago all announcements were read, by which members are counted"
        ja "全メンバーの状況を最後に読み取ってからの時間";
    FLEET_CLOCK Gauge "warifu_fleet_clock_error_seconds" ["area"]
        en "Fleet time is known to this member to be wrong by no more; nothing while it is not known"
        ja "フリート時刻の誤差の上限（不明なら出力なし）";
    OTHER_RELEASE Gauge "warifu_fleet_other_release_number" ["area", "other"]
        en "The release that the fleet of the other organisation judges by, as it said last"
        ja "相手側フリートの稼働リリース番号（最後に取得した内容）";
    OTHER_SILENT Gauge "warifu_fleet_other_silent_seconds" ["area", "other"]
        en "So old what is known of the other fleet is; since the start, if it was never heard"
        ja "相手側フリートの状況の経過時間（未取得なら起動から）";
    APART Gauge "warifu_fleet_apart_seconds" ["area", "other"]
        en "So long the two fleets judge by different releases; 0 while they do not, or it is not known"
        ja "両フリートのリリースが一致していない時間（一致または不明なら 0）";
    APART_ALLOWED Gauge "warifu_fleet_apart_allowed_seconds" ["area", "other"]
        en "So long they may, while they do"
        ja "一致していないとき、その許容時間";
    RESIDENT Gauge "process_resident_memory_bytes" []
        en "Memory that the system holds for the process"
        ja "プロセスの常駐メモリー";
    STARTED Gauge "process_start_time_seconds" []
        en "When the checker started"
        ja "チェッカーの起動時刻";
    CLOCK Gauge "warifu_clock_timestamp_seconds" []
        en "What time it is for this checker"
        ja "チェッカーの時計の時刻";
    BUILD Gauge "warifu_build_info" ["version"]
        en "1, with the version of the program"
        ja "プログラムの版（値は 1）";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_prometheus_wants_them() {
        let mut names: Vec<&str> = METRICS.iter().map(|metric| metric.name).collect();
        for Metric { name, kind, labels, en, ja } in METRICS {
            assert_eq!(name.ends_with("_total"), *kind == MetricKind::Counter, "{name}");
            assert!(*kind != MetricKind::Histogram || name.ends_with("_seconds"), "{name}");
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
            assert!(labels.iter().all(|label| !label.is_empty() && *label != "le"), "{name}");
            assert!(!en.contains(['\n', '\\', '"']) && !ja.is_empty(), "{name}");
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), METRICS.len());
    }
}
