"""Bad inputs for `compare.py`: each is a good history with one line changed; most must be refused, some just not."""
import json
import random

SAMPLES = [
    {"type": "attempt", "t": 5, "agent": 0, "seq": 0, "try": 7, "kind": "k", "intended": 5, "crc": 1,
     "transaction": "x", "poison": False},
    {"type": "outcome", "t": 5, "agent": 0, "seq": 0, "try": 7, "result": "unknown", "stream": None, "position": None,
     "error": "e"},
    {"type": "transaction", "t": 5, "id": "x", "state": "unknown", "begun": 4},
    {"type": "replay", "pass": 1, "stream": "extra", "position": 3, "run": "r", "agent": 0, "seq": 0, "crc": 1},
    {"type": "replay_end", "pass": 1, "stream": "extra"},
    {"type": "delivery", "t": 5, "group": "h", "consumer": "c", "stream": "extra", "position": 3, "agent": 0, "seq": 0,
     "crc": 1, "run": "r"},
    {"type": "ack", "t": 5, "group": "h", "consumer": "c", "stream": "extra", "position": 3},
    {"type": "commit", "t": 5, "group": "h", "stream": "extra", "position": 3},
    {"type": "processed", "t": 5, "group": "h", "consumer": "c", "stream": "extra", "position": 3},
    {"type": "group", "group": "h", "isolation": "read_committed", "processing": True},
    {"type": "group_end", "group": "h", "stream": "extra", "passed": 2, "pending": [3]},
    {"type": "fault", "t": 5, "id": 1, "action": "kill", "node": None, "phase": "end", "detail": None},
    {"type": "gap", "t": 5, "worker": "w", "reason": "x"},
    {"type": "end", "t": 5},
]
LOGS = {"hot": {"streams": ["a", "b"], "retention": {"x": 1}},
        "cold": {"streams": ["c"], "kinds": ["k"], "of_record": True},
        "dead": {"streams": ["d"], "own": True}}
HEADER = {"type": "history", "version": 1, "run": "r", "system": "kafka", "configuration": "c", "fault": None,
          "seed": 1, "retries": "none", "retention": None}
NUMBERS = ["1.0", "1e2", "-1", "0", "1", "4294967295", "4294967296", "9223372036854775807", "9223372036854775808",
           "18446744073709551615", "18446744073709551616", "-9223372036854775808", "-9223372036854775809", "1E0",
           "0.5", "123456789012345678901234567890", "01", "+1", "0x1", "NaN", "1_0", "1" * 5000, '"1"', "true", "null",
           "[1]", "{}", "-", "1.", ".5", "1e"]
PLACES = ["0", "9223372036854775807", "9223372036854775808", "-1", "1.0", '"1-2"', '"0-0"',
          '"18446744073709551615-18446744073709551615"', '"18446744073709551616-0"', '"0-18446744073709551616"',
          '"01-2"', '"1-02"', '"1"', '"-"', '"1-"', '"-1"', '"1-2-3"', '"1 -2"', '" 1-2"', '"+1-2"', '"1-2\\n"',
          '"\\u0661-2"', '""', "null", "true", "[]", "{}", '"1-+2"', '"0x1-2"']
OTHERS = ["null", "1", "true", "[]", "{}", '"x"', '""', '"acked"', '"Acked"', '"committed"', '"effect"', "[1]",
          '["x"]', '"\\u0000"', "false", "0", "[null]", '["1-1"]', '[1, "1-1"]', "[1.0]", '"read_uncommitted"']
