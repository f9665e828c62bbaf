//! The claim whose records are being read: what it has so far, and what is irregular from one record to the
//! next.

use warifu_values::day::{ClaimMonth, TreatmentDay};

use super::claim_file::Begun;
use super::dates::is_of_era;
use super::diagnosis::{Diagnosis, modifiers};
use super::eligibility::{Confirmation, CounterPayment, Narrative, Visits};
use super::evidence::Evidence;
use super::fields::Fields;
use super::form::{Known, Layout, Order, Place};
use super::head::Head;
use super::item::{Item, Recorded, Section};
use super::item_record::ItemRecord;
use super::payer::Payer;
use super::record::kind_of;
use super::reporter::{At, Reporter};
use super::unit::Bounds;
use crate::finding::ClaimCode;
use crate::item_code::ItemKind;

/// KO of a claim at most (第１ to 第４公費).
const PUBLIC_PAYERS_LIMIT: u8 = 4;

/// From treatments of this month on, western years are due: those of eras were written until 2020.
const WESTERN_YEARS_SINCE: Option<TreatmentDay> = TreatmentDay::of(2021, 1, 1);

/// The claim whose records are being read.
pub(super) struct Open {
    pub(super) begun: Begun,
    order: Order,
    insurers: u8,
    public_payers: u8,
    /// The points of its HO, and of its KO.
    points: (Option<u64>, Option<u64>),
    section: Option<Section>,
    units: Bounds,
    /// How many times the records of the unit have, so far.
    unit_times: Option<u16>,
    has_told_era: bool,
}

/// What is left of a claim when it ends.
pub(super) struct Closed {
    pub(super) begun: Begun,
    /// Its points: those of its HO, without one those of its only KO; `None` when neither tells.
    pub(super) points: Option<u64>,
}

impl Open {
    /// The claim that an RE of these `fields` begins.
    pub(super) fn head(fields: &Fields<'_>, line: u32) -> Open {
        let month = ClaimMonth::parse(fields.at(4));
        let number = warifu_values::amount::number(fields.at(2));
        Open::of(Begun {
            number,
            line,
            month,
            head: Some(Head::read(fields)),
            is_bundled: false,
            has_other_records: false,
        })
    }

    /// A claim whose RE is missing or cannot be read.
    pub(super) fn without_head(line: u32) -> Open {
        Open::of(Begun {
            number: None,
            line,
            month: None,
            head: None,
            is_bundled: false,
            has_other_records: false,
        })
    }

    fn of(begun: Begun) -> Open {
        Open {
            begun,
            order: Order::begun(),
            insurers: 0,
            public_payers: 0,
            points: (None, None),
            section: None,
            units: Bounds::begun(),
            unit_times: None,
            has_told_era: false,
        }
    }

    pub(super) fn close(self) -> Closed {
        let points = match (self.insurers, self.public_payers) {
            (1, _) => self.points.0,
            (0, 1) => self.points.1,
            _ => None,
        };
        Closed { begun: self.begun, points }
    }

    /// Whether a payer that comes now belongs to the next claim: this one went on to what comes after payers,
    /// and has some of its own or the record before, which may have been the RE, was not read.
    pub(super) fn is_beyond_payers(&self, place: Place, is_after_unread: bool) -> bool {
        let has_payer = self.insurers > 0 || self.public_payers > 0;
        let went_on = self.order.place() > Place::Payment || is_after_unread && self.order.place() >= place;
        went_on && (is_after_unread || has_payer && place == Place::Insurer)
    }

    /// What an RE says that cannot be.
    pub(super) fn check_head(&mut self, layout: &'static Layout, fields: &Fields<'_>, to: &mut Reporter) {
        let at = At::record(self.begun.line, Some(layout.id)).claim(self.begun.number);
        let (Some(month), Some(head)) = (self.begun.month, self.begun.head.as_ref()) else { return };
        let at = at.month(Some(month));
        if head.birth.is_some_and(|birth| birth.is_after(month)) {
            to.report(ClaimCode::UkeBirthAfterMonth, at.field(layout, 7), || {
                (Evidence::Nothing, Evidence::Month(month))
            });
        }
        self.check_day(head.admitted_on, at.field(layout, 9), to);
        for position in [4, 7, 9] {
            self.check_era(fields.at(position.into()), at.field(layout, position), to);
        }
    }

    /// Takes in one record that belongs to a claim.
    #[inline]
    pub(super) fn record(
        &mut self,
        (id, place, known): ([u8; 2], Place, Known),
        text: &[u8],
        line: u32,
        to: &mut Reporter,
    ) {
        let at = At::record(line, Some(id)).claim(self.begun.number);
        if let Some(before) = self.order.next(id, place) {
            to.report(ClaimCode::UkeOrder, at, || (Evidence::Record(before), Evidence::Nothing));
        }
        match (known, kind_of(id)) {
            (Known::Fields(layout), Some(kind)) => self.item(layout, kind, text, line, to),
            (Known::Fields(layout), None) => self.other(layout, place, &Fields::of(text), at, line, to),
            (Known::Id, _) => {
                self.begun.is_bundled |= place == Place::Bundling;
                self.begun.has_other_records |=
                    matches!(place, Place::NotBundled | Place::Bundling | Place::Donor);
            }
        }
    }

