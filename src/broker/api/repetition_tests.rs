//! What is asked for again and again is answered once.

use kafka_protocol::messages::describe_configs_request::DescribeConfigsResource;
use kafka_protocol::messages::describe_producers_request::TopicRequest;
use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::offset_fetch_request::{OffsetFetchRequestGroup, OffsetFetchRequestTopics};
use kafka_protocol::messages::{
    DescribeConfigsRequest, DescribeGroupsRequest, DescribeProducersRequest, DescribeTransactionsRequest,
    MetadataRequest, OffsetFetchRequest,
};

use crate::broker::server::client_for_tests::*;

const OFTEN: usize = 1000;

#[test]
fn a_small_request_gets_no_more_than_there_is() {
    let broker = memory();
    let mut stream = connect(&broker);
    create_topic(&mut stream, &[]);

    let topics = ["t", "u"].map(|topic| MetadataRequestTopic::default().with_name(Some(name(topic))));
    let request = MetadataRequest::default().with_topics(Some(vec![topics; OFTEN].concat()));
    let answer = ask(&mut stream, &request, 9);
    let names: Vec<_> = answer.topics.iter().map(|topic| topic.name.as_ref().unwrap().to_string()).collect();
    assert_eq!(names, ["t", "u"]);

    let topic = DescribeConfigsResource::default().with_resource_type(2).with_resource_name(name("t"));
    let one = topic.clone().with_configuration_keys(Some(vec![name("retention.ms")]));
    let request = DescribeConfigsRequest::default();
    let request = request.with_resources(vec![[topic.with_configuration_keys(None), one]; OFTEN].concat());
    let answer = ask(&mut stream, &request, 4);
    let counts: Vec<usize> = answer.results.iter().map(|result| result.configs.len()).collect();
    assert_eq!((counts.len(), counts[0] > 20, counts[1]), (2, true, 1));

    let request = DescribeGroupsRequest::default().with_groups(vec![name("g"); OFTEN]);
    assert_eq!(ask(&mut stream, &request, 5).groups.len(), 1);

    let request = DescribeTransactionsRequest::default().with_transactional_ids(vec![name("x"); OFTEN]);
    assert_eq!(ask(&mut stream, &request, 0).transaction_states.len(), 1);

    let topic = TopicRequest::default().with_name(name("t")).with_partition_indexes(vec![0; OFTEN]);
    let request = DescribeProducersRequest::default().with_topics(vec![topic; 2]);
    let answer = ask(&mut stream, &request, 0);
    assert_eq!(answer.topics.iter().map(|topic| topic.partitions.len()).sum::<usize>(), 1);
}

#[test]
fn offsets_of_a_group_that_is_named_again_are_those_of_both() {
    let broker = memory();
    let mut stream = connect(&broker);
    let asked = |partitions: Vec<i32>| {
        let topic =
            OffsetFetchRequestTopics::default().with_name(name("t")).with_partition_indexes(partitions);
        OffsetFetchRequestGroup::default().with_group_id(name("g")).with_topics(Some(vec![topic]))
    };
    let all = OffsetFetchRequestGroup::default().with_group_id(name("h")).with_topics(None);
    let groups = vec![asked(vec![1, 1, 0]), all.clone(), asked(vec![2, 1]), all];
    let answer = ask(&mut stream, &OffsetFetchRequest::default().with_groups(groups), 8);
    let numbers = |at: usize| -> Vec<i32> {
        let partitions = answer.groups[at].topics.iter().flat_map(|topic| &topic.partitions);
        partitions.map(|partition| partition.partition_index).collect()
    };
    assert_eq!((answer.groups.len(), numbers(0), numbers(1)), (2, vec![0, 1, 2], vec![]));
}
