//! The head of a claim (RE レセプト共通): which kind of claim, and what of the patient the rules ask for.
//!
//! Names, chart numbers and search numbers are read past.

use warifu_values::day::TreatmentDay;

use super::codes::{Codes, digit};
use super::dates::{BirthDay, treatment_day};
use super::fields::Fields;
use super::item::Recorded;

/// Who pays first (the second digit of レセプト種別).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MainPayer {
    /// 医保: social or national health insurance.
    Insurance,
    /// 公費 without any insurance.
    PublicOnly,
    /// 後期高齢者医療.
    LateElderly,
    /// 退職者医療.
    Retired,
}

/// Where the patient is treated (the last digit of レセプト種別: odd for inpatients).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setting {
    /// 入院.
    Inpatient,
    /// 入院外.
    Outpatient,
}

/// Whose claim it is (the last digit of レセプト種別 without its setting).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PatientClass {
    /// 本人 (1, 2), which claims of 公費 alone have too.
    Insured,
    /// 未就学者 (3, 4).
    Preschool,
    /// 家族 (5, 6).
    Family,
    /// 高齢受給者・後期高齢者, 一般・低所得者 (7, 8).
    Elderly,
    /// The same with 7 割給付 (9, 0).
    ElderlySeventyPercent,
}

/// The kind of claim (レセプト種別): four digits, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClaimClass {
    /// Who pays first.
    pub main_payer: MainPayer,
    /// How many pay, from 1 to 5.
    pub payers: u8,
    /// In or out of hospital.
    pub setting: Setting,
    /// Whose claim.
    pub patient: PatientClass,
}

impl ClaimClass {
    /// The class that four digits write; `None` when there is none of them in the medical table (医科: 1…).
    /// Source: 記録条件仕様(医科用), 別表5.
    pub fn parse(field: &[u8]) -> Option<ClaimClass> {
        let &[b'1', main, payers @ b'1'..=b'5', last] = field else { return None };
        let main_payer = match main {
            b'1' => MainPayer::Insurance,
            b'2' => MainPayer::PublicOnly,
            b'3' => MainPayer::LateElderly,
            b'4' => MainPayer::Retired,
            _ => return None,
        };
        let (patient, setting) = match last {
            b'1' => (PatientClass::Insured, Setting::Inpatient),
            b'2' => (PatientClass::Insured, Setting::Outpatient),
            b'3' => (PatientClass::Preschool, Setting::Inpatient),
            b'4' => (PatientClass::Preschool, Setting::Outpatient),
            b'5' => (PatientClass::Family, Setting::Inpatient),
            b'6' => (PatientClass::Family, Setting::Outpatient),
            b'7' => (PatientClass::Elderly, Setting::Inpatient),
            b'8' => (PatientClass::Elderly, Setting::Outpatient),
            b'9' => (PatientClass::ElderlySeventyPercent, Setting::Inpatient),
            b'0' => (PatientClass::ElderlySeventyPercent, Setting::Outpatient),
            _ => return None,
        };
        Some(ClaimClass { main_payer, payers: payers - b'0', setting, patient })
    }

    /// How many HO and how many KO its claims have.
    pub fn payer_records(self) -> (u8, u8) {
        match self.main_payer {
            MainPayer::PublicOnly => (0, self.payers),
            MainPayer::Insurance | MainPayer::LateElderly | MainPayer::Retired => (1, self.payers - 1),
        }
    }
}

/// 男女区分.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// 1.
    Male,
    /// 2.
    Female,
}

/// One 診療科 of an RE; a code that is not recorded, or is none, is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Department {
    /// 診療科名.
    pub name: Option<[u8; 2]>,
    /// 人体の部位等.
    pub body_part: Option<[u8; 3]>,
    /// 性別等.
    pub sex: Option<[u8; 3]>,
    /// 医学的処置.
    pub treatment: Option<[u8; 3]>,
    /// 特定疾病.
    pub disease: Option<[u8; 3]>,
}

