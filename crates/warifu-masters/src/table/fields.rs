//! Validation of fields: what a layout says of each column, compiled once and then asked of every field.

use super::{Role, State, Table};
use crate::finding::{Code, Finding, Findings};
use crate::schema::{Column, ColumnType, Layout};
use warifu_values::day::is_date;
use warifu_values::judgement::Basis;

/// Checks every field of the file `table` against its layout, and that every record has a key.
///
/// In a full file, blanks in `required` columns are findings too. A differential's rows are sparse, but for
/// those of class 3: these are whole records, and lack only what no differential carries.
pub fn check(table: &Table, role: Role) -> Findings {
    let rows = 0..table.rows();
    if role == Role::Full {
        return ask(table, rows, |_, column| column.required);
    }
    let class = table.layout().change_class;
    let (whole, sparse): (Vec<usize>, Vec<usize>) =
        rows.partition(|row| class.is_some_and(|class| table.bytes(*row, class) == b"3"));
    let mut findings = ask(table, whole, |_, column| column.required && !column.only_in_fulls);
    findings.extend(ask(table, sparse, |_, _| false));
    findings.sort_by_line();
    findings
}

/// Checks every field of a state, and that every record has a key.
///
/// What a full never has blank, a state made of differentials has not either, but for two kinds of column:
/// those that only fulls carry (`only_in_fulls` in the layout), and those that came with a wider layout after
/// the full.
pub fn check_state(state: &State) -> Findings {
    check_records(state, 0..state.rows())
}

/// As [`check_state`], of these rows only.
pub fn check_records(state: &State, rows: impl IntoIterator<Item = usize>) -> Findings {
    ask(state, rows, |at, column| match state.basis() {
        Basis::Full => column.required,
        Basis::Differentials { full_columns } => {
            column.required && !column.only_in_fulls && at < full_columns as usize
        }
    })
}

/// Asks every field of `rows`; `required` says of a column (from 0) whether it may not be blank.
fn ask(
    table: &Table,
    rows: impl IntoIterator<Item = usize>,
    required: impl Fn(usize, &Column) -> bool,
) -> Findings {
    let layout = table.layout();
    let check = |column: usize| Check::new(layout, column, required(column, &layout.columns[column]));
    let checks: Vec<Check> = (0..layout.width()).map(check).collect();
    let mut findings = Findings::new();
    for row in rows {
        for (column, (check, field)) in checks.iter().zip(table.row_fields(row)).enumerate() {
            if let [byte] = field
                && check.fine & bit(*byte) != 0
            {
                continue;
            }
            if field.is_empty() {
                if check.blank != Blank::Fine {
                    report(table, row, column, check, check.blank.code(), &mut findings);
                }
            } else if let Some(code) = check.fault(field) {
                report(table, row, column, check, code, &mut findings);
            }
        }
    }
    findings.sort_by_line();
    findings
}

