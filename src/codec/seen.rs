//! Which sorts of values a field was seen with. A field's [`Kind`] follows from that set alone, so it depends neither on
//! the order of the records nor on how they were cut into batches.

use super::schema::Kind;

/// A set of sorts of values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen(u8);

impl Seen {
    /// True or false.
    pub const BOOL: Self = Self(1);
    /// An integer from 0 to 2⁶³ − 1.
    pub const INT: Self = Self(2);
    /// A negative integer.
    pub const NEGATIVE: Self = Self(4);
    /// An integer from 2⁶³ to 2⁶⁴ − 1.
    pub const LARGE: Self = Self(8);
    /// A number with a fraction or an exponent.
    pub const FLOAT: Self = Self(16);
    /// Text, also integers beyond 64 bits.
    pub const TEXT: Self = Self(32);
    /// An array.
    pub const JSON: Self = Self(64);

    const NUMBERS: u8 = Self::INT.0 | Self::NEGATIVE.0 | Self::LARGE.0 | Self::FLOAT.0;

    /// Adds what `other` has.
    pub fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether it has everything of `other`.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The narrowest type that holds all of these.
    ///
    /// One sort keeps its own type; integers fit floats; integers below 0 beside those beyond `i64` have no common exact
    /// type and become text, as do sorts that have nothing in common.
    pub fn kind(self) -> Kind {
        match self.0 {
            0 => Kind::Null,
            bits if bits == Self::BOOL.0 => Kind::Bool,
            bits if bits == Self::JSON.0 => Kind::Json,
            bits if bits & !Self::NUMBERS != 0 => Kind::Text,
            _ if self.has(Self::FLOAT) => Kind::Float,
            _ if self.has(Self::LARGE) && self.has(Self::NEGATIVE) => Kind::Text,
            _ if self.has(Self::LARGE) => Kind::UInt,
            _ => Kind::Int,
        }
    }

    /// The least set with this type: where a decoder begins that is given a schema.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Null => Self::default(),
            Kind::Bool => Self::BOOL,
            Kind::Int | Kind::Time => Self::INT,
            Kind::UInt => Self::LARGE,
            Kind::Float => Self::FLOAT,
            Kind::Text => Self::TEXT,
            Kind::Json => Self::JSON,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(sorts: &[Seen]) -> Kind {
        let mut seen = Seen::default();
        sorts.iter().for_each(|sort| seen.add(*sort));
        seen.kind()
    }

    #[test]
    fn types_widen_as_documented() {
        use Seen as S;
        assert_eq!(kind(&[]), Kind::Null);
        assert_eq!(kind(&[S::INT, S::NEGATIVE]), Kind::Int);
        assert_eq!(kind(&[S::INT, S::LARGE]), Kind::UInt);
        assert_eq!(kind(&[S::LARGE, S::NEGATIVE]), Kind::Text);
        assert_eq!(kind(&[S::LARGE, S::NEGATIVE, S::FLOAT]), Kind::Float);
        assert_eq!(kind(&[S::BOOL, S::INT]), Kind::Text);
        assert_eq!(kind(&[S::JSON, S::BOOL]), Kind::Text);
        assert_eq!(kind(&[S::TEXT, S::FLOAT]), Kind::Text);
    }

    #[test]
    fn a_type_is_the_type_of_its_least_set() {
        for kind in [Kind::Null, Kind::Bool, Kind::Int, Kind::UInt, Kind::Float, Kind::Text, Kind::Json] {
            assert_eq!(Seen::of(kind).kind(), kind);
        }
    }
}
