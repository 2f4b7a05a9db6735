"""A consumer of Kafka with confluent-kafka, to be audited by Holdfast (docs/clients.md).

    consumer: {command: [.build/clients-venv/bin/python, examples/confluent-kafka/consumer.py]}

    --bug NAME          a bug on purpose, or several, to see them found: early (commits before it has worked), drop (one
                        event in a hundred is committed and never worked on), skip (one in a hundred is committed and
                        passed over in silence), twice (goes back to what it has committed, after each tenth commit)
"""

import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from access import properties as access  # noqa: E402
from holdfast_client import Bugs, Consumer, Entry, confirmations, note  # noqa: E402

try:
    import confluent_kafka
    from confluent_kafka import KafkaException, TopicPartition
except ImportError as error:
    sys.exit(f"confluent-kafka is missing ({error}); `make clients` installs it, or: pip install confluent-kafka")

# As Holdfast's own consumers have them, so that they can be compared; the configuration's own come last.
DEFAULTS = {
    "socket.timeout.ms": "6000",
    "reconnect.backoff.ms": "50",
    "reconnect.backoff.max.ms": "500",
    "socket.keepalive.enable": "true",
    "socket.nagle.disable": "true",
    "socket.connection.setup.timeout.ms": "5000",
    "fetch.wait.max.ms": "100",
    "fetch.error.backoff.ms": "50",
    "fetch.queue.backoff.ms": "50",
    "queued.max.messages.kbytes": "4096",
}