fn report(table: &Table, row: usize, column: usize, check: &Check, code: Code, findings: &mut Findings) {
    findings.push_with(code, || {
        let expected = match code {
            Code::FieldTooLong => check.max_bytes.to_string(),
            Code::FieldLength => check.length.to_string(),
            Code::FieldDecimal => check.decimals.to_string(),
            _ => String::new(),
        };
        let found = table.field(row, column);
        Finding::new(code)
            .line(table.line(row))
            .field(column as u32 + 1, &table.layout().columns[column].id)
            .key(table.key(row))
            .found(if found.is_empty() { String::new() } else { format!("\"{found}\"") })
            .expected(expected)
    });
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Blank {
    Fine,
    Required,
    Key,
}

impl Blank {
    fn code(self) -> Code {
        if self == Blank::Key { Code::KeyBlank } else { Code::FieldRequired }
    }
}

/// One column's rules in the form that is fastest to ask.
struct Check {
    column_type: ColumnType,
    max_bytes: u32,
    length: u32,
    decimals: u32,
    blank: Blank,
    also: Vec<Box<[u8]>>,
    values: Values,
    /// The characters that alone are right, which most fields are: one question instead of three.
    fine: u128,
}

/// A code list. Nearly all values are one ASCII character or at most eight.
enum Values {
    Any,
    Known { one: u128, more: Vec<u64> },
}

impl Check {
    fn new(layout: &Layout, position: usize, required: bool) -> Self {
        let column = &layout.columns[position];
        let is_sole_key = matches!(layout.key.as_slice(), [(key, _)] if *key == position);
        let values = match layout.values(position) {
            None => Values::Any,
            Some(values) => {
                let one = values.iter().filter(|value| value.len() == 1);
                let mut more: Vec<u64> = values.iter().map(|value| pack(value.as_bytes())).collect();
                more.sort_unstable();
                Values::Known { one: one.fold(0, |set, value| set | bit(value.as_bytes()[0])), more }
            }
        };
        let mut check = Check {
            column_type: column.column_type,
            max_bytes: column.bytes.unwrap_or(u32::MAX),
            length: column.length.unwrap_or(0),
            decimals: column.decimals,
            blank: match (is_sole_key, required) {
                (true, _) => Blank::Key,
                (false, true) => Blank::Required,
                (false, false) => Blank::Fine,
            },
            also: column.also.iter().map(|value| value.as_bytes().into()).collect(),
            values,
            fine: 0,
        };
        check.fine =
            (0..128).filter(|byte| check.fault(&[*byte]).is_none()).fold(0, |set, byte| set | bit(byte));
        check
    }

    /// What is wrong with a field that is not blank: the first thing.
    #[inline]
    fn fault(&self, field: &[u8]) -> Option<Code> {
        let shape = match self.column_type {
            ColumnType::Digits => (!all(field, |byte| byte.is_ascii_digit())).then_some(Code::FieldDigits),
            ColumnType::Decimal => (!is_decimal(field, self.decimals)).then_some(Code::FieldDecimal),
            ColumnType::Date => {
                (!is_date(field) && !self.also.iter().any(|also| **also == *field)).then_some(Code::FieldDate)
            }
            ColumnType::Alnum | ColumnType::Reserve => {
                (!all(field, |byte| (0x20..0x7F).contains(&byte))).then_some(Code::FieldAlnum)
            }
            ColumnType::Kana => (!is_half_width(field)).then_some(Code::FieldKana),
            ColumnType::Kanji => (!is_full_width(field)).then_some(Code::FieldKanji),
            ColumnType::Text => None,
        };
        if shape.is_some() {
            return shape;
        }
        if field.len() as u32 > self.max_bytes && shift_jis_bytes(field) > self.max_bytes {
            return Some(Code::FieldTooLong);
        }
        if self.length != 0 && field.len() as u32 != self.length {
            return Some(Code::FieldLength);
        }
        if let Values::Known { one, more } = &self.values {
            let known = match field {
                [byte] => one & bit(*byte) != 0,
                _ => more.binary_search(&pack(field)).is_ok(),
            };
            return (!known).then_some(Code::FieldValue);
        }
        None
    }
}

fn bit(byte: u8) -> u128 {
    if byte < 128 { 1 << byte } else { 0 }
}

/// A value of at most eight bytes as a number; longer ones become one that no value has.
fn pack(value: &[u8]) -> u64 {
    if value.len() > 8 {
        return u64::MAX;
    }
    value.iter().fold(0, |packed, byte| packed << 8 | u64::from(*byte))
}

#[inline]
fn all(field: &[u8], test: impl Fn(u8) -> bool) -> bool {
    field.iter().all(|byte| test(*byte))
}

fn is_decimal(field: &[u8], decimals: u32) -> bool {
    let (whole, fraction) = match field.iter().position(|byte| *byte == b'.') {
        Some(point) => (&field[..point], &field[point + 1..]),
        None => (field, &b"0"[..]),
    };
    !whole.is_empty()
        && (1..=decimals as usize).contains(&fraction.len())
        && all(whole, |byte| byte.is_ascii_digit())
        && all(fraction, |byte| byte.is_ascii_digit())
}

/// Whether the character that begins at `at` is a half-width kana (U+FF61 to U+FF9F).
#[inline]
fn is_half_kana(field: &[u8], at: usize) -> bool {
    match field[at..] {
        [0xEF, 0xBD, last, ..] => last >= 0xA1,
        [0xEF, 0xBE, last, ..] => last <= 0x9F,
        _ => false,
    }
}

#[inline]
fn char_length(lead: u8) -> usize {
    match lead {
        0..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

fn is_half_width(field: &[u8]) -> bool {
    let mut at = 0;
    while at < field.len() {
        if field[at] < 0x80 {
            at += 1;
        } else if is_half_kana(field, at) {
            at += 3;
        } else {
            return false;
        }
    }
    true
}

fn is_full_width(field: &[u8]) -> bool {
    let mut at = 0;
    while at < field.len() {
        if field[at] < 0x80 || is_half_kana(field, at) {
            return false;
        }
        at += char_length(field[at]);
    }
    true
}

/// How many bytes `field` (UTF-8) takes in Shift JIS.
pub fn shift_jis_bytes(field: &[u8]) -> u32 {
    let (mut at, mut bytes) = (0, 0);
    while at < field.len() {
        bytes += if field[at] < 0x80 || is_half_kana(field, at) { 1 } else { 2 };
        at += char_length(field[at]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::read_canonical;
    use crate::schema::Schemas;

    /// A drug of class `class` in a layout of 40 columns, whole but for `blank`.
    fn drug(class: &str, blank: &str) -> Vec<(Code, u64)> {
        let schemas = Schemas::built_in().unwrap();
        let layout = schemas.layout("drug-40").unwrap();
        let field = |column: &Column| match column.id.as_str() {
            "change_class" => class.to_owned(),
            "drug_code" => "620000001".to_owned(),
            id if id == blank || !column.required => String::new(),
            _ => "0".repeat(column.length.unwrap_or(1) as usize),
        };
        let fields: Vec<String> = layout.columns.iter().map(field).collect();
        let text = format!("{}\n{}\n", layout.canonical_header(), fields.join(","));
        let master = read_canonical(&schemas, "drug", text.into_bytes()).unwrap();
        check(&master, Role::Differential).counts().filter(|(code, _)| *code == Code::FieldRequired).collect()
    }

    /// Also in what came after the full's width: a full of 35 columns below it does not make the record less
    /// whole.
    #[test]
    fn a_new_record_is_whole_in_the_width_of_its_file() {
        for blank in ["listed_on", "anti_hiv", "price"] {
            assert_eq!(drug("3", blank), [(Code::FieldRequired, 1)], "{blank}");
            assert_eq!(drug("5", blank), [], "{blank} of a record that is only changed");
            assert_eq!(drug("9", blank), [], "{blank} of a record that goes");
        }
        assert_eq!(drug("3", "none"), []);
    }

    #[test]
    fn decimals_have_a_point_and_few_digits() {
        assert!(is_decimal(b"288.00", 2) && is_decimal(b"9232", 2) && is_decimal(b"0.5", 2));
        for not in ["288.", ".5", "1.234", "1,000", "-1.00", ""] {
            assert!(!is_decimal(not.as_bytes(), 2), "{not}");
        }
    }

    #[test]
    fn widths_are_those_of_shift_jis() {
        assert_eq!(shift_jis_bytes("初診料".as_bytes()), 6);
        assert_eq!(shift_jis_bytes("ｼｮｼﾝﾘｮｳ A".as_bytes()), 9);
        assert!(is_half_width("ｶﾞｽﾀｰｻﾝ2%".as_bytes()) && !is_half_width("ｶﾞス".as_bytes()));
        assert!(is_full_width("ガスター散２％".as_bytes()) && !is_full_width("散2".as_bytes()));
        assert!(!is_full_width("散ｱ".as_bytes()));
    }
}
