//! From the bytes of a request to the bytes of its answer.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use kafka_protocol::ResponseError;
use kafka_protocol::messages::{ApiKey, RequestHeader, ResponseHeader};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, StrBytes};

use super::memory::Held;
use super::node::Node;
use super::parts::Parts;
use super::versions::{self, Api};
use crate::broker::api::{self, Call};
use crate::broker::malformed::Malformed;

/// What a connection does with a request that was taken.
#[derive(Debug)]
pub enum Outcome {
    /// Writes an answer; the memory it takes is counted until then.
    Answer(Parts, Option<Held>),
    /// Writes nothing: the client did not ask for an answer.
    Nothing,
    /// Writes this, if anything, and closes.
    Close(Option<Parts>),
}

/// Takes a request and answers it. The memory that the request holds is held until its answer is written, unless the answer
/// has to wait for something: then nothing of the request's bytes is kept either.
///
/// # Errors
/// The bytes are no request of an API that is offered.
pub async fn serve(node: &Arc<Node>, mut frame: Bytes, memory: Held) -> Result<Outcome, Malformed> {
    let head = frame.first_chunk::<8>().ok_or(Malformed("shorter than its header"))?;
    let [key_high, key_low, version_high, version_low, id @ ..] = *head;
    let correlation_id = i32::from_be_bytes(id);
    let version = i16::from_be_bytes([version_high, version_low]);
    let key = i16::from_be_bytes([key_high, key_low]);
    let api = versions::offered(key).ok_or(Malformed("an API that is not offered"))?;
    if !api.offers(version) {
        return unsupported(api, correlation_id);
    }
    super::shape::check(&frame, api.fields, version, api.is_flexible(version))?;
    let client = client(&mut frame, api, version)?;
    let call = Call { node, version, correlation_id };
    answer(&call, api.key, client, frame, memory).await
}

/// Reads the header and gives what the client calls itself.
fn client(frame: &mut Bytes, api: &Api, version: i16) -> Result<StrBytes, Malformed> {
    let header = RequestHeader::decode(frame, api.key.request_header_version(version));
    let header = header.map_err(|_| Malformed("a header that cannot be read"))?;
    Ok(header.client_id.unwrap_or_default())
}

/// What a version that is not offered is told: for ApiVersions the list in its oldest form, from which a client learns
/// what to ask for; otherwise the error alone, because the form of an answer in that version is not known.
fn unsupported(api: &Api, correlation_id: i32) -> Result<Outcome, Malformed> {
    let error = ResponseError::UnsupportedVersion.code();
    if api.key == ApiKey::ApiVersions {
        let response = api::api_versions::list(0).with_error_code(error);
        return Ok(Outcome::Answer(encode(&response, correlation_id, 0)?, None));
    }
    let mut bytes = BytesMut::with_capacity(6);
    bytes.extend_from_slice(&correlation_id.to_be_bytes());
    bytes.extend_from_slice(&error.to_be_bytes());
    let mut parts = Parts::default();
    parts.push(bytes.freeze());
    Ok(Outcome::Close(Some(parts)))
}

/// Reads the rest of a request. librdkafka leaves bytes after the end of some, which Apache Kafka does not mind either.
fn decode<Q: Decodable>(mut body: Bytes, version: i16) -> Result<Q, Malformed> {
    Q::decode(&mut body, version).map_err(|_| Malformed("fields that cannot be read"))
}

/// An answer with its header.
pub fn encode<A: Encodable + HeaderVersion>(
    answer: &A,
    correlation_id: i32,
    version: i16,
) -> Result<Parts, Malformed> {
    let unwritable = |_| Malformed("its answer cannot be written in its version");
    let mut bytes = BytesMut::new();
    let header = ResponseHeader::default().with_correlation_id(correlation_id);
    header.encode(&mut bytes, A::header_version(version)).map_err(unwritable)?;
    answer.encode(&mut bytes, version).map_err(unwritable)?;
    let mut parts = Parts::default();
    parts.push(bytes.freeze());
    Ok(parts)
}

