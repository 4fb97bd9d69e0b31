use crate::RequestId;
use std::net::IpAddr;

/// A request as it came, before anybody knows whose it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arrival {
    pub request: RequestId,
    /// Where it came from; `None` where there is no network in between.
    pub address: Option<IpAddr>,
}

impl Arrival {
    /// Of something that did not come over the network.
    pub fn within(request: RequestId) -> Self {
        Self { request, address: None }
    }
}
