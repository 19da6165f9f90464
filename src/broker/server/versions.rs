//! What the broker offers: every API with its versions and the shape of its requests.

use kafka_protocol::messages::ApiKey;

use super::shape::Field::{self, Data, Fixed, List, Since, Structs, Structure, Tagged, Text, Until};

/// An API that is offered.
#[derive(Debug)]
pub struct Api {
    /// Which it is.
    pub key: ApiKey,
    /// Oldest version.
    pub min: i16,
    /// Newest version.
    pub max: i16,
    /// First version with compact lengths and tagged fields.
    flexible: i16,
    /// Fields of its request.
    pub fields: &'static [Field],
}

impl Api {
    /// Whether the version has compact lengths and tagged fields.
    pub fn is_flexible(&self, version: i16) -> bool {
        version >= self.flexible
    }

    /// Whether the version is offered.
    pub fn offers(&self, version: i16) -> bool {
        (self.min..=self.max).contains(&version)
    }
}

/// The API of this key, when it is offered.
pub fn offered(key: i16) -> Option<&'static Api> {
    OFFERED.iter().find(|api| api.key as i16 == key)
}

const BYTE: Field = Fixed(1);
const INT16: Field = Fixed(2);
const INT32: Field = Fixed(4);
const INT64: Field = Fixed(8);
const UUID: Field = Fixed(16);
const NEVER: i16 = i16::MAX;

/// Partitions by number below the name of their topic.
const PARTITIONS_OF_TOPICS: Field = Structs(&[Text, List(&INT32)]);
const CONFIGS: Field = Structs(&[Text, Text]);
const COMMITTED: Field = Structs(&[Text, Structs(&[INT32, INT64, Since(6, &INT32), Text])]);
const COMMITTED_IN_TRANSACTION: Field = Structs(&[Text, Structs(&[INT32, INT64, Since(2, &INT32), Text])]);
const ACL_FILTER: &[Field] = &[BYTE, Text, BYTE, Text, Text, BYTE, BYTE];

const fn api(key: ApiKey, min: i16, max: i16, flexible: i16, fields: &'static [Field]) -> Api {
    Api { key, min, max, flexible, fields }
}

