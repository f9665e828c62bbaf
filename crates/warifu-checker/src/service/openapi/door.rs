//! The doors by their names.

use crate::said::Said;

/// A door at which requests come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtDoor {
    /// That of claims.
    Claims,
    /// That of operators.
    Operators,
    /// That of those who watch.
    Watchers,
}

impl AtDoor {
    /// Every door.
    pub const ALL: [AtDoor; 3] = [AtDoor::Claims, AtDoor::Operators, AtDoor::Watchers];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            AtDoor::Claims => "claims",
            AtDoor::Operators => "operators",
            AtDoor::Watchers => "watchers",
        }
    }

    /// Where it is, and who is let in.
    pub(super) fn said(self) -> Said {
        match self {
            AtDoor::Claims => Said::new(
                "Where claims come in (--listen): HTTP/1.1, and over TLS (--tls-certificate) HTTP/2 too. \
                 With --tls-clients senders are known by their certificates, with --tls-only-clients \
                 nobody else is let in.",
                "請求の受付窓口（--listen）。HTTP/1.1、TLS（--tls-certificate）では HTTP/2 も使えます。\
                 --tls-clients で送信者を証明書により識別し、--tls-only-clients でそれ以外を拒否します。",
            ),
            AtDoor::Operators => Said::new(
                "Where operators command: a Unix socket (--socket) that only the checker's own user can \
                 speak to, and over TCP (--operators-listen) only with a client certificate.",
                "運用窓口。チェッカーの実行ユーザーだけが使える Unix ソケット（--socket）と、クライアント証明書が\
                 必要な TCP（--operators-listen）です。",
            ),
            AtDoor::Watchers => Said::new(
                "Where those look who command nothing (--watch-listen): it answers to its own names alone.",
                "閲覧専用の窓口（--watch-listen）。この窓口の名前での要求にだけ応答します。",
            ),
        }
    }
}