class KafkaConsumer(Consumer):
    def __init__(self, bugs):
        super().__init__()
        self.bugs = Bugs(bugs)
        self.is_placed = False
        self.batch = []  # Read just now, and nobody was told of it yet.
        self.late = {}  # By stream: the last entry whose work is done and that the broker has not confirmed.

    # Its place in the group

    def join(self):
        if self.greeting["broker"] != "kafka":
            sys.exit(f"this client does not know {self.greeting['broker']}")
        if self.ack not in ("after-processing", "before-processing", "auto"):
            sys.exit(f"this client does not know ack: {self.ack}")
        if self.bugs.has("early"):
            self.ack = "none"
        places = [stream.rsplit("-", 1) for stream in self.greeting["streams"]]
        topics = sorted({topic for topic, _ in places})
        note(f"confluent-kafka {confluent_kafka.__version__}, librdkafka {confluent_kafka.libversion()[0]}")
        try:
            self.library = confluent_kafka.Consumer({**self.properties(), "on_commit": self.committed})
        except KafkaException as error:
            sys.exit(f"this client does not know it: {error.args[0].str()}")
        self.library.subscribe(topics, on_assign=self.given, on_revoke=self.revoked, on_lost=self.lost)
        while not self.is_placed and not self.is_told:
            self.batch += self.poll(0.5)

    def properties(self):
        hello = self.greeting
        auto = "true" if hello["ack"] == "auto" else "false"
        own = {
            "bootstrap.servers": ",".join(self.addresses),
            "client.id": hello["consumer"],
            "group.id": hello["group"],
            # The library stores what it hands over, and commits what it has stored.
            "enable.auto.commit": auto,
            "enable.auto.offset.store": auto,
            "isolation.level": hello["isolation"],
            "auto.offset.reset": "earliest" if hello["start"] == "beginning" else "latest",
            "allow.auto.create.topics": "false",
            "check.crcs": "true",
            "max.poll.interval.ms": str(hello["poll_timeout"] // 1_000_000),
        }
        if hello["ack"] == "auto":
            own["auto.commit.interval.ms"] = str(hello["auto_commit_interval"] // 1_000_000)
        if hello["static"]:
            own["group.instance.id"] = hello["consumer"]
        if hello["protocol"] == "consumer":
            # The broker says how long a session is, and who reads what.
            own["group.protocol"] = "consumer"
        else:
            session = min(hello["session_timeout"], hello["poll_timeout"]) // 1_000_000
            own["session.timeout.ms"] = str(session)
            own["heartbeat.interval.ms"] = str(max(1, min(3000, session // 3)))
            own["partition.assignment.strategy"] = hello["assignor"]
        return {**DEFAULTS, **access(hello), **hello["settings"], **own}

    # The library calls these from within poll(), consume() and close(): nothing is in hand then, but for what was read
    # just now. That is dropped with its partition: whoever gets the partition gets it.

    def given(self, _, partitions):
        note(f"given: {self.names(partitions)}")
        self.is_placed = True

    def revoked(self, _, partitions):
        """What is done of them is committed before they are given up."""
        note(f"gives up: {self.names(partitions)}")
        if self.late:
            self.confirm([])
        self.drop(partitions)

    def lost(self, _, partitions):
        note(f"lost: {self.names(partitions)}")
        self.drop(partitions)

    def drop(self, partitions):
        gone = set(map(self.stream, partitions))
        self.batch = [entry for entry in self.batch if entry.stream not in gone]
        for stream in gone:
            self.late.pop(stream, None)

    def names(self, partitions):
        return " ".join(map(self.stream, partitions)) or "nothing"

    @staticmethod
    def stream(partition):
        return f"{partition.topic}-{partition.partition}"

    # What it is handed

    def read(self):
        self.batch += self.poll(0.5)
        room = self.greeting["batch"] - len(self.batch)
        if self.batch and room > 0:
            # What is there already.
            self.batch += self.entries(self.library.consume(room, timeout=0))
        if self.late and not self.batch:
            self.confirm([])
        batch, self.batch = self.batch, []
        return batch

    def poll(self, seconds):
        message = self.library.poll(seconds)
        return self.entries([] if message is None else [message])

    @staticmethod
    def entries(messages):
        for message in messages:
            if message.error():
                note(f"the library says: {message.error().name()}: {message.error().str()}")
        return [Entry(f"{m.topic()}-{m.partition()}", m.offset(), m.value()) for m in messages if not m.error()]

    # What it tells

    def acknowledge(self, entries):
        """With what an earlier commit did not bring through, where the work is done."""
        if self.ack != "after-processing":
            last = {}
            self.keep(entries, last)
            confirmed = self.commit(last)
            return [entry for entry in entries if entry.stream in confirmed]
        self.keep(entries, self.late)
        confirmed = [self.late.pop(stream) for stream in self.commit(self.late)]
        for entry in confirmed:
            if self.bugs.strikes("twice", 10):
                topic, number = entry.stream.rsplit("-", 1)
                self.library.seek(TopicPartition(topic, int(number), entry.position))
        return confirmed

    @staticmethod
    def keep(entries, last):
        """The last of each stream."""
        for entry in entries:
            if entry.stream not in last or last[entry.stream].position < entry.position:
                last[entry.stream] = entry

    def commit(self, last):
        """Commits all up to these, and returns the streams of which it was confirmed."""
        if not last:
            return []
        offsets = []
        for stream, entry in last.items():
            topic, number = stream.rsplit("-", 1)
            offsets.append(TopicPartition(topic, int(number), entry.position + 1))
        try:
            answers = self.library.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            note(f"not committed: {error.args[0].str()}")
            return []
        return [self.stream(answer) for answer in answers if answer.error is None]

    def committed(self, error, partitions):
        """The library has committed by itself."""
        if self.ack != "auto" or error is not None:
            return
        self.voice.say_all([
            {"type": "commit", "stream": self.stream(partition), "position": partition.offset}
            for partition in partitions if partition.error is None and partition.offset >= 0])

    def leave(self):
        if self.late:
            self.confirm([])
        self.library.close()

    # Bugs on purpose

    def take(self, entries):
        if self.bugs.has("early"):
            # Before it has said a word: whatever is in its hands then, the broker takes for done.
            confirmed = self.acknowledge(entries)
            self.voice.say_all([entry.delivery() for entry in entries] + confirmations(confirmed))
            self.handle(entries)
            return
        skipped = [entry for entry in entries if self.bugs.strikes("skip", 100)]
        dropped = [entry for entry in entries if entry not in skipped and self.bugs.strikes("drop", 100)]
        if dropped:
            self.voice.say_all([entry.delivery() for entry in dropped])
        # Committed with whatever is committed next.
        self.keep(skipped + dropped, self.late)
        super().take([entry for entry in entries if entry not in skipped and entry not in dropped])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bug", action="append", default=[], choices=["early", "drop", "skip", "twice"])
    KafkaConsumer(parser.parse_args().bug).run()


main()
