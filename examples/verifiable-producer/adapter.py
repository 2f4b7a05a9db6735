"""Kafka's own VerifiableProducer, the producer of Kafka's system tests, to be audited by Holdfast (docs/clients.md).

    producer: {command: [.build/clients-venv/bin/python, examples/verifiable-producer/adapter.py]}

The tool makes up what it sends; its class takes what others make up. So the adapter brings the class into this process,
by JPype, tells it what to send, and reads what it prints of each send. It is Kafka's at KAFKA_HOME (else what `make
kafka` fetched), and Java is that of JAVA_HOME, or the machine's.
"""

import glob
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from access import properties as access  # noqa: E402
from holdfast_client import note  # noqa: E402
from holdfast_pipeline import Pipeline, fail  # noqa: E402

try:
    import jpype
except ImportError as error:
    sys.exit(f"JPype is missing ({error}); `make clients` installs it, or: pip install JPype1")

# As Holdfast's own producer has them, by the names that the Java client has for them; the configuration's own come last.
DEFAULTS = {
    "linger.ms": "0",
    "max.in.flight.requests.per.connection": "5",
    "delivery.timeout.ms": "10000",
    "request.timeout.ms": "5000",
    "max.block.ms": "10000",
    "reconnect.backoff.ms": "50",
    "reconnect.backoff.max.ms": "500",
}

# The configuration has librdkafka's names.
ALIASES = {
    "max.in.flight": "max.in.flight.requests.per.connection",
    "queue.buffering.max.ms": "linger.ms",
    "message.timeout.ms": "delivery.timeout.ms",
    "message.send.max.retries": "retries",
    "compression.codec": "compression.type",
    "message.max.bytes": "max.request.size",
}

# What is said before anything is appended, of the record itself: it is not in the log, if it was sent but once.
REFUSALS = ("RecordTooLargeException", "TopicAuthorizationException", "InvalidRecordException")

# Bytes pass as the text whose characters have their numbers.
ENCODING = "ISO-8859-1"


def kafka_home():
    home = os.environ.get("KAFKA_HOME")
    if home:
        return home
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ.get("HOME", "/nowhere"), ".cache")
    fetched = sorted(glob.glob(os.path.join(cache, "holdfast", "kafka_*", "libs")))
    if not fetched:
        sys.exit("there is no Kafka here: set KAFKA_HOME to the folder of a release, or fetch one by `make kafka`")
    return os.path.dirname(fetched[-1])


