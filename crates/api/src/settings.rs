use crate::SessionCookie;
use tessera_base::{OperatorId, OrganizationId, UserId};

/// How this server is reached, and what it offers beside the API.
#[derive(Debug)]
pub struct Settings {
    pub address: Address,
    pub cookie: SessionCookie,
    /// How many proxies in front of it are known to say truly where requests come from.
    pub trusted_proxies: usize,
    /// The people that a demonstration lets anybody be. `None` everywhere else: the routes do not exist then.
    pub demo: Option<Vec<DemoPerson>>,
}

/// The names under which browsers reach this server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Address {
    /// Any name of this very machine, with any port: a tunnel may lead to another one.
    Loopback,
    /// `analytics.example.com`, or `analytics.example.com:8443`.
    Public(String),
}

impl Address {
    /// Whether `authority`, as a request names it, means this server.
    pub(crate) fn is_named(&self, authority: &str) -> bool {
        match self {
            Self::Public(public) => authority.eq_ignore_ascii_case(public),
            Self::Loopback => {
                let host = match authority.rsplit_once(':') {
                    Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => host,
                    _ => authority,
                };
                ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| host.eq_ignore_ascii_case(name))
            }
        }
    }
}

/// Somebody whom a visitor of the demonstration may be.
#[derive(Clone, Debug)]
pub struct DemoPerson {
    /// What a sign-in calls them.
    pub person: String,
    pub name: String,
    pub organization: String,
    pub is: String,
    pub sees: String,
    pub identity: DemoIdentity,
}

#[derive(Clone, Copy, Debug)]
pub enum DemoIdentity {
    Member {
        organization: OrganizationId,
        user: UserId,
    },
    /// One of the operator's staff.
    Operator(OperatorId),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_name_for_this_address_is_not_ours() {
        for ours in ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080", "[::1]"] {
            assert!(Address::Loopback.is_named(ours), "{ours}");
        }
        for foreign in
            ["evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example:80", "", "::1", "127.0.0.2"]
        {
            assert!(!Address::Loopback.is_named(foreign), "{foreign}");
        }
        let public = Address::Public("analytics.example.com".to_owned());
        assert!(public.is_named("Analytics.example.com"));
        assert!(!public.is_named("analytics.example.com:81") && !public.is_named("localhost"));
    }
}
