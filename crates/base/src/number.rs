use bigdecimal::{BigDecimal, ToPrimitive};
use std::{fmt, str::FromStr};

/// An exact decimal: `2`, `2.0` and `2e0` are the same number. At most 76 significant digits, so that a hostile
/// exponent can neither be stored nor printed at length.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Number(BigDecimal);

const MAX_DIGITS: u64 = 76;

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` is not a decimal number of at most 76 digits")]
pub struct ParseNumberError(pub String);

impl Number {
    pub fn to_i64(&self) -> Option<i64> {
        self.is_integer().then(|| self.0.to_i64()).flatten()
    }

    pub fn is_integer(&self) -> bool {
        self.0.is_integer()
    }

    /// Whether a decimal of `precision` digits, `scale` of them after the point, can hold it.
    pub fn fits_decimal(&self, precision: u8, scale: i8) -> bool {
        let (_, own_scale) = self.0.as_bigint_and_exponent();
        let whole_digits = i64::try_from(self.0.digits()).unwrap_or(i64::MAX).saturating_sub(own_scale);
        self.is_zero() || (own_scale <= i64::from(scale) && whole_digits <= i64::from(precision) - i64::from(scale))
    }

    pub fn is_negative(&self) -> bool {
        self.0.sign() == bigdecimal::num_bigint::Sign::Minus
    }

    pub fn is_zero(&self) -> bool {
        self.0.sign() == bigdecimal::num_bigint::Sign::NoSign
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(BigDecimal::from(value).normalized())
    }
}

impl FromStr for Number {
    type Err = ParseNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || ParseNumberError(text.chars().take(80).collect());
        if text.len() > 200 {
            return Err(refused());
        }
        let parsed = BigDecimal::from_str(text).map_err(|_| refused())?;
        let (_, scale) = parsed.as_bigint_and_exponent();
        let digits = parsed.digits();
        if digits > MAX_DIGITS || scale.unsigned_abs() > MAX_DIGITS {
            return Err(refused());
        }
        Ok(Self(parsed.normalized()))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_plain_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_are_equal_values() {
        let two: Number = "2".parse().unwrap();
        assert_eq!(two, "2.0".parse().unwrap());
        assert_eq!(two, "0.2e1".parse().unwrap());
        assert_eq!(two.to_string(), "2");
        assert_eq!("1200".parse::<Number>().unwrap().to_string(), "1200");
        assert_eq!("-0.50".parse::<Number>().unwrap().to_string(), "-0.5");
    }

    #[test]
    fn decimals_hold_what_they_have_digits_for() {
        for (number, precision, scale, fits) in [
            ("1200", 4, 0, true),
            ("1200", 3, 0, false),
            ("0.05", 3, 2, true),
            ("0.005", 3, 2, false),
            ("10.5", 3, 2, false),
            ("0", 1, 0, true),
            ("-9.99", 3, 2, true),
        ] {
            assert_eq!(number.parse::<Number>().unwrap().fits_decimal(precision, scale), fits, "{number}");
        }
    }

    #[test]
    fn hostile_numbers_are_refused() {
        for text in ["", "x", "1e1000000000", "1e-1000000000", "NaN", "inf", &"9".repeat(77)] {
            assert!(text.parse::<Number>().is_err(), "{text}");
        }
    }
}
