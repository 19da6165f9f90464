"""A witness that was not written here: confluent-kafka from PyPI, driven through one scene against a cluster.

python witness.py SCENE HOST:PORT PREFIX    prints "SCENE: as expected", or ends with what was not.
"""

import sys
import time

from confluent_kafka import (
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaException,
    Producer,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
    ResourceType,
)

PATIENCE = 60


def done(futures):
    """The results of an administrator's calls; raises where one was refused."""
    return {key: future.result(PATIENCE) for key, future in futures.items()}


class Scene:
    def __init__(self, bootstrap, prefix):
        self.server = {"bootstrap.servers": bootstrap}
        self.prefix = prefix
        self.admin = AdminClient(self.server)

    def topic(self, name, partitions):
        topic = f"{self.prefix}-{name}"
        done(self.admin.create_topics([NewTopic(topic, partitions, 1)]))
        return topic

    def consumer(self, group, **properties):
        own = {"group.id": f"{self.prefix}-{group}", "auto.offset.reset": "earliest", "enable.auto.commit": False}
        return Consumer(self.server | own | {key.replace("_", "."): value for key, value in properties.items()})

    def read(self, topic, count, **properties):
        """The next `count` records of partition 0, from its beginning."""
        consumer = self.consumer("reader", **properties)
        consumer.assign([TopicPartition(topic, 0, 0)])
        records = []
        until = time.time() + PATIENCE
        while len(records) < count:
            assert time.time() < until, f"{len(records)} of {count} records"
            for message in consumer.consume(count - len(records), 1.0):
                assert message.error() is None, message.error()
                records.append(message)
        consumer.close()
        return records

    def compressions(self):
        topic = self.topic("compressions", 1)
        codecs = ["none", "gzip", "snappy", "lz4", "zstd"]
        for codec in codecs:
            producer = Producer(self.server | {"compression.type": codec, "enable.idempotence": True, "linger.ms": 20})
            for n in range(500):
                headers = [("h", b"1"), ("h", b"2"), ("none", None)]
                producer.produce(topic, f"{codec} {n}", f"key {n}", headers=headers, timestamp=1_000 + n)
            assert producer.flush(PATIENCE) == 0
        records = self.read(topic, 2_500)
        for at, record in enumerate(records):
            codec, n = codecs[at // 500], at % 500
            assert record.value() == f"{codec} {n}".encode() and record.key() == f"key {n}".encode()
            assert record.headers() == [("h", b"1"), ("h", b"2"), ("none", None)]
            assert record.timestamp()[1] == 1_000 + n and record.offset() == at

    def transactions(self):
        topic = self.topic("transactions", 1)
        producer = Producer(self.server | {"transactional.id": f"{self.prefix}-id"})
        producer.init_transactions(PATIENCE)
        for at in range(6):
            producer.begin_transaction()
            for n in range(20):
                producer.produce(topic, f"{at} {n}")
            producer.flush(PATIENCE)
            if at % 2 == 0:
                producer.commit_transaction(PATIENCE)
            else:
                producer.abort_transaction(PATIENCE)
        values = [record.value().decode() for record in self.read(topic, 60, isolation_level="read_committed")]
        assert values == [f"{at} {n}" for at in (0, 2, 4) for n in range(20)], values
        assert len(self.read(topic, 120, isolation_level="read_uncommitted")) == 120
        second = Producer(self.server | {"transactional.id": f"{self.prefix}-id"})
        second.init_transactions(PATIENCE)
        try:
            producer.begin_transaction()
            producer.produce(topic, "fenced")
            producer.commit_transaction(PATIENCE)
            raise AssertionError("the first producer was not fenced")
        except KafkaException as refused:
            assert refused.args[0].fatal(), refused

    def group(self):
        topic = self.topic("group", 4)
        members = [self.consumer("group", partition_assignment_strategy="roundrobin") for _ in range(3)]
        for member in members:
            member.subscribe([topic])
        self.share(members, 4)
        members.pop().close()
        self.share(members, 4)
        producer = Producer(self.server)
        for n in range(40):
            producer.produce(topic, str(n), partition=n % 4)
        producer.flush(PATIENCE)
        read = set()
        until = time.time() + PATIENCE
        while len(read) < 40:
            assert time.time() < until, f"{len(read)} of 40 records"
            for member in members:
                for message in member.consume(10, 0.1):
                    read.add((message.partition(), message.offset()))
                    member.commit(message, asynchronous=False)
        for member in members:
            member.close()
        group = f"{self.prefix}-group"
        found = done(self.admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)]))[group]
        assert sorted(part.offset for part in found.topic_partitions) == [10, 10, 10, 10]

    def share(self, members, count):
        """Polls until the members share all partitions."""
        until = time.time() + PATIENCE
        while True:
            for member in members:
                member.poll(0.05)
            shares = [[part.partition for part in member.assignment()] for member in members]
            if sorted(part for share in shares for part in share) == list(range(count)) and all(shares):
                return
            assert time.time() < until, f"partitions are not shared: {shares}"

    def administration(self):
        topic = self.topic("administration", 1)
        done(self.admin.create_partitions([NewPartitions(topic, 3)]))
        change = ConfigEntry("retention.ms", "777000", incremental_operation=AlterConfigOpType.SET)
        resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[change])
        done(self.admin.incremental_alter_configs([resource]))
        resource = ConfigResource(ResourceType.TOPIC, topic)
        until = time.time() + PATIENCE
        while next(iter(done(self.admin.describe_configs([resource])).values()))["retention.ms"].value != "777000":
            assert time.time() < until, "the change is not seen"
        producer = Producer(self.server)
        # Times that retention leaves alone.
        began = int(time.time() * 1_000) - 60_000
        for n in range(10):
            producer.produce(topic, str(n), partition=0, timestamp=began + 1_000 * (n + 1))
        producer.flush(PATIENCE)
        part = TopicPartition(topic, 0)
        offsets = {
            "earliest": (OffsetSpec.earliest(), 0),
            "latest": (OffsetSpec.latest(), 10),
            "largest time": (OffsetSpec.max_timestamp(), 9),
            "a time": (OffsetSpec.for_timestamp(began + 3_500), 3),
        }
        for name, (spec, expected) in offsets.items():
            found = done(self.admin.list_offsets({part: spec}))[part].offset
            assert found == expected, f"{name}: {found}"
        done(self.admin.delete_records([TopicPartition(topic, 0, 6)]))
        assert Consumer(self.server | {"group.id": "g"}).get_watermark_offsets(part, PATIENCE) == (6, 10)
        cluster = self.admin.describe_cluster().result(PATIENCE)
        assert len(cluster.nodes) == 1 and cluster.cluster_id
        described = done(self.admin.describe_topics(TopicCollection([topic])))[topic]
        assert len(described.partitions) == 3
        done(self.admin.delete_topics([topic]))


if __name__ == "__main__":
    scene, bootstrap, prefix = sys.argv[1:]
    getattr(Scene(bootstrap, prefix), scene)()
    print(f"{scene}: as expected")
