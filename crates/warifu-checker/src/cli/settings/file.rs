//! What the file says of the options of `serve`.

use std::collections::BTreeMap;
use std::ffi::OsString;

use crate::cli::settings::options::{Options, ServeOption};
use crate::config_file::{self, Faults, Text, Value};
use crate::said::Said;

/// What the file gives one option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) values: Vec<OsString>,
    /// `FILE:line:column`.
    pub(super) place: String,
}

/// What the file gives, by option; what is wrong with it goes to `faults`.
pub(super) fn read(text: &Text, options: &Options, faults: &mut Faults) -> BTreeMap<String, Given> {
    let mut all = BTreeMap::new();
    for table in config_file::read(text, &options.shape(), faults) {
        for (key, given) in table.given {
            let Some(option) = options.at(table.section.as_deref(), &key) else { continue };
            let values = typed(given.value);
            let refused_of = |value: &OsString| Some((value.clone(), option.refuses(value)?));
            match values.iter().find_map(refused_of) {
                Some((value, why)) => {
                    let why = || refused(option, &value.to_string_lossy(), &why);
                    faults.add(|| text.fault(&given.span, why()));
                }
                None => {
                    let place = text.place(&given.key);
                    all.insert(option.id.clone(), Given { values, place });
                }
            }
        }
    }
    all
}

/// The values, as they are typed.
fn typed(value: Value) -> Vec<OsString> {
    match value {
        Value::Flag(is) => vec![is.to_string().into()],
        Value::Number(number) => vec![number.to_string().into()],
        Value::Text(text) => vec![text.into()],
        Value::Texts(texts) => texts.into_iter().map(OsString::from).collect(),
    }
}

/// That `value` is none of the option's, and why.
pub(super) fn refused(option: &ServeOption, value: &str, why: &Said) -> Said {
    let (place, Said { en, ja }) = (option.place(), why);
    Said::new(
        format!("{value} is no value of {place}: {en}"),
        format!("{value} は {place} の値に使えません: {ja}"),
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config_file::Fault;

    fn told(text: &str) -> Vec<Said> {
        let (path, mut faults) = (Path::new("checker.toml"), Faults::default());
        read(&Text::new(path, text), &Options::of_serve(), &mut faults);
        faults.in_order(path).iter().map(Fault::said).collect()
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_with_its_place_and_what_is_allowed() {
        let text = "stat = \"x\"\n[limits]\nconections = 3\n  head-seconds = \"10\"\nidle-seconds = 0\n\
                    [limit]\na = 1\n[gates]\ndrain = 3\n[tls]\nonly-clients = 1\n\
                    [channel]\nmirrors = [\"a\", 1]\n";
        let told = told(text);
        let expected = [
            ("checker.toml:1:1: there is no key stat before the sections (is state meant?)", "のことですか"),
            ("checker.toml:3:1: [limits] has no key conections (is connections meant?)", "使えるキー"),
            ("checker.toml:4:18: [limits] head-seconds is a whole number without quotes, not string", "整数"),
            (
                "checker.toml:5:16: 0 is no value of [limits] idle-seconds: 0 is not allowed: give a whole \
                 number from 1 to 86400",
                "使えません",
            ),
            ("checker.toml:6:2: there is no section [limit] (is [limits] meant?)", "使えるセクション"),
            ("checker.toml:9:1: [gates] has no key drain (drain stands in [limits])", "[limits] に書きます"),
            ("checker.toml:13:11: [channel] mirrors is text in quotes, or a list of such, not array", "配列"),
        ];
        for (en, ja) in expected {
            let found = told.iter().find(|said| said.en.starts_with(en));
            let Some(found) = found else { panic!("{en}: {told:#?}") };
            assert!(found.ja.contains(ja), "{found:?}");
        }
        // And one of [tls]: not of its kind, or without TLS no section.
        assert_eq!(told.len(), expected.len() + 1, "{told:#?}");
    }

    #[test]
    fn what_is_no_toml_and_what_stands_twice_is_told_and_the_rest_too() {
        let told = told("state = \"a\"\nstate = \"b\"\n[limits\ndrain = 1\n[gates]\nprobation = \"x\"\n");
        assert!(
            told.iter().any(|said| said.en.contains(":2:1: this is no TOML: duplicate key")),
            "{told:#?}"
        );
        assert!(told.iter().any(|said| said.en.contains("checker.toml:3:")), "{told:#?}");
        assert!(told.iter().any(|said| said.en.contains("probation")), "{told:#?}");
    }

    #[test]
    fn numbers_are_taken_as_toml_writes_them() {
        let text = "[limits]\nconnections = 1_000\nhead-kib = 0x10\n[channel]\nmirrors = \"one\"";
        let mut faults = Faults::default();
        let given = read(&Text::new(Path::new("it"), text), &Options::of_serve(), &mut faults);
        assert!(faults.is_none());
        assert_eq!(given["connections"].values, ["1000"]);
        assert_eq!(given["head_kib"].values, ["16"]);
        assert_eq!((&*given["channel"].values, &*given["channel"].place), (&["one".into()][..], "it:5:1"));
    }

    #[test]
    fn what_stands_in_the_wrong_section_is_shown_its_own() {
        let told = told("poll = 3\n[channel]\nstate = \"x\"\n[log]\nlog-level = \"warn\"\n");
        let says = [
            "there is no key poll before the sections (poll stands in [channel])",
            "[channel] has no key state (state stands before all sections)",
            "[log] has no key log-level (is level meant?)",
        ];
        for (said, says) in told.iter().zip(says) {
            assert!(said.en.contains(says), "{said:?}");
        }
        assert_eq!(told.len(), 3, "{told:#?}");
    }

    /// So many are looked up once each, and told as far as somebody reads them.
    #[test]
    fn of_very_many_faults_the_first_are_told_and_how_many_more_there_are() {
        let text: String = (0..60_000).map(|number| format!("k{number} = 1\n")).collect();
        let told = told(&text);
        assert_eq!(told.len(), 101);
        assert_eq!(told[100].en, "checker.toml: 59900 more things are wrong; mend these first");
    }
}