/// Newest versions stop where a second form of transactions (KIP-890) or topic ids in offsets begin: the broker does not
/// have those.
pub const OFFERED: &[Api] = &[
    api(ApiKey::Produce, 3, 11, 9, &[Text, INT16, INT32, Structs(&[Text, Structs(&[INT32, Data])])]),
    api(
        ApiKey::Fetch,
        4,
        17,
        12,
        &[
            Until(14, &INT32),
            INT32,
            INT32,
            INT32,
            BYTE,
            Since(7, &INT32),
            Since(7, &INT32),
            Structs(&[
                Until(12, &Text),
                Since(13, &UUID),
                Structs(&[
                    INT32,
                    Since(9, &INT32),
                    INT64,
                    Since(12, &INT32),
                    Since(5, &INT64),
                    INT32,
                    Tagged(0, &Since(17, &UUID)),
                ]),
            ]),
            Since(7, &Structs(&[Until(12, &Text), Since(13, &UUID), List(&INT32)])),
            Since(11, &Text),
            Tagged(0, &Text),
            Tagged(1, &Since(15, &Structure(&[INT32, INT64]))),
        ],
    ),
    api(
        ApiKey::ListOffsets,
        1,
        10,
        6,
        &[
            INT32,
            Since(2, &BYTE),
            Structs(&[Text, Structs(&[INT32, Since(4, &INT32), INT64])]),
            Since(10, &INT32),
        ],
    ),
    api(
        ApiKey::Metadata,
        0,
        13,
        9,
        &[Structs(&[Since(10, &UUID), Text]), Since(4, &BYTE), Since(8, &Until(10, &BYTE)), Since(8, &BYTE)],
    ),
    api(ApiKey::OffsetCommit, 2, 9, 8, &[Text, INT32, Text, Since(7, &Text), Until(4, &INT64), COMMITTED]),
    api(
        ApiKey::OffsetFetch,
        1,
        9,
        6,
        &[
            Until(7, &Text),
            Until(7, &PARTITIONS_OF_TOPICS),
            Since(8, &Structs(&[Text, Since(9, &Text), Since(9, &INT32), PARTITIONS_OF_TOPICS])),
            Since(7, &BYTE),
        ],
    ),
    api(ApiKey::FindCoordinator, 0, 5, 3, &[Until(3, &Text), Since(1, &BYTE), Since(4, &List(&Text))]),
    api(
        ApiKey::JoinGroup,
        0,
        9,
        6,
        &[
            Text,
            INT32,
            Since(1, &INT32),
            Text,
            Since(5, &Text),
            Text,
            Structs(&[Text, Data]),
            Since(8, &Text),
        ],
    ),
    api(ApiKey::Heartbeat, 0, 4, 4, &[Text, INT32, Text, Since(3, &Text)]),
    api(
        ApiKey::LeaveGroup,
        0,
        5,
        4,
        &[Text, Until(2, &Text), Since(3, &Structs(&[Text, Text, Since(5, &Text)]))],
    ),
    api(
        ApiKey::SyncGroup,
        0,
        5,
        4,
        &[Text, INT32, Text, Since(3, &Text), Since(5, &Text), Since(5, &Text), Structs(&[Text, Data])],
    ),
    api(ApiKey::DescribeGroups, 0, 6, 5, &[List(&Text), Since(3, &BYTE)]),
    api(ApiKey::ListGroups, 0, 5, 3, &[Since(4, &List(&Text)), Since(5, &List(&Text))]),
    api(ApiKey::ApiVersions, 0, 4, 3, &[Since(3, &Text), Since(3, &Text)]),
    api(
        ApiKey::CreateTopics,
        2,
        7,
        5,
        &[Structs(&[Text, INT32, INT16, Structs(&[INT32, List(&INT32)]), CONFIGS]), INT32, BYTE],
    ),
    api(ApiKey::DeleteTopics, 1, 6, 4, &[Since(6, &Structs(&[Text, UUID])), Until(5, &List(&Text)), INT32]),
    api(ApiKey::DeleteRecords, 0, 2, 2, &[Structs(&[Text, Structs(&[INT32, INT64])]), INT32]),
    api(ApiKey::InitProducerId, 0, 5, 2, &[Text, INT32, Since(3, &INT64), Since(3, &INT16)]),
    api(
        ApiKey::OffsetForLeaderEpoch,
        2,
        4,
        4,
        &[Since(3, &INT32), Structs(&[Text, Structs(&[INT32, INT32, INT32])])],
    ),
    api(ApiKey::AddPartitionsToTxn, 0, 3, 3, &[Text, INT64, INT16, PARTITIONS_OF_TOPICS]),
    api(ApiKey::AddOffsetsToTxn, 0, 4, 3, &[Text, INT64, INT16, Text]),
    api(ApiKey::EndTxn, 0, 4, 3, &[Text, INT64, INT16, BYTE]),
    api(
        ApiKey::TxnOffsetCommit,
        0,
        4,
        3,
        &[
            Text,
            Text,
            INT64,
            INT16,
            Since(3, &INT32),
            Since(3, &Text),
            Since(3, &Text),
            COMMITTED_IN_TRANSACTION,
        ],
    ),
    api(ApiKey::DescribeAcls, 1, 3, 2, ACL_FILTER),
    api(ApiKey::CreateAcls, 1, 3, 2, &[Structs(&[BYTE, Text, BYTE, Text, Text, BYTE, BYTE])]),
    api(ApiKey::DeleteAcls, 1, 3, 2, &[Structs(ACL_FILTER)]),
    api(ApiKey::DescribeConfigs, 1, 4, 4, &[Structs(&[BYTE, Text, List(&Text)]), BYTE, Since(3, &BYTE)]),
    api(ApiKey::AlterConfigs, 0, 2, 2, &[Structs(&[BYTE, Text, CONFIGS]), BYTE]),
    api(
        ApiKey::IncrementalAlterConfigs,
        0,
        1,
        1,
        &[Structs(&[BYTE, Text, Structs(&[Text, BYTE, Text])]), BYTE],
    ),
    api(ApiKey::DescribeLogDirs, 1, 4, 2, &[PARTITIONS_OF_TOPICS]),
    api(ApiKey::CreatePartitions, 0, 3, 2, &[Structs(&[Text, INT32, Structs(&[List(&INT32)])]), INT32, BYTE]),
    api(ApiKey::DeleteGroups, 0, 2, 2, &[List(&Text)]),
    api(ApiKey::OffsetDelete, 0, 0, NEVER, &[Text, Structs(&[Text, Structs(&[INT32])])]),
    api(ApiKey::DescribeCluster, 0, 2, 0, &[BYTE, Since(1, &BYTE), Since(2, &BYTE)]),
    api(ApiKey::DescribeProducers, 0, 0, 0, &[PARTITIONS_OF_TOPICS]),
    api(ApiKey::DescribeTransactions, 0, 0, 0, &[List(&Text)]),
    api(ApiKey::ListTransactions, 0, 1, 0, &[List(&Text), List(&INT64), Since(1, &INT64)]),
];
