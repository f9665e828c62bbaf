//! What a checker says of itself, made up: a busy year, and every state that somebody may wake up to.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use warifu_checker::history::{Did, History, HistoryAct, Judged, Span};
use warifu_checker::page::{InLine, Load, Quantile, Seen, Slice, TurnedAway};
use warifu_checker::said::Said;
use warifu_trust::UnixSeconds;

/// A title as long as one may be.
pub(crate) const LONG_TITLE: &str = "令和8年6月診療分 定例更新（医科診療行為マスター・医薬品マスター・特定\
    器材マスター・コメントマスター）2026年6月10日付け変更分および5月29日付け訂正分を含む第2版";

pub(crate) fn at(text: &str) -> UnixSeconds {
    text.parse().unwrap()
}

const NOW: &str = "2026-06-11T03:12:40+09:00";

fn digest(letter: &str) -> String {
    (letter.to_owned() + "3f9c1e7").repeat(8)
}

fn installed(release: u64, title: &str, since: &str) -> Value {
    json!({
        "release": release, "manifest": digest("a"), "title": title, "since": since,
        "signed_by": { "kikin": ["佐藤 花子", "鈴木 一郎"], "kokuho": ["高橋 さくら", "田中 次郎"] },
    })
}

fn said(en: &str, ja: &str) -> Value {
    json!({ "en": en, "ja": ja })
}

/// The status of a checker that has nothing to complain of.
pub(crate) fn status() -> Value {
    let limits = serde_json::to_value(warifu_checker::service::Limits::default()).unwrap();
    json!({
        "state": "confirmed",
        "running": installed(12, LONG_TITLE, "2026-06-10T15:00:00Z"),
        "watch": null,
        "previous": installed(11, "令和8年5月診療分 定例更新", "2026-05-13T15:00:00Z"),
        "held": [],
        "refused": null,
        "stale": false,
        "replay": null,
        "last_poll": { "at": "2026-06-10T18:12:10Z", "result": { "outcome": "unchanged", "release": 12 } },
        "requests": { "checked": 1_284_551, "claims": 90_412_338, "turned_away": 431 },
        "queue": { "judging": 2, "waiting": 137, "capacity": 1024 },
        "doors": { "connections": 318, "connections_cut": 12, "limits": limits },
        "kept_claims": { "files": 32, "bytes": 41_943_040, "most": 64,
                         "most_bytes": 268_435_456, "most_days": 7 },
        "decisions": [
            { "decided": "frozen", "reason": "月次の障害訓練のため", "at": "2026-04-20T01:00:00Z" },
            { "decided": "thawed", "reason": "訓練終了", "at": "2026-04-20T03:00:00Z" },
        ],
        "at": "2026-06-10T18:12:40Z",
    })
}

