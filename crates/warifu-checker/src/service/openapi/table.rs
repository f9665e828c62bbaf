//! The table of a door: what leads where, and what it is. There is no route without its description, for
//! both stand in one line of it.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{self, MethodRouter};

use crate::service::openapi::operation::Operation;

/// The routes of a door, which share `S`.
pub(crate) struct Routes<S> {
    routes: Vec<(Described, MethodRouter<S>)>,
}

/// What a route is.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) operation: Operation,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// None yet.
    pub(crate) fn new() -> Self {
        Routes { routes: Vec::new() }
    }

    /// `path` can be looked at.
    #[must_use]
    pub(crate) fn get<H, T>(self, path: &'static str, handler: H, operation: Operation) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.with(Method::GET, path, routing::get(handler), operation)
    }

    /// Something can be sent to `path`.
    #[must_use]
    pub(crate) fn post<H, T>(self, path: &'static str, handler: H, operation: Operation) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.with(Method::POST, path, routing::post(handler), operation)
    }

    fn with(
        mut self,
        method: Method,
        path: &'static str,
        leads: MethodRouter<S>,
        operation: Operation,
    ) -> Self {
        self.routes.push((Described { method, path, operation }, leads));
        self
    }

    /// Those of `others` too.
    #[must_use]
    pub(crate) fn and(mut self, others: Routes<S>) -> Self {
        self.routes.extend(others.routes);
        self
    }

    /// As requests are led by them.
    #[expect(clippy::disallowed_methods, reason = "the one place where routes are made")]
    pub(crate) fn router(self) -> Router<S> {
        let all = self.routes.into_iter();
        all.fold(Router::new(), |router, (described, leads)| router.route(described.path, leads))
    }

    /// What they are.
    pub(crate) fn described(self) -> Vec<Described> {
        self.routes.into_iter().map(|(described, _)| described).collect()
    }
}

impl Described {
    /// The same, and what its door does besides.
    #[must_use]
    pub(crate) fn and(self, besides: impl FnOnce(Operation) -> Operation) -> Described {
        Described { operation: besides(self.operation), ..self }
    }
}
