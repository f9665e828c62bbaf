//! Rules between a state and the one before it.

use crate::consistency::rule::{Ask, Count, Rule, Seen};
use crate::consistency::versions;
use warifu_masters::finding::Code;

/// Rules between a state and the one before it.
pub(super) const RULES: &[Rule] = &[
    Rule {
        code: Code::VersionsReused,
        kinds: &["procedure"],
        columns: &["change_class", "short_name"],
        remark: "",
        counts: &[Count {
            seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
            held: 0,
            broken: 0,
        }],
        ask: Ask::Versions(versions::reused),
    },
    Rule {
        code: Code::VersionsReused,
        kinds: &["drug", "comment", "material"],
        columns: &["change_class", "name"],
        remark: "",
        counts: &[Count {
            seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
            held: 0,
            broken: 0,
        }],
        ask: Ask::Versions(versions::reused),
    },
    Rule {
        code: Code::VersionsReturned,
        kinds: &["procedure"],
        columns: &["change_class", "short_name"],
        remark: "",
        counts: &[Count {
            seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
            held: 0,
            broken: 0,
        }],
        ask: Ask::Versions(versions::returned),
    },
    Rule {
        code: Code::VersionsReturned,
        kinds: &["drug", "comment", "material"],
        columns: &["change_class", "name"],
        remark: "",
        counts: &[Count {
            seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
            held: 0,
            broken: 0,
        }],
        ask: Ask::Versions(versions::returned),
    },
    Rule {
        code: Code::VersionsRenamed,
        kinds: &["procedure"],
        columns: &["change_class", "short_name"],
        remark: "Asked of each new name.",
        counts: &[Count {
            seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
            held: 312,
            broken: 7,
        }],
        ask: Ask::Versions(versions::renamed),
    },
    Rule {
        code: Code::VersionsRenamed,
        kinds: &["drug", "comment", "material"],
        columns: &["change_class", "name"],
        remark: "Asked of each new name.",
        counts: &[
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240412.csv", last: "20240531" },
                held: 120,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240531.csv", last: "20240726" },
                held: 40,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "material/t_ALL20240315.csv", last: "20240531" },
                held: 0,
                broken: 0,
            },
        ],
        ask: Ask::Versions(versions::renamed),
    },
    Rule {
        code: Code::VersionsUndated,
        kinds: &["procedure"],
        columns: &["points", "changed_on"],
        remark: "Asked of each new value.",
        counts: &[Count {
            seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
            held: 712,
            broken: 0,
        }],
        ask: Ask::Versions(versions::undated),
    },
    Rule {
        code: Code::VersionsUndated,
        kinds: &["drug", "material"],
        columns: &["price", "changed_on"],
        remark: "Asked of each new value. Eight prices were corrected before they came into force.",
        counts: &[
            Count {
                seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 17,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "material/t_ALL20240315.csv", last: "20240531" },
                held: 0,
                broken: 8,
            },
        ],
        ask: Ask::Versions(versions::undated),
    },
    Rule {
        code: Code::VersionsChangedOnBack,
        kinds: &["procedure", "drug", "comment", "material"],
        columns: &["changed_on"],
        remark: "Asked of each new day. The full of 20240726 does not hold the two.",
        counts: &[
            Count {
                seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
                held: 2797,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240412.csv", last: "20240531" },
                held: 0,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240531.csv", last: "20240726" },
                held: 0,
                broken: 2,
            },
            Count {
                seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 1852,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "material/t_ALL20240315.csv", last: "20240531" },
                held: 0,
                broken: 0,
            },
        ],
        ask: Ask::Versions(versions::changed_on_back),
    },
    Rule {
        code: Code::VersionsEndEarlier,
        kinds: &["procedure", "drug", "comment", "material"],
        columns: &["abolished_on"],
        remark: "",
        counts: &[
            Count {
                seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
                held: 0,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240412.csv", last: "20240531" },
                held: 0,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240531.csv", last: "20240726" },
                held: 0,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 0,
                broken: 0,
            },
        ],
        ask: Ask::Versions(versions::end_earlier),
    },
    Rule {
        code: Code::VersionsEndPast,
        kinds: &["procedure", "drug", "comment", "material"],
        columns: &["abolished_on"],
        remark: "Asked of each new end, where the day of publication is known.",
        counts: &[
            Count {
                seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
                held: 1009,
                broken: 1,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240412.csv", last: "20240531" },
                held: 0,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240531.csv", last: "20240726" },
                held: 0,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 658,
                broken: 0,
            },
        ],
        ask: Ask::Versions(versions::end_past),
    },
    Rule {
        code: Code::VersionsVanished,
        kinds: &["procedure"],
        columns: &["change_class", "short_name"],
        remark: "Asked of each record that went.",
        counts: &[Count {
            seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
            held: 1010,
            broken: 0,
        }],
        ask: Ask::Versions(versions::vanished),
    },
    Rule {
        code: Code::VersionsVanished,
        kinds: &["drug", "comment", "material"],
        columns: &["change_class", "name"],
        remark: "Asked of each record that went.",
        counts: &[
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240412.csv", last: "20240531" },
                held: 8,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240531.csv", last: "20240726" },
                held: 6,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 658,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "material/t_ALL20240315.csv", last: "20240531" },
                held: 0,
                broken: 0,
            },
        ],
        ask: Ask::Versions(versions::vanished),
    },
    Rule {
        code: Code::VersionsPriceKind,
        kinds: &["procedure"],
        columns: &["point_kind", "unit_code"],
        remark: "Asked of each record that changed.",
        counts: &[Count {
            seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
            held: 6681,
            broken: 0,
        }],
        ask: Ask::Versions(versions::price_kind),
    },
    Rule {
        code: Code::VersionsPriceKind,
        kinds: &["drug", "material"],
        columns: &["price_kind", "unit_code"],
        remark: "Asked of each record that changed.",
        counts: &[
            Count {
                seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 5614,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "material/t_ALL20240315.csv", last: "20240531" },
                held: 14,
                broken: 0,
            },
        ],
        ask: Ask::Versions(versions::price_kind),
    },
];