/// The states, by name, each with what differs from the good one.
pub(crate) fn states() -> Vec<(&'static str, Value)> {
    let damage = json!({
        "part": "record", "why": said("checker.json is cut off at byte 512; its copy is whole",
                                      "checker.json が \
         512 バイトで途切れています。控えは正常です"),
        "mending": said("writes the record anew from its copy", "控えから記録を書き直します"),
    });
    let full = json!({ "cause": "disk-full", "en": "checker.json could not be written: the disk is full",
                       "ja": "checker.json に書き込めません: ディスクの空きがありません" });
    let held = json!({
        "release": 12, "manifest": digest("b"), "at": "2026-06-10T16:30:00Z",
        "why": said("3 codes of masters at fault; the first is procedure 112007410 再診料 (r06 75 → r06 74): \
                     812 of 812 uses right-to-error, 9 institutions",
                    "マスターの誤りとみられるコードが 3 件あります。最初は診療行為 112007410 再診料（r06 75 → r06 \
                     74）: 812 件中 812 件 正から誤り、医療機関 9 か所"),
    });
    let refused = json!({
        "id": { "release": 13, "manifest": digest("c") }, "reached": "verified", "refused_for": "data",
        "why": said(
            "one change of the past is not signed: procedure 112007410 points 75 → 74, from 2026-06-01",
                    "署名されていない遡及変更が 1 件あります: 診療行為 112007410 点数 75 → 74（2026-06-01 から）"),
        "at": "2026-06-10T17:40:00Z",
    });
    let watch = json!({ "against": 11, "seen": report(&[("112007410", "unclear", 3, 812)]) });
    let frozen = json!({ "reason": "現地でディスクを交換しているため", "at": "2026-06-10T12:00:00Z" });
    let by = format!("CN=operator2.kikin.example, certificate sha256 {}", digest("e"));
    let frozen_twice = json!({ "reason": "現地でディスクを交換しているため", "at": "2026-06-10T12:00:00Z",
        "by": "uid 1001, process 48213",
        "also": [{ "reason": "月次の監査", "at": "2026-06-10T13:00:00Z", "by": by }] });
    vec![
        ("confirmed", json!({})),
        ("probation", json!({ "state": "probation", "watch": watch })),
        (
            "held",
            json!({ "running": installed(11, "令和8年5月診療分 定例更新", "2026-06-10T16:30:00Z"),
                         "previous": null, "held": [held] }),
        ),
        ("frozen", json!({ "frozen": frozen })),
        ("frozen-twice", json!({ "frozen": frozen_twice })),
        (
            "withdrawn",
            json!({ "previous": null, "withdrawn": said(
            "Kikin withdrew release 12: points of 12 drugs are wrong (事務連絡 令和8年6月10日)",
            "支払基金がリリース 12 を取り下げました: 医薬品 12 件の点数誤り（事務連絡 令和8年6月10日）") }),
        ),
        (
            "withdrawn-way-back",
            json!({ "previous": null, "way_back": 10,
                "earlier": [installed(10, "令和8年4月診療分 定例更新", "2026-04-13T15:00:00Z")],
                "withdrawn": said("Kikin withdrew release 12", "支払基金がリリース 12 を取り下げました") }),
        ),
        (
            "stale",
            json!({ "stale": true, "last_poll": { "at": "2026-06-10T18:12:10Z", "result": {
            "outcome": "stale", "why": said("timestamp.json expired on 2026-06-10",
                "timestamp.json の期限切れ") } } }),
        ),
        ("damaged", json!({ "damaged": [damage], "not_written": full })),
        ("nothing", json!({ "state": "none", "running": null, "previous": null })),
        (
            "lost",
            json!({ "lost": { "release": 12, "manifest": digest("d"), "title": "x",
            "since": "2026-06-10T15:00:00Z", "why": said("a blob is damaged", "ブロブが壊れています") },
            "running": installed(11, "令和8年5月診療分", "2026-06-10T16:30:00Z"), "previous": null }),
        ),
        (
            "refused",
            json!({ "refused": refused, "last_poll": { "at": "2026-06-10T18:12:10Z", "result": {
            "outcome": "unavailable", "why": said("connection refused", "接続できません") } } }),
        ),
        (
            "waiting",
            json!({ "next": { "release": 13, "at": "2026-06-12T12:00:00Z",
            "why": said("claims of the month are taken until the 12th", "12 日まで請求受付期間のため") } }),
        ),
        (
            "disk-full",
            json!({ "last_poll": { "at": "2026-06-10T18:12:10Z", "result": { "outcome": "unavailable",
            "cause": "disk-full", "why": said("/var/lib/warifu-checker/content/3f9c could not be written: \
            the disk is full", "/var/lib/warifu-checker/content/3f9c への書き込みに失敗しました: \
            ディスクの空きがありません") } } }),
        ),
        (
            "out-of-step",
            json!({ "attached": { "is_changing": false, "uses": 11, "watched_until": null, "trouble": said(
            "the probe failed: HTTP 500 of http://127.0.0.1:8080/health",
            "プローブに失敗しました: http://127.0.0.1:8080/health が HTTP 500 を返しました") } }),
        ),
        (
            "attached",
            json!({ "state": "probation", "attached": { "is_changing": false, "uses": 12,
            "watched_until": "2026-06-10T18:13:10Z", "trouble": null } }),
        ),
        (
            "configuration",
            json!({ "configuration": said("/etc/warifu/checker.toml:14:1: [gates] has no key probaton",
            "/etc/warifu/checker.toml:14:1: [gates] に probaton というキーはありません") }),
        ),
        (
            "certificates",
            json!({ "certificates": [
                { "cause": "certificate",
                  "en": "certificate 1 in /etc/warifu/tls/server.pem expired at 2026-06-11 00:00:00 JST",
                  "ja": "/etc/warifu/tls/server.pem の 1 番目の証明書は 令和8年6月11日 0時00分 に有効期限が\
                         切れました" },
                { "cause": "certificate-due",
                  "en": "certificate 1 in /etc/warifu/tls/clients.pem expires at 2026-06-20 00:00:00 JST",
                  "ja": "/etc/warifu/tls/clients.pem の 1 番目の証明書は 令和8年6月20日 0時00分 に有効期限が\
                         切れます" },
            ] }),
        ),
        ("overloaded", json!({ "queue": { "judging": 2, "waiting": 1024, "capacity": 1024 } })),
        ("fleet-3", json!({ "fleet": fleet(3, "settled") })),
        ("fleet-200", json!({ "fleet": fleet(200, "trouble") })),
        ("fleet-200-moves", json!({ "fleet": fleet(200, "moves") })),
        ("fleet-out", json!({ "fleet": fleet(3, "out") })),
        (
            "everything",
            json!({ "frozen": frozen, "stale": true, "held": [held], "refused": refused,
            "damaged": [damage], "state": "probation", "watch": watch,
            "doors": { "is_draining": true, "connections": 3,
            "limits": warifu_checker::service::Limits::default() } }),
        ),
    ]
}

