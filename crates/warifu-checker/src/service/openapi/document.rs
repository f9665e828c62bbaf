//! The document (OpenAPI 3.1), made from what is described of each door.

use axum::http::Method;
use schemars::SchemaGenerator;
use schemars::generate::{Contract, SchemaSettings};
use serde_json::{Map, Value, json};

use crate::said::Said;
use crate::service::openapi::door::AtDoor;
use crate::service::openapi::operation::{Answer, Body, Query, Takes};
use crate::service::openapi::table::Described;

/// Where schemas stand in it.
const SCHEMAS: &str = "/components/schemas";

/// The document of these doors.
pub(in crate::service) fn document(doors: &[(AtDoor, Vec<Described>)]) -> Value {
    let mut schemas =
        Schemas { taken: generator(Contract::Deserialize), given: generator(Contract::Serialize) };
    let mut paths: Map<String, Value> = Map::new();
    for (method, path) in every_request(doors) {
        let at: Vec<(AtDoor, &Described)> = doors
            .iter()
            .flat_map(|(door, all)| all.iter().map(|one| (*door, one)))
            .filter(|(_, one)| one.method == method && one.path == path)
            .collect();
        let methods = paths.entry(path).or_insert_with(|| json!({}));
        methods[method.as_str().to_ascii_lowercase()] = schemas.operation(&at);
    }
    let tag = |door: &AtDoor| both(json!({ "name": door.name() }), "description", &door.said());
    let tags: Vec<_> = doors.iter().map(|(door, _)| tag(door)).collect();
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "warifu-checker",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": env!("CARGO_PKG_LICENSE") },
            "summary": "Judges medical claims by masters that both organisations signed.",
            "x-summary-ja": "両団体が署名したマスターによるレセプトの点検",
            "description": "Each operation is tagged with the doors at which it is served. What is not \
                            described here is answered with 404, and another method with 405 and `Allow`; \
                            `HEAD` is answered where `GET` is. Neither has a body. A head that is too large \
                            is answered with 431, one that is none with 400, and over HTTP/1 one that does \
                            not end in time with 408; who takes too long is cut. At \
                            the doors of operators and of those who watch, whatever is asked for by a name \
                            that is not the door's own, or is commanded by a page of another site, is \
                            answered with 403 and an error, whether it is described here or not. At \
                            the operators' door nothing is done before the body of a request is there: one \
                            of more than 16 KiB is answered with 413, one that ends early with 400, one that \
                            comes too slowly with 408.",
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "security": [{}, { "clientCertificate": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "clientCertificate": {
                    "type": "mutualTLS",
                    "description": "A certificate of an authority that the door was told of.",
                },
            },
            "schemas": schemas.definitions(),
        },
    });
    plain(&mut document);
    document
}

/// The document as it is printed.
pub(in crate::service) fn printed(document: &Value) -> String {
    // A value of texts and numbers can always be written.
    serde_json::to_string_pretty(document).unwrap_or_default() + "\n"
}

/// Methods and paths, each once, in the order of the tables.
fn every_request(doors: &[(AtDoor, Vec<Described>)]) -> Vec<(Method, &'static str)> {
    let mut every = Vec::new();
    for one in doors.iter().flat_map(|(_, all)| all) {
        let request = (one.method.clone(), one.path);
        if !every.contains(&request) {
            every.push(request);
        }
    }
    every
}

fn generator(contract: Contract) -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        SCHEMAS.clone_into(settings.definitions_path.to_mut());
        settings.meta_schema = None;
        settings.contract = contract;
    });
    settings.into_generator()
}

/// What is taken and what is given differs in what may be left out.
struct Schemas {
    taken: SchemaGenerator,
    given: SchemaGenerator,
}