class VerifiableProducer(Pipeline):
    def __init__(self):
        super().__init__()
        self.open = {}

    def prepare(self):
        if self.greeting["broker"] != "kafka":
            sys.exit(f"this client does not know {self.greeting['broker']}")
        self.start_java()
        properties = self.properties()
        places = [stream.rsplit("-", 1) for stream in self.greeting["streams"]]
        self.places = {stream: (topic, int(number)) for stream, (topic, number) in zip(self.greeting["streams"], places)}
        # A tool knows one topic.
        self.tools, self.counts, self.libraries = {}, {}, []
        for topic in {topic for topic, _ in self.places.values()}:
            try:
                library = jpype.JClass("org.apache.kafka.clients.producer.KafkaProducer")(properties)
            except jpype.JException as error:
                sys.exit(f"this client does not know it: {error}")
            self.counts[topic] = self.meet(library, topic)
            self.libraries.append(library)
            # No throttle, no last message, and what is sent is ours: prefix, time and keys are the tool's own.
            tool = jpype.JClass("org.apache.kafka.tools.VerifiableProducer")
            self.tools[topic] = tool(library, topic, -1, -1, None, None, None)
        version = jpype.JClass("org.apache.kafka.common.utils.AppInfoParser").getVersion()
        note(f"VerifiableProducer of Kafka {version}")

    @staticmethod
    def meet(library, topic):
        """How many partitions it has; waits until there is a broker to ask."""
        timeout = jpype.JClass("org.apache.kafka.common.errors.TimeoutException")
        while True:
            try:
                return library.partitionsFor(topic).size()
            except timeout as error:
                note(f"not connected: {error}")

    def start_java(self):
        jars = sorted(glob.glob(os.path.join(kafka_home(), "libs", "*.jar")))
        jpype.startJVM(
            "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", classpath=jars)
        # What it prints comes to us. It must not reach our own output, which has a protocol.
        self.printed, end = os.pipe()
        stream = jpype.JClass("java.io.FileOutputStream")(f"/proc/self/fd/{end}")
        jpype.java.lang.System.setOut(jpype.JClass("java.io.PrintStream")(stream, True, "UTF-8"))
        self.start(self.listen)
        self.partition = jpype.JClass("org.apache.kafka.clients.producer.internals.BuiltInPartitioner").partitionForKey
        self.bytes = jpype.JArray(jpype.JByte)

    def properties(self):
        ack = self.greeting["ack"]
        if ack not in ("0", "1", "all", "-1"):
            sys.exit(f"this client does not know ack: {ack}")
        known = jpype.JClass("org.apache.kafka.clients.producer.ProducerConfig").configNames()
        own = {ALIASES.get(name, name): value for name, value in self.greeting["settings"].items()}
        for name in own:
            if not known.contains(name):
                sys.exit(f"this client does not know {name}")
        serializer = "org.apache.kafka.common.serialization.StringSerializer"
        settings = {
            **DEFAULTS, **access(self.greeting), "client.id": self.greeting["worker"], **own, "acks": ack,
            "bootstrap.servers": ",".join(self.addresses), "key.serializer": serializer,
            "value.serializer": serializer, "value.serializer.encoding": ENCODING,
        }
        self.is_only_try = settings.get("retries") == "0"
        self.has_offsets = ack != "0"
        properties = jpype.JClass("java.util.Properties")()
        for name, value in settings.items():
            properties.setProperty(name, value)
        return properties

    # What it is told, by one thread.

    def publish(self, events):
        for event in events:
            self.open[self.name(event)] = event
        self.attempts(events)
        for event in events:
            topic, number = self.places[event.stream]
            self.tools[topic].send(self.key(event, number, self.counts[topic]), event.value.decode(ENCODING))

    @staticmethod
    def name(event):
        return f"{event.agent}/{event.seq}/{event.tries}"

    def key(self, event, partition, count):
        """The tool names no partition: a key must lead to the right one."""
        name, salt = self.name(event), 0
        while True:
            key = f"{name}/{salt}"
            if self.partition(self.bytes(key.encode()), count) == partition:
                return key
            salt += 1

    # What it prints, by another.

    def listen(self):
        rest = b""
        while True:
            *full, rest = (rest + os.read(self.printed, 1 << 18)).split(b"\n")
            outcomes = [outcome for outcome in map(self.outcome, full) if outcome is not None]
            if outcomes:
                self.settled(outcomes)

    def outcome(self, line):
        if not line.startswith(b"{"):
            note(line.decode(errors="replace"))
            return None
        said = json.loads(line)
        if said["name"] not in ("producer_send_success", "producer_send_error"):
            return None
        event = self.open.pop(said["key"].rsplit("/", 1)[0])
        if said["name"] == "producer_send_error":
            error = said["exception"].rsplit(".", 1)[-1]
            refused = self.is_only_try and error in REFUSALS
            return event, "failed" if refused else "unknown", None, f"{error}: {said['message']}"[:200]
        if (said["topic"], said["partition"]) != self.places[event.stream]:
            fail(f"{said['key']} went to {said['topic']}-{said['partition']}, and was to go to {event.stream}")
        return event, "acked", said["offset"] if self.has_offsets else None, None

    def give_up(self):
        for library in self.libraries:
            library.close(jpype.JClass("java.time.Duration").ZERO)

    def close(self):
        for tool in self.tools.values():
            tool.close()


VerifiableProducer().run()
# Java's threads have no say in it.
os._exit(0)