TOKENS = ["", " ", "{}", "[]", "1", '"x"', "null", "{", "}", "{}{}", '{"type":"end","t":1}x',
          '{"type":"end","t":1} {"type":"end","t":1}', '{"type":"end","t":1,}', '{"type":"end" "t":1}',
          "{'type':'end','t':1}", '{"type":"end","t":1', '{"type":"end","t":1}//x', '{"t":1}', '{"type":1}',
          '{"type":null,"t":1}', '{"type":""}', '{"type":"End","t":1}', '{"type":"end\\u0000","t":1}',
          '{"type":"end","t":1,"x":"a\tb"}', '{"type":"end","t":1,"x":"\\x"}', '\t', '  {"type":"end","t":1}  ',
          '{"type":"end","t":1,"x":"\\u12"}', '{"type":"end","t":1,"x":tru}', '{"type":"end","t":1,"x":01}',
          '{"type":"end","t":1,"x":1.e1}', '{"type":"end","t":1,"x":[1,]}', '{"type":"end","t":1,"x":[1 2]}',
          '{"type":"end","t":1,"x":Infinity}', '{"type":"end","t":1,"x":1e999}', '{"type":"end","t":1,"x":-0.0e-5}',
          '{"type":"end","t":1,"x":"\u2028"}', '{"type":"end",\xa0"t":1}', '{"type":"end","t":1}\x00',
          '{"type":"end","t":1}\x0b', '\x00', '{"":1}', '{"type":"history"}', '{"type":"end",1:1,"t":1}',
          '{"type":"end","t":1,"x":{"t":1,"t":2}}', '{"type":"end","t":1,"\\u0074":1}',
          '{"type":"end","t":1,"type":"end"}', '{"type":"end","t":1,"x":"\x7f"}', '\r', '{"type":"end",\r"t":1}',
          '{"type":"end","t":1,"x":"\\ud83d\\ude00\\/\\b"}', '{"type":"end","t":1,"x":"\\uD83D"}',
          '{"type":"end","t":1,"x":"\\ude00\\ud83d"}', '{"type":"end","t":1,"x":"\\U0041"}',
          '{"type":"gap","t":1,"worker":"\\ud83d\\ude00","reason":"\\u0000\\u00e9"}']
BYTES = [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80", b"\xf0\x9f\x98\x80",
         b"\xc3\xa9", b"\xef\xbb\xbf", b"\xef\xbf\xbf", b"\xf0\x80\x80\xaf", b"\xc3"]
HEADERS = [      # what to do with the header; most must be refused
    ("logs", {}), ("logs", []), ("logs", None), ("logs", 1), ("logs", {"a": {}}), ("logs", {"a": None}),
    ("logs", {"a": []}),
    ("logs", {"a": {"streams": []}}), ("logs", {"a": {"streams": "s"}}), ("logs", {"a": {"streams": [1]}}),
    ("logs", {"a": {"streams": ["s"]}, "b": {"streams": ["s"]}}), ("logs", {"a": {"streams": ["s", "s"]}}),
    ("logs", {"a": {"streams": ["\u00e9"]}, "b": {"streams": ["e\u0301"]}}), ("logs", {"a": {"streams": None}}),
    ("logs", {"a": {"streams": ["s"], "of_record": True}, "b": {"streams": [], "of_record": True}}),
    ("logs", {"a": {"streams": ["s"], "of_record": True}, "b": {"streams": [], "of_record": False}}),
    ("logs", {"a": {"streams": ["s"], "of_record": 1}}), ("logs", {"a": {"streams": ["s"], "of_record": None}}),
    ("logs", {"a": {"streams": ["s"], "own": None}}), ("logs", {"a": {"streams": ["s"], "own": "x"}}),
    ("logs", {"a": {"streams": ["s"], "kinds": None}}), ("logs", {"a": {"streams": ["s"], "kinds": "x"}}),
    ("logs", {"a": {"streams": ["s"], "kinds": []}}), ("logs", {"a": {"streams": ["s"], "kinds": [1]}}),
    ("logs", {"a": {"streams": ["s"], "retention": None}}), ("logs", {"a": {"streams": ["s"], "retention": []}}),
    ("logs", {"a": {"streams": ["s"], "retention": True}}), ("logs", {"a": {"streams": ["s"], "x": [1.5]}}),
    ("logs", {"": {"streams": [""]}}), ("version", 2), ("version", "1"), ("version", 0), ("version", None), ("run",
                                                                                                             None),
    ("run", 1), ("run", ""), ("system", None), ("configuration", 1), ("fault", 1), ("fault", "x"), ("seed", -1),
    ("seed", None), ("seed", "1"), ("retention", []), ("retention", {}), ("retention", 1), ("retention", {"x": 1.5}),
    ("x", 1.5), ("type", "History"), ("type", None),
]


def nested(levels, opening="[", closing="]"):
    return opening * levels + closing * levels


