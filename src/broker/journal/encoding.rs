//! The encoding of journal entries: big-endian numbers, strings and bytes with their length before them.
//!
//! Every key and every value begins with a byte that says what it is and in which version. A reader refuses what it does
//! not know, and never allocates more than the bytes that it has.

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// A journal entry that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damaged {
    /// The bytes end before the entry does.
    #[error("the entry is cut short")]
    Short,
    /// Bytes follow after the end of the entry.
    #[error("{0} bytes follow the entry")]
    Trailing(usize),
    /// A kind of entry, a version of it or a value in it that this version does not know.
    #[error("{what} {value} is not known")]
    Unknown {
        /// What is not known.
        what: &'static str,
        /// What was found.
        value: i64,
    },
    /// A string that is not UTF-8.
    #[error("a text is not UTF-8")]
    Text,
}

/// Writes one key or value.
pub(crate) struct Writer(BytesMut);

impl Writer {
    /// Begins with the byte that says what follows.
    pub(crate) fn new(kind: u8) -> Writer {
        let mut bytes = BytesMut::with_capacity(64);
        bytes.put_u8(kind);
        Writer(bytes)
    }

    pub(crate) fn u8(mut self, value: u8) -> Writer {
        self.0.put_u8(value);
        self
    }

    pub(crate) fn i16(mut self, value: i16) -> Writer {
        self.0.put_i16(value);
        self
    }

    pub(crate) fn i32(mut self, value: i32) -> Writer {
        self.0.put_i32(value);
        self
    }

    pub(crate) fn i64(mut self, value: i64) -> Writer {
        self.0.put_i64(value);
        self
    }

    pub(crate) fn bytes(mut self, value: &[u8]) -> Writer {
        self.0.put_u32(value.len() as u32);
        self.0.put_slice(value);
        self
    }

    pub(crate) fn text(self, value: &str) -> Writer {
        self.bytes(value.as_bytes())
    }

    pub(crate) fn optional_text(self, value: Option<&str>) -> Writer {
        match value {
            Some(value) => self.u8(1).text(value),
            None => self.u8(0),
        }
    }

    pub(crate) fn list<T>(self, items: &[T], mut each: impl FnMut(Writer, &T) -> Writer) -> Writer {
        items.iter().fold(self.i32(items.len() as i32), &mut each)
    }

    pub(crate) fn finish(self) -> Bytes {
        self.0.freeze()
    }
}

/// Reads one key or value.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader(bytes)
    }

    fn need(&self, length: usize) -> Result<(), Damaged> {
        if self.0.len() < length { Err(Damaged::Short) } else { Ok(()) }
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Damaged> {
        self.need(1)?;
        Ok(self.0.get_u8())
    }

    pub(crate) fn i16(&mut self) -> Result<i16, Damaged> {
        self.need(2)?;
        Ok(self.0.get_i16())
    }

    pub(crate) fn i32(&mut self) -> Result<i32, Damaged> {
        self.need(4)?;
        Ok(self.0.get_i32())
    }

    pub(crate) fn i64(&mut self) -> Result<i64, Damaged> {
        self.need(8)?;
        Ok(self.0.get_i64())
    }

    pub(crate) fn bytes(&mut self) -> Result<Bytes, Damaged> {
        self.slice().map(Bytes::copy_from_slice)
    }

    pub(crate) fn text(&mut self) -> Result<String, Damaged> {
        let slice = self.slice()?;
        std::str::from_utf8(slice).map(str::to_owned).map_err(|_| Damaged::Text)
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<String>, Damaged> {
        if self.flag()? { self.text().map(Some) } else { Ok(None) }
    }

    pub(crate) fn flag(&mut self) -> Result<bool, Damaged> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            value => Err(Damaged::Unknown { what: "the flag", value: value.into() }),
        }
    }

    pub(crate) fn list<T>(
        &mut self,
        mut each: impl FnMut(&mut Reader<'a>) -> Result<T, Damaged>,
    ) -> Result<Vec<T>, Damaged> {
        let length = usize::try_from(self.i32()?).map_err(|_| Damaged::Short)?;
        // Each item takes at least a byte, so a length that the bytes do not back is refused before it is believed.
        self.need(length)?;
        let mut items = Vec::new();
        for _ in 0..length {
            items.push(each(self)?);
        }
        Ok(items)
    }

    /// Ends the reading: nothing may be left.
    pub(crate) fn finish(self) -> Result<(), Damaged> {
        if self.0.is_empty() { Ok(()) } else { Err(Damaged::Trailing(self.0.len())) }
    }

    fn slice(&mut self) -> Result<&'a [u8], Damaged> {
        self.need(4)?;
        let length = self.0.get_u32() as usize;
        let (slice, rest) = self.0.split_at_checked(length).ok_or(Damaged::Short)?;
        self.0 = rest;
        Ok(slice)
    }
}
