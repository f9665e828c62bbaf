//! What belongs to a record, for people and for programs.

use serde_json::{Value, json};
use warifu_masters::relations::{Group, Item, Note};
use warifu_masters::search::Days;
use warifu_values::lang::Lang;
use warifu_values::say;
use warifu_values::terminal::cells;

use super::readable::push_wrapped;
use warifu::amount::amount;

/// How many of a group are told to people unless they ask for all.
const SHOWN: usize = 5;

/// The groups for people, on lines of `width` cells.
pub(super) fn text(groups: &[Group], is_whole: bool, width: usize, lang: Lang) -> String {
    let mut text = String::new();
    for Group { bond, items } in groups {
        let (count, title) = (items.len(), if lang == Lang::Ja { bond.ja } else { bond.en });
        text.push_str(&say!(lang, "{title} ({count})\n", "{title}（{count} 件）\n"));
        let shown = if is_whole { count } else { SHOWN };
        let codes = items.iter().take(shown).map(|item| cells(&item.code)).max().unwrap_or(0);
        for item in items.iter().take(shown) {
            push_wrapped(&item.code, &said(item, lang), codes, width, &mut text);
        }
        let left = count.saturating_sub(shown);
        if left > 0 {
            text.push_str(&say!(
                lang,
                "  {left} more; --all shows them\n",
                "  ほか {left} 件（--all で表示）\n"
            ));
        }
    }
    text
}

/// The name, the amount where it has one, what else the row says, and its end.
fn said(item: &Item, lang: Lang) -> String {
    let mut said = vec![item.name.clone(), amount(&item.row, 0, lang)];
    said.extend(item.notes.iter().filter(|note| note.value != "0").map(|note| match &note.meaning {
        Some(meaning) => meaning.clone(),
        None if lang == Lang::Ja => format!("{} {}", note.name, note.value),
        None => format!("{} {}", note.field, note.value),
    }));
    if let Some(last) = Days::of(&item.row, 0).last {
        let last = last.said(lang);
        said.push(say!(lang, "until {last}", "{last} まで"));
    }
    said.retain(|part| !part.is_empty());
    said.join("  ")
}

/// The groups for programs, whole.
pub(super) fn document(groups: &[Group]) -> Value {
    let group = |group: &Group| {
        json!({
            "relation": group.bond.id,
            "en": group.bond.en,
            "ja": group.bond.ja,
            "count": group.items.len(),
            "items": group.items.iter().map(item).collect::<Vec<_>>(),
        })
    };
    groups.iter().map(group).collect()
}

fn item(item: &Item) -> Value {
    let note = |note: &Note| {
        json!({
            "field": note.field,
            "name": note.name,
            "value": note.value,
            "meaning": note.meaning,
        })
    };
    json!({
        "kind": item.row.layout().kind,
        "code": item.code,
        "name": item.name,
        "notes": item.notes.iter().map(note).collect::<Vec<_>>(),
        "last": Days::of(&item.row, 0).last.map(|day| day.to_string()),
    })
}
