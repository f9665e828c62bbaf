//! What a file of records is: all of them, or what changed.

/// Whether a file holds every record, or only what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// 全件.
    Full,
    /// 変更分.
    Differential,
}

impl Role {
    /// What a file of `rows` rows is when `zeros` of them have change class 0.
    pub fn by_zeros(zeros: usize, rows: usize) -> Option<Role> {
        // A full file carries the classes of the latest differential: most rows, not all, have 0. A differential
        // has none; so a few zeros among other classes are neither.
        if zeros == 0 {
            Some(Role::Differential)
        } else if zeros * 2 >= rows {
            Some(Role::Full)
        } else {
            None
        }
    }
}
