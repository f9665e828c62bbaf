//! A record as people read it: fields that belong together in groups, meanings beside values, and what says
//! nothing left out.

use warifu_masters::schema::{CHANGE_CLASS, Column, ColumnType};
use warifu_masters::search::name_columns;
use warifu_masters::table::Master;
use warifu_values::amount::is_zero;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;
use warifu_values::terminal::{cells, left, wrapped};
use warifu_values::text::shown;

use warifu::amount::amount;
use warifu::field::{Beside, Field};

/// What stands for no last day, or no upper limit.
const OPEN: &str = "99999999";

/// The part of a record that a field is about, in the order they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Names,
    Amounts,
    Days,
    Classes,
    Numbers,
}

impl Part {
    const ALL: [Part; 5] = [Part::Names, Part::Amounts, Part::Days, Part::Classes, Part::Numbers];

    fn title(self, lang: Lang) -> String {
        match self {
            Part::Names => say!(lang, "names", "名称"),
            Part::Amounts => say!(lang, "amounts", "点数・金額"),
            Part::Days => say!(lang, "days", "期日"),
            Part::Classes => say!(lang, "classes", "区分"),
            Part::Numbers => say!(lang, "codes and numbers", "コード・数値"),
        }
    }
}

/// A line: what it is about, and what it says.
struct Line {
    part: Part,
    label: String,
    value: String,
}

/// The record in `row` for people, on lines of `width` cells.
pub(super) fn text(master: &Master, row: usize, width: usize, lang: Lang) -> String {
    let record = Readable { master, row, lang };
    let lines = record.lines();
    let mut text = String::new();
    for part in Part::ALL {
        let lines: Vec<&Line> = lines.iter().filter(|line| line.part == part).collect();
        let Some(widest) = lines.iter().map(|line| cells(&line.label)).max() else { continue };
        text.push_str(&part.title(lang));
        text.push('\n');
        let labels = widest.min(width / 3);
        lines.iter().for_each(|line| push_wrapped(&line.label, &line.value, labels, width, &mut text));
    }
    let left = record.left_out();
    if left > 0 {
        text.push_str(&say!(
            lang,
            "({left} more are 0, blank or reserve; --all has them)\n",
            "（ほか {left} 項目は 0・空欄・予備など。--all で全項目）\n"
        ));
    }
    text
}

/// How far what belongs to a title is set in.
const MARGIN: usize = 2;

/// A label of at most `labels` cells and the value beside it; a longer one has a line of its own.
pub(super) fn push_wrapped(label: &str, value: &str, labels: usize, width: usize, text: &mut String) {
    let label = shown(label);
    let indent = MARGIN + labels + 2;
    let first = match cells(&label) <= labels {
        true => format!("{:MARGIN$}{}  ", "", left(&label, labels)),
        false => {
            text.push_str(&format!("{:MARGIN$}{label}\n", ""));
            " ".repeat(indent)
        }
    };
    text.push_str(&wrapped(&first, indent, &shown(value), width));
}

struct Readable<'a> {
    master: &'a Master,
    row: usize,
    lang: Lang,
}

impl<'a> Readable<'a> {
    fn columns(&self) -> &'a [Column] {
        &self.master.layout().columns
    }

    fn value(&self, column: usize) -> &'a str {
        self.master.field(self.row, column)
    }

    /// Whether the field says nothing that another one does not: a count of its letters, its code; a reserve.
    fn is_beside(&self, at: usize) -> bool {
        let id = self.columns()[at].id.as_str();
        id.ends_with("_length") || id.starts_with("reserve_") || ["master_type", "unit_code"].contains(&id)
    }

    /// Whether there is something in the field.
    fn speaks(&self, at: usize) -> bool {
        let value = self.value(at);
        let is_neutral = is_zero(value.as_bytes()) || value.is_empty();
        !is_neutral && (value != OPEN || self.columns()[at].id == "abolished_on")
    }

    /// Whether the amount tells it.
    fn is_amount(&self, at: usize) -> bool {
        ["points", "point_kind", "price", "price_kind"].contains(&self.columns()[at].id.as_str())
    }

    /// How many fields are not told: lengths and reserves too.
    fn left_out(&self) -> usize {
        let told: usize = self.families().iter().map(Vec::len).sum();
        let of_amount = (0..self.columns().len()).filter(|at| self.is_amount(*at)).count();
        self.columns().len() - told - of_amount
    }

    /// The columns that are told, those of one family together where one of it speaks.
    fn families(&self) -> Vec<Vec<usize>> {
        let mut families: Vec<Vec<usize>> = Vec::new();
        for at in 0..self.columns().len() {
            if self.is_amount(at) || self.is_beside(at) {
                continue;
            }
            let family = family(&self.columns()[at].name);
            match families.last_mut() {
                Some(last)
                    if family.is_some()
                        && self.part(at) != Part::Names
                        && self::family(&self.columns()[last[0]].name) == family
                        && self.part(last[0]) == self.part(at) =>
                {
                    last.push(at);
                }
                _ => families.push(vec![at]),
            }
        }
        for columns in &mut families {
            if columns.iter().any(|at| self.speaks(*at)) {
                // A lower limit of 0 beside an upper one says something.
                columns.retain(|at| self.speaks(*at) || self.columns()[*at].id.ends_with("_lower"));
            } else {
                columns.clear();
            }
        }
        families.retain(|columns| !columns.is_empty());
        families
    }

    fn part(&self, at: usize) -> Part {
        let layout = self.master.layout();
        let column = &layout.columns[at];
        let is_old = column.id.starts_with("old_");
        if name_columns(layout).contains(&at) {
            Part::Names
        } else if column.column_type == ColumnType::Date || column.id == CHANGE_CLASS {
            Part::Days
        } else if column.column_type == ColumnType::Decimal || column.id == "unit_name" || is_old {
            Part::Amounts
        } else if layout.values(at).is_some() {
            Part::Classes
        } else {
            Part::Numbers
        }
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let amount = amount(self.master, self.row, self.lang);
        if !amount.is_empty() {
            let label = say!(self.lang, "amount", "現在");
            lines.push(Line { part: Part::Amounts, label, value: amount });
        }
        for columns in self.families() {
            let part = self.part(columns[0]);
            if let (Lang::Ja, Some(family), [_, _, ..]) =
                (self.lang, family(&self.columns()[columns[0]].name), &columns[..])
            {
                let said = |at: &usize| {
                    let name = &self.columns()[*at].name;
                    let within = name[family.len()..].trim_start_matches(['/', ' ']);
                    format!("{within} {}", self.said(*at))
                };
                let value = columns.iter().map(said).collect::<Vec<_>>().join("、");
                lines.push(Line { part, label: family.to_owned(), value });
                continue;
            }
            lines.extend(columns.into_iter().map(|at| {
                let column = &self.columns()[at];
                let label = match (self.lang, part) {
                    (Lang::En, _) => &column.id,
                    // That it is a name of the record is the title.
                    (Lang::Ja, Part::Names) => column.name.rsplit(['/', ' ']).next().unwrap_or_default(),
                    (Lang::Ja, _) => &column.name,
                };
                Line { part, label: label.to_owned(), value: self.said(at) }
            }));
        }
        lines
    }

    /// The value as every text tells it that people read.
    fn said(&self, at: usize) -> String {
        let field = Field::at(self.master.layout(), at);
        let beside = Beside { record: Some((self.master, self.row)) };
        field.map(|field| field.told(self.value(at), beside).say(self.lang)).unwrap_or_default()
    }
}

