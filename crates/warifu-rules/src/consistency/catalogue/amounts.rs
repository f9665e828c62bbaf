//! Rules on amounts: prices, steps, units and limits.

use crate::consistency::rule::{Ask, Count, Rule, Seen};
use crate::consistency::{common, drug, material, procedure};
use warifu_masters::finding::Code;

/// Rules on amounts: prices, steps, units and limits.
pub(super) const RULES: &[Rule] = &[
    Rule {
        code: Code::SetPriceZero,
        kinds: &["drug", "material"],
        columns: &["price_kind", "price"],
        remark: "Kind 1 is a price in yen. Three items are published at 0.00 and waived.",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 19637, broken: 3 },
            Count { seen: Seen::Full("material/t_ALL20240531.csv"), held: 1315, broken: 0 },
        ],
        ask: Ask::Records(common::price_zero),
    },
    Rule {
        code: Code::SetPricePurchase,
        kinds: &["material"],
        columns: &["price_kind", "price"],
        remark: "Kinds 2 and 4 are what a prefecture paid. Three items of 2019 have points and are waived.",
        counts: &[
            Count { seen: Seen::Full("material/t_ALL20240531.csv"), held: 16, broken: 0 },
            Count { seen: Seen::Full("material/t_ALL20191129.csv"), held: 18, broken: 3 },
        ],
        ask: Ask::Records(material::price_purchase),
    },
    Rule {
        code: Code::SetListPrice,
        kinds: &["drug"],
        columns: &["nhi_price_list_code", "unit_code", "price", "drug_code"],
        remark: "The unit is part of the rule: three listed products are also priced by the administration. \
                 Elective records are left out.",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 19637, broken: 0 },
            Count {
                seen: Seen::State { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 19135,
                broken: 0,
            },
        ],
        ask: Ask::Whole(drug::list_price, &["elective_care_class"]),
    },
    Rule {
        code: Code::SetOldPrice,
        kinds: &["procedure"],
        columns: &["old_point_kind", "old_points"],
        remark: "An old kind without old points is usual, hence a note; the columns become reserve in the \
                 layout of 2026.",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 10080, broken: 53 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 8472, broken: 263 },
        ],
        ask: Ask::Records(common::old_price),
    },
    Rule {
        code: Code::SetOldPrice,
        kinds: &["drug", "material"],
        columns: &["old_price_kind", "old_price"],
        remark: "As for procedures.",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 19677, broken: 9 },
            Count { seen: Seen::Full("material/t_ALL20240531.csv"), held: 1317, broken: 17 },
        ],
        ask: Ask::Records(common::old_price),
    },
    Rule {
        code: Code::SetStep,
        kinds: &["procedure"],
        columns: &["step_method", "unit_code"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 10133, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 8735, broken: 0 },
        ],
        ask: Ask::Records(procedure::step),
    },
    Rule {
        code: Code::SetStepNeutral,
        kinds: &["procedure"],
        columns: &[
            "step_method",
            "unit_code",
            "step_lower_limit",
            "step_upper_limit",
            "step_value",
            "step_points",
            "step_limit_error",
        ],
        remark: "Neutral is zero, and 99999999 for no upper limit.",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 9663, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 8394, broken: 0 },
        ],
        ask: Ask::Records(procedure::step_neutral),
    },
    Rule {
        code: Code::SetStepRange,
        kinds: &["procedure"],
        columns: &["step_method", "unit_code", "step_lower_limit", "step_upper_limit", "step_value"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 470, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 341, broken: 0 },
        ],
        ask: Ask::Records(procedure::step_range),
    },
    Rule {
        code: Code::SetInOut,
        kinds: &["procedure"],
        columns: &["inout_class", "tally_column_outpatient", "tally_column_inpatient"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 10133, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 8735, broken: 0 },
        ],
        ask: Ask::Records(procedure::inpatient_outpatient),
    },
    Rule {
        code: Code::SetMaxTimes,
        kinds: &["procedure"],
        columns: &["max_times", "max_times_error"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 7832, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 6643, broken: 0 },
        ],
        ask: Ask::Records(procedure::max_times),
    },
    Rule {
        code: Code::SetUnitName,
        kinds: &["procedure"],
        columns: &["unit_code", "unit_name"],
        remark: "Held against the shared list of units too, widths of letters apart.",
        counts: &[Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 10133, broken: 0 }],
        ask: Ask::Whole(common::unit_name, &[]),
    },
    Rule {
        code: Code::SetUnitName,
        kinds: &["drug", "material"],
        columns: &["unit_code", "unit_name"],
        remark: "As for procedures.",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 19686, broken: 0 },
            Count { seen: Seen::Full("material/t_ALL20240531.csv"), held: 1334, broken: 0 },
        ],
        ask: Ask::Whole(common::unit_name, &[]),
    },
    Rule {
        code: Code::SetUnitBlank,
        kinds: &["procedure", "drug", "material"],
        columns: &["unit_code", "unit_name"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 10133, broken: 0 },
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 19686, broken: 0 },
            Count { seen: Seen::Full("material/t_ALL20240531.csv"), held: 1334, broken: 0 },
        ],
        ask: Ask::Records(common::unit_blank),
    },
];
