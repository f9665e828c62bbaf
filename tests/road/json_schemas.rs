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
            compiler.add_resource(&url(&name), schema).unwrap();
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
