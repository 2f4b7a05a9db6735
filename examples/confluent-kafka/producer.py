"""A producer for Kafka with confluent-kafka, to be audited by Holdfast (docs/clients.md).

    producer: {command: [.build/clients-venv/bin/python, examples/confluent-kafka/producer.py]}

    --library-retries   the library tries again by itself, whatever the configuration says: an event may be in the log
                        twice for one attempt
    --bug NAME          a bug on purpose, to see it found: early (acknowledges before the reply), drop (one event in a
                        thousand is acknowledged and never sent), skip (one in a thousand is passed over), twice (sends
                        every hundredth event twice)
"""

import argparse
import functools
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from access import properties as access  # noqa: E402
from holdfast_client import Bugs, note  # noqa: E402
from holdfast_pipeline import Pipeline, fail  # noqa: E402

try:
    import confluent_kafka
    from confluent_kafka import KafkaError, KafkaException
except ImportError as error:
    sys.exit(f"confluent-kafka is missing ({error}); `make clients` installs it, or: pip install confluent-kafka")

# As Holdfast's own producer has them, so that the two can be compared; the configuration's own come last.
DEFAULTS = {
    "linger.ms": "0",
    "max.in.flight.requests.per.connection": "5",
    "socket.timeout.ms": "6000",
    "message.timeout.ms": "10000",
    "request.timeout.ms": "5000",
    "reconnect.backoff.ms": "50",
    "reconnect.backoff.max.ms": "500",
    "socket.keepalive.enable": "true",
    "socket.nagle.disable": "true",
    "socket.connection.setup.timeout.ms": "5000",
    "allow.auto.create.topics": "false",
}

# One property by two names would be there twice.
ALIASES = {
    "max.in.flight": "max.in.flight.requests.per.connection",
    "queue.buffering.max.ms": "linger.ms",
    "delivery.timeout.ms": "message.timeout.ms",
    "message.send.max.retries": "retries",
}

# What a broker says before it appends anything, of the message itself: it is not in the log, if the library sent it but
# once. The rest is unknown: confluent-kafka does not show the library's word for it (rd_kafka_message_status), and that
# word is no proof (NOT_LEADER_OR_FOLLOWER also comes after an append).
REFUSALS = (KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.INVALID_RECORD)


class KafkaProducer(Pipeline):
    def __init__(self, options):
        super().__init__()
        self.options = options
        self.bugs = Bugs([options.bug])
        self.reports = []

    def prepare(self):
        if self.greeting["broker"] != "kafka":
            sys.exit(f"this client does not know {self.greeting['broker']}")
        ack = self.greeting["ack"]
        if ack not in ("0", "1", "all", "-1"):
            sys.exit(f"this client does not know ack: {ack}")
        self.places = {}
        for stream in self.greeting["streams"]:
            topic, partition = stream.rsplit("-", 1)
            self.places[stream] = (topic, int(partition))
        own = {ALIASES.get(name, name): value for name, value in self.greeting["settings"].items()}
        settings = {**DEFAULTS, **access(self.greeting), "client.id": self.greeting["worker"], **own, "acks": ack}
        settings["bootstrap.servers"] = ",".join(self.addresses)
        if self.options.library_retries:
            settings.pop("retries", None)
        # Nobody is refused whose event is the only one that the library has.
        settings.setdefault("queue.buffering.max.messages", "1000000")
        self.is_only_try = settings.get("retries") == "0"
        self.has_offsets = ack != "0"
        note(f"confluent-kafka {confluent_kafka.__version__}, librdkafka {confluent_kafka.libversion()[0]}")
        try:
            self.library = confluent_kafka.Producer({**settings, "error_cb": self.trouble})
        except KafkaException as error:
            sys.exit(f"this client does not know it: {error.args[0].str()}")
        self.meet()
        self.start(self.poll)

    def meet(self):
        """Waits until the library knows who leads each partition."""
        while True:
            try:
                topics = self.library.list_topics(timeout=2).topics
            except KafkaException as error:
                note(f"not connected: {error.args[0].str()}")
                continue
            found = {(topic.topic, n) for topic in topics.values() for n, p in topic.partitions.items() if p.leader >= 0}
            if found >= set(self.places.values()):
                return

    def trouble(self, error):
        note(f"the library says: {error.name()}: {error.str()}")
        if error.fatal():
            fail(f"the library's producer is dead: {error.str()}")

    # What goes to the library, by one thread.

    def publish(self, events):
        for event in [event for event in events if self.bugs.strikes("skip", 1000)]:
            events.remove(event)
            self.forget(event)
        self.attempts(events)
        if self.bugs.has("early"):
            self.settled([(event, "acked", None, None) for event in events])
        for event in events:
            if self.bugs.strikes("drop", 1000):
                self.settled([(event, "acked", None, None)])
                continue
            self.hand_over(event, functools.partial(self.told, event))
            if self.bugs.strikes("twice", 100):
                self.hand_over(event, None)

    def hand_over(self, event, told):
        topic, partition = self.places[event.stream]
        while True:
            try:
                return self.library.produce(topic, event.value, partition=partition, on_delivery=told)
            except BufferError:
                # Room comes with reports, which the other thread takes.
                time.sleep(0.001)
            except KafkaException as error:
                if error.args[0].fatal():
                    fail(f"the library's producer is dead: {error.args[0].str()}")
                # It was never queued.
                if told is not None:
                    self.settle([(event, "failed", None, f"not taken: {error.args[0].name()}")])
                return

    # What the library says, by another.

    def poll(self):
        while True:
            self.library.poll(0.5)
            if self.reports:
                reports, self.reports = self.reports, []
                self.settle(reports)

    def told(self, event, error, message):
        if error is None:
            self.reports.append((event, "acked", message.offset() if self.has_offsets else None, None))
        else:
            refused = self.is_only_try and error.code() in REFUSALS
            self.reports.append((event, "failed" if refused else "unknown", None, error.name()))

    def settle(self, outcomes):
        if not self.bugs.has("early"):
            self.settled(outcomes)

    def give_up(self):
        self.library.purge()

    def close(self):
        self.library.flush(5)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library-retries", action="store_true")
    parser.add_argument("--bug", choices=["early", "drop", "skip", "twice"])
    KafkaProducer(parser.parse_args()).run()


main()
