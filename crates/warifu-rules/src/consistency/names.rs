//! Names hold the characters that they are made of, and no sign that stands for one of them.

use super::report::Report;

/// 使用不可文字: what systems put where they have no character. No published master has one.
const STAND_INS: [char; 2] = ['●', '〓'];

/// No name holds a character that only stands for another one.
pub(super) fn stand_in(report: &mut Report<'_>) {
    let columns = report.columns.clone();
    for column in columns {
        for row in report.rows() {
            let name = report.field(row, column);
            report.hold(row, column, !holds_stand_in(name.as_bytes()), || {
                STAND_INS.into_iter().filter(|sign| name.contains(*sign)).map(String::from).collect()
            });
        }
    }
}

/// By their bytes in UTF-8: names are looked through for every import.
fn holds_stand_in(name: &[u8]) -> bool {
    name.windows(3).any(|three| matches!(three, [0xE2, 0x97, 0x8F] | [0xE3, 0x80, 0x93]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consistency::CATALOGUE;
    use warifu_masters::finding::Code;
    use warifu_masters::schema::{ColumnType, Schemas};

    #[test]
    fn the_bytes_are_those_of_the_signs() {
        for sign in STAND_INS {
            assert!(holds_stand_in(format!("髙{sign}鷗").as_bytes()), "{sign}");
        }
        assert!(!holds_stand_in("○◎■◆。〒髙鷗".as_bytes()));
    }

    /// Texts of full-width characters in every layout; those two hold numbers of the points table.
    #[test]
    fn every_name_of_every_master_is_looked_at() {
        let schemas = Schemas::built_in().unwrap();
        for layout in schemas.layouts() {
            for column in &layout.columns {
                let is_text = matches!(column.column_type, ColumnType::Kanji | ColumnType::Text);
                if !is_text || ["section", "point_table_section_no"].contains(&column.id.as_str()) {
                    continue;
                }
                let asked = CATALOGUE.iter().any(|rule| {
                    rule.code == Code::SetStandIn
                        && rule.kinds.contains(&layout.kind.as_str())
                        && rule.columns.contains(&column.id.as_str())
                        && rule.columns.iter().all(|id| layout.position(id).is_some())
                });
                assert!(asked, "{} {}", layout.name(), column.id);
            }
        }
    }
}
