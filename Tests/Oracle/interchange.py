"""Reading an interchange file: the contract's section 3, "Input is strict"."""
import json
import re
from types import SimpleNamespace

LARGEST = 2**63 - 1
DEEPEST = 64


class Refusal(Exception):
    """Bad input; `line` counts from 1."""

    def __init__(self, line, message):
        super().__init__(message)
        self.line = line


class Complaint(Exception):
    """A refusal whose line its catcher knows."""


class Whole(str):
    """A JSON number without fraction and exponent, as written."""


class Fractional(str):
    """Any other JSON number, as written."""


class Fields(list):
    """A JSON object, as its (name, value) pairs."""

    def once(self, where):
        seen = {}
        for name, value in self:
            if name in seen:
                raise Complaint(f"{where}{name} is given twice")
            seen[name] = value
        return seen


def check_nesting(text):
    """nesting deeper than 64 is refused; the line's own object is the first level"""
    depth, in_string, escaped = 0, False, False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "{[":
            depth += 1
            if depth > DEEPEST:
                raise Complaint(f"nesting is deeper than {DEEPEST}")
        elif character in "}]":
            depth -= 1


def refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def parse_object(text):
    check_nesting(text)
    try:
        value = json.loads(text, object_pairs_hook=Fields, parse_int=Whole, parse_float=Fractional,
                           parse_constant=refuse_constant)
    except ValueError as error:
        raise Complaint(f"the line is no single JSON object: {error}")
    if not isinstance(value, Fields):
        raise Complaint("the line is no single JSON object")
    return value


def string(value, name):
    if not isinstance(value, str) or isinstance(value, (Whole, Fractional)):
        raise Complaint(f"{name} must be a string")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise Complaint(f"{name} is no Unicode text (half of a surrogate pair)")
    return value


def word(*listed):
    def read(value, name):
        if string(value, name) not in listed:
            raise Complaint(f"{name} must be one of {', '.join(listed)}")
        return value
    return read


def whole(low, high):
    def read(value, name):
        if not isinstance(value, Whole):
            raise Complaint(f"{name} must be a whole number in plain digits")
        if len(value) > 30 or not low <= int(value) <= high:
            raise Complaint(f"{name} must be from {low} to {high}")
        return int(value)
    return read


def truth(value, name):
    if not isinstance(value, bool):
        raise Complaint(f"{name} must be true or false")
    return value


def position(value, name):
    """A position is a whole number (Kafka) or "MS-SEQ" (Redis); here (offset,) or (ms, seq), which order by number."""
    if isinstance(value, Whole):
        return (whole(0, LARGEST)(value, name),)
    if isinstance(value, str) and not isinstance(value, Fractional):
        match = re.fullmatch(r"(0|[1-9][0-9]{0,19})-(0|[1-9][0-9]{0,19})", value)
        if match and all(int(half) < 2**64 for half in match.groups()):
            return (int(match[1]), int(match[2]))
    raise Complaint(f'{name} must be a whole number or "MS-SEQ"')


def positions(value, name):
    if isinstance(value, Fields) or not isinstance(value, list):
        raise Complaint(f"{name} must be an array of positions")
    return [position(item, name) for item in value]


def strings(value, name):
    if isinstance(value, Fields) or not isinstance(value, list):
        raise Complaint(f"{name} must be an array of strings")
    return [string(item, name) for item in value]


def retention(value, name):
    if not isinstance(value, Fields):
        raise Complaint(f"{name} must be null or an object")
    return True


def logs(value, name):
    """`logs`: {"hot": {"streams": […], "retention": {…} or null}, "cold": {"streams": […], "kinds": […], …}}"""
    if not isinstance(value, Fields):
        raise Complaint(f"{name} must be an object")
    out = {}
    for log_name, described in value.once("logs: ").items():
        string(log_name, "logs: a log's name")
        where = f"logs.{log_name}."
        if not isinstance(described, Fields):
            raise Complaint(f"logs.{log_name} must be an object")
        fields = described.once(where)
        if "streams" not in fields:
            raise Complaint(f"{where}streams is missing")
        out[log_name] = SimpleNamespace(
            name=log_name,
            streams=set(strings(fields["streams"], where + "streams")),
            kinds=set(strings(fields["kinds"], where + "kinds")) if "kinds" in fields else None,
            of_record=truth(fields["of_record"], where + "of_record") if "of_record" in fields else False,
            own=truth(fields["own"], where + "own") if "own" in fields else False,
            retention=fields.get("retention") is not None and retention(fields["retention"], where + "retention"))
    if not out:
        raise Complaint("logs names no log")
    every = [stream for log in out.values() for stream in log.streams]
    for stream in every:
        if every.count(stream) > 1:
            raise Complaint(f"logs: streams: {stream} is in two logs")
    if sum(log.of_record for log in out.values()) > 1:
        raise Complaint("logs: of_record: two logs of record")
    return out


T = whole(0, LARGEST)
ID = whole(0, LARGEST)
FROM_1 = whole(1, LARGEST)
CRC = whole(0, 2**32 - 1)
INTENDED = whole(-2**63, LARGEST)

