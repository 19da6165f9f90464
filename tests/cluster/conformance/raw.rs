//! A Kafka client without any comfort: it sends one request and gives back the answer as it came, error codes and all.
//!
//! It does what no proper client does: wrong calls, old epochs, damaged frames.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use kafka_protocol::messages::{RequestHeader, ResponseHeader};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, Request, StrBytes};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// One connection to one broker.
pub struct Raw {
    stream: TcpStream,
    correlation: i32,
}

impl Raw {
    /// Connects to `host:port`.
    pub fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { stream, correlation: 0 }
    }

    /// Sends a request and waits for its answer.
    pub fn call<Q: Request>(&mut self, version: i16, request: &Q) -> Q::Response {
        let correlation = self.send(version, request);
        self.receive::<Q>(version, correlation)
    }

    /// Sends a request and returns its correlation id; [`Self::receive`] takes the answer.
    pub fn send<Q: Request>(&mut self, version: i16, request: &Q) -> i32 {
        let mut body = BytesMut::new();
        request.encode(&mut body, version).unwrap();
        self.send_as(Q::KEY, version, Q::header_version(version), &body)
    }

    /// Sends `body` under a header that says whatever it is told to say.
    pub fn send_as(&mut self, key: i16, version: i16, header_version: i16, body: &[u8]) -> i32 {
        self.correlation += 1;
        let header = RequestHeader::default()
            .with_request_api_key(key)
            .with_request_api_version(version)
            .with_correlation_id(self.correlation)
            .with_client_id(Some(StrBytes::from_static_str("conformance")));
        let mut frame = BytesMut::new();
        header.encode(&mut frame, header_version).unwrap();
        frame.extend_from_slice(body);
        self.send_bytes(&(frame.len() as i32).to_be_bytes());
        self.send_bytes(&frame);
        self.correlation
    }

    /// Sends bytes as they are.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Takes the next answer, which must be the one to `correlation`.
    pub fn receive<Q: Request>(&mut self, version: i16, correlation: i32) -> Q::Response {
        let mut frame = self.receive_frame().expect("the broker closed the connection");
        let header_version = <Q::Response as HeaderVersion>::header_version(version);
        let header = ResponseHeader::decode(&mut frame, header_version).unwrap();
        assert_eq!(header.correlation_id, correlation, "answers come in the order of the requests");
        let response = Q::Response::decode(&mut frame, version).unwrap();
        assert!(!frame.has_remaining(), "{} bytes too many in the answer", frame.remaining());
        response
    }

    /// The next frame, or `None` where the broker closed the connection.
    pub fn receive_frame(&mut self) -> Option<Bytes> {
        let mut length = [0; 4];
        self.read_whole(&mut length)?;
        let mut frame = vec![0; i32::from_be_bytes(length) as usize];
        self.read_whole(&mut frame)?;
        Some(frame.into())
    }

    /// Whether no answer has begun within `time`.
    pub fn hears_nothing_for(&self, time: Duration) -> bool {
        self.stream.set_read_timeout(Some(time)).unwrap();
        let heard = self.stream.peek(&mut [0]);
        self.stream.set_read_timeout(Some(PATIENCE)).unwrap();
        heard.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    /// Whether the broker closes the connection without another word.
    pub fn is_closed(&mut self) -> bool {
        self.receive_frame().is_none()
    }

    fn read_whole(&mut self, bytes: &mut [u8]) -> Option<()> {
        match self.stream.read_exact(bytes) {
            Ok(()) => Some(()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("no answer within {PATIENCE:?}"),
            Err(_) => None,
        }
    }
}

/// An id as the codec wants it, which calls its type by no name of its own.
pub fn wire_id<T: TryFrom<Vec<u8>>>(id: u128) -> T {
    T::try_from(id.to_be_bytes().to_vec()).unwrap_or_else(|_| panic!("sixteen bytes are an id"))
}

/// A string as the codec wants it.
pub fn text(text: impl Into<String>) -> StrBytes {
    StrBytes::from_string(text.into())
}