async fn answer(
    call: &Call<'_>,
    key: ApiKey,
    client: StrBytes,
    body: Bytes,
    memory: Held,
) -> Result<Outcome, Malformed> {
    let version = call.version;
    /// Decodes, answers and encodes.
    macro_rules! with {
        ($answer:path) => {
            encode(&$answer(call, decode(body, version)?), call.correlation_id, version)?
        };
    }
    let parts = match key {
        ApiKey::Produce => {
            return Ok(match api::produce::answer(call, decode(body, version)?)? {
                Outcome::Answer(parts, _) => Outcome::Answer(parts, Some(memory)),
                other => other,
            });
        }
        // These wait, and keep nothing of the request's bytes meanwhile.
        ApiKey::Fetch => {
            let request = decode(body, version)?;
            drop((client, memory));
            return api::fetch::answer(call, request).await;
        }
        ApiKey::JoinGroup => {
            let request = decode(body, version)?;
            drop(memory);
            let answer = api::membership::join(call, client, request).await;
            return Ok(Outcome::Answer(encode(&answer, call.correlation_id, version)?, None));
        }
        ApiKey::SyncGroup => {
            let request = decode(body, version)?;
            drop((client, memory));
            let answer = api::membership::sync(call, request).await;
            return Ok(Outcome::Answer(encode(&answer, call.correlation_id, version)?, None));
        }
        ApiKey::ApiVersions => with!(api::api_versions::answer),
        ApiKey::Metadata => with!(api::metadata::answer),
        ApiKey::DescribeCluster => with!(api::cluster::describe),
        ApiKey::DescribeLogDirs => with!(api::cluster::describe_log_dirs),
        ApiKey::ListOffsets => with!(api::offsets::list),
        ApiKey::OffsetForLeaderEpoch => with!(api::offsets::for_leader_epoch),
        ApiKey::DeleteRecords => with!(api::offsets::delete_records),
        ApiKey::CreateTopics => with!(api::topics::create),
        ApiKey::DeleteTopics => with!(api::topics::delete),
        ApiKey::CreatePartitions => with!(api::topics::create_partitions),
        ApiKey::DescribeConfigs => with!(api::configs::describe),
        ApiKey::AlterConfigs => with!(api::configs::alter),
        ApiKey::IncrementalAlterConfigs => with!(api::configs::alter_incrementally),
        ApiKey::DescribeAcls => with!(api::acls::describe),
        ApiKey::CreateAcls => with!(api::acls::create),
        ApiKey::DeleteAcls => with!(api::acls::delete),
        ApiKey::FindCoordinator => with!(api::coordinators::find),
        ApiKey::Heartbeat => with!(api::membership::heartbeat),
        ApiKey::LeaveGroup => with!(api::membership::leave),
        ApiKey::ListGroups => with!(api::groups::list),
        ApiKey::DescribeGroups => with!(api::groups::describe),
        ApiKey::DeleteGroups => with!(api::groups::delete),
        ApiKey::OffsetCommit => with!(api::group_offsets::commit),
        ApiKey::OffsetFetch => with!(api::group_offsets::fetch),
        ApiKey::OffsetDelete => with!(api::group_offsets::delete),
        ApiKey::InitProducerId => with!(api::transactions::init),
        ApiKey::AddPartitionsToTxn => with!(api::transactions::add_partitions),
        ApiKey::AddOffsetsToTxn => with!(api::transactions::add_offsets),
        ApiKey::TxnOffsetCommit => with!(api::transactions::commit_offsets),
        ApiKey::EndTxn => with!(api::transactions::end),
        ApiKey::DescribeTransactions => with!(api::transaction_lists::describe),
        ApiKey::ListTransactions => with!(api::transaction_lists::list),
        ApiKey::DescribeProducers => with!(api::transaction_lists::describe_producers),
        _ => return Err(Malformed("an API that is not offered")),
    };
    Ok(Outcome::Answer(parts, Some(memory)))
}
