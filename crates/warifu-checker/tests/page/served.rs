//! The page, served on loopback by what a test says, with commands that note what they are asked.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::Uri;
use axum::routing::post;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use warifu_checker::page::{Buttons, Seen, routes};

/// A page that shows whatever is put into it.
pub(crate) struct Served {
    pub(crate) seen: Arc<Mutex<Seen>>,
    /// Commands that came, and what they were given.
    pub(crate) asked: Arc<Mutex<Vec<(String, String)>>>,
    pub(crate) address: SocketAddr,
    /// Taken, when it answers nobody any more.
    runtime: Option<tokio::runtime::Runtime>,
}

impl Served {
    /// With buttons, of which each answers what `answers` says for its path.
    #[expect(clippy::disallowed_methods, reason = "a double of the commands, which nobody describes")]
    pub(crate) fn with_buttons(seen: Seen, answers: fn(&str) -> String) -> Served {
        let asked: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let noted = Arc::clone(&asked);
        let note = post(move |uri: Uri, body: Bytes| async move {
            let body = String::from_utf8(body.to_vec()).unwrap();
            noted.lock().unwrap().push((uri.path().to_owned(), body));
            answers(uri.path())
        });
        let commands = Router::new().route("/{command}", note);
        Served::start(seen, Buttons::Leading(commands), asked)
    }

    /// To look at only.
    pub(crate) fn to_look_at(seen: Seen) -> Served {
        Served::start(seen, Buttons::Hidden, Arc::default())
    }

    fn start(seen: Seen, buttons: Buttons, asked: Arc<Mutex<Vec<(String, String)>>>) -> Served {
        let seen = Arc::new(Mutex::new(seen));
        let shown = Arc::clone(&seen);
        let router = routes(move || shown.lock().unwrap().clone(), buttons);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let service = TowerToHyperService::new(router.clone());
                tokio::spawn(async move {
                    let connection = hyper::server::conn::http1::Builder::new();
                    let _ = connection.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Served { seen, asked, address, runtime: Some(runtime) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Answers nobody any more.
    pub(crate) fn end(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
