//! Ids of topics and clusters: sixteen random bytes.

use std::fmt::{self, Display};

/// Letters of base 64 as it stands in addresses.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The id of a topic, or of a cluster. It stays the same as long as the thing is there, and no other ever gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id([u8; 16]);

impl Id {
    /// An id that nobody else has.
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// From the bytes of a request; `None` when they are all zero, which stands for no id.
    pub fn from_wire(bytes: impl AsRef<[u8]>) -> Option<Self> {
        let bytes: [u8; 16] = bytes.as_ref().try_into().ok()?;
        (bytes != [0; 16]).then_some(Self(bytes))
    }

    /// As the messages of `kafka-protocol` have it.
    pub fn to_wire<T: TryFrom<Vec<u8>> + Default>(self) -> T {
        T::try_from(self.0.to_vec()).unwrap_or_default()
    }

    /// As hexadecimal digits, which are a file name everywhere.
    pub fn hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// From hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let number = u128::from_str_radix(text, 16).ok().filter(|_| text.len() == 32)?;
        Self::from_wire(number.to_be_bytes())
    }
}

/// As Apache Kafka writes it: 22 letters of base 64.
impl Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = u128::from_be_bytes(self.0);
        for place in 0..22 {
            // 128 bits are 21 letters of 6 bits and one of 2, which stand at its upper end.
            let sextet = if place < 21 { number >> (122 - 6 * place) } else { number << 4 } & 0x3f;
            let letter = usize::try_from(sextet).ok().and_then(|at| LETTERS.get(at)).copied();
            write!(formatter, "{}", char::from(letter.unwrap_or(b'A')))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_as_apache_kafka_writes_it() {
        // org.apache.kafka.common.Uuid of these bits.
        let id = Id::from_hex("3aa7d0f4bf2b4d0c9a5e5f2d8e7c1b09").unwrap();
        assert_eq!(id.to_string(), "OqfQ9L8rTQyaXl8tjnwbCQ");
        assert_eq!(Id::from_hex(&id.hex()), Some(id));
    }

    #[test]
    fn zero_is_no_id_and_neither_is_half_of_one() {
        assert_eq!(Id::from_wire([0; 16]), None);
        assert_eq!(Id::from_wire([1; 8]), None);
        assert_eq!(Id::from_hex("12"), None);
    }
}
