//! What a procedure is to others of its claim: an addition that goes with some of them or not, or one of
//! those.

/// One part that a procedure plays beside others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// 外来管理加算 itself (column 56: 2).
    OutpatientManagement,
    /// 外来管理加算 is not billed on a day with it (column 56: 1).
    NoOutpatientManagement,
    /// 長時間麻酔管理加算 itself (an addition with column 116: 1).
    LongAnesthesia,
    /// An operation that 長時間麻酔管理加算 goes with (column 116: 2).
    LongOperation,
    /// 発熱患者等対応加算（医学管理料等） itself (an addition with column 124: 9).
    FeverInManagement,
    /// What that is an addition to (column 124: 1).
    Management,
    /// 発熱患者等対応加算（在宅医療） itself (an addition with column 124: A).
    FeverAtHome,
    /// What that is an addition to (column 124: 2).
    AtHome,
    /// An addition for some ages (columns 41 and 42).
    ForAges,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 9] = [
        Role::OutpatientManagement,
        Role::NoOutpatientManagement,
        Role::LongAnesthesia,
        Role::LongOperation,
        Role::FeverInManagement,
        Role::Management,
        Role::FeverAtHome,
        Role::AtHome,
        Role::ForAges,
    ];
}

/// The roles of a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Roles(u16);

impl Roles {
    /// Those that columns 56, 116 and 124 give to an addition (告示等識別区分(1) 7 or 9), which may be for some
    /// ages, or to another procedure.
    pub(super) fn of(
        (is_addition, is_for_ages): (bool, bool),
        management: &[u8],
        anesthesia: &[u8],
        infection: &[u8],
    ) -> Roles {
        let is = [
            (Role::OutpatientManagement, management == b"2"),
            (Role::NoOutpatientManagement, management == b"1"),
            (Role::LongAnesthesia, is_addition && anesthesia == b"1"),
            (Role::LongOperation, !is_addition && anesthesia == b"2"),
            (Role::FeverInManagement, is_addition && infection == b"9"),
            (Role::Management, !is_addition && infection == b"1"),
            (Role::FeverAtHome, is_addition && infection == b"A"),
            (Role::AtHome, !is_addition && infection == b"2"),
            (Role::ForAges, is_addition && is_for_ages),
        ];
        let held = is.into_iter().filter(|(_, is)| *is);
        Roles(held.fold(0, |roles, (role, _)| roles | 1 << role as u8))
    }

    /// Whether it has that one.
    #[inline]
    pub fn has(self, role: Role) -> bool {
        self.0 & 1 << role as u8 != 0
    }

    /// Whether it has none.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}
