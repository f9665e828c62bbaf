//! The doors as docs/openapi.json tells programs of them: what is described is served, what is served is
//! described, and what is answered is as it is described.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

use boon::{Compiler, Schemas};
use serde_json::{Map, Value, json};
use warifu_checker::log::now;
use warifu_checker::swap::{Gates, Wanted};
#[cfg(feature = "https")]
use warifu_values::lang::Lang;

use crate::line::release;
use crate::masters::{bad, good};
use crate::world::{Checker, claim_file};

/// The document, as the program prints it.
fn printed(arguments: &[&str]) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_warifu-checker"));
    let output = program.arg("openapi").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

const DOORS: [&str; 3] = ["claims", "operators", "watchers"];

fn document(door: &str) -> Value {
    serde_json::from_str(&printed(&["--door", door])).unwrap()
}

#[test]
fn the_document_is_the_one_that_lies_with_the_others() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let printed = printed(&[]);
    if std::env::var_os("WARIFU_WRITE_DOCS").is_some() {
        std::fs::write(&path, &printed).unwrap();
    }
    let lies = std::fs::read_to_string(&path).unwrap();
    assert!(lies == printed, "write it: WARIFU_WRITE_DOCS=1 cargo test -p warifu-checker openapi");
}

/// A request: what follows the path, heads, and a body.
#[derive(Default)]
struct Request {
    query: &'static str,
    heads: Vec<String>,
    body: Vec<u8>,
}

fn with(body: impl Into<Vec<u8>>) -> Request {
    Request { body: body.into(), ..Request::default() }
}

fn asking(query: &'static str) -> Request {
    Request { query, ..Request::default() }
}

fn heading(head: &str, body: impl Into<Vec<u8>>) -> Request {
    Request { heads: vec![head.to_owned()], body: body.into(), ..Request::default() }
}