/// An area of so many members, in which all is well or not.
fn fleet(members: usize, how: &str) -> Value {
    let place = |at: usize| match (how, at % 40) {
        ("trouble", 3) => "refuses",
        ("trouble", 17) | ("out", 2) => "missing",
        ("trouble", 29 | 30) => "behind",
        ("moves", 0..12) => "coming",
        _ => "abreast",
    };
    let member = |at: usize| {
        let place = place(at);
        let mut announced = json!({
            "epoch": 41, "stage": if place == "abreast" { "confirmed" } else { "idle" },
            "runs": if place == "behind" { 11 } else { 12 }, "manifest": digest("a"),
            "address": format!("checker-{at:03}.east.kikin.example:8645"), "program": "0.1.0",
        });
        if place == "refuses" {
            announced["refusal"] = json!({ "stage": "cleared", "code": "replay/fault",
                "detail": "診療行為 112007410 再診料: 812 件中 812 件 正から誤り、医療機関 9 か所" });
        }
        let announced = if place == "missing" { Value::Null } else { announced };
        json!({ "name": format!("checker-{at:03}"), "votes": at < 25, "place": place, "announced": announced,
                "clock_ahead_ms": (at as i64 * 37) % 90 - 40 })
    };
    let mut all: Vec<Value> = (0..members).map(member).collect();
    let order = ["refuses", "missing", "behind", "coming", "abreast"];
    all.sort_by_key(|member| order.iter().position(|place| member["place"] == *place));
    let count = |place: &str| all.iter().filter(|member| member["place"] == place).count();
    let (behind, missing) = (count("behind"), count("missing"));
    let manifest = digest("c");
    let comes = match how {
        "trouble" => json!({ "release": 13, "manifest": manifest, "is_back": false, "step": "preparing",
            "waits_for": { "for": "refusals", "first": ["checker-003", "checker-043"], "more": 3 } }),
        "moves" => json!({ "release": 13, "manifest": manifest, "is_back": false, "step": "committed",
            "instant_ms": 1_781_115_165_000_i64, "armed": 9 }),
        _ => Value::Null,
    };
    let not_ready = json!({ "code": "fleet/cut-off", "why": said(
        "no answer came from the store, nor from a majority of voters, for 400 ms",
        "保管先からも過半数の投票メンバーからも 400 ミリ秒以上応答がありません") });
    json!({
        "area": "east", "member": "checker-001",
        "store": { "answered_seconds_ago": if how == "out" { 94 } else { 0 } },
        "clock": { "now_ms": 1_781_115_160_000_i64, "error_ms": 3 },
        "picture_age_seconds": if how == "out" { 97 } else { 2 },
        "not_ready": if how == "out" { not_ready } else { Value::Null },
        "picture": {
            "epoch": 42, "revision": 1803, "majority": members.min(25) / 2 + 1, "damaged": 0,
            "stands": { "epoch": 41, "release": 12, "manifest": digest("a"),
                        "since": "2026-06-10T15:00:00Z" },
            "before": 11, "comes": comes, "timekeeper": "checker-002", "coordinator": "checker-000",
            "quarantine": [{ "release": 10, "manifest": digest("b"),
                             "why": "probation: procedure/112007410, drug/620004132" }],
            "cause": { "by": "coordinator", "why": said("a newer release was published",
                       "新しいリリースが公開されたため") },
            "counts": { "members": members, "voters": members.min(25),
                        "at_what_stands": members - behind - missing, "refuses": count("refuses"),
                        "missing": missing, "behind": behind, "unknown": 0, "coming": count("coming"),
                        "abreast": count("abreast") },
            "members": all,
        },
        "other": other(how),
    })
}