/// What several fields share in their names, before a stroke or a blank.
fn family(name: &str) -> Option<&str> {
    name.find(['/', ' ']).map(|end| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use warifu_masters::file::read_canonical;
    use warifu_masters::schema::Schemas;

    fn procedure(fields: &[(&str, &str)]) -> Master {
        let schemas = Schemas::built_in().unwrap();
        let layout = schemas.layout("procedure-150").unwrap();
        let value = |id: &str| fields.iter().find(|(known, _)| *known == id).map_or("0", |(_, value)| value);
        let values: Vec<_> = layout.columns.iter().map(|column| value(&column.id)).collect();
        let text = format!("{}\n{}\n", layout.canonical_header(), values.join(","));
        read_canonical(&schemas, "procedure", text.into_bytes()).unwrap()
    }

    fn first_visit() -> Master {
        procedure(&[
            ("procedure_code", "111000110"),
            ("short_name", "初診料"),
            ("short_kana", "ｼｮｼﾝﾘｮｳ"),
            ("unit_name", ""),
            ("point_kind", "3"),
            ("points", "291.00"),
            ("time_addition_class", "1"),
            ("notice_class_1", "1"),
            ("step_upper_limit", "99999999"),
            ("age_addition_1_lower", "00"),
            ("age_addition_1_upper", "06"),
            ("age_addition_1_code", "111000370"),
            ("changed_on", "20240601"),
            ("abolished_on", "99999999"),
            ("full_name", ""),
        ])
    }

    #[test]
    fn zeros_are_folded_and_what_belongs_together_stands_together() {
        let master = first_visit();
        let text = text(&master, 0, 80, Lang::Ja);
        for line in [
            "  省略漢字名称  初診料",
            "  現在  291点",
            "  廃止年月日  なし",
            "  変更年月日  令和6年6月1日",
            "下限年齢 なし、上限年齢 06、注加算診療行為コード 111000370",
            "1 時間外加算等を算定可能な診療行為",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        for folded in ["きざみ値", "  予備", "有効桁数", "施設基準"] {
            assert!(!text.contains(folded), "{folded}\n{text}");
        }
        // Two names, two days, two classes, the code, and the three of an addition; two make up the amount.
        assert!(text.contains(&format!("（ほか {} 項目は", 150 - 10 - 2)), "{text}");
    }

    #[test]
    fn no_line_ends_within_a_code_and_none_begins_with_a_mark() {
        let wrapped = |value: &str, width| {
            let mut text = String::new();
            push_wrapped("年", value, 2, width, &mut text);
            text
        };
        assert_eq!(
            wrapped("加算診療行為コード 111000370", 30),
            "  年  加算診療行為コード\n      111000370\n"
        );
        assert_eq!(wrapped("別表第一、項番 001", 14), "  年  別表第\n      一、項番\n      001\n");
        let mut long = String::new();
        push_wrapped("年齢", "006", 2, 30, &mut long);
        assert_eq!(long, "  年齢\n      006\n");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let master = first_visit();
        for width in [60, 80] {
            for lang in [Lang::Ja, Lang::En] {
                let text = text(&master, 0, width, lang);
                let widest = text.lines().max_by_key(|line| cells(line)).unwrap();
                assert!(cells(widest) <= width, "{widest}");
            }
        }
    }
}
