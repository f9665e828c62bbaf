//! A diff as one page for people: what a joint review of both organisations looks at, prints and signs off.
//!
//! The page is one file. It asks nothing of the network and runs nothing but its own script, which shows the
//! data that stands beside it as JSON; `data.rs` tells that JSON's shape. Both languages are in the page. The
//! page of a release is the same page, with what concerns all of its masters above them.

mod data;
mod marks;

use serde_json::Value;
use warifu_masters::change::diff::{Diff, OtherKind};
use warifu_masters::schema::Layout;
use warifu_masters::table::Master;
use warifu_rules::review::Risk;
use warifu_values::lang::Lang;
use warifu_values::phrase::Phrase;
use warifu_values::say;

use crate::html_file::Page;
use crate::side::{Origin, Side, Source, States};

const PAGE: Page = Page {
    template: include_str!("page.html"),
    style: include_str!("page.css"),
    script: include_str!("page.js"),
};

/// The page on what changed between two states, first shown in `lang`.
///
/// # Errors
/// [`OtherKind`] when the sides are not of the same kind.
pub fn page(states: &States, [old, new]: &[Origin; 2], lang: Lang) -> Result<Vec<u8>, OtherKind> {
    let (diff, risks) = states.reviewed()?;
    let known = states.others.iter().chain([&states.new.master]);
    let mut data = compared(&diff, &risks, known.map(|master| &**master.layout()));
    data["parts"] = states.parts.into();
    data["lang"] = lang.code().into();
    data["program"] = PROGRAM.into();
    data["old"] = told(&states.old, old);
    data["new"] = told(&states.new, new);
    Ok(assemble(&diff, &data, lang))
}

/// What made a page.
pub(crate) const PROGRAM: &str = concat!("Warifu ", env!("WARIFU_VERSION"));

/// What the page shows of `diff` and its `risks`, which name masters of the layouts that are `known`; what
/// the sides are is the caller's to add.
pub(crate) fn compared<'a>(
    diff: &Diff<'_>,
    risks: &[Risk],
    known: impl IntoIterator<Item = &'a Layout>,
) -> Value {
    let mut data = data::of(diff, risks);
    for layout in known {
        data["masters"][&layout.kind] = named(layout);
    }
    data
}

/// What a kind of master is called.
pub(crate) fn named(layout: &Layout) -> Value {
    serde_json::json!({ "en": layout.name_en, "ja": layout.name_ja })
}

/// What is said of a state on every page that shows one.
pub(crate) fn state(master: &Master) -> Value {
    let digest = master.canonical_digest();
    serde_json::json!({
        "layout": master.layout().name(),
        "records": master.rows(),
        "canonical": digest.to_string(),
        "phrase": Phrase::of(&digest),
    })
}

/// What the front page says of one side.
fn told(side: &Side, origin: &Origin) -> Value {
    let Side { name, master } = side;
    let mut value = state(master);
    value["name"] = name.as_str().into();
    value["file"] = origin.file.as_str().into();
    value["sha256"] = origin.sha256.to_string().into();
    value["dated"] = origin.dated.map(|day| day.to_string()).into();
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
    PAGE.filled(&title, data, lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_each_placeholder_where_it_is_filled() {
        let mut rest = PAGE.template;
        for placeholder in
            ["{{lang}}", "{{nonce}}", "{{title}}", "{{style}}", "{{data}}", "{{nonce}}", "{{script}}"]
        {
            rest = rest.split_once(placeholder).unwrap_or_else(|| panic!("{placeholder}")).1;
        }
        assert!(!rest.contains("{{"), "{rest}");
    }
}
