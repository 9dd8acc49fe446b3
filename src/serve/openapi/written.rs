//! Writes the document from the types and the list of routes, and holds it against the one that is kept.

use std::collections::BTreeSet;

use axum::http::Method;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::DOCUMENT;
use super::described::operations;
use crate::serve::routes;
use crate::serve::view::ErrorBody;

/// Collects the types that answers and questions are made of.
pub(super) struct Writing {
    answers: SchemaGenerator,
    questions: SchemaGenerator,
}

impl Default for Writing {
    fn default() -> Self {
        let settings =
            || SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into());
        Self {
            answers: settings().for_serialize().into_generator(),
            questions: settings().for_deserialize().into_generator(),
        }
    }
}

impl Writing {
    /// An answer of that type, with status 200.
    pub(super) fn json<T: JsonSchema>(&mut self) -> Answered {
        let schema = self.answers.subschema_for::<T>();
        Answered { status: 200, content: json!({"application/json": {"schema": schema}}) }
    }

    /// A body of that type.
    pub(super) fn body<T: JsonSchema>(&mut self) -> Value {
        let schema = self.questions.subschema_for::<T>();
        json!({"required": true, "content": {"application/json": {"schema": schema}}})
    }

    /// The parameters of a query of that type.
    pub(super) fn query<T: JsonSchema>(&mut self) -> Vec<Value> {
        let schema = Value::from(T::json_schema(&mut self.questions));
        let required: BTreeSet<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let fields = schema["properties"].as_object().into_iter().flatten();
        let parameter = |(name, field): (&String, &Value)| {
            let mut field = given(field);
            let said = field.as_object_mut().and_then(|field| field.remove("description"));
            json!({
                "name": name, "in": "query", "description": said,
                "required": required.contains(name.as_str()), "schema": field,
            })
        };
        fields.map(parameter).collect()
    }

    fn schemas(mut self) -> Map<String, Value> {
        let _refusals_refer_to_it = self.answers.subschema_for::<ErrorBody>();
        let mut schemas = self.questions.take_definitions(true);
        schemas.extend(self.answers.take_definitions(true));
        schemas
    }
}

/// A field of a query as it is when it is given: never null.
fn given(field: &Value) -> Value {
    let mut field = field.clone();
    let Some(object) = field.as_object_mut() else { return field };
    object.remove("default");
    if let Some(types) = object.get("type").and_then(Value::as_array) {
        object.insert("type".into(), types[0].clone());
    }
    match object.get("anyOf").and_then(Value::as_array) {
        Some(either) => {
            let mut one = either[0].clone();
            one["description"] = object["description"].clone();
            one
        }
        None => field,
    }
}

/// How an address answers where all is well.
#[derive(Clone)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) content: Value,
}

impl Answered {
    /// A file of that media type.
    pub(super) fn file(kind: &str) -> Self {
        let kind = kind.split(';').next().unwrap_or_default();
        Self { status: 200, content: json!({kind: {"schema": {"type": "string"}}}) }
    }

    /// JSON of which no more is said.
    pub(super) fn any_json() -> Self {
        Self { status: 200, content: json!({"application/json": {"schema": {"type": "object"}}}) }
    }

    /// The same, or a text of another media type.
    pub(super) fn or(mut self, kind: &str) -> Self {
        self.content[kind] = json!({"schema": {"type": "string"}});
        self
    }
}

/// An address and what it is for.
#[derive(Clone)]
pub(super) struct Operation {
    method: Method,
    path: &'static str,
    summary: &'static str,
    parameters: Vec<Value>,
    body: Option<Value>,
    answer: Option<Answered>,
    is_tagged: bool,
    refusals: BTreeSet<u16>,
}

