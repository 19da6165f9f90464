//! The shape of a request, walked before it is decoded.
//!
//! The decoders of `kafka-protocol` reserve memory for as many elements as an array says that it has. Here every array is
//! walked first, so that no more is reserved than there are bytes for, and the number of elements is bounded. The header's
//! tagged fields count too. Tagged fields that the decoders know they read without a look at the size that is sent: such a
//! field must have just that size, or the decoder would go on elsewhere than the walk.

use super::super::malformed::Malformed;

/// Elements of arrays and tagged fields that one request may have.
const ELEMENTS: usize = 1 << 18;

/// One field of a request, or of a structure in it.
#[derive(Debug, Clone, Copy)]
pub enum Field {
    /// So many bytes.
    Fixed(usize),
    /// A string, which may be null.
    Text,
    /// Bytes, which may be null.
    Data,
    /// An array of single fields.
    List(&'static Field),
    /// An array of structures.
    Structs(&'static [Field]),
    /// A structure that is no array's.
    Structure(&'static [Field]),
    /// A tagged field of the structure that it stands in, which the decoder knows by this tag.
    Tagged(usize, &'static Field),
    /// A field that is there from a version on.
    Since(i16, &'static Field),
    /// A field that is there up to a version.
    Until(i16, &'static Field),
}

/// Whether the frame begins with a header and a request of this shape. What follows them is not looked at.
///
/// # Errors
/// It does not.
pub fn check(frame: &[u8], fields: &[Field], version: i16, flexible: bool) -> Result<(), Malformed> {
    let mut walk = Walk { rest: frame, version, flexible, elements: 0 };
    walk.header()?;
    walk.structure(fields)
}

/// API, version and correlation id.
const BEFORE_CLIENT_ID: usize = 8;

struct Walk<'a> {
    rest: &'a [u8],
    version: i16,
    flexible: bool,
    elements: usize,
}

impl Walk<'_> {
    fn header(&mut self) -> Result<(), Malformed> {
        self.skip(BEFORE_CLIENT_ID)?;
        // The client id has a length of two bytes in every version.
        let length = self.short_length()?;
        self.skip(length)?;
        if self.flexible { self.tagged_fields(&[]) } else { Ok(()) }
    }

    fn structure(&mut self, fields: &[Field]) -> Result<(), Malformed> {
        for field in fields {
            self.field(field)?;
        }
        if self.flexible { self.tagged_fields(fields) } else { Ok(()) }
    }

    fn field(&mut self, field: &Field) -> Result<(), Malformed> {
        match *field {
            Field::Fixed(bytes) => self.skip(bytes),
            Field::Text => {
                let length = if self.flexible { self.compact_length()? } else { self.short_length()? };
                self.skip(length)
            }
            Field::Data => {
                let length = self.length()?;
                self.skip(length)
            }
            Field::List(element) => {
                let count = self.length()?;
                (0..count).try_for_each(|_| {
                    self.count()?;
                    self.field(element)
                })
            }
            Field::Structs(fields) => {
                let count = self.length()?;
                (0..count).try_for_each(|_| {
                    self.count()?;
                    self.structure(fields)
                })
            }
            Field::Structure(fields) => self.structure(fields),
            Field::Since(version, field) if self.version >= version => self.field(field),
            Field::Until(version, field) if self.version <= version => self.field(field),
            Field::Since(..) | Field::Until(..) | Field::Tagged(..) => Ok(()),
        }
    }

    /// The tagged fields at the end of a structure that has these fields.
    fn tagged_fields(&mut self, fields: &[Field]) -> Result<(), Malformed> {
        for _ in 0..self.varint()? {
            self.count()?;
            let tag = self.varint()?;
            let size = self.varint()?;
            let known = fields.iter().find_map(|field| match field {
                Field::Tagged(number, field) if *number == tag => Some(*field),
                _ => None,
            });
            let Some(field) = known else {
                self.skip(size)?;
                continue;
            };
            let before = self.rest.len();
            self.field(field)?;
            if before - self.rest.len() != size {
                return Err(Malformed("a tagged field of another size than it says"));
            }
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), Malformed> {
        self.elements += 1;
        if self.elements > ELEMENTS { Err(Malformed("too many elements")) } else { Ok(()) }
    }

    fn skip(&mut self, bytes: usize) -> Result<(), Malformed> {
        self.rest = self.rest.get(bytes..).ok_or(Malformed("cut short"))?;
        Ok(())
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(Malformed("cut short"))?;
        self.rest = rest;
        Ok(*taken)
    }

    /// Length of an array or of bytes; null counts as empty.
    fn length(&mut self) -> Result<usize, Malformed> {
        if self.flexible {
            return self.compact_length();
        }
        natural(i32::from_be_bytes(self.take()?))
    }

    fn short_length(&mut self) -> Result<usize, Malformed> {
        natural(i32::from(i16::from_be_bytes(self.take()?)))
    }

    fn compact_length(&mut self) -> Result<usize, Malformed> {
        Ok(self.varint()?.saturating_sub(1))
    }

    fn varint(&mut self) -> Result<usize, Malformed> {
        let mut value = 0;
        for shift in [0, 7, 14, 21, 28] {
            let [byte] = self.take()?;
            value |= (u64::from(byte) & 0x7f) << shift;
            if byte < 0x80 {
                return usize::try_from(value)
                    .ok()
                    .filter(|_| value <= u64::from(u32::MAX))
                    .ok_or(Malformed("a length out of range"));
            }
        }
        Err(Malformed("a length out of range"))
    }
}

fn natural(length: i32) -> Result<usize, Malformed> {
    match length {
        -1 => Ok(0),
        length => usize::try_from(length).map_err(|_| Malformed("a negative length")),
    }
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
