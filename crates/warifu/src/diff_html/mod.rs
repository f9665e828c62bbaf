//! A diff as one page for people: what a joint review of both organisations looks at, prints and signs off.
//!
//! The page is one file. It asks nothing of the network and runs nothing but its own script, which shows the
//! data that stands beside it as JSON; `data.rs` tells that JSON's shape. Both languages are in the page.

mod data;
mod marks;

use serde_json::Value;
use warifu_masters::change::diff::{Diff, OtherKind, diff};
use warifu_rules::review::{Scope, review};
use warifu_values::lang::Lang;
use warifu_values::say;

use crate::html_file::Page;
use crate::side::{Origin, Side, Source, States};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page on what changed between two states, first shown in `lang`.
///
/// # Errors
/// [`OtherKind`] when the sides are not of the same kind.
pub fn page(states: &States, lang: Lang) -> Result<Vec<u8>, OtherKind> {
    let diff = diff(&states.old.master, &states.new.master)?;
    let parts = states.origins.iter().any(Origin::is_part);
    let scope = if parts { Scope::Parts } else { Scope::States { others: &states.others } };
    let risks = review(&diff, scope);
    let mut data = data::of(&diff, &risks);
    data["parts"] = parts.into();
    data["lang"] = say!(lang, "en", "ja").into();
    let known = states.others.iter().chain([&states.new.master]);
    for layout in known.map(|master| master.layout()) {
        data["masters"][&layout.kind] = serde_json::json!({ "en": layout.name_en, "ja": layout.name_ja });
    }
    let [old, new] = &states.origins;
    data["old"] = told(&states.old, old);
    data["new"] = told(&states.new, new);
    Ok(assemble(&diff, &data, lang))
}

/// What the front page says of one side.
fn told(side: &Side, origin: &Origin) -> Value {
    let Side { name, master } = side;
    let mut value = serde_json::json!({
        "name": name,
        "layout": master.layout().name(),
        "records": master.rows(),
        "canonical": master.canonical_digest().to_string(),
        "file": origin.file,
        "sha256": origin.sha256.to_string(),
        "dated": origin.dated.map(|day| day.to_string()),
    });
    match &origin.source {
        Source::File { role } => value["role"] = serde_json::json!(role),
        Source::Commit { commit, series } => {
            value["commit"] = commit.as_str().into();
            value["series"] = series.as_str().into();
        }
    }
    value
}

fn assemble(diff: &Diff<'_>, data: &Value, lang: Lang) -> Vec<u8> {
    let layout = diff.layout();
    let title = say!(lang, "{} - review of changes", "{} 変更点の確認", layout.master_name(lang));
    Page { template: PAGE, style: STYLE, script: SCRIPT }.filled(&title, data, lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_each_placeholder_where_it_is_filled() {
        let mut rest = PAGE;
        for placeholder in
            ["{{lang}}", "{{nonce}}", "{{title}}", "{{style}}", "{{data}}", "{{nonce}}", "{{script}}"]
        {
            rest = rest.split_once(placeholder).unwrap_or_else(|| panic!("{placeholder}")).1;
        }
        assert!(!rest.contains("{{"), "{rest}");
    }
}