    fn item(&mut self, layout: &'static Layout, kind: ItemKind, text: &[u8], line: u32, to: &mut Reporter) {
        let mut record = ItemRecord::read(kind, text, line, self.begun.month);
        let at = At::record(line, Some(layout.id)).claim(self.begun.number);
        to.check_form(layout, &record.fields, at);
        let item = &mut record.item;
        if item.begins_group {
            self.section = item.section;
        } else {
            item.section = self.section;
        }
        if let Some(day) = record.odd_day {
            let at = at.month(self.begun.month);
            to.report(ClaimCode::UkeDay, at, || (Evidence::Number(day.into()), Evidence::Nothing));
        } else if item.times > 0 && item.days != 0 && u32::from(item.times) != record.times_of_days {
            let (times, of_days) = (item.times, record.times_of_days);
            to.report(ClaimCode::UkeTimes, at.field(layout, 7), || {
                (Evidence::Number(times.into()), Evidence::Number(of_days.into()))
            });
        }
        if let Some(pair) = record.pair_after_a_gap() {
            to.report(ClaimCode::UkeCommentPairs, at, || (Evidence::Number(pair.into()), Evidence::Nothing));
        }
        self.unit_of(&record.item, at.field(layout, 7), to);
        let material = record.own_material();
        to.file.push_item(record.item, record.comments(), record.day_counts(), material);
    }

    /// Each record of a unit has the same number of times.
    #[inline]
    fn unit_of(&mut self, item: &Item, at: At, to: &mut Reporter) {
        if self.units.begins(item) {
            self.unit_times = None;
        }
        let times = Some(item.times).filter(|times| *times > 0);
        if let (Some(before), Some(times)) = (self.unit_times, times)
            && before != times
        {
            to.report(ClaimCode::UkeUnitTimes, at, || {
                (Evidence::Number(times.into()), Evidence::Number(before.into()))
            });
        }
        self.unit_times = self.unit_times.or(times);
    }

    fn other(
        &mut self,
        layout: &'static Layout,
        place: Place,
        fields: &Fields<'_>,
        at: At,
        line: u32,
        to: &mut Reporter,
    ) {
        to.check_form(layout, fields, at);
        match (place, &layout.id) {
            (Place::Insurer, _) => self.insurer(layout, fields, at, line, to),
            (Place::PublicPayer, _) => self.public_payer(fields, at, line, to),
            (Place::Diagnosis, _) => self.diagnosis(layout, fields, at, line, to),
            (Place::Narrative, _) => to.file.push_narrative(Narrative::read(fields, line)),
            (_, b"SN") => to.file.push_confirmation(Confirmation::read(fields, line)),
            (_, b"JD") => to.file.push_visits(Visits::read(fields, line)),
            (_, b"MF") => to.file.push_counter_payment(CounterPayment::read(fields, line)),
            _ => {}
        }
    }

    fn insurer(
        &mut self,
        layout: &'static Layout,
        fields: &Fields<'_>,
        at: At,
        line: u32,
        to: &mut Reporter,
    ) {
        self.insurers = self.insurers.saturating_add(1);
        if self.insurers > 1 {
            let found = self.insurers;
            to.report(ClaimCode::UkeRecordCount, at, || {
                (Evidence::Number(found.into()), Evidence::Number(1))
            });
            return;
        }
        // 記号 and 番号 share 38 bytes.
        let both = fields.at(3).len() + fields.at(4).len();
        if fields.at(3).len() <= 38 && fields.at(4).len() <= 38 && both > 38 {
            to.report(ClaimCode::UkeFieldWidth, at.field(layout, 4), || {
                (Evidence::count(both), Evidence::Number(38))
            });
        }
        let payer = Payer::insurance(fields, line);
        self.points.0 = recorded_points(payer.points);
        to.file.push_payer(payer);
    }

    fn public_payer(&mut self, fields: &Fields<'_>, at: At, line: u32, to: &mut Reporter) {
        self.public_payers = self.public_payers.saturating_add(1);
        if self.public_payers > PUBLIC_PAYERS_LIMIT {
            let found = self.public_payers;
            to.report(ClaimCode::UkeRecordCount, at, || {
                (Evidence::Number(found.into()), Evidence::Number(PUBLIC_PAYERS_LIMIT.into()))
            });
            return;
        }
        let payer = Payer::public(self.public_payers, fields, line);
        self.points.1 = recorded_points(payer.points);
        to.file.push_payer(payer);
    }

    fn diagnosis(
        &mut self,
        layout: &'static Layout,
        fields: &Fields<'_>,
        at: At,
        line: u32,
        to: &mut Reporter,
    ) {
        let diagnosis = Diagnosis::read(fields, line);
        let (at, day) = (at.month(self.begun.month).field(layout, 3), diagnosis.started_on);
        self.check_day(day, at, to);
        self.check_era(fields.at(3), at, to);
        to.file.push_diagnosis(diagnosis, modifiers(fields.at(5)));
    }

    /// A day of the past must not be after the treatment month.
    fn check_day(&self, day: Option<TreatmentDay>, at: At, to: &mut Reporter) {
        let (Some(month), Some(day)) = (self.begun.month, day) else { return };
        if day > month.last() {
            to.report(ClaimCode::UkeDateAfterMonth, at, || (Evidence::Day(day), Evidence::Month(month)));
        }
    }

    /// Years of eras are told once a claim, where western ones are due.
    #[inline]
    fn check_era(&mut self, field: &[u8], at: At, to: &mut Reporter) {
        let is_due = self.begun.month.is_some_and(|month| Some(month.last()) >= WESTERN_YEARS_SINCE);
        if is_due && !self.has_told_era && is_of_era(field) {
            self.has_told_era = true;
            to.report(ClaimCode::UkeEraDate, at, Default::default);
        }
    }
}

fn recorded_points(points: Recorded) -> Option<u64> {
    match points {
        Recorded::Number(points) => Some(points.into()),
        Recorded::Blank | Recorded::Other => None,
    }
}
