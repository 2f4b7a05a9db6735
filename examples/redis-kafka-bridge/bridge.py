"""A bridge from Redis Streams to Kafka with redis-py and confluent-kafka, to be audited by Holdfast (docs/clients.md).

    bridge: {command: [.build/clients-venv/bin/python, examples/redis-kafka-bridge/bridge.py]}

It reads a batch, writes it to Kafka, waits for its word, then tells Redis: at least once.

    --bug NAME   a bug on purpose, to see it found: early (tells Redis before Kafka has said anything), drop (one event
                 in twenty is confirmed and never sent)
"""

import argparse
import json
import os
import signal
import struct
import sys
import threading
import time

try:
    import confluent_kafka
    import redis
    import redis.exceptions as errors
    import redis.sentinel
except ImportError as error:
    sys.exit(f"a library is missing ({error}); `make clients` installs it, or: pip install redis confluent-kafka")


def note(text):
    print(text, file=sys.stderr, flush=True)


class Bridge:
    def __init__(self, bug):
        self.bug = bug
        self.is_over = threading.Event()
        self.orders = json.loads(sys.stdin.readline())
        if self.orders["type"] != "bridge" or self.orders["version"] != 1:
            sys.exit("this client is a bridge, by version 1 of the protocol")
        if "cluster" in self.orders["hot"]["settings"]:
            sys.exit("this client does not know Redis Cluster")
        self.addresses = self.orders["hot"]["addresses"]
        self.kinds = set(self.orders["kinds"].values())
        self.group, self.consumer = self.orders["group"], self.orders["consumer"]
        # Partitions as TOPIC-NUMBER.
        places = [stream.rsplit("-", 1) for stream in self.orders["cold"]["streams"]]
        self.places = [(topic, int(number)) for topic, number in places]
        cold = self.orders["cold"]
        self.kafka = confluent_kafka.Producer(
            {**cold["settings"], "bootstrap.servers": ",".join(cold["addresses"])})
        self.redis = None
        self.claimed = 0.0
        self.carried = 0

    def run(self):
        signal.signal(signal.SIGTERM, lambda *_: self.is_over.set())
        threading.Thread(target=self.listen, daemon=True).start()
        note(f"redis-py {redis.__version__}, confluent-kafka {confluent_kafka.__version__}")
        while not self.is_over.is_set():
            try:
                if self.redis is None:
                    self.redis = self.connect()
                self.turn()
            except (errors.ConnectionError, errors.TimeoutError, errors.ReadOnlyError, errors.ResponseError) as error:
                note(f"redis: {error}")
                self.redis = None
                time.sleep(0.1)
        note(f"{self.carried} events carried")

    def listen(self):
        """What follows the first line: where Redis is found from now on. Its end means: finish and leave."""
        for line in sys.stdin:
            order = json.loads(line)
            if order["type"] == "addresses":
                self.addresses = order["addresses"]
                self.redis = None
        self.is_over.set()

    def connect(self):
        settings = self.orders["hot"]["settings"]
        if "sentinels" in settings:
            places = [(host, int(port)) for host, port in (s.rsplit(":", 1) for s in settings["sentinels"].split())]
            host, port = redis.sentinel.Sentinel(places, socket_timeout=0.5).discover_master(settings["primary"])
        else:
            host, port = self.addresses[0].rsplit(":", 1)
        client = redis.Redis(host=host, port=int(port), socket_timeout=2, socket_connect_timeout=1)
        for stream in self.orders["hot"]["streams"]:
            client.xgroup_createconsumer(stream, self.group, self.consumer)
        return client

    def turn(self):
        client, streams = self.redis, self.orders["hot"]["streams"]
        # What this one read before its connection was lost is claimed, too, once it is old enough.
        now = time.monotonic()
        claim = self.orders["claim"] / 1e9
        if now - self.claimed > claim / 4:
            self.claimed = now
            for stream in streams:
                entries = client.xautoclaim(
                    stream, self.group, self.consumer, int(claim * 1e3), count=self.orders["batch"])[1]
                self.carry(client, [(stream, entries)])
        read = client.xreadgroup(
            self.group, self.consumer, {stream: ">" for stream in streams}, count=self.orders["batch"], block=100)
        batches = read.items() if isinstance(read, dict) else read or []
        self.carry(client, [(name.decode() if isinstance(name, bytes) else name, self.flat(e)) for name, e in batches])

    @staticmethod
    def flat(entries):
        """redis-py puts a stream's entries into one more list by RESP3."""
        return entries[0] if len(entries) == 1 and isinstance(entries[0], list) else entries

    def carry(self, client, batches):
        """To Kafka first, and only what it has confirmed is confirmed to Redis."""
        done = {stream: [] for stream, _ in batches}
        if self.bug == "early":
            for stream, entries in batches:
                if entries:
                    client.xack(stream, self.group, *[entry for entry, _ in entries])
        for stream, entries in batches:
            for entry, fields in entries:
                if fields is None:
                    continue
                value = fields[b"e"]
                # Whose event it is, its number, and what kind (docs/clients.md).
                agent, seq, kind = struct.unpack_from("<qq8xI", value, 16)
                dropped = self.bug == "drop" and seq % 20 == 7
                if kind not in self.kinds or dropped:
                    done[stream].append(entry)
                    continue
                topic, partition = self.places[agent % len(self.places)]

                def told(error, _, stream=stream, entry=entry):
                    if error is None:
                        done[stream].append(entry)
                        self.carried += 1
                    else:
                        note(f"kafka: {error}")

                while True:
                    try:
                        self.kafka.produce(topic, value, partition=partition, on_delivery=told)
                        break
                    except BufferError:
                        self.kafka.poll(0.1)
        self.kafka.flush()
        if self.bug == "early":
            return
        for stream, entries in done.items():
            if entries:
                client.xack(stream, self.group, *entries)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bug", choices=["early", "drop"])
    Bridge(parser.parse_args().bug).run()
    sys.stdout.flush()
    os._exit(0)
