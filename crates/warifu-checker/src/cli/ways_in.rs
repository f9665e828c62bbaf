//! The addresses at which a checker is to be reached: whether anybody can come in there.

use std::io;
use std::net::{SocketAddr, TcpListener};

use crate::cli::arguments::Serve;
use crate::cli::failure::Failure;
use crate::said::Said;
use crate::service::{OperatorSocket, is_heard};

/// One of them, where a start would find it taken.
pub(super) enum Way {
    /// Nobody could come in there.
    Shut(Said),
    /// It is taken by the checker that runs with this configuration.
    Own(Said),
}

/// Those of `serve` that are taken, by listening at each for a moment.
pub(super) fn ways_in(serve: &Serve) -> Vec<Way> {
    let mut named = vec![("--listen", serve.claims.listen)];
    named.extend(serve.watch.watch_listen.map(|address| ("--watch-listen", address)));
    #[cfg(feature = "https")]
    named.extend(serve.operators.over_tcp().map(|(address, _)| ("--operators-listen", address)));
    let in_state = || OperatorSocket::in_state(&serve.state);
    let socket = serve.operators.socket.clone().unwrap_or_else(in_state);
    let mut listening: Vec<(&str, TcpListener)> = Vec::new();
    let mut taken = Vec::new();
    for (option, address) in named {
        let is_same = |(_, other): &&(&str, TcpListener)| other.local_addr().is_ok_and(|it| it == address);
        match (listening.iter().find(is_same), TcpListener::bind(address)) {
            (Some((other, _)), Err(_)) => taken.push(Way::Shut(Said::new(
                format!("{address} is named twice: by {other} and by {option}"),
                format!("{address} が {other} と {option} の両方で指定されています"),
            ))),
            (_, Ok(listener)) => listening.push((option, listener)),
            (None, Err(error)) => {
                let is_own = error.kind() == io::ErrorKind::AddrInUse && is_heard(&socket);
                taken.push(if is_own {
                    Way::Own(taken_by_own(address, &serve.state.display().to_string()))
                } else {
                    Way::Shut(no_way_in(address, option, &error).said)
                });
            }
        }
    }
    taken
}

fn taken_by_own(address: SocketAddr, state: &str) -> Said {
    Said::new(
        format!("{address} is in use, and a checker runs on {state}: it is taken to be that one"),
        format!("{address} は使用中です。{state} で稼働中のチェッカーによるものとみなします"),
    )
}

/// Why nobody can come in at `address`, which `option` names.
pub(super) fn no_way_in(address: SocketAddr, option: &str, error: &io::Error) -> Failure {
    Failure::could_not(match error.kind() {
        io::ErrorKind::AddrInUse => Said::new(
            format!(
                "{address} is in use: another program listens there, maybe another checker; end it, or name \
                 another address with {option} (ss -ltnp shows which it is)"
            ),
            format!(
                "{address} は使用中です。別のプログラム（別のチェッカーなど）が待ち受けています。それを終了するか、\
                 {option} で別のアドレスを指定してください（ss -ltnp で確認できます）"
            ),
        ),
        _ => Said::about(
            &format!("nobody can come in at {address} ({option})"),
            &format!("{address} で待ち受けできません（{option}）"),
            error,
        ),
    })
}
