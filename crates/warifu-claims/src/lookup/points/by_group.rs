//! The members of groups: of what a procedure includes, and of the additions to a basic fee.

use super::row::Member;

/// Members by group and code, and the codes that are in any group. Immutable.
#[derive(Debug)]
pub(crate) struct ByGroup {
    members: Box<[Member]>,
    codes: Box<[u32]>,
}

impl ByGroup {
    pub(super) fn of(mut members: Vec<Member>) -> ByGroup {
        members.sort_by_key(|member| (member.group, member.code, member.days.first));
        let mut codes: Vec<u32> = members.iter().map(|member| member.code).collect();
        codes.sort_unstable();
        codes.dedup();
        ByGroup { members: members.into(), codes: codes.into() }
    }

    /// The rows of `group`.
    #[inline]
    pub(crate) fn group(&self, group: u64) -> &[Member] {
        let from = self.members.partition_point(|member| member.group < group);
        let rows = &self.members[from..];
        &rows[..rows.partition_point(|member| member.group == group)]
    }

    /// The rows that say that `code` is a member of `group`.
    #[inline]
    pub(crate) fn members(&self, group: u64, code: u32) -> &[Member] {
        let from = self.members.partition_point(|member| (member.group, member.code) < (group, code));
        let rows = &self.members[from..];
        let is_it = |member: &&Member| (member.group, member.code) == (group, code);
        &rows[..rows.iter().take_while(is_it).count()]
    }

    /// Whether `code` is in any group.
    #[inline]
    pub(crate) fn has(&self, code: u32) -> bool {
        self.codes.binary_search(&code).is_ok()
    }

    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// How many bytes of memory it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.members) + size_of_val(&*self.codes)
    }
}
