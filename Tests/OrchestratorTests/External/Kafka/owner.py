"""The owner of a Kafka under audit: makes what is the owner's, gives permissions, and looks at all that is there.

    owner.py ready|prepare|look|left|permit LACKING     beside a lab's brokers: HOLDFAST_CLUSTER says where keys are

`look` wants every broker, `left` names topics by the word of any that answers. `permit` gives the auditor all rights but
these: all, write, read, group, configs; nothing.

Kafka's own tools would do, but each takes seconds to start. This speaks the protocol by itself, and shares nothing with
the program under test.
"""
import hashlib
import os
import socket
import ssl
import struct
import sys
import time

NAMES = ["198.18.0.11", "198.18.0.12", "198.18.0.13"]
VAULT = os.path.dirname(os.environ["HOLDFAST_CLUSTER"])
ALL = 2
READ, WRITE, CREATE, DELETE, DESCRIBE, DESCRIBE_CONFIGS = 3, 4, 5, 6, 8, 10
TOPIC, GROUP, CLUSTER, TRANSACTIONAL_ID = 2, 3, 4, 5
LITERAL, PREFIXED = 3, 4


class Reader:
    def __init__(self, data):
        self.data, self.place = data, 0

    def take(self, form):
        (value,) = struct.unpack_from(">" + form, self.data, self.place)
        self.place += struct.calcsize(form)
        return value

    def text(self):
        count = self.take("h")
        if count < 0:
            return None
        self.place += count
        return self.data[self.place - count : self.place].decode()

    def items(self, read):
        return [read() for _ in range(self.take("i"))]


def text(value):
    return struct.pack(">h", -1) if value is None else struct.pack(">h", len(value.encode())) + value.encode()


def items(values):
    return struct.pack(">i", len(values)) + b"".join(values)


def pack(form, *values):
    return struct.pack(">" + form, *values)


def password(user):
    with open(f"{VAULT}/{user}.password") as file:
        return file.readline().strip()


class Broker:
    """One connection, as the user who may do everything."""

    def __init__(self, name):
        context = ssl.create_default_context(cafile=f"{VAULT}/ca.crt")
        context.load_cert_chain(f"{VAULT}/client.pem")
        self.socket = context.wrap_socket(socket.create_connection((name, 9092), 10), server_hostname=name)
        self.number = 0
        self.ask(17, 1, text("PLAIN"))
        word = f"\0admin\0{password('admin')}".encode()
        answer = self.ask(36, 1, pack("i", len(word)) + word)
        check(answer.take("h"), "the password")

    def ask(self, key, version, body, flexible=False):
        self.number += 1
        frame = pack("hhi", key, version, self.number) + text("owner") + (b"\0" if flexible else b"") + body
        self.socket.sendall(pack("i", len(frame)) + frame)
        size = struct.unpack(">i", self.exactly(4))[0]
        reader = Reader(self.exactly(size))
        assert reader.take("i") == self.number
        reader.place += flexible
        return reader

    def exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise ConnectionError("the broker has closed the connection")
            data += more
        return data


def check(error, what, fine=()):
    if error != 0 and error not in fine:
        sys.exit(f"{what}: error {error}")


def metadata(broker):
    """Names of the brokers by id, and of each topic the leaders of its partitions."""
    answer = broker.ask(3, 1, pack("i", -1))
    brokers = dict(answer.items(lambda: (answer.take("i"), answer.text(), answer.take("i"), answer.text())[:2]))
    answer.take("i")

    def partition():
        answer.take("h")
        index, leader = answer.take("i"), answer.take("i")
        answer.items(lambda: answer.take("i"))
        answer.items(lambda: answer.take("i"))
        return index, leader

    def topic():
        answer.take("h")
        return answer.text(), answer.take("b"), dict(answer.items(partition))

    return brokers, {name: leaders for name, internal, leaders in answer.items(topic) if not internal}


def crc(data):
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def batch(value):
    """One record, in a batch of its own."""
    body = b"\0\0\0\1" + bytes([len(value) * 2]) + value + b"\0"
    record = bytes([len(body) * 2]) + body
    rest = pack("hiqqqhii", 0, 0, 1700000000000, 1700000000000, -1, -1, -1, 1) + record
    return pack("qiibI", 0, 4 + 1 + 4 + len(rest), -1, 2, crc(rest)) + rest


