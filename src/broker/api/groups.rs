//! ListGroups, DescribeGroups and DeleteGroups.

use std::collections::BTreeSet;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::delete_groups_response::DeletableGroupResult;
use kafka_protocol::messages::describe_groups_response::{DescribedGroup, DescribedGroupMember};
use kafka_protocol::messages::list_groups_response::ListedGroup;
use kafka_protocol::messages::{
    DeleteGroupsRequest, DeleteGroupsResponse, DescribeGroupsRequest, DescribeGroupsResponse, GroupId,
    ListGroupsRequest, ListGroupsResponse,
};
use kafka_protocol::protocol::StrBytes;

use super::metadata::NOT_ASKED;
use super::{Call, code, each_once, text};
use crate::broker::groups::DescribedMember;

/// What anybody may do with a group, as bits.
const ALL_ON_GROUP: i32 = 3400;

/// The state of a group that is not there.
const GONE: &str = "Dead";

/// The only type of group there is.
const TYPE: &str = "classic";

/// ListGroups.
pub fn list(call: &Call<'_>, request: ListGroupsRequest) -> ListGroupsResponse {
    let lowercase = |filter: &[StrBytes]| -> BTreeSet<String> {
        filter.iter().map(|asked| asked.to_ascii_lowercase()).collect()
    };
    let (states, types) = (lowercase(&request.states_filter), lowercase(&request.types_filter));
    let is_asked = |filter: &BTreeSet<String>, name: &str| {
        filter.is_empty() || filter.contains(&name.to_ascii_lowercase())
    };
    let listed = call.node.with_groups(|groups| groups.list()).into_iter();
    let listed = listed.filter(|group| is_asked(&states, group.state.name()));
    let groups = listed.filter(|_| is_asked(&types, TYPE)).map(|group| {
        let described = ListedGroup::default()
            .with_group_id(GroupId(text(group.group)))
            .with_protocol_type(text(group.protocol_type));
        match call.version {
            ..4 => described,
            4 => described.with_group_state(text(group.state.name())),
            5.. => described.with_group_state(text(group.state.name())).with_group_type(text(TYPE)),
        }
    });
    ListGroupsResponse::default().with_groups(groups.collect())
}

/// DescribeGroups.
pub fn describe(call: &Call<'_>, request: DescribeGroupsRequest) -> DescribeGroupsResponse {
    let operations = if request.include_authorized_operations { ALL_ON_GROUP } else { NOT_ASKED };
    let groups = each_once(request.groups, GroupId::clone).into_iter().map(|id| {
        let found = call.node.with_groups(|groups| groups.describe(&id));
        let described = DescribedGroup::default();
        let described =
            if call.version >= 3 { described.with_authorized_operations(operations) } else { described };
        match found {
            Some(group) => described
                .with_group_state(text(group.state.name()))
                .with_protocol_type(text(group.protocol_type))
                .with_protocol_data(text(group.protocol))
                .with_members(group.members.into_iter().map(|one| member(call, one)).collect()),
            None if call.version >= 6 => described
                .with_group_state(text(GONE))
                .with_error_code(ResponseError::GroupIdNotFound.code())
                .with_error_message(Some(text(format!("Group {} not found.", id.as_str())))),
            None => described.with_group_state(text(GONE)),
        }
        .with_group_id(id)
    });
    DescribeGroupsResponse::default().with_groups(groups.collect())
}

fn member(call: &Call<'_>, member: DescribedMember) -> DescribedGroupMember {
    let described = DescribedGroupMember::default()
        .with_member_id(text(member.member_id))
        .with_client_id(text(member.client.id))
        .with_client_host(text(member.client.host))
        .with_member_metadata(member.metadata)
        .with_member_assignment(member.assignment);
    if call.version >= 4 { described.with_group_instance_id(member.instance_id.map(text)) } else { described }
}

/// DeleteGroups.
pub fn delete(call: &Call<'_>, request: DeleteGroupsRequest) -> DeleteGroupsResponse {
    let results = request.groups_names.into_iter().map(|id| {
        let done = call.node.on_disk(|| call.node.with_groups(|groups| groups.delete(&id)));
        DeletableGroupResult::default().with_error_code(code(&done)).with_group_id(id)
    });
    DeleteGroupsResponse::default().with_results(results.collect())
}
