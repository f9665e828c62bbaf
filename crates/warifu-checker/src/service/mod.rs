//! The HTTP side: claims in, findings out, who waits for whom, and the few commands of an operator.

mod routes;

mod answer;
mod check_claims;
mod http_service;
mod operator;
mod queue;
mod reply;
mod status;

pub use answer::{Answer, FINDINGS_LIMIT, Summary, answer};
pub use http_service::Service;
pub use queue::{FairQueue, Full, Permit};
pub(crate) use reply::too_large;
pub use reply::{FellBack, ServiceError};
pub use routes::serve_until;
pub use status::{Next, OnTrial, Queue, Requests, Status, Watch};