def prepare(brokers):
    first = brokers[NAMES[0]]
    places = [pack("i", i) + items([pack("i", (i + j) % 3 + 1) for j in range(3)]) for i in range(3)]
    settings = [text("retention.ms") + text("123456789")]
    topic = text("bystander") + pack("ih", -1, -1) + items(places) + items(settings)
    answer = first.ask(19, 4, items([topic]) + pack("ib", 30000, 0))
    answer.take("i")
    answer.items(lambda: (answer.text(), check(answer.take("h"), "a topic"), answer.text()))
    for index in range(3):
        data = batch(b"theirs")
        body = text(None) + pack("hi", -1, 30000)
        body += items([text("bystander") + items([pack("ii", index, len(data)) + data])])
        until(lambda: produced(brokers[NAMES[index]].ask(0, 7, body)), "a record")
    until(lambda: committed(brokers), "a group")
    setting = text("message.max.bytes") + pack("b", 0) + text("1048999")
    answer = first.ask(44, 0, items([pack("b", 4) + text("") + items([setting])]) + b"\0")
    answer.take("i")
    answer.items(lambda: (check(answer.take("h"), "a setting"), answer.text(), answer.take("b"), answer.text()))
    # The lab has given its auditor just these.
    until(lambda: all(known(broker, rights("nothing")) for broker in brokers.values()), "the rights that a lab gives")
    admit_by_scram(first)


def produced(answer):
    def partition():
        index, error = answer.take("i"), answer.take("h")
        answer.take("q"), answer.take("q"), answer.take("q")
        return error

    return not any(any(errors) for errors in answer.items(lambda: (answer.text(), answer.items(partition))[1]))


def coordinator(brokers, group):
    answer = brokers[NAMES[0]].ask(10, 0, text(group))
    error, _, host = answer.take("h"), answer.take("i"), answer.text()
    return None if error else brokers[host]


def committed(brokers):
    """The group's offset in partition 1 of its own topic."""
    server = coordinator(brokers, "theirs")
    if server is None:
        return False
    place = pack("iq", 1, 1) + text("a note of theirs")
    answer = server.ask(8, 5, text("theirs") + pack("i", -1) + text("") + items([text("bystander") + items([place])]))
    answer.take("i")
    errors = answer.items(lambda: (answer.text(), answer.items(lambda: (answer.take("i"), answer.take("h"))[1]))[1])
    return errors == [[0]]


def rights(lacking):
    """What docs/external.md lists, but for what is to be lacking."""
    prefix = "holdfast-"
    rules = []
    if lacking != "all":
        some = {READ, WRITE, CREATE, DELETE, DESCRIBE, DESCRIBE_CONFIGS}
        operations = {"read": some - {READ}, "write": some - {WRITE}}.get(lacking, {ALL})
        rules = [(TOPIC, prefix, PREFIXED, operation) for operation in operations]
        rules += [(kind, prefix, PREFIXED, ALL) for kind in (GROUP, TRANSACTIONAL_ID) if lacking != "group"]
        rules += [(CLUSTER, "kafka-cluster", LITERAL, DESCRIBE)]
        rules += [(CLUSTER, "kafka-cluster", LITERAL, DESCRIBE_CONFIGS)] if lacking != "configs" else []
    return rules


def known(broker, rules):
    """Whether the auditor may do that there, and nothing else."""
    found = []
    for kind, name, pattern, entries in permissions(broker):
        found += [(kind, name, pattern, operation) for who, _, operation, _ in entries if who == "User:holdfast"]
    return sorted(found) == sorted(rules)


def permit(brokers, lacking):
    """Gives the auditor other rights, and waits until every broker goes by them."""
    first, rules = brokers[NAMES[0]], rights(lacking)
    auditors = pack("b", 1) + text(None) + pack("b", 1) + text("User:holdfast") + text(None) + pack("bb", 1, 1)
    answer = first.ask(31, 1, items([auditors]))
    answer.take("i")

    def gone():
        check(answer.take("h"), "a right"), answer.text()
        answer.take("b"), answer.text(), answer.take("b"), answer.text(), answer.text(), answer.take("b"), answer.take("b")

    answer.items(lambda: (check(answer.take("h"), "rights"), answer.text(), answer.items(gone)))
    made = [
        pack("b", kind) + text(name) + pack("b", pattern) + text("User:holdfast") + text("*") + pack("bb", operation, 3)
        for kind, name, pattern, operation in rules
    ]
    if made:
        answer = first.ask(30, 1, items(made))
        answer.take("i")
        answer.items(lambda: (check(answer.take("h"), "a right"), answer.text()))

    until(lambda: all(known(broker, rules) for broker in brokers.values()), "the rights")