/// The fleet of the other organisation: the same, another release for long, or silent.
fn other(how: &str) -> Value {
    let release = if how == "moves" { "b" } else { "a" };
    let apart = json!({ "since": "2026-06-10T15:00:00Z", "seconds": 9_360, "allowed_seconds": 1_800 });
    json!({
        "name": "国民健康保険中央会", "silent_seconds": if how == "out" { 4_000 } else { 21 },
        "is_silent": how == "out", "is_same": how != "moves" && how != "out",
        "apart": if how == "moves" { apart } else { Value::Null },
        "said": {
            "area": "東日本", "at": "2026-06-10T17:58:39Z", "epoch": 39, "since": "2026-06-10T15:00:00Z",
            "release": { "release": if how == "moves" { 11 } else { 12 }, "manifest": digest(release) },
            "members": { "all": 188, "at_it": 185, "behind": 1, "missing": 2, "refuse": 0 },
            "comes": null, "nacks": [],
        },
    })
}

/// A report of what turned, with these codes, verdicts, institutions and uses.
fn report(codes: &[(&str, &str, u64, u64)]) -> Value {
    let record = |points: u32| {
        json!({ "series": "r06", "name": "再診料（一般病床の場合・情報通信機器を用いた場合）",
                "value": points.to_string() })
    };
    let codes: Vec<Value> = codes
        .iter()
        .map(|(code, verdict, institutions, uses)| {
            json!({
                "kind": "procedure", "code": code, "verdict": verdict, "uses": uses,
                "institutions": institutions,
                "turns": [{ "turn": "right-to-error", "explained": "not", "new_rule": "points", "uses": uses,
                            "institutions": institutions, "month": "2026-06", "day": "2026-06-03",
                            "old": record(75), "new": record(74) }],
            })
        })
        .collect();
    json!({
        "made": "received", "verdict": "inconclusive", "missing": [],
        "bound": { "moved": 812, "uses": 1_204_332 },
        "said": said("inconclusive: 14 more institutions (812 of 1,204,332 uses moved undeclared)",
                     "まだ判断できません。不足: 医療機関あと 14 か所（1,204,332 件中 812 件）"),
        "files": 812, "claims": 61_220, "uses": 1_204_332, "left_out": 12, "institutions": 86,
            "explained": 40,
        "codes": codes, "codes_by_verdict": {},
    })
}

/// All that the page shows, with `differs` in the status.
pub(crate) fn seen(differs: &Value) -> Seen {
    let mut status = status();
    for (name, value) in differs.as_object().unwrap() {
        status[name] = value.clone();
    }
    let replay = json!({
        "release": 12, "against": 11, "verdict": "inconclusive",
        "why": said("nothing speaks against it; 40 uses moved as declared", "問題は見つかりません"),
        "received": report(&[("112007410", "fault", 8, 812), ("180018910", "unclear", 2, 41),
                             ("620004132", "explained", 8, 377)]),
    });
    let on_trial = json!({ "replay": replay, "watch": null, "decisions": [] });
    Seen {
        status: serde_json::from_value(status).unwrap(),
        on_trial: serde_json::from_value(on_trial).unwrap(),
        load: load(),
        history: year(),
    }
}

/// A checker before anything happened.
pub(crate) fn new_born() -> Seen {
    let mut seen = seen(&json!({ "state": "none", "running": null, "previous": null, "last_poll": null,
        "decisions": [], "kept_claims": {"files": 0, "bytes": 0, "most": 0, "most_bytes": 0,
            "most_days": 0} }));
    seen.load = Load { slices: vec![Slice::default()], slice_seconds: 10, ..Load::default() };
    seen.history = History::begun(at(NOW));
    seen.on_trial.replay = None;
    seen
}