/// What an RE records, without name and numbers of the patient. What is not recorded, or cannot be read, is
/// `None` or blank; that it cannot be read is a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// レセプト種別.
    pub class: Option<ClaimClass>,
    /// 男女区分.
    pub sex: Option<Sex>,
    /// 生年月日.
    pub birth: Option<BirthDay>,
    /// 給付割合, in percent.
    pub benefit_percent: Recorded,
    /// 入院年月日.
    pub admitted_on: Option<TreatmentDay>,
    /// 病棟区分.
    pub wards: Codes<2, 4>,
    /// 一部負担金・食事療養費・生活療養費標準負担額区分.
    pub copay_class: Option<u8>,
    /// レセプト特記事項.
    pub notes: Codes<2, 5>,
    /// 病床数.
    pub beds: Recorded,
    /// 割引点数単価.
    pub discount_price: Recorded,
    /// 診療科 1 to 3.
    pub departments: [Department; 3],
    /// 患者の状態.
    pub states: Codes<3, 20>,
}

impl Default for Head {
    /// Of a claim whose RE cannot be read.
    fn default() -> Head {
        Head {
            class: None,
            sex: None,
            birth: None,
            benefit_percent: Recorded::Blank,
            admitted_on: None,
            wards: Codes::default(),
            copay_class: None,
            notes: Codes::default(),
            beds: Recorded::Blank,
            discount_price: Recorded::Blank,
            departments: [Department::default(); 3],
            states: Codes::default(),
        }
    }
}

impl Head {
    /// What an RE of these `fields` records.
    pub(super) fn read(fields: &Fields<'_>) -> Head {
        Head {
            class: ClaimClass::parse(fields.at(3)),
            sex: match fields.at(6) {
                b"1" => Some(Sex::Male),
                b"2" => Some(Sex::Female),
                _ => None,
            },
            birth: BirthDay::parse(fields.at(7)),
            benefit_percent: Recorded::parse(fields.at(8)),
            admitted_on: treatment_day(fields.at(9)),
            wards: Codes::parse(fields.at(10)),
            copay_class: digit(fields.at(11)),
            notes: Codes::parse(fields.at(12)),
            beds: Recorded::parse(fields.at(13)),
            discount_price: Recorded::parse(fields.at(15)),
            departments: [22, 27, 32].map(|first| Department {
                name: code(fields.at(first)),
                body_part: code(fields.at(first + 1)),
                sex: code(fields.at(first + 2)),
                treatment: code(fields.at(first + 3)),
                disease: code(fields.at(first + 4)),
            }),
            states: Codes::parse(fields.at(38)),
        }
    }

    /// In or out of hospital, where the class tells.
    pub fn setting(&self) -> Option<Setting> {
        self.class.map(|class| class.setting)
    }
}

/// The code of just `WIDTH` letters or digits that `field` writes.
fn code<const WIDTH: usize>(field: &[u8]) -> Option<[u8; WIDTH]> {
    <[u8; WIDTH]>::try_from(field).ok().filter(|code| code.iter().all(u8::is_ascii_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_of_a_claim_is_read_digit_by_digit() {
        let class = |text: &str| ClaimClass::parse(text.as_bytes());
        let of = class("1122").unwrap();
        assert_eq!((of.main_payer, of.payer_records()), (MainPayer::Insurance, (1, 1)));
        assert_eq!((of.setting, of.patient), (Setting::Outpatient, PatientClass::Insured));
        assert_eq!(class("1211").unwrap().payer_records(), (0, 1));
        let of = class("1319").unwrap();
        assert_eq!((of.main_payer, of.payer_records()), (MainPayer::LateElderly, (1, 0)));
        assert_eq!((of.setting, of.patient), (Setting::Inpatient, PatientClass::ElderlySeventyPercent));
        assert_eq!(class("1310").unwrap().setting, Setting::Outpatient);
        for not in ["3112", "1162", "1102", "1512", "112", "", "11122"] {
            assert_eq!(class(not), None, "{not}");
        }
    }
}
