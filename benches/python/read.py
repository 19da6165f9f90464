"""The peer of `benches/read.rs`: a topic to a polars frame with confluent-kafka and orjson.

    python read.py BOOTSTRAP TOPIC

Reads every partition from its first offset to the end it has now, by assignment, in batches of 10,000, and prints one
line of JSON: rows, seconds, and the frame's bytes.
"""

import json
import sys
import time

import orjson
import polars as pl
from confluent_kafka import Consumer, TopicPartition


def main(bootstrap: str, topic: str) -> None:
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "unused",
            "enable.auto.commit": False,
            "fetch.wait.max.ms": 10,
        }
    )
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    ends = {}
    for partition in partitions:
        low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=10)
        if high > low:
            ends[partition] = high
    started = time.perf_counter()
    consumer.assign([TopicPartition(topic, partition, 0) for partition in ends])
    rows = []
    while ends:
        for message in consumer.consume(10_000, timeout=1.0):
            if message.error():
                raise SystemExit(str(message.error()))
            rows.append(orjson.loads(message.value()))
            if message.offset() + 1 >= ends.get(message.partition(), 1 << 62):
                del ends[message.partition()]
    frame = pl.DataFrame(rows, infer_schema_length=1_000)
    seconds = time.perf_counter() - started
    print(json.dumps({"rows": frame.height, "seconds": seconds, "bytes": frame.estimated_size()}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