/// How an operation is asked, rightly and wrongly.
fn requests(operation: &str) -> Vec<Request> {
    let other_name = || heading("host: evil.example", "");
    match operation {
        "check" => vec![
            with(claim_file(1, 1)),
            with("junk"),
            with(String::from_utf8(claim_file(1, 1)).unwrap().replace(",100,", ",101,")),
            heading("content-encoding: br", claim_file(1, 1)),
            heading("content-encoding: gzip", claim_file(1, 1)),
            heading("content-length: 100000000", ""),
        ],
        "swap" => vec![asking(""), asking("?release=9"), asking("?release=one"), other_name()],
        "fallBack" => vec![asking("?release=one"), asking("?release=9"), asking(""), other_name()],
        "confirm" | "giveUp" | "unhold" => [2, 3, 9]
            .map(|release| json!({ "release": release, "reason": "a test" }).to_string())
            .map(with)
            .into_iter()
            .chain([with("{}"), with(r#"{"release": 2, "reason": "…"}"#), other_name()])
            .collect(),
        "freeze" | "thaw" | "repair" => {
            let decides = || with(json!({ "reason": "a test" }).to_string());
            vec![decides(), decides(), with("freeze"), other_name()]
        }
        "act" => {
            let command = json!({ "act": "freeze", "release": null, "stands_on": "nothing", "reason": "x" });
            let kind = "content-type: application/json";
            vec![heading(kind, command.to_string()), heading(kind, "{"), with("act=freeze"), other_name()]
        }
        "page" | "report" | "pageParts" => {
            vec![asking("?lang=ja"), asking("?lang=xx&lang=yy"), asking(""), other_name()]
        }
        _ => vec![asking(""), asking("?what=ever"), other_name()],
    }
}

/// What was answered.
struct Answered {
    status: u16,
    heads: BTreeMap<String, String>,
    body: String,
}

fn ask(mut stream: impl Read + Write, method: &str, path: &str, request: &Request) -> Answered {
    let Request { query, heads, body } = request;
    let mut head = format!("{method} {path}{query} HTTP/1.1\r\nconnection: close\r\n");
    let has = |name: &str| heads.iter().any(|head| head.starts_with(name));
    if !has("host:") {
        head += "host: localhost\r\n";
    }
    if has("content-length:") {
        // Who promises so much and waits is told before anything comes.
        head += "expect: 100-continue\r\n";
    } else {
        head += &format!("content-length: {}\r\n", body.len());
    }
    head += &heads.iter().map(|head| format!("{head}\r\n")).collect::<String>();
    stream.write_all(&[head.as_bytes(), b"\r\n", body].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let heads: BTreeMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(k, v)| (k.to_lowercase(), v.to_owned()))
        .collect();
    let body = match heads.get("transfer-encoding").map(String::as_str) {
        Some("chunked") => unchunked(body),
        _ => body.to_owned(),
    };
    Answered { status, heads, body }
}

fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    loop {
        let (length, rest) = body.split_once("\r\n").unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return whole;
        }
        whole += &rest[..length];
        body = &rest[length + 2..];
    }
}

/// A checker with its three doors, and their documents.
struct Described {
    checker: Checker,
    watched: SocketAddr,
    documents: BTreeMap<&'static str, Value>,
    /// Answers that came: the door, the operation, the status.
    came: BTreeSet<(&'static str, String, u16)>,
}

impl Described {
    fn new() -> Described {
        let checker = Checker::with(Gates::default(), 4);
        let watched = checker.watched();
        let documents = DOORS.map(|door| (door, document(door))).into_iter().collect();
        Described { checker, watched, documents, came: BTreeSet::new() }
    }

    fn ask(&self, door: &str, method: &str, path: &str, request: &Request) -> Answered {
        match door {
            "claims" => ask(TcpStream::connect(self.checker.address).unwrap(), method, path, request),
            "watchers" => ask(TcpStream::connect(self.watched).unwrap(), method, path, request),
            _ => ask(UnixStream::connect(&self.checker.socket).unwrap(), method, path, request),
        }
    }

    /// Asks for everything that is described, and holds the answers against it.
    fn walk(&mut self) {
        self.walk_by(|_| true);
    }

    /// For the operations of these names.
    fn walk_by(&mut self, is_asked: fn(&str) -> bool) {
        for door in DOORS {
            let document = self.documents[door].clone();
            let held = Held::by(&document);
            for (method, path, operation) in operations(&document) {
                let name = operation["operationId"].as_str().unwrap();
                for request in requests(name).iter().filter(|_| is_asked(name)) {
                    let answered = self.ask(door, &method.to_uppercase(), path, request);
                    held.answer(method, path, operation, &answered);
                    self.came.insert((door, name.to_owned(), answered.status));
                }
            }
        }
    }
}

/// Methods, paths and what they are.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, methods)| {
        let methods: &Map<String, Value> = Value::as_object(methods).unwrap();
        let path: &String = path;
        methods.iter().map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
    };
    paths.iter().flat_map(of).collect()
}

/// A document that answers are held against. Nothing may be in them that it does not name.
struct Held(Value);

impl Held {
    fn by(document: &Value) -> Held {
        let mut document = document.clone();
        let mut extended = BTreeSet::new();
        find_extended(&document, &mut extended);
        for (name, schema) in document["components"]["schemas"].as_object_mut().unwrap() {
            if !extended.contains(&format!("#/components/schemas/{name}")) {
                close(schema);
            }
        }
        Held(document)
    }

    fn answer(&self, method: &str, path: &str, operation: &Value, answered: &Answered) {
        let Answered { status, heads, body } = answered;
        let what = format!("{method} {path}: {status} {heads:?} {body:.300}");
        let response = &operation["responses"][status.to_string()];
        assert!(response.is_object(), "not described: {what}");
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            let value = heads.get(name).unwrap_or_else(|| panic!("no {name}: {what}"));
            self.is_as(&header["schema"], &serde_json::from_str(value).unwrap(), &what);
        }
        let Some(content) = response["content"].as_object() else {
            assert_eq!(body, "", "{what}");
            return;
        };
        let kind = heads.get("content-type").unwrap_or_else(|| panic!("no kind: {what}"));
        let of = content.get(kind).unwrap_or_else(|| panic!("{kind} is not described: {what}"));
        if let Some(schema) = of.get("x-line-schema") {
            for line in body.lines() {
                self.is_as(schema, &serde_json::from_str(line).unwrap(), &what);
            }
        } else if kind == "application/json" {
            self.is_as(&of["schema"], &serde_json::from_str(body).unwrap(), &what);
        }
    }

    fn is_as(&self, schema: &Value, value: &Value, what: &str) {
        // One schema that refers to those of the document.
        let components = self.0["components"].clone();
        let mut whole = json!({ "components": components });
        for (name, part) in schema.as_object().into_iter().flatten() {
            whole[name] = part.clone();
        }
        let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
        compiler.add_resource("http://localhost/schema.json", whole).unwrap();
        let index = compiler.compile("http://localhost/schema.json", &mut schemas).unwrap();
        if let Err(error) = schemas.validate(value, index) {
            panic!("{what}\n{error:#}\n{schema}");
        }
    }
}