class Bad:
    def __init__(self, seed):
        self.random = random.Random(f"bad {seed}")

    def build(self):
        pick = self.random
        header = dict(HEADER)
        if pick.random() < 0.5:
            header["logs"] = LOGS
        lines = [json.dumps(header)] + [json.dumps(line) for line in pick.sample(SAMPLES, pick.randrange(1, 6))]
        how = pick.choice([self.number, self.number, self.place, self.other, self.drop, self.null, self.token,
                           self.bytes,
                           self.depth, self.twice, self.tear, self.header, self.header, self.order, self.both_forms,
                           self.names, self.groups, self.twice_in_logs, self.rename, self.scramble, self.scramble])
        content = how(lines, header)
        return content if isinstance(content, bytes) else self.join(content)

    def join(self, lines):
        newline = self.random.choice(["\n", "\n", "\r\n"])
        if self.random.random() < 0.2:
            lines.insert(self.random.randrange(len(lines)), self.random.choice(["", "", " \t"]))
        return (newline.join(lines) + self.random.choice(["", newline])).encode("utf-8", "surrogatepass")

    def sample(self, *fields):
        """a line, its index of a field, and that field"""
        lines = [line for line in SAMPLES if not fields or any(field in line for field in fields)]
        line = dict(self.random.choice(lines))
        found = [field for field in line if not fields or field in fields]
        return line, self.random.choice(found)

    def put(self, lines, text):
        lines.insert(self.random.randrange(1, len(lines) + 1), text)
        return lines

    def with_raw(self, line, field, raw):
        marked = json.dumps(dict(line, **{field: "\u0001"}))
        return marked.replace(json.dumps("\u0001"), raw)

    def number(self, lines, header):
        line, field = self.sample("t", "agent", "seq", "try", "pass", "id", "crc", "intended", "begun")
        return self.put(lines, self.with_raw(line, field, self.random.choice(NUMBERS)))

    def place(self, lines, header):
        line, field = self.sample("position", "passed")
        return self.put(lines, self.with_raw(dict(line, stream="alone"), field, self.random.choice(PLACES)))

    def other(self, lines, header):
        line, field = self.sample()
        return self.put(lines, self.with_raw(line, field, self.random.choice(OTHERS)))

    def drop(self, lines, header):
        line, field = self.sample()
        del line[field]
        return self.put(lines, json.dumps(line))

    def null(self, lines, header):
        line, field = self.sample()
        line[field] = None
        if self.random.random() < 0.3:
            line["agent"] = None
        return self.put(lines, json.dumps(line))

    def token(self, lines, header):
        return self.put(lines, self.random.choice(TOKENS))

    def bytes(self, lines, header):
        line, field = self.sample()
        value = self.random.choice(BYTES)
        content = self.join(self.put(lines, self.with_raw(line, self.random.choice([field, "x"]), "\"\u0002\"")))
        where = self.random.random()
        if where < 0.8:
            return content.replace(b"\x02", value)
        content = content.replace(b"\x02", b"")
        return value + content if where < 0.9 else content + value

    def depth(self, lines, header):
        levels = self.random.choice([62, 63, 64, 65, 200, 100000])
        opening, closing = self.random.choice([("[", "]"), ("{\"a\":", "}")])
        inner = nested(levels, opening, closing) if opening == "[" else opening * levels + "1" + closing * levels
        line, _ = self.sample()
        if self.random.random() < 0.2:
            inner = "\"" + "[" * 200 + "\\\"" + "{" * 200 + "\""
        if self.random.random() < 0.2:
            lines[0] = self.with_raw(dict(header, logs={"a": {"streams": [], "x": "\u0001"}}), "y", "1").replace(
                json.dumps("\u0001"), inner)
            return lines
        return self.put(lines, self.with_raw(line, "x", inner))

    def twice(self, lines, header):
        line, field = self.sample()
        text = json.dumps(line)
        name = json.dumps(field)
        if self.random.random() < 0.3:
            name = "\"" + "".join(f"\\u{ord(c):04x}" for c in field) + "\""
        return self.put(lines, text[:-1] + f", {name}: {json.dumps(line[field])}}}")

    def tear(self, lines, header):
        lines = lines + [json.dumps(self.sample()[0])]
        content = "\n".join(lines).encode()
        return content[:len(content) - self.random.randrange(0, len(lines[-1]) + 1)]

    def header(self, lines, header):
        field, value = self.random.choice(HEADERS)
        if self.random.random() < 0.15:
            field = self.random.choice([name for name in header if name != "type"])
            lines[0] = json.dumps({name: value for name, value in header.items() if name != field})
        else:
            lines[0] = json.dumps(dict(header, **{field: value}))
        return lines

    def order(self, lines, header):
        what = self.random.choice(["again", "late", "none", "empty", "blank", "two"])
        if what == "again":
            return self.put(lines, lines[0])
        if what == "late":
            return lines[1:2] + lines[:1] + lines[2:]
        if what == "none":
            return lines[1:]
        return {"empty": b"", "blank": b"\n\r\n\n", "two": b"\n\n" + lines[0].encode() + b"\n"}[what]

    def both_forms(self, lines, header):
        first, _ = self.sample("position", "passed")
        second, field = self.sample("position", "passed", "pending")
        stream = self.random.choice(["q", "\u00e9"])
        other = self.random.choice([stream, stream, stream, "e\u0301"])
        if first.get("position", 0) is None:
            first["position"] = 1
        value = [1, "2-0"] if field == "pending" and self.random.random() < 0.5 else "2-0"
        if field == "pending" and value == "2-0":
            value = ["2-0"]
        if self.random.random() < 0.2:
            second["pending"], second["type"] = ["2-0"], "group_end"
        self.put(lines, json.dumps(dict(first, stream=stream)))
        return lines + [json.dumps(dict(second, stream=other, **{field: value}))]

    def names(self, lines, header):
        line, field = self.sample("kind", "consumer", "transaction", "stream", "group", "worker", "reason", "action",
                                  "run", "error")
        lines[0] = json.dumps(dict(header, logs={"\u00e9": {"streams": ["extra"]}, "hot": {"streams": ["a"]}}))
        choice = self.random.choice(["log", "dead", "other"])
        name = self.random.choice(["\u00e9", "e\u0301", "hot", "Hot", "", None, 1, "cold"])
        if choice == "log":
            line = dict(self.random.choice([SAMPLES[0], SAMPLES[1], SAMPLES[9]]), log=name)
        elif choice == "dead":
            line = dict(SAMPLES[9], dead=name)
            if self.random.random() < 0.5:
                line["log"] = self.random.choice(["\u00e9", "hot"])
        else:
            line[field] = name
        if self.random.random() < 0.15:
            lines[0] = json.dumps(header)
        return self.put(lines, json.dumps(line))

    def groups(self, lines, header):
        names = ["g", "g", "\u00e9", "e\u0301"]
        for _ in range(2):
            self.put(lines, json.dumps({"type": "group", "group": self.random.choice(names)}))
        return lines

    def twice_in_logs(self, lines, header):
        inner = self.random.choice([
            '{"a": {"streams": ["s"]}, "a": {"streams": ["t"]}}', '{"a": {"streams": ["s"], "streams": ["s"]}}',
            '{"a": {"streams": ["s"], "retention": {"x": 1, "x": 2}}}',
            '{"a": {"streams": ["s"], "own": true, "own": true}}',
            '{"a": {"streams": ["s"], "retention": null, "retention": null}}',
            '{"a": {"streams": ["s"]}, "\\u0061": {"streams": []}}',
            '{"\u00e9": {"streams": ["s"]}, "e\u0301": {"streams": ["t"]}}'])
        lines[0] = self.with_raw(header, "logs", inner)
        return lines

    def scramble(self, lines, header):
        """one byte more, less or another, anywhere"""
        content = self.join(self.put(lines, json.dumps(self.sample()[0], ensure_ascii=False)))
        at = self.random.randrange(len(content))
        new = self.random.choice(b"\"\\{}[]:,0123456789-+.eEtfn u\t\r\n\x00\x1f\x7f\x80\xff/'x")
        return content[:at] + bytes([new])[:self.random.randrange(2)] + content[at + self.random.randrange(2):]

    def rename(self, lines, header):
        line, field = self.sample()
        value = line.pop(field)
        line[self.random.choice([field + " ", field.upper(), field + "s"])] = value
        return self.put(lines, json.dumps(line))


def bad(seed):
    """the bytes of a history that is most likely to be refused"""
    return Bad(seed).build()
