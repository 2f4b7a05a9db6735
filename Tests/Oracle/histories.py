#!/usr/bin/env python3
"""histories.py SEED [--bad]   random interchange histories for `compare.py`: the same seed, the same bytes.

A history is a small dense world in which every definition of the contract meets every other: few agents, few positions,
times with ties. Most of it goes well; each kind of mishap is switched off in most worlds and has another probability in
each of the others.
"""
import json
import random
import sys

import bad_inputs

NAMES = ["s", "t", "u", "a b", "a.b", "", "\u00e9", "e\u0301", "\u212b", "\u00c5", "\uac00", "\u1100\u1161",
         "\U00010000",
         "\uffff", "\U0001f600", "\u0000", "\"\\/", "\ufeffx", "\u202eabc", "\ufb00", "ff", "S", "ss", "\u00df",
         "lost", "\r\n"]
KINDS = ["tool-call", "tool-result", "memory-write", "memory-read", "task-completion", "audit"]
HUGE = 2**63 - 1

MISHAPS = {
    # the log
    "lose": 0.15, "double": 0.15, "swap": 0.15, "flip": 0.1, "misplace": 0.1, "foreign": 0.1, "stranger": 0.1,
    "unreadable": 0.1, "cut": 0.1, "wrong_stream": 0.05, "outside": 0.05,
    # passes
    "pass_lacks": 0.1, "pass_twice": 0.1, "pass_differs": 0.1, "retention": 0.4, "no_replay_end": 0.05,
    # producers
    "unknown": 0.25, "failed": 0.2, "silent": 0.15, "retry": 0.3, "transactional": 0.5, "poison": 0.3,
    "kept_failed": 0.2,
    "no_position": 0.1, "early_outcome": 0.02, "other_intended": 0.2, "foreign_position": 0.05, "other_log": 0.3,
    "other_kind": 0.1, "kept_aborted": 0.5, "hand_uncommitted": 0.5,
    # consumers
    "skip": 0.15, "again": 0.2, "shuffle": 0.2, "hand_wrong": 0.1, "hand_foreign": 0.07, "hand_unreadable": 0.07,
    "hand_stranger": 0.07, "hand_nowhere": 0.1, "unacked": 0.2, "pending": 0.2, "unprocessed": 0.2, "hand_early": 0.5,
    "odd_commit": 0.1, "odd_passed": 0.15, "outside_group": 0.05,
    # what makes a history invalid
    "no_end": 0.5, "gap": 0.3, "no_effect": 0.3, "contradiction": 0.7,
}
RARE = {"no_end": 0.06, "gap": 0.06, "no_effect": 0.08, "contradiction": 0.08, "no_replay_end": 0.08,
        "wrong_stream": 0.05,
        "early_outcome": 0.1, "foreign_position": 0.1, "outside": 0.15, "outside_group": 0.15}


THEMES = [      # mishaps that meet only if they are at home in the same world
    {"retention": 1, "retry": 0.5, "unknown": 0.3, "again": 0.3, "misplace": 0.1, "transactional": 0.4, "lose": 0.2,
     "double": 0.2},
    {"retention": 0.7, "hand_nowhere": 0.5, "skip": 0.3, "hand_early": 0.5, "lose": 0.2, "retry": 0.3},
    {"transactional": 0.9, "hand_uncommitted": 0.8, "kept_aborted": 0.4, "lose": 0.3, "failed": 0.2, "silent": 0.2,
     "hand_early": 0.7, "retry": 0.3, "skip": 0.2},
    {"transactional": 0.7, "retry": 0.6, "hand_uncommitted": 0.5, "hand_nowhere": 0.5, "lose": 0.2, "misplace": 0.3},
    {"poison": 0.8, "skip": 0.2, "again": 0.3, "pending": 0.3, "unprocessed": 0.5, "retention": 0.5, "other_log": 0.5},
    {"hand_foreign": 0.8, "hand_stranger": 0.8, "hand_unreadable": 0.8, "hand_wrong": 0.3, "unreadable": 0.8,
     "again": 0.4, "shuffle": 1},
    {"failed": 0.5, "kept_failed": 0.7, "retry": 0.4, "silent": 0.2, "other_log": 0.5, "other_kind": 0.3},
    {"foreign": 1, "stranger": 1, "unreadable": 1, "flip": 0.3, "pass_differs": 0.2, "pass_lacks": 0.2},
    {"no_replay_end": 0.5, "lose": 0.7, "no_effect": 0.5, "outside": 0.5, "outside_group": 0.5, "skip": 0.8},
]


