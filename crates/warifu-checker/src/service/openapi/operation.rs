//! What a request at a door takes, and every answer that it has.

use axum::http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::said::Said;
use crate::service::reply::ServiceError;

/// How a type describes itself.
pub(super) type Describes = fn(&mut SchemaGenerator) -> Schema;

fn describes<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// What one request is for.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(super) name: &'static str,
    pub(super) says: Said,
    pub(super) takes: Option<Takes>,
    pub(super) asks: Vec<Query>,
    pub(super) answers: Vec<Answer>,
}

/// What comes with a request.
#[derive(Debug, Clone)]
pub(crate) enum Takes {
    /// A claim file of at most so many bytes, gzipped or not.
    ClaimFile {
        /// The limit, unpacked.
        limit_bytes: usize,
    },
    /// A JSON document.
    Json {
        /// Its schema.
        schema: Describes,
        /// The limit.
        limit_bytes: usize,
    },
}

impl Takes {
    /// A document of this type, of at most so many bytes.
    pub(crate) fn json<T: JsonSchema>(limit_bytes: usize) -> Takes {
        Takes::Json { schema: describes::<T>, limit_bytes }
    }
}

/// What may follow `?`.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(super) name: &'static str,
    pub(super) schema: Describes,
    pub(super) says: Said,
}

impl Query {
    /// A value of this type.
    pub(crate) fn of<T: JsonSchema>(name: &'static str, says: Said) -> Query {
        Query { name, schema: describes::<T>, says }
    }
}

/// What an answer carries.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Body {
    /// Nothing.
    Nothing,
    /// A JSON document.
    Json(Describes),
    /// A JSON document on each line.
    Lines(Describes),
    /// A text of this kind.
    Text(&'static str),
}

impl Body {
    /// A document of this type.
    pub(crate) fn json<T: JsonSchema>() -> Body {
        Body::Json(describes::<T>)
    }

    /// Of this type on each line.
    pub(crate) fn lines<T: JsonSchema>() -> Body {
        Body::Lines(describes::<T>)
    }
}

/// One answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) says: Said,
    pub(super) body: Body,
    /// Headers beside those that every answer has, and what they say.
    pub(super) headers: Vec<(&'static str, Said)>,
}

impl Operation {
    /// An operation, by the name that programs give it.
    pub(crate) fn new(name: &'static str, en: &str, ja: &str) -> Operation {
        let says = Said::new(en, ja);
        Operation { name, says, takes: None, asks: Vec::new(), answers: Vec::new() }
    }

    /// It takes this.
    #[must_use]
    pub(crate) fn takes(self, takes: Takes) -> Operation {
        Operation { takes: Some(takes), ..self }
    }

    /// Whether it takes anything.
    pub(crate) fn takes_something(&self) -> bool {
        self.takes.is_some()
    }

    /// It can be asked with this.
    #[must_use]
    pub(crate) fn asks(mut self, query: Query) -> Operation {
        self.asks.push(query);
        self
    }

    /// It has this answer.
    #[must_use]
    pub(crate) fn answers(mut self, status: StatusCode, body: Body, en: &str, ja: &str) -> Operation {
        self.answers.push(Answer { status, says: Said::new(en, ja), body, headers: Vec::new() });
        self
    }

    /// The last answer has this header.
    #[must_use]
    pub(crate) fn with_header(mut self, name: &'static str, en: &str, ja: &str) -> Operation {
        if let Some(answer) = self.answers.last_mut() {
            answer.headers.push((name, Said::new(en, ja)));
        }
        self
    }

    /// It can be refused for this.
    #[must_use]
    pub(crate) fn refuses(self, status: StatusCode, en: &str, ja: &str) -> Operation {
        self.answers(status, Body::json::<ServiceError>(), en, ja)
    }

    /// It can be refused for now, and is told when to come again.
    #[must_use]
    pub(crate) fn turns_away(self, en: &str, ja: &str) -> Operation {
        let again = ("retry-after", "Seconds after which to come again.", "再送までの秒数");
        let (name, en_again, ja_again) = again;
        self.refuses(StatusCode::SERVICE_UNAVAILABLE, en, ja).with_header(name, en_again, ja_again)
    }
}