/// Ten minutes with a rush in them, and 20 institutions that wait.
fn load() -> Load {
    let slice = |at: u64| Slice {
        answered: 1900 + (at * 7919) % 400 + if (30..40).contains(&at) { 900 } else { 0 },
        turned_away: if (34..41).contains(&at) { 60 * (at - 33) } else { 0 },
    };
    let line = |at: usize| InLine {
        institution: (at > 0).then(|| format!("13,1,{:07}", 1_234_560 + at * 17)),
        waiting: 40 / (at + 1) + 1,
    };
    let away = |en: &str, ja: &str, files| TurnedAway { why: Said::new(en, ja), files };
    Load {
        slices: (0..61).map(slice).collect(),
        slice_seconds: 10,
        turned_away: vec![
            away("the queue is full", "待ち行列が一杯です", 402),
            away("too large", "過大", 29),
        ],
        lines: (0..20).map(line).collect(),
        latency: [(0.5, 0.0021), (0.9, 0.0094), (0.99, 0.147), (0.999, 1.32)]
            .map(|(of, seconds)| Quantile { of, seconds: Some(seconds) })
            .to_vec(),
    }
}

const CODES: [(&str, u64); 16] = [
    ("points", 90),
    ("unknown-procedure", 71),
    ("not-in-force", 55),
    ("drug/price", 40),
    ("comment-missing", 34),
    ("quantity-unit", 21),
    ("material/price", 13),
    ("age-limit", 9),
    ("comment/required-with-item", 8),
    ("days", 7),
    ("facility", 6),
    ("total", 5),
    ("unknown-drug", 4),
    ("unknown-material", 3),
    ("claim-month", 2),
    ("record", 1),
];

/// Twelve months: a release each month, one that was fallen back from, one refused, a freeze.
fn year() -> History {
    let mut history = History::begun(at("2025-05-20T00:00:00Z"));
    let judged = |release: u64, day: i64, claims: u64| {
        // The release of May was wrong for a day.
        let wrong = if release == 10 { 9 } else { 1 };
        let findings: BTreeMap<String, u64> = CODES
            .iter()
            .enumerate()
            .map(|(place, (code, often))| {
                let swing = 100 + ((day as u64 * 37 + place as u64 * 53) % 40);
                let more = if *code == "points" { wrong } else { 1 };
                let turn = if release == 12 && place % 3 == 1 { 2 } else { 1 };
                ((*code).to_owned(), claims * often * swing * more * turn / 100_000)
            })
            .collect();
        Judged { release: Some(release), files: claims / 70, claims, items: claims * 20, findings }
    };
    let now = at(NOW).seconds();
    for day in 0..380 {
        let begins = now - (379 - day) * 86_400;
        let midnight = (begins + 32_400).div_euclid(86_400) * 86_400 - 32_400;
        let release = 1 + (day as u64 / 32);
        let claims = if day % 31 < 10 { 400_000 } else { 30_000 + (day as u64 * 911) % 9000 };
        let span = Span { begins: UnixSeconds::new(midnight), releases: vec![judged(release, day, claims)] };
        history.days.push(span);
    }
    for hour in 0..336 {
        let begins = (now / 3600 - (335 - hour)) * 3600;
        let release = if hour < 332 { 11 } else { 12 };
        let span = Span { begins: UnixSeconds::new(begins), releases: vec![judged(release, hour, 12_000)] };
        history.hours.push(span);
    }
    let acts = [
        (350, Did::Activated, 1, None, ""),
        (318, Did::Activated, 2, None, ""),
        (286, Did::Activated, 3, None, ""),
        (254, Did::Activated, 4, None, ""),
        (222, Did::Activated, 5, None, ""),
        (190, Did::Activated, 6, None, ""),
        (158, Did::Activated, 7, None, ""),
        (126, Did::Activated, 8, None, ""),
        (94, Did::Activated, 9, None, ""),
        (62, Did::Activated, 10, None, ""),
        (
            61,
            Did::FellBack,
            9,
            Some(10),
            "マスターの誤りとみられるコードが 1 件あります（診療行為 112007410）",
        ),
        (61, Did::Held, 10, None, "マスターの誤りとみられるコードが 1 件あります（診療行為 112007410）"),
        (51, Did::Frozen, 0, None, "月次の障害訓練のため"),
        (50, Did::Thawed, 0, None, "訓練終了"),
        (30, Did::Activated, 11, None, ""),
        (28, Did::Confirmed, 11, None, ""),
        (12, Did::Refused, 12, None, "署名されていない遡及変更が 3 件あります"),
        (0, Did::Activated, 12, None, ""),
    ];
    for (days, act, release, from, why) in acts {
        let why = (!why.is_empty()).then(|| Said::new(why, why));
        let release = (release > 0).then_some(release);
        let at = UnixSeconds::new(now - days * 86_400 - 11_560);
        history.tell(HistoryAct { at, act, release, from, why });
    }
    history
}
