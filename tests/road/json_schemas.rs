//! The published schemas of what programs read, `schemas/json/`.

use std::collections::BTreeSet;
use std::path::Path;

use boon::{Compiler, Schemas};
use serde_json::Value;

use crate::stage::checkout;

/// The published schemas, and which of them a document was held against.
pub(crate) struct Published {
    compiler: Compiler,
    schemas: Schemas,
    pub(crate) met: BTreeSet<String>,
}

impl Published {
    pub(crate) fn new() -> Self {
        let mut compiler = Compiler::new();
        for (name, schema) in published() {
            compiler.add_resource(&url(&name), tight(schema)).unwrap();
        }
        Published { compiler, schemas: Schemas::new(), met: BTreeSet::new() }
    }

    /// Holds `document` against the schema that it names.
    #[track_caller]
    pub(crate) fn hold(&mut self, document: &Value) {
        let named = document["schema"].as_str().unwrap_or_else(|| panic!("no schema: {document}"));
        let [house, name, version] = named.split('/').collect::<Vec<_>>()[..] else { panic!("{named}") };
        let program = match house {
            "warifu" => "",
            "warifu-checker" => "checker-",
            _ => panic!("{named}"),
        };
        let file = format!("{program}{name}-{version}.json");
        let schema = self.compiler.compile(&url(&file), &mut self.schemas).unwrap();
        if let Err(error) = self.schemas.validate(document, schema) {
            panic!("{named}: {error:#}\n{document:#}");
        }
        self.met.insert(file);
    }
}

fn url(file: &str) -> String {
    format!("file:///{file}")
}

/// Where a schema has several for one object.
const PARTS: [&str; 3] = ["anyOf", "oneOf", "allOf"];

/// Where the schemas lie that others name.
const DEFINITIONS: &str = "#/$defs/";

/// `schema` as it is held here: an object has no member that is not described. As they are published they are
/// open, for members that are added.
fn tight(mut schema: Value) -> Value {
    let definitions = schema["$defs"].clone();
    tighten(&mut schema, false, &definitions);
    schema
}

/// `is_part` says that what is around it, or names it, describes more of the same object.
fn tighten(schema: &mut Value, is_part: bool, definitions: &Value) {
    let closes = !is_part && (schema["properties"].is_object() || names_an_object(schema, definitions));
    let Value::Object(members) = schema else { return };
    let is_whole = members.get("properties").is_some_and(Value::is_object);
    for (name, member) in members.iter_mut() {
        match (name.as_str(), member) {
            (name, Value::Array(parts)) if PARTS.contains(&name) => {
                parts.iter_mut().for_each(|part| tighten(part, is_part || is_whole, definitions));
            }
            ("properties", Value::Object(each)) => {
                each.values_mut().for_each(|one| tighten(one, false, definitions));
            }
            ("$defs", Value::Object(each)) => {
                each.values_mut().for_each(|one| tighten(one, true, definitions));
            }
            ("items" | "additionalProperties", member) => tighten(member, false, definitions),
            _ => {}
        }
    }
    if closes {
        members.insert("unevaluatedProperties".to_owned(), false.into());
    }
}

/// Whether it names a schema that describes members of an object, itself or by its parts.
fn names_an_object(schema: &Value, definitions: &Value) -> bool {
    let Some(name) = schema["$ref"].as_str().and_then(|named| named.strip_prefix(DEFINITIONS)) else {
        return false;
    };
    let named = &definitions[name];
    let parts = PARTS.iter().filter_map(|parts| named[parts].as_array()).flatten();
    let describes = |one: &Value| one["properties"].is_object() || names_an_object(one, definitions);
    describes(named) || parts.into_iter().any(describes)
}

#[test]
fn a_member_that_no_schema_describes_is_told() {
    let told = serde_json::json!({
        "properties": { "a": { "type": "object", "properties": { "b": {} } } },
        "anyOf": [{ "properties": { "c": {} } }, { "$ref": "#/$defs/e" }],
        "$defs": { "e": { "properties": { "e": { "$ref": "#/$defs/e" } }, "required": ["e"] } },
    });
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("file:///told.json", tight(told)).unwrap();
    let schema = compiler.compile("file:///told.json", &mut schemas).unwrap();
    for (document, holds) in [
        (serde_json::json!({ "a": { "b": 1 }, "c": 1 }), true),
        (serde_json::json!({ "a": { "b": 1, "x": 1 }, "c": 1 }), false),
        (serde_json::json!({ "a": {}, "x": 1 }), false),
        (serde_json::json!({ "a": {}, "e": { "e": {} } }), false),
        (serde_json::json!({ "e": { "e": { "e": { "e": 1 } } }, "x": 1 }), false),
        (serde_json::json!({ "e": { "e": 1 } }), true),
    ] {
        assert_eq!(schemas.validate(&document, schema).is_ok(), holds, "{document}");
    }
}

/// Every file of `schemas/json/` by its name.
pub(crate) fn published() -> Vec<(String, Value)> {
    let files = checkout().join("schemas/json").read_dir().unwrap().map(|entry| entry.unwrap().path());
    let read = |path: &Path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), read(&path))).collect()
}

#[test]
fn what_a_checker_prints_is_what_it_answers_over_http() {
    let openapi = std::fs::read_to_string(checkout().join("docs/openapi.json")).unwrap();
    let openapi = openapi.replace("#/components/schemas/", "#/$defs/");
    let openapi: Value = serde_json::from_str(&openapi).unwrap();
    let mut compared = 0;
    for (file, schema) in published() {
        for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
            assert_eq!(definition, &openapi["components"]["schemas"][name], "{file}: {name}");
            compared += 1;
        }
    }
    assert!(compared > 50, "{compared}");
}