impl Operation {
    pub(super) fn get(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::GET, path, summary)
    }

    pub(super) fn post(path: &'static str, summary: &'static str) -> Self {
        let mut operation = Self::new(Method::POST, path, summary);
        operation.refusals.insert(413);
        operation
    }

    /// Whoever may not ask is refused, so is everybody while the store fails or too many ask; and what an address names
    /// may not be there.
    fn new(method: Method, path: &'static str, summary: &'static str) -> Self {
        let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let parameters: Vec<Value> = names.map(in_path).collect();
        let mut refusals = BTreeSet::from([400, 403, 500, 503]);
        if !parameters.is_empty() {
            refusals.insert(404);
        }
        Self { method, path, summary, parameters, body: None, answer: None, is_tagged: false, refusals }
    }

    /// Asked with these parameters.
    pub(super) fn asked_with(mut self, parameters: Vec<Value>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// Sent with this body.
    pub(super) fn takes(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// Answers so.
    pub(super) fn answers(self, answer: Answered) -> Self {
        Self { answer: Some(answer), ..self }
    }

    /// Refuses with these statuses too.
    pub(super) fn refuses(mut self, statuses: &[u16]) -> Self {
        self.refusals.extend(statuses);
        self
    }

    /// Bears a tag, and answers 304 to whoever has what it names.
    pub(super) fn tagged(mut self) -> Self {
        self.is_tagged = true;
        self.parameters.push(header("If-None-Match", "The tag of what the asker has.", ".*"));
        self
    }

    /// Goes on behind the event of an id.
    pub(super) fn resumed(mut self) -> Self {
        let said = "The id of the last event heard; for streams.";
        self.parameters.push(header("Last-Event-ID", said, "^[0-9a-f]{12}-[0-9a-f]{16}$"));
        self
    }

    fn written(&self) -> Value {
        let mut responses = Map::new();
        if let Some(Answered { status, content }) = &self.answer {
            let mut response = json!({"description": "What was asked for", "content": content});
            if self.is_tagged {
                response["headers"] = json!({"ETag": {
                    "description": "Changes whenever anything shown does", "required": true,
                    "schema": {"type": "string"},
                }});
                responses.insert("304".into(), json!({"description": "What the asker has is what there is"}));
            }
            responses.insert(status.to_string(), response);
        }
        for status in &self.refusals {
            let reference = format!("#/components/responses/{}", refusal(*status).0);
            responses.insert(status.to_string(), json!({"$ref": reference}));
        }
        let mut operation = json!({
            "operationId": self.name(), "summary": self.summary, "parameters": self.parameters,
            "responses": responses,
        });
        if let Some(body) = &self.body {
            operation["requestBody"] = body.clone();
        }
        operation
    }

    /// Unique: made of the method and the address.
    fn name(&self) -> String {
        let address = self.path.trim_start_matches("/v1/").replace(['{', '}'], "").replace(['/', '.'], "-");
        format!("{}-{address}", self.method.as_str().to_lowercase())
    }
}

fn in_path(name: &str) -> Value {
    let (said, pattern) = match name {
        "month" => ("A month.", "^[0-9]{4}-(0[1-9]|1[0-2])$"),
        "local" => ("The id of a source within its unit.", "^[a-z0-9-]+$"),
        "unit" => ("The id of a unit.", "^[a-z0-9-]+$"),
        _ => ("The id.", "^[A-Za-z0-9.-]+$"),
    };
    json!({"name": name, "in": "path", "required": true, "description": said,
           "schema": {"type": "string", "pattern": pattern}})
}

fn header(name: &str, said: &str, pattern: &str) -> Value {
    json!({"name": name, "in": "header", "required": false, "description": said,
           "schema": {"type": "string", "pattern": pattern}})
}

/// What a status is called in the document, and what it means.
fn refusal(status: u16) -> (&'static str, &'static str) {
    match status {
        400 => ("Senseless", "The question makes no sense"),
        403 => ("Forbidden", "Whoever asks may not"),
        404 => ("NotFound", "There is no such thing"),
        409 => ("Conflict", "Not as things stand"),
        413 => ("TooLong", "The body is too long"),
        422 => ("Mistaken", "The new rules have mistakes; the old ones stay"),
        500 => ("Failed", "The daemon failed; its log says how"),
        503 => ("Busy", "Not now: ask again in a minute"),
        other => panic!("nothing is known of {other}"),
    }
}

fn document() -> Value {
    let mut writing = Writing::default();
    let mut paths = Map::new();
    let operations = operations(&mut writing);
    for operation in &operations {
        let at = paths.entry(operation.path).or_insert_with(|| json!({}));
        at[operation.method.as_str().to_lowercase()] = operation.written();
    }
    let refusals: BTreeSet<u16> =
        operations.iter().flat_map(|operation| &operation.refusals).copied().collect();
    let responses: Map<String, Value> = refusals
        .into_iter()
        .map(|status| {
            let (name, said) = refusal(status);
            let schema = json!({"$ref": "#/components/schemas/ErrorBody"});
            (
                name.to_owned(),
                json!({"description": said, "content": {"application/json": {"schema": schema}}}),
            )
        })
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "xuncha",
            "version": "1",
            "description": "How the columns and accounts of a county's offices stand. Served on a Unix socket; \
                            reads are GET, writes POST and for those whom the operator names.",
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "http://xuncha", "description": "curl --unix-socket PATH http://xuncha/v1/status"}],
        "paths": paths,
        "components": {"schemas": writing.schemas(), "responses": responses},
    })
}

#[test]
fn the_document_that_is_served_is_the_one_that_the_types_make() {
    let written = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/src/serve/openapi/openapi.json");
    if std::env::var_os("XUNCHA_WRITE_OPENAPI").is_some() {
        std::fs::write(kept, written).unwrap();
        return;
    }
    assert!(
        DOCUMENT == written,
        "{kept} is out of date: XUNCHA_WRITE_OPENAPI=1 cargo test --lib openapi writes it anew"
    );
}

#[test]
fn every_route_is_in_the_document_and_nothing_else() {
    let routed: BTreeSet<String> =
        routes::listed().map(|route| format!("{} {}", route.method, route.path)).collect();
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let described: BTreeSet<String> = paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    assert_eq!(routed, described);
}

#[test]
fn everything_the_document_refers_to_is_in_it() {
    fn references<'d>(value: &'d Value, found: &mut BTreeSet<&'d str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 50, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}
