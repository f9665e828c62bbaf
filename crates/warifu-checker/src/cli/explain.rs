//! `explain`: what made two answers for one claim file differ.

use std::io::{self, Write as _};

use serde_json::json;
use warifu_masters::past::Change;
use warifu_trust::ReleaseRef;
use warifu_values::lang::{Lang, Speak as _};

use crate::cli::arguments::Explain;
use crate::cli::failure::Failure;
use crate::cli::inputs::{read_file, schemas_of};
use crate::cli::shown::Shown;
use crate::explain::{Given, explain};
use crate::past::changes;
use crate::receipt::Receipt;
use crate::said::Said;
use crate::state::StateDirectory;

pub(super) fn explain_answers(arguments: &Explain, shown: Shown<'_>) -> Result<u8, Failure> {
    let given = |path: &std::path::Path| {
        Given::read(&path.display().to_string(), &read_file(path)?).map_err(Failure::could_not)
    };
    let (a, b) = (given(&arguments.a)?, given(&arguments.b)?);
    let changes = looked_up(arguments, &a.summary.receipt, &b.summary.receipt, shown.lang)?;
    let differences = explain(&a, &b, changes.as_deref()).map_err(Failure::could_not)?;
    let is_same = differences.differences.is_empty();
    let mut told = serde_json::to_value(&differences).map_err(io::Error::from)?;
    told["same"] = json!(is_same);
    for (told, difference) in
        told["differences"].as_array_mut().into_iter().flatten().zip(&differences.differences)
    {
        told["en"] = difference.cause.say(Lang::En).into();
        told["ja"] = difference.cause.say(Lang::Ja).into();
    }
    shown.show_or(&told, &differences, u8::from(!is_same))
}

/// What the second release judges differently from the first, when a state directory holds both.
fn looked_up(
    arguments: &Explain,
    a: &Receipt,
    b: &Receipt,
    lang: Lang,
) -> Result<Option<Vec<Change>>, Failure> {
    let Some(state) = &arguments.state else { return Ok(None) };
    let schemas = schemas_of(&arguments.site)?;
    let directory = StateDirectory::look_at(state.clone());
    let load = |receipt: &Receipt| {
        let Receipt { release, manifest, .. } = *receipt;
        directory.releases().load(ReleaseRef { release, manifest }).map_err(|error| {
            let error = Said::of(&error);
            let (en, ja) = (error.en, error.ja);
            Said::new(
                format!("release {release} is not at hand, so the findings tell alone: {en}"),
                format!("リリース {release} が手元にないため、指摘だけから判断します: {ja}"),
            )
        })
    };
    match load(a).and_then(|a| Ok((a, load(b)?))) {
        Ok((a, b)) => changes(&schemas, a, b).map(Some).map_err(Failure::could_not),
        Err(said) => {
            let _ = writeln!(io::stderr(), "warifu-checker: {}", said.say(lang));
            Ok(None)
        }
    }
}
