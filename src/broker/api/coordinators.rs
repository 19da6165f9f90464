//! FindCoordinator: there is one node, so it coordinates everything.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::find_coordinator_response::Coordinator;
use kafka_protocol::messages::{BrokerId, FindCoordinatorRequest, FindCoordinatorResponse};

use super::{Call, text};
use crate::broker::server::node::{HOST, NODE_ID};

/// Version from which several keys are asked for at once.
const BATCHED: i16 = 4;

/// FindCoordinator.
pub fn find(call: &Call<'_>, request: FindCoordinatorRequest) -> FindCoordinatorResponse {
    const GROUP: i8 = 0;
    const TRANSACTION: i8 = 1;
    let is_known = [GROUP, TRANSACTION].contains(&request.key_type);
    let port = i32::from(call.node.port);
    let error = ResponseError::InvalidRequest.code();
    if call.version >= BATCHED {
        let found = request.coordinator_keys.into_iter().map(|key| {
            let coordinator = Coordinator::default().with_key(key);
            if !is_known {
                return coordinator.with_error_code(error).with_node_id(BrokerId(-1)).with_port(-1);
            }
            coordinator.with_node_id(BrokerId(NODE_ID)).with_host(text(HOST)).with_port(port)
        });
        return FindCoordinatorResponse::default().with_coordinators(found.collect());
    }
    if !is_known {
        return FindCoordinatorResponse::default()
            .with_error_code(error)
            .with_node_id(BrokerId(-1))
            .with_port(-1);
    }
    FindCoordinatorResponse::default().with_node_id(BrokerId(NODE_ID)).with_host(text(HOST)).with_port(port)
}
