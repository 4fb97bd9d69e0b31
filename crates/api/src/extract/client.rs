use axum::http::{HeaderMap, HeaderName};
use std::net::{IpAddr, SocketAddr};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Where a request came from: the peer, or whom the outermost of the proxies that are trusted was reached by.
///
/// INVARIANT: counted from the right. What stands further left was written by the client, or by somebody whom nobody
/// vouches for.
pub(crate) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted_proxies: usize) -> IpAddr {
    let hops: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .flat_map(|line| line.to_str().unwrap_or_default().split(','))
        .map(str::trim)
        .collect();
    // A request that did not come through all of them is known by its peer alone.
    let hop = trusted_proxies.checked_sub(1).and_then(|behind| hops.iter().rev().nth(behind));
    hop.and_then(|hop| address(hop)).unwrap_or(peer).to_canonical()
}

/// Some proxies add the port.
fn address(hop: &str) -> Option<IpAddr> {
    hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn client(lines: &[&'static str], trusted_proxies: usize) -> String {
        let headers = lines.iter().map(|line| (FORWARDED_FOR, HeaderValue::from_static(line))).collect();
        client_address("10.0.0.1".parse().unwrap(), &headers, trusted_proxies).to_string()
    }

    #[test]
    fn without_proxies_the_header_says_nothing() {
        assert_eq!(client(&["203.0.113.9"], 0), "10.0.0.1");
        let mapped = client_address("::ffff:10.0.0.1".parse().unwrap(), &HeaderMap::new(), 0);
        assert_eq!(mapped.to_string(), "10.0.0.1");
    }

    #[test]
    fn behind_proxies_the_address_is_counted_from_the_right() {
        assert_eq!(client(&["203.0.113.9"], 1), "203.0.113.9");
        assert_eq!(client(&["1.1.1.1, 203.0.113.9"], 1), "203.0.113.9", "the client wrote the first");
        assert_eq!(client(&["1.1.1.1, 203.0.113.9, 10.0.0.2"], 2), "203.0.113.9");
        assert_eq!(client(&["1.1.1.1", "203.0.113.9,10.0.0.2"], 2), "203.0.113.9", "several lines are one list");
        assert_eq!(client(&["203.0.113.9:4711"], 1), "203.0.113.9");
        assert_eq!(client(&["[2001:db8::1]:4711"], 1), "2001:db8::1");
        assert_eq!(client(&["2001:db8::1"], 1), "2001:db8::1");
    }

    #[test]
    fn what_no_proxy_vouches_for_is_not_believed() {
        assert_eq!(client(&["203.0.113.9"], 2), "10.0.0.1", "it did not come through both");
        assert_eq!(client(&["1.1.1.1, unknown"], 1), "10.0.0.1");
        assert_eq!(client(&[], 1), "10.0.0.1");
    }
}
