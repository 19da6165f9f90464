//! ApiVersions: what the broker offers.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::api_versions_response::ApiVersion;
use kafka_protocol::messages::{ApiVersionsRequest, ApiVersionsResponse};

use super::Call;
use crate::broker::server::versions::OFFERED;

/// ApiVersions.
pub fn answer(call: &Call<'_>, request: ApiVersionsRequest) -> ApiVersionsResponse {
    let names = [&request.client_software_name, &request.client_software_version];
    if call.version >= 3 && !names.iter().all(|name| is_name(name)) {
        return ApiVersionsResponse::default().with_error_code(ResponseError::InvalidRequest.code());
    }
    list(call.version)
}

/// The list, for an answer of this version.
pub fn list(version: i16) -> ApiVersionsResponse {
    let apis = OFFERED.iter().map(|api| {
        ApiVersion::default().with_api_key(api.key as i16).with_min_version(api.min).with_max_version(api.max)
    });
    let response = ApiVersionsResponse::default().with_api_keys(apis.collect());
    if version >= 3 { response.with_finalized_features_epoch(0) } else { response }
}

/// Whether a client's software may be called so: letters, digits, dots and dashes, none of the latter at an end.
fn is_name(name: &str) -> bool {
    let inner = |letter: char| letter.is_ascii_alphanumeric() || ".-".contains(letter);
    let outer = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    name.chars().all(inner) && outer(name.chars().next()) && outer(name.chars().next_back())
}
