use std::{fmt, sync::Arc};

/// An e-mail address, as people sign in with it: in small letters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EmailAddress(Arc<str>);

/// The longest that mail is sent to.
const MOST: usize = 254;

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` is no e-mail address")]
pub struct EmailAddressError(String);

impl EmailAddress {
    /// What stands before and after the one `@` is made of letters, digits and signs of ASCII.
    pub fn parse(text: &str) -> Result<Self, EmailAddressError> {
        let text = text.trim();
        let sound = |part: &str, signs: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || signs.as_bytes().contains(&b))
        };
        let labels = |domain: &str| domain.split('.').all(|label| sound(label, "-")) && domain.contains('.');
        match text.split_once('@') {
            Some((local, domain)) if text.len() <= MOST && sound(local, "!#$%&'*+-/=?^_`{|}~.") && labels(domain) => {
                Ok(Self(text.to_ascii_lowercase().into()))
            }
            // What is not an address at all is not repeated as a whole.
            _ => Err(EmailAddressError(text.chars().filter(|c| !c.is_control()).take(MOST).collect())),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_at_and_a_domain() {
        assert_eq!(EmailAddress::parse(" Ada.L+x@Mail.Example.com ").unwrap().as_str(), "ada.l+x@mail.example.com");
        for text in
            ["", "ada", "@a.b", "a@b", "a@b.", "a@.b", "a@b@c.d", "a b@c.d", "a@b c.d", "а@b.example", "a@b.c\u{200b}"]
        {
            assert!(EmailAddress::parse(text).is_err(), "{text:?}");
        }
        assert!(EmailAddress::parse(&format!("{}@example.com", "a".repeat(300))).is_err());
    }
}
