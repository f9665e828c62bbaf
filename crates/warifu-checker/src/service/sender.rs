//! Who sends a request, as far as that is proven.

use std::net::{IpAddr, Ipv6Addr};

use warifu_values::digest::Digest;

/// A sender: limits and fairness go by it, and only within it by what a claim file says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sender {
    /// Who has the key of this client certificate, by its SHA-256.
    Certificate(Digest),
    /// Whoever is at this address.
    Address(IpAddr),
    /// An operator of this machine.
    Operator,
}

impl Sender {
    /// Of an address. One subscriber of IPv6 has 2^64 of them, which are one sender.
    pub fn at(address: IpAddr) -> Sender {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = u128::from(address) & (u128::MAX << 64);
                Sender::Address(IpAddr::V6(Ipv6Addr::from(network)))
            }
            address => Sender::Address(address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_one_subscriber_has_are_one_sender() {
        let at = |text: &str| Sender::at(text.parse().unwrap());
        assert_eq!(at("2001:db8::1"), at("2001:db8::ffff:1"));
        assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
    }
}
