//! The topics that a consumer says it subscribes to, read from the metadata of its protocol.

use bytes::Buf;

/// The topics of a subscription of any version, as all begin alike: version, number of topics, topics. `None` if it is not one.
pub(super) fn topics(mut metadata: &[u8]) -> Option<Vec<String>> {
    let _version = metadata.try_get_i16().ok()?;
    let count = usize::try_from(metadata.try_get_i32().ok()?).ok()?;
    // Each topic takes at least its length, so a count that the bytes do not back ends the reading at once.
    (0..count).map(|_| topic(&mut metadata)).collect()
}

fn topic(bytes: &mut &[u8]) -> Option<String> {
    let length = usize::try_from(bytes.try_get_i16().ok()?).ok()?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(std::str::from_utf8(text).ok()?.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::topics;

    #[test]
    fn topics_are_read_whatever_follows_them() {
        let metadata = [0, 3, 0, 0, 0, 2, 0, 1, b'a', 0, 2, b'b', b'c', 255, 255, 255, 255];
        assert_eq!(topics(&metadata), Some(vec!["a".to_owned(), "bc".to_owned()]));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in any::<Vec<u8>>()) {
            let _ = topics(&bytes);
        }
    }
}
