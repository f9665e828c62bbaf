//! The HTTP side: claims in, findings out, who waits for whom, and the commands of an operator on a door of
//! their own.

mod connection;
mod doors;
mod openapi;
mod operations;
mod routes;

mod check_claims;
mod receive;
mod unpack;
mod unread;
mod whole_body;

mod health;
mod http_service;
mod operator;
mod operator_named;
mod reply;
mod status;

mod activity;
mod again;
mod authority;
mod budget;
#[cfg(feature = "https")]
mod certificate;
#[cfg(feature = "https")]
mod certificates;
mod dated;
mod head;
mod keeper;
mod lately;
mod limits;
mod metrics;
mod pace;
mod packed;
mod queue;
mod refusals;
mod same_site;
mod seats;
mod sender;
mod socket;
#[cfg(feature = "https")]
mod tls;
mod turned_away;

pub use again::Again;
pub use doors::{Door, OperatorDoors, RemoteOperators, serve_until, watched_at};
pub use health::{Health, Judging};
pub use http_service::Service;
pub(crate) use lately::Lately;
pub use limits::Limits;
pub use metrics::{METRICS, Metric, MetricKind};
pub use openapi::AtDoor;
pub(crate) use openapi::{Body, Described, Operation, Query, Routes, Takes};
pub(crate) use operations::look;
pub use queue::{Came, FairQueue, Full, Permit, Whose};
pub use refusals::Refusals;
pub(crate) use reply::not_given;
pub use reply::{FellBack, ServiceError};
pub(crate) use routes::interface;
pub use sender::Sender;
pub(crate) use socket::is_heard;
pub use socket::{OperatorSocket, SocketError};
pub use status::{ClaimsDoor, Doors, InFleet, Next, OfClaims, OnTrial, Queue, Requests, Status, Watch};
#[cfg(feature = "https")]
pub use tls::{Clients, ReadTls, Reload, Tls, TlsFiles};
pub use turned_away::TurnedAway;