impl Schemas {
    /// What a request is at these doors.
    fn operation(&mut self, at: &[(AtDoor, &Described)]) -> Value {
        let mut operation = json!({
            "operationId": at.first().map(|(_, one)| one.operation.name),
            "tags": at.iter().map(|(door, _)| door.name()).collect::<Vec<_>>(),
        });
        operation = both(
            operation,
            "summary",
            &told(at.len(), at.iter().map(|(door, one)| (*door, &one.operation.says))),
        );
        let mut parameters: Vec<Value> = Vec::new();
        let mut responses: Map<String, Value> = Map::new();
        for (_, Described { operation: of, .. }) in at {
            for query in of.asks.iter().map(|query| self.query(query)) {
                if !parameters.contains(&query) {
                    parameters.push(query);
                }
            }
            if let Some(takes) = &of.takes {
                operation["requestBody"] = self.taken(takes);
                if matches!(takes, Takes::ClaimFile { .. }) {
                    parameters.push(encoding());
                }
            }
        }
        let mut statuses: Vec<_> = at.iter().flat_map(|(_, one)| &one.operation.answers).collect();
        statuses.sort_by_key(|answer| answer.status);
        statuses.dedup_by_key(|answer| answer.status);
        for Answer { status, .. } in statuses {
            let answers = at.iter().flat_map(|(door, one)| {
                let of = one.operation.answers.iter().filter(|answer| answer.status == *status);
                of.map(|answer| (*door, answer))
            });
            let answers: Vec<_> = answers.collect();
            responses.insert(status.as_u16().to_string(), self.response(at.len(), &answers));
        }
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }
        operation["responses"] = responses.into();
        operation
    }

    /// The answers of one status, to a request that is served at so many doors.
    fn response(&mut self, doors: usize, answers: &[(AtDoor, &Answer)]) -> Value {
        let said = told(doors, answers.iter().map(|(door, answer)| (*door, &answer.says)));
        let mut response = both(json!({}), "description", &said);
        let mut content: Map<String, Value> = Map::new();
        for (_, answer) in answers {
            let (kind, key, schema) = match answer.body {
                Body::Nothing => continue,
                Body::Json(schema) => ("application/json", "schema", schema(&mut self.given).to_value()),
                // Of a sequence each item is described; OpenAPI has no word for that before 3.2.
                Body::Lines(schema) => {
                    ("application/x-ndjson", "x-line-schema", schema(&mut self.given).to_value())
                }
                Body::Text(kind) => (kind, "schema", json!({ "type": "string" })),
            };
            let entry = content.entry(kind).or_insert_with(|| json!({}));
            if key == "x-line-schema" {
                entry["schema"] = json!({ "type": "string" });
            }
            entry[key] = either(entry.get(key), schema);
        }
        if !content.is_empty() {
            response["content"] = content.into();
        }
        for (name, said) in answers.iter().flat_map(|(_, answer)| &answer.headers) {
            let header = json!({ "required": true, "schema": { "type": "integer", "minimum": 0 } });
            response["headers"][*name] = both(header, "description", said);
        }
        response
    }

    fn taken(&mut self, takes: &Takes) -> Value {
        match takes {
            Takes::ClaimFile { limit_bytes } => json!({
                "required": true,
                "description": "A claim file (UKE) as it is submitted, in its own encoding; the content type \
                                is not looked at.",
                "x-description-ja": "提出形式の請求ファイル（UKE）。Content-Type は見ません。",
                "x-limit-bytes": limit_bytes,
                "content": { "application/octet-stream": {} },
            }),
            Takes::Json { schema, limit_bytes } => json!({
                "required": true,
                "x-limit-bytes": limit_bytes,
                "content": { "application/json": { "schema": schema(&mut self.taken) } },
            }),
        }
    }

    fn query(&mut self, Query { name, schema, says }: &Query) -> Value {
        let query = json!({ "name": name, "in": "query", "schema": schema(&mut self.taken) });
        both(query, "description", says)
    }

    /// The schemas of everything that was referred to, by name.
    fn definitions(&mut self) -> Map<String, Value> {
        let mut all = self.given.take_definitions(true);
        for (name, schema) in self.taken.take_definitions(true) {
            all.entry(name).or_insert(schema);
        }
        all.sort_keys();
        all
    }
}

/// How a claim file may come.
fn encoding() -> Value {
    json!({
        "name": "content-encoding",
        "in": "header",
        "schema": { "enum": ["identity", "gzip", "x-gzip"] },
        "description": "How the file is packed; unpacked it has the same limit.",
        "x-description-ja": "圧縮形式。展開後の大きさにも同じ上限があります。",
    })
}

/// This schema besides the one that there is, if it is another.
fn either(there: Option<&Value>, schema: Value) -> Value {
    match there {
        None => schema,
        Some(there) if *there == schema => schema,
        Some(there) => match there.get("anyOf").and_then(Value::as_array) {
            Some(any) if any.contains(&schema) => there.clone(),
            Some(any) => {
                let any = [any.as_slice(), &[schema]].concat();
                json!({ "anyOf": any })
            }
            None => json!({ "anyOf": [there, schema] }),
        },
    }
}

/// What is said at each door: once, where all of so many say the same.
fn told<'a>(doors: usize, at: impl Iterator<Item = (AtDoor, &'a Said)>) -> Said {
    let mut lines: Vec<(Vec<&str>, &Said)> = Vec::new();
    for (door, said) in at {
        match lines.iter_mut().find(|(_, there)| *there == said) {
            Some((doors, _)) => doors.push(door.name()),
            None => lines.push((vec![door.name()], said)),
        }
    }
    if let [(by, said)] = &lines[..]
        && by.len() == doors
    {
        return (*said).clone();
    }
    let line = |text: fn(&Said) -> &str| {
        let lines = lines.iter().map(|(doors, said)| format!("{}: {}", doors.join(", "), text(said)));
        lines.collect::<Vec<_>>().join(" ")
    };
    Said::new(line(|said| &said.en), line(|said| &said.ja))
}

/// `value` with a text in both languages.
fn both(mut value: Value, name: &str, said: &Said) -> Value {
    value[name] = said.en.as_str().into();
    value[format!("x-{name}-ja")] = said.ja.as_str().into();
    value
}

/// Links between comments lead nowhere in a document.
fn plain(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "description" => *text = unlinked(text),
                    _ => plain(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(plain),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The text without links; a line of a comment is no line of its own.
fn unlinked(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let text = lines.join(" ").replace("  ", "\n\n");
    text.replace("[`", "`").replace("`]", "`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_between_comments_are_no_part_of_the_document() {
        assert_eq!(
            unlinked("By day, at most [`DAYS`].\nEach once.\n\nMore."),
            "By day, at most `DAYS`. Each once.\n\nMore."
        );
    }

    #[test]
    fn what_doors_say_alike_is_said_once() {
        let (one, other) = (Said::new("a", "あ"), Said::new("b", "い"));
        let two = [(AtDoor::Operators, &one), (AtDoor::Watchers, &one)];
        assert_eq!(told(2, two.into_iter()), one);
        assert_eq!(told(3, two.into_iter()).en, "operators, watchers: a", "not at the third");
        let apart = [(AtDoor::Claims, &other), (AtDoor::Operators, &one), (AtDoor::Watchers, &one)];
        assert_eq!(told(3, apart.into_iter()).en, "claims: b operators, watchers: a");
    }
}