/// Schemas that others add fields to.
fn find_extended(value: &Value, found: &mut BTreeSet<String>) {
    if let (Some(of), true) = (value.get("$ref").and_then(Value::as_str), value.get("properties").is_some()) {
        found.insert(of.to_owned());
    }
    value.as_object().into_iter().flatten().for_each(|(_, value)| find_extended(value, found));
    value.as_array().into_iter().flatten().for_each(|value| find_extended(value, found));
}

/// What names its fields has no others.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("properties").is_some_and(Value::is_object)
                && fields.get("type") == Some(&"object".into())
                && !fields.contains_key("additionalProperties")
            {
                fields.insert("unevaluatedProperties".to_owned(), false.into());
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(values) => values.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn every_answer_is_as_the_document_says() {
    let mut described = Described::new();
    described.walk();
    let swap = |described: &Described| described.checker.swapper.poll(now(), Wanted::Newest);
    described.checker.shelf.offer(release(1, &good()));
    swap(&described);
    described.walk();
    // One that is confirmed by an operator, one on probation that is left, and one that is refused.
    described.checker.shelf.offer(release(2, &good()));
    swap(&described);
    described.walk_by(|name| name == "confirm");
    // Against the one before, which falling back leaves none of.
    described.walk_by(|name| name == "replay");
    described.checker.shelf.offer(release(3, &good()));
    swap(&described);
    described.walk();
    described.checker.shelf.offer(release(4, &bad()));
    swap(&described);
    described.walk();
    described.checker.shelf.refuse("no");
    swap(&described);
    described.walk();

    let came = &described.came;
    for (door, document) in &described.documents {
        for (_, path, operation) in operations(document) {
            let name = operation["operationId"].as_str().unwrap();
            let has = |status: u16| came.contains(&(*door, name.to_owned(), status));
            // Nothing is lost or damaged here, and a command of the page stands on what was seen.
            let is_never_done = matches!(name, "giveUp" | "repair" | "act");
            assert!(has(200) || is_never_done, "{door} {path} was never done: {came:?}");
            for refused in [400, 403, 409, 415] {
                let is_described = operation["responses"].get(refused.to_string()).is_some();
                // What is kept can always be deleted, and frozen again.
                let is_never_refused = matches!((name, refused), ("forgetClaims" | "freeze" | "repair", 409));
                assert!(
                    has(refused) || !is_described || is_never_refused,
                    "{door} {path} {refused}: {came:?}"
                );
            }
        }
    }
    for answer in [("claims", "check", 413), ("claims", "check", 503), ("claims", "readyz", 503)] {
        let (door, name, status) = answer;
        assert!(came.contains(&(door, name.to_owned(), status)), "{answer:?}: {came:?}");
    }
}

#[test]
fn what_is_not_described_at_a_door_is_not_served_there() {
    let described = Described::new();
    let everywhere: Value = serde_json::from_str(&printed(&[])).unwrap();
    let paths: Vec<&String> = everywhere["paths"].as_object().unwrap().keys().collect();
    for door in DOORS {
        let here = &described.documents[door]["paths"];
        for path in &paths {
            for method in ["get", "post", "put", "patch", "delete", "options", "trace"] {
                let is_described = here.get(path).is_some_and(|methods| methods.get(method).is_some());
                if is_described {
                    continue;
                }
                let answered = described.ask(door, &method.to_uppercase(), path, &Request::default());
                let expected = if here.get(path).is_some() { 405 } else { 404 };
                assert_eq!(answered.status, expected, "{door} {method} {path}");
                assert_eq!(answered.body, "", "{door} {method} {path}");
            }
        }
        // Each door tells of itself, but for that of claims, which tells of nothing but claims.
        if door != "claims" {
            let told = described.ask(door, "GET", "/openapi.json", &Request::default());
            assert_eq!(serde_json::from_str::<Value>(&told.body).unwrap(), described.documents[door]);
        }
        assert_eq!(described.ask(door, "GET", "/nothing", &Request::default()).status, 404);
    }
}

/// By a name of others everything is refused alike at the doors that have names of their own.
#[test]
fn what_is_not_described_is_refused_too_where_the_name_is_of_others() {
    let described = Described::new();
    let other = heading("host: evil.example", "");
    for (method, path) in [("GET", "/nothing"), ("POST", "/livez")] {
        for door in ["operators", "watchers"] {
            let answered = described.ask(door, method, path, &other);
            assert_eq!(answered.status, 403, "{door} {path}");
            let error: Value = serde_json::from_str(&answered.body).unwrap();
            assert!(error["error"]["ja"].as_str().unwrap().contains("evil.example"), "{door} {path}");
            let whole = described.documents[door]["info"]["description"].as_str().unwrap();
            assert!(whole.contains("answered with 403 and an error, whether it is described here or not"));
        }
        let status = if path == "/nothing" { 404 } else { 405 };
        assert_eq!(described.ask("claims", method, path, &other).status, status, "{path}");
    }
    // What only some of the doors answer says which.
    let everywhere: Value = serde_json::from_str(&printed(&[])).unwrap();
    let refused = &everywhere["paths"]["/status"]["get"]["responses"]["403"]["description"];
    assert!(refused.as_str().unwrap().starts_with("operators, watchers: "), "{refused}");
}

/// With TLS, as packages are built.
#[cfg(feature = "https")]
#[test]
fn every_option_that_the_document_names_is_one() {
    fn longs(command: &clap::Command) -> BTreeSet<String> {
        let own = command.get_arguments().filter_map(|option| option.get_long().map(ToOwned::to_owned));
        own.chain(command.get_subcommands().flat_map(longs)).collect()
    }
    let (there, printed) = (longs(&warifu_checker::cli::command_line(Lang::En)), printed(&[]));
    let named: BTreeSet<&str> = printed
        .match_indices("--")
        .map(|(at, dashes)| &printed[at + dashes.len()..])
        .filter_map(|text| text.split(|c: char| !c.is_ascii_lowercase() && c != '-').next())
        .collect();
    assert!(named.contains("operators-listen") && named.contains("tls-clients"), "{named:?}");
    for name in named {
        assert!(there.contains(name), "--{name} is no option");
    }
}

#[test]
fn every_sentence_for_people_is_in_both_languages() {
    fn look(value: &Value, at: &str) {
        if let Value::Object(fields) = value {
            for (name, text) in fields {
                if let Some(of) = name.strip_prefix("x-").and_then(|name| name.strip_suffix("-ja")) {
                    assert!(fields[of].as_str().is_some_and(|text| !text.is_empty()), "{at}/{name}");
                    assert!(!text.as_str().unwrap().is_ascii(), "{at}/{name}: {text}");
                }
                look(text, &format!("{at}/{name}"));
            }
        }
        for (at_item, item) in value.as_array().into_iter().flatten().enumerate() {
            look(item, &format!("{at}/{at_item}"));
        }
    }
    let whole: Value = serde_json::from_str(&printed(&[])).unwrap();
    look(&whole, "");
    for (method, path, operation) in operations(&whole) {
        assert!(operation.get("x-summary-ja").is_some(), "{method} {path}");
        for (status, response) in operation["responses"].as_object().unwrap() {
            assert!(response.get("x-description-ja").is_some(), "{method} {path} {status}");
        }
    }
}
