//! The order of records: IR first, then claim by claim RE, HO, KO … SY, items, SJ, and GO at the end.

/// Where a record stands among those of its claim, or around the claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::file) enum Place {
    /// IR: before all claims.
    Institution,
    /// RE: begins a claim.
    Head,
    /// HO.
    Insurer,
    /// KO.
    PublicPayer,
    /// SN, JD, MF and what only 国保連 records.
    Payment,
    /// GR: why a claim is not bundled (包括評価対象外理由). It is none of DPC.
    NotBundled,
    /// The records of DPC claims (包括評価): their own order is not looked into.
    Bundling,
    /// SY.
    Diagnosis,
    /// SI, IY, TO, CO.
    Item,
    /// NI.
    DayTable,
    /// SJ.
    Narrative,
    /// TI, TR, TS and what belongs to the donor.
    Donor,
    /// GO: after all claims.
    Total,
}

impl Place {
    /// Where the record `id`, a known one, belongs.
    #[inline]
    pub(in crate::file) fn of(id: [u8; 2]) -> Place {
        match &id {
            b"SI" | b"IY" | b"TO" | b"CO" => Place::Item,
            b"SY" => Place::Diagnosis,
            b"IR" => Place::Institution,
            b"RE" => Place::Head,
            b"HO" => Place::Insurer,
            b"KO" => Place::PublicPayer,
            b"SN" | b"JD" | b"MF" | b"KH" => Place::Payment,
            b"GR" => Place::NotBundled,
            b"NI" => Place::DayTable,
            b"SJ" => Place::Narrative,
            b"TI" | b"TR" | b"TS" => Place::Donor,
            b"GO" => Place::Total,
            _ => Place::Bundling,
        }
    }
}

/// How far the order of a claim has come.
#[derive(Debug, Clone, Copy)]
pub(in crate::file) struct Order {
    last: [u8; 2],
    place: Place,
    /// GR and DPC records stand between each other and items in an order of their own; after TI come the
    /// donor's.
    is_free: bool,
}

impl Order {
    /// After the RE.
    pub(in crate::file) fn begun() -> Order {
        Order { last: *b"RE", place: Place::Head, is_free: false }
    }

    /// Where the last record belonged.
    pub(in crate::file) fn place(&self) -> Place {
        self.place
    }

    /// Takes in the next record; the one that it should not have come after.
    #[inline]
    pub(in crate::file) fn next(&mut self, id: [u8; 2], place: Place) -> Option<[u8; 2]> {
        self.is_free |= matches!(place, Place::Donor | Place::NotBundled | Place::Bundling);
        if place < self.place && !self.is_free {
            // Told once: what follows is held against the same record.
            return Some(self.last);
        }
        (self.last, self.place) = (id, place);
        None
    }
}