class World:
    def __init__(self, seed):
        self.random = random.Random(seed)
        pick = self.random
        self.rate = {}
        calm = pick.random() < 0.15
        for name, rate in MISHAPS.items():
            on = pick.random() < RARE.get(name, 0.05 if calm else 0.4)
            self.rate[name] = rate * pick.choice([0.3, 1, 1, 2]) if on else 0
        if pick.random() < 0.4:
            for name, rate in pick.choice(THEMES).items():
                self.rate[name] = rate * pick.choice([0.5, 1, 1])
        self.lines = []
        self.clock = pick.choice([0, 0, 0, 0, 0, 0, 0, 2**62])
        self.span = pick.choice([0, 1, 1, 2, 5, 1000, 10**12])      # largest step of time
        self.scale = pick.choice([1, 1, 1, 1, 1, 1, 1, 2**40, 2**57])      # of sequence numbers and positions
        self.run = self.name() if pick.random() < 0.2 else "r"
        self.odd_names = pick.random() < 0.3
        self.large = pick.random() < 0.02      # so that there are more than 100 of some finding

    # -- small choices

    def happens(self, mishap):
        return self.random.random() < self.rate[mishap]

    def chance(self, p):
        return self.random.random() < p

    def name(self):
        return self.random.choice(NAMES)

    def names(self, plain, count):
        """that many different names"""
        if self.odd_names:
            return self.random.sample(NAMES, count)
        return [f"{plain}{i}" for i in range(count)]

    def step(self):
        self.clock += self.random.randint(0, self.span)
        return self.clock

    def near(self):
        """some time at or around now"""
        return max(0, min(self.clock + self.random.randint(-3, 3) * max(self.span, 1), HUGE))

    def number(self, i):
        return min(i * self.scale, HUGE)

    def emit(self, type_, **fields):
        """notes a line; what may be absent when it is null sometimes is"""
        line = {"type": type_}
        for name, value in fields.items():
            name = {"number": "try", "pass_": "pass"}.get(name, name)
            if value is None and self.chance(0.5):
                continue
            line[name] = value
        self.lines.append(line)
        return line

    # -- the world

    def build(self):
        pick = self.random
        self.header()
        self.events()
        self.end_transactions()
        self.spoil_logs()
        self.replay()
        for name in self.group_names:
            self.consume(name)
        self.faults()
        if not self.happens("no_end"):
            self.emit("end", t=self.clock)
        if self.happens("gap"):
            self.emit("gap", t=self.near(), worker="w", reason=pick.choice(["disk full", "behind schedule: 3 s", ""]))
        if self.happens("contradiction"):
            for _ in range(pick.choice([1, 1, 2, 4])):
                self.contradict()
        return self.arrange()

    def header(self):
        pick = self.random
        self.retries = pick.choice(["none", "until-acked", "until-acked", "client", "idempotent"])
        count = pick.choice([0, 0, 0, 1, 2, 2, 2, 3])
        stream_names = self.names("s", 7)
        self.logs = {}
        described = {}
        of_record = pick.randrange(-1, count) if count else None
        for i, name in enumerate(self.names("log", count) if count else [None]):
            streams = [stream_names.pop() for _ in range(pick.choice([1, 1, 2]))]
            log = {"streams": streams, "own": False, "kinds": None, "retention": self.happens("retention"),
                   "name": name}
            description = {"streams": list(streams)}
            if count:
                if self.chance(0.35) and (i > 0 or self.chance(0.15)):
                    log["own"] = True
                if log["own"] or self.chance(0.1):
                    description["own"] = log["own"]
                if self.chance(0.35):
                    log["kinds"] = pick.sample(KINDS, pick.choice([1, 2, 3, 3, 4]))
                    description["kinds"] = log["kinds"]
                if i == of_record or self.chance(0.1):
                    description["of_record"] = i == of_record
                if log["retention"] or self.chance(0.2):
                    description["retention"] = {"maxlen": 1, "x": {"x": 1.5}} if log["retention"] else None
                if self.chance(0.05):
                    description["streams"].append(streams[0])
                items = list(description.items())
                pick.shuffle(items)
                described[name] = dict(items)
            log["content"] = {stream: [] for stream in streams}
            self.logs[name] = log
        self.forms = {stream: pick.choice(["kafka", "redis"]) for stream in NAMES + [f"s{i}" for i in range(9)]}
        self.spare_stream = stream_names.pop() if count else self.logs[None]["streams"][0]
        self.first_log = list(self.logs)[0]
        self.next_position = {}
        self.agents = [self.number(i) for i in pick.sample(range(4), pick.choice([1, 2, 2, 3]))]
        self.stream_of = {(name, agent): pick.choice(log["streams"]) for name, log in self.logs.items()
                          for agent in self.agents}
        header_retention = {"maxlen": 5} if (self.logs[None]["retention"] if not count else self.chance(0.3)) else None
        self.emit("history", version=1, run=self.run, system="kafka", configuration="c", fault=None,
                  seed=pick.choice([1, HUGE]),
                  retries=self.retries, retention=header_retention, logs=described if count else None)
        self.group_names = self.names("g", pick.choice([0, 1, 1, 1, 2, 2, 3]))
        self.many_groups = self.chance(0.4 if self.large else 0.01)      # of which each does little
        if self.many_groups:
            self.group_names = [f"{name}{i}" for i, name in enumerate(pick.choices(NAMES, k=25))]

    def position(self, i, stream):
        """the i-th place of a stream, as written"""
        if self.forms[stream] == "kafka":
            return self.number(i)
        if self.scale > 1:
            return f"{min(i // 3 * self.scale * 2, 2**64 - 1)}-{min(i % 3 * self.scale, 2**64 - 1)}"
        return f"{8 + i // 3}-{i % 3 * 5}"

    def index(self, stream):
        i = self.next_position.get(stream, self.random.choice([0, 0, 1, 3]))
        self.next_position[stream] = i + self.random.choice([1, 1, 1, 1, 2])
        return i

    def append(self, log, agent, seq, crc, run=None):
        """the broker writes an entry; returns its stream and place"""
        stream = self.stream_of[log["name"], agent]
        if self.happens("wrong_stream"):
            stream = self.random.choice(log["streams"])
        i = self.index(stream)
        log["content"][stream].append({"i": i, "run": run or self.run, "agent": agent, "seq": seq, "crc": crc})
        return stream, i

    def events(self):
        pick = self.random
        self.transactions = {f"{self.name() if self.odd_names else 't'}{i}": pick.choice(
            ["committed", "committed", "committed", "aborted", "unknown", None]) for i in range(pick.choice([1, 2, 3]))}
        self.known = {}      # event: crc, kind
        self.attempted = {}      # (log, agent, seq): tries
        self.uncommitted = {}      # (log, stream): entries that a consumer may be handed whatever comes of them
        todo = []
        for agent in self.agents:
            seqs = range(pick.choice([1, 2, 3, 4, 6, 8]) * (30 if self.large else 1))
            for seq in (seqs if self.chance(0.8) else pick.sample(seqs, max(1, len(seqs) // 2))):
                todo.append((agent, self.number(seq)))
        if self.chance(0.5):
            pick.shuffle(todo)
        else:
            todo.sort(key=lambda event: event[1])
        crcs = pick.choice([[1, 2, 3], [7], range(1000), [0, 2**32 - 1]])
        self.kinds = pick.sample(KINDS, pick.choice([1, 2, 4]))
        for event in todo:
            self.known[event] = (pick.choice(crcs), pick.choice(self.kinds))
            targets = [self.first_log if self.chance(0.9) else pick.choice(list(self.logs))]
            for name in self.logs:
                if name not in targets and self.chance(0.6):
                    targets.append(name)
            if self.happens("other_log"):
                pick.shuffle(targets)
            for name in targets:
                for _ in range(1 + (self.happens("retry")) + (self.happens("retry")) + (self.happens("retry"))):
                    self.attempt(self.logs[name], event)

    def attempt(self, log, event):
        pick = self.random
        agent, seq = event
        crc, kind = self.known[event]
        if self.happens("other_kind"):
            kind = pick.choice(KINDS)
        key = (log["name"], agent, seq)
        number = self.attempted[key] = self.attempted.get(key, 0) + (1 if self.chance(0.95) else 3)
        transaction = pick.choice(list(self.transactions)) if self.happens("transactional") else None
        name = None if log["name"] == self.first_log and self.chance(0.7) else log["name"]
        began = self.step()
        poison = True if self.happens("poison") else pick.choice([None, None, False])
        intended = began if not self.happens("other_intended") else pick.choice([-5, 0, began + 7, -2**63, HUGE,
                                                                                 self.near()])
        self.emit("attempt", t=began, agent=agent, seq=seq, number=number, kind=kind, intended=intended, crc=crc,
                  transaction=transaction, log=name, poison=poison)
        result = "failed" if self.happens("failed") else "unknown" if self.happens("unknown") else "acked"
        state = self.transactions[transaction] if transaction else None
        lasting = state != "aborted" or self.happens("kept_aborted")
        kept = {"acked": lasting, "unknown": self.chance(0.5) and lasting,
                "failed": self.happens("kept_failed")}[result]
        stream, i = self.append(log, agent, seq, crc) if kept else (self.stream_of[log["name"], agent],
                                                                      self.index(self.stream_of[log["name"], agent]))
        self.uncommitted.setdefault((log["name"], stream), [])
        if transaction and self.happens("hand_uncommitted"):
            self.uncommitted[log["name"], stream].append({"i": i, "run": self.run, "agent": agent, "seq": seq,
                                                          "crc": crc})
        if self.happens("silent"):
            return
        at = began if self.chance(0.2) else self.step()
        if self.happens("early_outcome"):
            at = max(0, began - 1)
        if self.happens("misplace"):
            i = pick.randrange(0, 12)
        position = self.position(i, stream)
        if self.happens("foreign_position"):
            other = self.random.choice(list(self.logs.values()))
            stream = self.random.choice(other["streams"])
            position = self.position(i, stream)
        if result != "acked" and self.chance(0.8):
            stream, position = None, None
        if self.happens("no_position"):
            stream, position = pick.choice([(None, None), (stream, None), (None, position)])
        self.emit("outcome", t=at, agent=agent, seq=seq, number=number, result=result, stream=stream, position=position,
                  error=None if result == "acked" else "e", log=name)

    def end_transactions(self):
        for id_, state in self.transactions.items():
            used = any(line.get("transaction") == id_ for line in self.lines)
            if state is None or not used and self.chance(0.7):
                continue
            t = self.near() if self.chance(0.4) else self.random.randint(0, self.clock)
            begun = None if self.chance(0.2) else max(0, t - self.random.choice([0, 1, self.span]))
            self.emit("transaction", t=t, id=id_, state=state, begun=begun)

    def spoil_logs(self):
        pick = self.random
        for log in self.logs.values():
            for stream, content in log["content"].items():
                for entry in list(content):
                    if self.happens("lose"):
                        content.remove(entry)
                    elif self.happens("double"):
                        content.append(dict(entry, i=self.index(stream) if self.chance(0.7) else pick.randrange(12)))
                    elif self.happens("flip"):
                        entry["crc"] = pick.choice([entry["crc"] ^ 1, 0])
                    elif self.happens("misplace"):
                        entry["i"] = pick.randrange(12)
                    elif self.happens("swap"):
                        other = pick.choice(content)
                        other["i"], entry["i"] = entry["i"], other["i"]
                if self.happens("foreign"):
                    agent, seq = pick.choice(list(self.known))
                    content.append({"i": self.index(stream), "run": pick.choice(["other", self.name()]), "agent": agent,
                                    "seq": seq, "crc": self.known[agent, seq][0]})
                if self.happens("stranger"):
                    agent = pick.choice(self.agents + [self.number(9)])
                    content.append({"i": self.index(stream), "run": self.run, "agent": agent,
                                    "seq": self.number(pick.randrange(12)), "crc": 1})
                if self.happens("unreadable"):
                    content.append(self.broken(self.index(stream)))
                if self.happens("cut") and content:
                    content[:] = [entry for entry in content if entry["i"] < max(e["i"] for e in content) - 1]
                content.sort(key=lambda entry: entry["i"])

    def broken(self, i):
        """an entry that could not be read, and what is known of it all the same"""
        pick = self.random
        return {"i": i, "run": pick.choice([None, self.run, "other"]), "agent": None,
                "seq": pick.choice([None, None, 0, 1]), "crc": pick.choice([None, None, 1])}

    def replay(self):
        pick = self.random
        passes = pick.choice([[1, 2]] * 8 + [[1], [1, 2, 3], [2, 5], [7, HUGE]])
        if self.chance(0.015):
            passes = []
        outside = self.happens("outside") and self.spare_stream
        for name, log in self.logs.items():
            for stream, content in log["content"].items():
                trimmed = 0
                for pass_ in passes:
                    if log["retention"] and self.chance(0.6) or self.chance(0.01):
                        trimmed += pick.choice([0, 1, 1, 2, 9])
                    self.replay_stream(pass_, stream, content[trimmed:])
        if outside:
            for pass_ in passes:
                self.replay_stream(pass_, self.spare_stream, [
                    {"i": 0, "run": self.run, "agent": self.agents[0], "seq": 0, "crc": 1}])

    def replay_stream(self, pass_, stream, content):
        pick = self.random
        for entry in content:
            entry = dict(entry)
            if self.happens("pass_lacks"):
                continue
            if self.happens("pass_differs"):
                entry = pick.choice([dict(entry, crc=(entry["crc"] or 0) ^ 1), self.broken(entry["i"]),
                                     dict(entry, seq=self.number(pick.randrange(4))), dict(entry,
                                                                                           i=pick.randrange(12))])
            for _ in range(2 if self.happens("pass_twice") else 1):
                self.emit("replay", pass_=pass_, stream=stream, position=self.position(entry["i"], stream),
                          run=entry["run"], agent=entry["agent"], seq=entry["seq"], crc=entry["crc"])
                if self.chance(0.3):
                    entry["crc"] = (entry["crc"] or 0) ^ 1
        if not self.happens("no_replay_end"):
            for _ in range(2 if self.chance(0.03) else 1):
                self.emit("replay_end", pass_=pass_, stream=stream)

    def consume(self, name):
        pick = self.random
        log_name = self.first_log if self.chance(0.6) else pick.choice(list(self.logs))
        log = self.logs[log_name]
        others = [other for other in self.logs if other != log_name]
        dead = pick.choice(others) if others and self.chance(0.5) else None
        self.processing = self.chance(0.4)
        if log_name != self.first_log or dead is not None or self.chance(0.85):
            self.emit("group", group=name, isolation="read_committed" if self.chance(0.5) else None,
                      log=None if log_name == self.first_log and self.chance(0.7) else log_name, dead=dead,
                      processing=self.processing or pick.choice([None, False]))
        end_of_production = self.clock
        self.commits = pick.choice([True, False, None])      # None: both
        for stream in log["streams"]:
            self.clock = pick.randint(0, end_of_production) if self.happens("hand_early") else end_of_production
            early = self.uncommitted.get((log_name, stream), []) if self.chance(0.6) else []
            self.consume_stream(name, stream, early + [e for e in log["content"][stream] if e not in early])
        if self.happens("outside_group"):
            other = pick.choice([s for o in self.logs.values() for s in o["streams"]] + [self.spare_stream])
            if other not in log["streams"]:
                self.deliver(name, "c0", other, pick.choice(self.everything()))
        self.clock = max(self.clock, end_of_production)

    def everything(self):
        found = [entry for log in self.logs.values() for content in log["content"].values() for entry in content]
        return found or [{"i": 0, "run": self.run, "agent": self.agents[0], "seq": 0, "crc": 1}]

    def deliver(self, group, consumer, stream, entry):
        run = entry["run"]
        if run == self.run and entry["agent"] is not None and self.chance(0.8):
            run = None
        self.emit("delivery", t=self.step(), group=group, consumer=consumer, stream=stream,
                  position=self.position(entry["i"], stream), agent=entry["agent"], seq=entry["seq"],
                  crc=entry["crc"], run=run)

    def consume_stream(self, group, stream, content):
        pick = self.random
        todo = [dict(entry) for entry in content if not self.happens("skip")]
        if self.chance(0.4) and todo:
            todo = todo[:pick.randrange(len(todo) + 1)]
        if self.many_groups:
            start = pick.randrange(len(todo) + 1)
            todo = todo[start:start + pick.randrange(6)]
        for entry in list(todo):
            if self.happens("again"):
                todo.insert(pick.randrange(len(todo) + 1), dict(entry))
            if self.happens("hand_wrong"):
                entry["crc"] = (entry["crc"] or 0) ^ 1
            if self.happens("hand_nowhere"):
                todo.append(dict(entry, i=pick.randrange(-2, 14) % 14))
        event = pick.choice(list(self.known))
        crc = self.known[event][0]
        if self.happens("hand_foreign"):
            todo.append({"i": pick.randrange(12), "run": "other", "agent": event[0], "seq": event[1], "crc": crc})
        if self.happens("hand_stranger"):
            todo.append({"i": pick.randrange(12), "run": self.run, "agent": event[0], "seq": self.number(11), "crc": 1})
        if self.happens("hand_unreadable"):
            same = [entry for entry in content if entry["agent"] is None]
            todo.append(dict(pick.choice(same)) if same else self.broken(pick.randrange(12)))
        if self.happens("hand_nowhere"):
            todo.append({"i": pick.randrange(12), "run": self.run, "agent": event[0], "seq": event[1], "crc": crc})
        if self.happens("shuffle"):
            pick.shuffle(todo)
        consumers = ["c0"] if self.chance(0.4) else self.names("c", 2)
        pending = []
        for entry in todo:
            consumer = pick.choice(consumers)
            place = self.position(entry["i"], stream)
            self.deliver(group, consumer, stream, entry)
            if self.processing and not self.happens("unprocessed"):
                self.emit("processed", t=self.step(), group=group, consumer=consumer, stream=stream, position=place)
            if self.happens("unacked"):
                if self.chance(0.7):
                    pending.append(place)
            elif self.commits is not True and self.chance(0.9):
                self.emit("ack", t=self.step(), group=group, consumer=consumer, stream=stream, position=place)
                if self.happens("pending"):
                    pending.append(place)
            if self.commits is not False and self.chance(0.6):
                i = pick.randrange(14) if self.happens("odd_commit") else entry["i"] + 1
                self.emit("commit", t=self.step(), group=group, stream=stream, position=self.position(i, stream))
        if self.chance(0.6):
            reached = max((entry["i"] for entry in todo), default=None)
            if self.happens("odd_passed"):
                reached = pick.choice([None, pick.randrange(14)])
            if self.chance(0.1):
                pending.append(self.position(pick.randrange(14), stream))
            self.emit("group_end", group=group, stream=stream,
                      passed=None if reached is None else self.position(reached, stream), pending=pending)

    def faults(self):
        pick = self.random
        for i in range(pick.choice([0, 0, 1, 1, 2, 3])):
            id_ = pick.choice([i, HUGE - i])
            t = pick.randint(0, self.clock)

            def phase(name, at):
                self.emit("fault", t=at, id=id_, action="kill", node=pick.choice([None, "n1"]), phase=name, detail=None)
            if self.chance(0.85):
                phase("begin", t)
            if not self.happens("no_effect"):
                for _ in range(2 if self.chance(0.2) else 1):
                    phase("effect", min(t + pick.randint(0, max(self.span, 1) * 2), HUGE))
            if self.chance(0.8):
                phase("end", self.near())

    def contradict(self):
        pick = self.random
        kind = pick.choice(["outcome", "attempt", "transaction", "group_end", "crc", "orphan", "stream"])
        same = [line for line in self.lines if line["type"] == kind]
        if kind == "orphan":
            self.emit("outcome", t=self.near(), agent=self.agents[0], seq=self.number(pick.randrange(14)), number=9,
                      result="acked", stream=None, position=None, error=None)
        elif kind == "crc":
            attempts = [line for line in self.lines if line["type"] == "attempt"]
            pick.choice(attempts)["crc"] ^= 1
        elif kind == "stream":
            replays = [line for line in self.lines if line["type"] == "replay"]
            streams = [s for log in self.logs.values() for s in log["streams"]]
            if replays:
                line = pick.choice(replays)
                line["stream"] = pick.choice(streams)
                line["position"] = self.position(pick.randrange(14), line["stream"])
        elif same:
            self.lines.append(dict(pick.choice(same)))

    # -- as text

    def arrange(self):
        pick = self.random
        header, rest = self.lines[0], self.lines[1:]
        order = pick.choice(["made", "time", "shuffled"])
        if order == "shuffled":
            pick.shuffle(rest)
        elif order == "time":
            rest.sort(key=lambda line: line.get("t", 10**30))
        style = {"ascii": self.chance(0.5), "unknown": self.chance(0.2), "mix": self.chance(0.3),
                 "compact": self.chance(0.5)}
        text = [self.line(line, style) for line in [header] + rest]
        newline = pick.choice(["\n", "\n", "\n", "\r\n"])
        if self.chance(0.1):
            text.insert(pick.randrange(len(text) + 1), "")
        content = newline.join(text)
        return (content + (newline if self.chance(0.8) else "")).encode("utf-8")

    def line(self, record, style):
        pick = self.random
        items = list(record.items())
        if style["mix"]:
            pick.shuffle(items)
        if style["unknown"] and self.chance(0.3):
            items.insert(pick.randrange(len(items) + 1),
                         pick.choice([("x", 1.5), ("note", {"t": [1, -0.0, 1e300, {"a": None}]}), ("T", True), ("",
                                                                                                                "")]))
        return json.dumps(dict(items), ensure_ascii=style["ascii"], separators=(",", ":") if style["compact"] else None)


def good(seed):
    """the bytes of a history that must be read"""
    return World(seed).build()


if __name__ == "__main__":
    make = bad_inputs.bad if "--bad" in sys.argv else good
    sys.stdout.buffer.write(make(int(sys.argv[1])))
