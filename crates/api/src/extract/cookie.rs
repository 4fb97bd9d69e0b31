use crate::Api;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header::COOKIE, request::Parts},
};
use std::convert::Infallible;

/// The session cookie's name and attributes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionCookie {
    /// `__Host-` binds it to this very origin; browsers accept it over HTTPS alone.
    Secure,
    /// On loopback there is no HTTPS, and none is needed.
    Loopback,
}

/// Whose session a cookie is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Realm {
    /// Somebody's in an organization.
    Organization,
    /// Of the operator's staff, who are in none by that.
    Operator,
}

impl SessionCookie {
    fn name(self, realm: Realm) -> &'static str {
        match (self, realm) {
            (Self::Secure, Realm::Organization) => "__Host-tessera",
            (Self::Loopback, Realm::Organization) => "tessera_session",
            (Self::Secure, Realm::Operator) => "__Host-tessera-operator",
            (Self::Loopback, Realm::Operator) => "tessera_operator_session",
        }
    }

    pub(crate) fn set(self, realm: Realm, token: &str) -> Option<HeaderValue> {
        self.header(realm, token, "")
    }

    pub(crate) fn clear(self, realm: Realm) -> Option<HeaderValue> {
        self.header(realm, "", "; Max-Age=0")
    }

    /// INVARIANT: HttpOnly and SameSite always, Secure wherever there is HTTPS.
    fn header(self, realm: Realm, token: &str, age: &str) -> Option<HeaderValue> {
        let secure = if self == Self::Secure { "; Secure" } else { "" };
        HeaderValue::try_from(format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", self.name(realm))).ok()
    }

    /// The token, unless it is sent twice: then somebody else set one of the two.
    pub(super) fn read(self, realm: Realm, headers: &HeaderMap) -> Option<String> {
        let mut values = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.name(realm))
            .map(|(_, value)| value.to_owned());
        let token = values.next()?;
        values.next().is_none().then_some(token)
    }
}

/// The token of the session cookie, believed by nobody yet.
pub(crate) struct SessionToken(pub(crate) Option<String>);

impl FromRequestParts<Api> for SessionToken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Infallible> {
        Ok(Self(api.settings.cookie.read(Realm::Organization, &parts.headers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(cookies: &[&'static str]) -> HeaderMap {
        cookies.iter().map(|cookie| (COOKIE, HeaderValue::from_static(cookie))).collect()
    }

    #[test]
    fn the_cookie_is_closed_to_scripts_and_other_sites() {
        let set = |cookie: SessionCookie| cookie.set(Realm::Organization, "t0k").unwrap().to_str().unwrap().to_owned();
        assert_eq!(set(SessionCookie::Secure), "__Host-tessera=t0k; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(set(SessionCookie::Loopback), "tessera_session=t0k; Path=/; HttpOnly; SameSite=Lax");
        assert!(SessionCookie::Secure.clear(Realm::Organization).unwrap().to_str().unwrap().ends_with("Max-Age=0"));
    }

    #[test]
    fn one_cookie_of_the_right_name_is_read() {
        let read = |cookies: &[&'static str]| SessionCookie::Loopback.read(Realm::Organization, &sent(cookies));
        assert_eq!(read(&["a=b; tessera_session=t0k"]).as_deref(), Some("t0k"));
        assert_eq!(read(&["a=b", "tessera_session=t0k"]).as_deref(), Some("t0k"));
        assert_eq!(read(&["__Host-tessera=t0k; xtessera_session=u"]), None);
        assert_eq!(read(&["tessera_session=t0k; tessera_session=other"]), None);
        assert_eq!(read(&["tessera_operator_session=t0k"]), None);
        assert_eq!(SessionCookie::Secure.read(Realm::Organization, &sent(&["tessera_session=t0k"])), None);
    }
}