# name of a field: (how to read it, whether null or absent is allowed)
TYPES = {
    "history": {
        "version": (whole(1, 1), False), "run": (string, False), "system": (string, False),
        "configuration": (string, False), "fault": (string, True), "seed": (whole(0, LARGEST), False),
        "retries": (string, False), "retention": (retention, True), "logs": (logs, True)},
    "attempt": {
        "t": (T, False), "agent": (ID, False), "seq": (ID, False), "try": (FROM_1, False), "kind": (string, False),
        "intended": (INTENDED, False), "crc": (CRC, False), "transaction": (string, True), "log": (string, True),
        "poison": (truth, True)},
    "outcome": {
        "t": (T, False), "agent": (ID, False), "seq": (ID, False), "try": (FROM_1, False),
        "result": (word("acked", "failed", "unknown"), False), "stream": (string, True), "position": (position, True),
        "error": (string, True), "log": (string, True)},
    "transaction": {
        "t": (T, False), "id": (string, False), "state": (word("committed", "aborted", "unknown"), False),
        "begun": (T, True)},
    "replay": {
        "pass": (FROM_1, False), "stream": (string, False), "position": (position, False), "run": (string, None),
        "agent": (ID, True), "seq": (ID, None), "crc": (CRC, None)},
    "replay_end": {"pass": (FROM_1, False), "stream": (string, False)},
    "delivery": {
        "t": (T, False), "group": (string, False), "consumer": (string, False), "stream": (string, False),
        "position": (position, False), "agent": (ID, True), "seq": (ID, None), "crc": (CRC, None),
        "run": (string, True)},
    "ack": {
        "t": (T, False), "group": (string, False), "consumer": (string, False), "stream": (string, False),
        "position": (position, False)},
    "commit": {"t": (T, False), "group": (string, False), "stream": (string, False), "position": (position, False)},
    "processed": {
        "t": (T, False), "group": (string, False), "consumer": (string, False), "stream": (string, False),
        "position": (position, False)},
    "group": {
        "group": (string, False), "isolation": (word("read_committed"), True), "log": (string, True),
        "dead": (string, True), "processing": (truth, True)},
    "group_end": {
        "group": (string, False), "stream": (string, False), "passed": (position, True), "pending": (positions, False)},
    "fault": {
        "t": (T, False), "id": (ID, False), "action": (string, False), "node": (string, True),
        "phase": (word("begin", "effect", "end"), False), "detail": (string, True)},
    "gap": {"t": (T, False), "worker": (string, False), "reason": (string, False)},
    "end": {"t": (T, False)},
}


def read_record(text):
    """one line's record: its fields by name (`try` is `number`, `pass` is `pass_`), None where null or absent"""
    given = parse_object(text).once("")
    if given.get("type") is None:
        raise Complaint("type is missing")
    type_ = string(given["type"], "type")
    if type_ not in TYPES:
        raise Complaint(f"type {type_} does not exist")
    record = SimpleNamespace(type=type_)
    unreadable = given.get("agent") is None      # then run, seq and crc (marked None) may be null or absent, too
    for name, (read, optional) in TYPES[type_].items():
        if optional is None:
            optional = unreadable
        if given.get(name) is not None:
            value = read(given[name], name)
        elif optional:
            value = None
        else:
            raise Complaint(f"{name} is null" if name in given else f"{name} is missing")
        setattr(record, {"try": "number", "pass": "pass_"}.get(name, name), value)
    return record


class History:
    """The records of one file by their type, each with its line; `header` is the first."""

    def __init__(self, content):
        self.header = None
        self.records = []
        self.groups = {}
        self.forms = {}
        if content.startswith(b"\xef\xbb\xbf"):
            raise Refusal(1, "the file begins with a byte order mark")
        lines = content.split(b"\n")
        for number, line in enumerate(lines, 1):
            if line.endswith(b"\r"):
                line = line[:-1]
            if not line.strip(b" \t\r"):
                continue
            try:
                self.take(line.decode("utf-8"), number)
            except UnicodeDecodeError as error:
                raise Refusal(number, f"bad UTF-8: {error}")
            except Complaint as error:
                raise Refusal(number, str(error))
        if self.header is None:
            raise Refusal(1, "type: the first line must be a `history`")

    def take(self, text, number):
        record = read_record(text)
        record.line = number
        if (self.header is None) != (record.type == "history"):
            raise Complaint("type: `history` must be the first line, and only that")
        if record.type == "history":
            self.header = record
            self.logs = record.logs or {None: SimpleNamespace(
                name=None, streams=None, kinds=None, of_record=True, own=False, retention=bool(record.retention))}
            self.first_log = list(self.logs)[0]
        if record.type in ("attempt", "outcome", "group"):
            self.resolve_log(record, "log")
        if record.type == "group":
            if record.dead is not None:
                self.resolve_log(record, "dead")
                if record.dead == record.log:
                    raise Complaint("dead is the group's own log")
            if record.group in self.groups:
                raise Complaint(f"group: a second record of {record.group}")
            self.groups[record.group] = record
        if getattr(record, "stream", None) is not None:
            given = [("position", getattr(record, "position", None)), ("passed", getattr(record, "passed", None))]
            given += [("pending", item) for item in getattr(record, "pending", [])]
            for name, value in given:
                if value is not None and self.forms.setdefault(record.stream, len(value)) != len(value):
                    raise Complaint(f"{name}: positions of both forms in stream {record.stream}")
        self.records.append(record)

    def resolve_log(self, record, field):
        name = getattr(record, field)
        if name is None:
            setattr(record, field, self.first_log)
        elif self.header.logs is None or name not in self.header.logs:
            raise Complaint(f"{field}: the header names no log {name}")

    def of(self, type_):
        return [record for record in self.records if record.type == type_]
