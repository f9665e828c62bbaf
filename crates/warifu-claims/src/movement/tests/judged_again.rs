//! What must be judged again: use by use, and what units come to.

use super::*;

#[test]
fn what_must_be_judged_again_is_named_and_summed_both_ways() {
    // 111000110 loses a point; claims at the old points turn wrong, those at the new ones turn right.
    let mut rows = sound();
    rows[0].1 = 99;
    let (older, newer) = (of(&sound()), of(&rows));
    let mut impact = Impact::default();
    let claims = |points: u32| vec![(202405, 7, CODES[0], points), (202405, 7, CODES[1], 100)];
    for (institution, points) in [(1, 100), (2, 100), (3, 99), (4, 98)] {
        let (file, named) = file(institution, &claims(points));
        let of_file = FileImpact::of(&file, &older, &newer);
        assert_eq!((of_file.claims, of_file.uses), (2, 2));
        impact.take(named, &of_file);
        let [one] = &of_file.turned[..] else { panic!("{of_file:?}") };
        assert_eq!((one.claim, one.line, one.day), (Some(1), 3, day("2024-05-07")));
        assert_eq!((one.code.number(), one.name.as_str()), (CODES[0], "診療111000110"));
        let found = |expected: &str| Judgement::Found {
            rule: crate::ClaimCode::Points,
            expected: expected.to_owned(),
        };
        let (turn, before, after) = match points {
            100 => (Turn::RightToError, Judgement::Right, found("99")),
            99 => (Turn::ErrorToRight, found("100"), Judgement::Right),
            _ => (Turn::ErrorToOther, found("100"), found("99")),
        };
        assert_eq!((one.turn, &one.before, &one.after), (turn, &before, &after));
        let value = |record: &Option<RecordBehind>| record.clone().unwrap().value;
        assert_eq!((value(&one.record_before), value(&one.record_after)), ("100".into(), "99".into()));
        assert_eq!(one.unit, Some(Unit { line: 3, points, times: 1 }));
    }
    assert_eq!((impact.files, impact.claims, impact.uses, impact.turned_claims), (4, 8, 8, 4));
    assert_eq!((impact.institutions(), impact.turned_institutions()), (4, 4));
    assert_eq!(impact.of(Turn::RightToError), TurnSum { uses: 2, claims: 2, points: 200 });
    assert_eq!(impact.of(Turn::ErrorToRight), TurnSum { uses: 1, claims: 1, points: 99 });
    assert_eq!(impact.of(Turn::ErrorToOther), TurnSum { uses: 1, claims: 1, points: 98 });
    let codes: Vec<_> = impact.codes.iter().map(|((_, code), of)| (code.number(), of.uses())).collect();
    assert_eq!(codes, [(CODES[0], 4)]);
    let of_code = &impact.codes.values().next().unwrap();
    assert_eq!((of_code.claims, of_code.institutions(), of_code.points), (4, 4, 397));
}

#[test]
fn the_points_of_a_unit_count_once_and_every_time() {
    // Two codes of one unit vanish; the points stand on its last record, twice. Then one without a month.
    let (older, newer) = (of(&sound()), of(&sound()[2..]));
    let item = |code: u32, points: &str| {
        let mut fields = vec![String::new(); 44];
        fields[0] = "SI".to_owned();
        fields[3] = format!("{code:09}");
        fields[5] = points.to_owned();
        fields[6] = "2".to_owned();
        fields[13] = "1".to_owned();
        fields.join(",")
    };
    let text = format!(
        "IR,1,13,1,1234567,,,202405,00,\nRE,1,1112,202405\n{}\n{}\n{}\nRE,2,1112,?\n{}\n",
        item(CODES[0], ""),
        item(CODES[1], "200"),
        item(CODES[2], "100"),
        item(CODES[0], "100"),
    );
    let of_file = FileImpact::of(&ClaimFile::read(text.as_bytes()), &older, &newer);
    let lines: Vec<_> = of_file.turned.iter().map(|one| (one.line, one.unit)).collect();
    let unit = Some(Unit { line: 4, points: 200, times: 2 });
    assert_eq!(lines, [(3, unit), (4, unit)]);
    let mut impact = Impact::default();
    impact.take(Institution::of(None), &of_file);
    assert_eq!(impact.of(Turn::RightToError), TurnSum { uses: 2, claims: 1, points: 400 });
    assert_eq!((impact.claims, impact.without_month), (2, 1));
}
