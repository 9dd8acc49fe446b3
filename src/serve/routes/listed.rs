//! Routes as a list, so that what the document says of them can be held against them.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{self, MethodRouter};

use crate::serve::door::Door;

/// A method, an address, and what answers there.
pub(in crate::serve) struct Route {
    #[cfg_attr(not(test), expect(dead_code, reason = "what the document is held against"))]
    pub(in crate::serve) method: Method,
    pub(in crate::serve) path: &'static str,
    to: MethodRouter<Door>,
}

/// An address that is read.
pub(in crate::serve) fn get<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, Door>,
    T: 'static,
{
    Route { method: Method::GET, path, to: routing::get(handler) }
}

/// An address that is written to.
pub(in crate::serve) fn post<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, Door>,
    T: 'static,
{
    Route { method: Method::POST, path, to: routing::post(handler) }
}

/// A router of these routes.
pub(super) fn router_of(routes: impl IntoIterator<Item = Route>) -> Router<Door> {
    routes.into_iter().fold(Router::new(), |router, route| router.route(route.path, route.to))
}
