//! Access control: there is none, and whoever asks is told so.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::create_acls_response::AclCreationResult;
use kafka_protocol::messages::delete_acls_response::DeleteAclsFilterResult;
use kafka_protocol::messages::{
    CreateAclsRequest, CreateAclsResponse, DeleteAclsRequest, DeleteAclsResponse, DescribeAclsRequest,
    DescribeAclsResponse,
};

use super::{Call, text};

const ERROR: ResponseError = ResponseError::SecurityDisabled;
const REASON: &str = "No Authorizer is configured.";

/// DescribeAcls.
pub fn describe(_: &Call<'_>, _: DescribeAclsRequest) -> DescribeAclsResponse {
    DescribeAclsResponse::default().with_error_code(ERROR.code()).with_error_message(Some(text(REASON)))
}

/// CreateAcls.
pub fn create(_: &Call<'_>, request: CreateAclsRequest) -> CreateAclsResponse {
    let refused =
        AclCreationResult::default().with_error_code(ERROR.code()).with_error_message(Some(text(REASON)));
    CreateAclsResponse::default().with_results(vec![refused; request.creations.len()])
}

/// DeleteAcls.
pub fn delete(_: &Call<'_>, request: DeleteAclsRequest) -> DeleteAclsResponse {
    let refused = DeleteAclsFilterResult::default()
        .with_error_code(ERROR.code())
        .with_error_message(Some(text(REASON)));
    DeleteAclsResponse::default().with_filter_results(vec![refused; request.filters.len()])
}