def permissions(broker):
    answer = broker.ask(29, 1, pack("b", 1) + text(None) + pack("b", 1) + text(None) + text(None) + pack("bb", 1, 1))
    answer.take("i"), check(answer.take("h"), "permissions"), answer.text()
    rule = lambda: (answer.text(), answer.text(), answer.take("b"), answer.take("b"))
    return answer.items(lambda: (answer.take("b"), answer.text(), answer.take("b"), sorted(answer.items(rule))))


def admit_by_scram(first):
    """The auditor's password is known to the brokers by SCRAM, too."""

    def short(data):
        return bytes([len(data) + 1]) + data

    salt, rounds = b"salt of a test", 4096
    # A request has no user twice.
    for number, name in ((1, "sha256"), (2, "sha512")):
        salted = hashlib.pbkdf2_hmac(name, password("holdfast").encode(), salt, rounds)
        made = short(b"holdfast") + pack("bi", number, rounds) + short(salt) + short(salted) + b"\0"
        # Of a form that has lengths of variable size, and fields to come at each end.
        answer = first.ask(51, 0, b"\1\2" + made + b"\0", flexible=True)
        answer.take("i"), answer.take("b")
        count = answer.take("b") - 1
        answer.place += count
        check(answer.take("h"), "SCRAM")


def look(brokers):
    """All that is there and not Kafka's own, a line each."""
    first = brokers[NAMES[0]]
    ids, topics = metadata(first)
    lines = []
    for name, leaders in topics.items():
        for index, leader in leaders.items():
            question = pack("ib", -1, 0) + items([text(name) + items([pack("iq", index, -1)])])
            answer = brokers[ids[leader]].ask(2, 2, question)
            answer.take("i")
            place = lambda: (answer.take("i"), answer.take("h"), answer.take("q"), answer.take("q"))
            lines.append(f"end {name} {answer.items(lambda: (answer.text(), answer.items(place))[1])}")
    resources = [(2, name) for name in topics] + [(4, str(number)) for number in ids]
    for kind, name in resources:
        server = first if kind == 2 else brokers[ids[int(name)]]
        answer = server.ask(32, 1, items([pack("b", kind) + text(name) + pack("i", -1)]) + b"\0")
        answer.take("i")
        answer.take("i")
        error = answer.take("h")
        answer.text(), answer.take("b"), answer.text()
        # Value, and where it is from: a setting that nobody has made looks otherwise than one of the same value.
        for _ in range(answer.take("i")):
            line = (answer.text(), answer.text(), answer.take("b"), answer.take("b"), answer.take("b"))
            answer.items(lambda: (answer.text(), answer.text(), answer.take("b")))
            lines.append(f"setting {kind} {name} {error} {line}")
    groups = set()
    for server in brokers.values():
        answer = server.ask(16, 2, b"")
        answer.take("i"), check(answer.take("h"), "groups")
        groups |= {name for name, _ in answer.items(lambda: (answer.text(), answer.text()))}
    for group in groups:
        answer = coordinator(brokers, group).ask(9, 5, text(group) + pack("i", -1))
        answer.take("i")
        place = lambda: (answer.take("i"), answer.take("q"), answer.take("i"), answer.text(), answer.take("h"))
        lines.append(f"group {group} {answer.items(lambda: (answer.text(), answer.items(place)))}")
    lines += [f"permission {line}" for line in permissions(first)]
    return sorted(lines)


def until(holds, what):
    end = time.monotonic() + 60
    while not holds():
        if time.monotonic() > end:
            sys.exit(f"{what} is not there after a minute")
        time.sleep(0.1)


def ready():
    """Every broker serves, and knows the others."""
    try:
        return all(len(metadata(Broker(name))[0]) == 3 for name in NAMES)
    except (OSError, struct.error):
        return False


def reached(name):
    try:
        return name, Broker(name)
    except OSError as error:
        if sys.argv[1] == "left":
            return name, None
        sys.exit(f"{name}: {error}")


if __name__ == "__main__":
    if sys.argv[1] == "ready":
        until(ready, "a broker")
        sys.exit()
    them = {name: broker for name, broker in map(reached, NAMES) if broker}
    if sys.argv[1] == "prepare":
        prepare(them)
    elif sys.argv[1] == "permit":
        permit(them, sys.argv[2])
    elif sys.argv[1] == "left":
        print("\n".join(sorted(metadata(them.popitem()[1])[1])))
    else:
        print("\n".join(look(them)))
