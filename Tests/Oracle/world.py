"""The words that the contract's section 4 uses: status, copy, intact, passed by retention, delivered intact."""
from collections import defaultdict


class World:
    def __init__(self, history):
        self.history = history
        self.run = history.header.run
        self.client_retries = history.header.retries == "client"
        self.logs = history.logs
        self.attempts = sorted(history.of("attempt"), key=lambda a: (a.t, a.line))
        self.outcomes = history.of("outcome")
        self.transactions = {}
        for record in history.of("transaction"):
            self.transactions.setdefault(record.id, record)
        self.outcome_of = {}
        for outcome in self.outcomes:
            self.outcome_of.setdefault((outcome.log, outcome.agent, outcome.seq, outcome.number), outcome)
        self.by_event = defaultdict(list)      # by t, then file order
        for attempt in self.attempts:
            attempt.event = (attempt.agent, attempt.seq)
            attempt.outcome = self.outcome_of.get((attempt.log, attempt.agent, attempt.seq, attempt.number))
            self.by_event[attempt.event].append(attempt)
        self.by_event = dict(self.by_event)
        self.replays = history.of("replay")
        self.deliveries = sorted(history.of("delivery"), key=lambda d: (d.t, d.line))
        for record in self.replays + self.deliveries:
            record.readable = record.agent is not None
            if record.type == "delivery" and record.run is None and record.readable:
                record.run = self.run
            record.event = (record.agent, record.seq)
            record.place = (record.stream, record.position)
            record.contents = (record.run, record.agent, record.seq, record.crc)
        self.passes = sorted({record.pass_ for record in self.replays + history.of("replay_end")})
        self.held = defaultdict(lambda: defaultdict(list))      # place: pass: contents
        for replay in self.replays:
            self.held[replay.place][replay.pass_].append(replay.contents)
        self.lowest = {}
        self.lowest_of_pass = {}
        for replay in self.replays:
            for table, key in ((self.lowest, replay.stream), (self.lowest_of_pass, (replay.pass_, replay.stream))):
                table[key] = min(table.get(key, replay.position), replay.position)
        entries = {}
        for replay in self.replays:
            entries.setdefault((replay.place, replay.contents), replay)
        self.entries = list(entries.values())
        self.views = {name: View(self, log) for name, log in self.logs.items()}

    # -- attempts and events

    def transaction_state(self, id_):
        """A `transactions` id counts by its state; without a `transaction` record, as unknown."""
        return self.transactions[id_].state if id_ in self.transactions else "unknown"

    def status_of_attempt(self, attempt):
        """An attempt in a transaction takes its status from the transaction, unless its own outcome is failed:
        committed → acked, aborted → failed, unknown or never ended → unknown. [outcome:] an attempt without one is
        unknown"""
        own = attempt.outcome.result if attempt.outcome else "unknown"
        if attempt.transaction is None or own == "failed":
            return own
        return {"committed": "acked", "aborted": "failed", "unknown": "unknown"}[
            self.transaction_state(attempt.transaction)]

    def ack_time_of_attempt(self, attempt):
        """(of a transactional attempt: the transaction's `t`); only of acked attempts"""
        if attempt.transaction is None:
            return attempt.outcome.t
        return self.transactions[attempt.transaction].t

    def status(self, attempts):
        """*acked* if any is acked; else *unknown* if any is unknown; else *failed*."""
        found = {self.status_of_attempt(attempt) for attempt in attempts}
        return "acked" if "acked" in found else "unknown" if "unknown" in found else "failed"

    def ack_time(self, attempts):
        """Its ack time is the earliest among its acked attempts."""
        return min((self.ack_time_of_attempt(a) for a in attempts if self.status_of_attempt(a) == "acked"),
                   default=None)

    def intended(self, event):
        """Its `intended` is the smallest of its attempts."""
        return min(attempt.intended for attempt in self.by_event[event])

    def home(self, event):
        """Its home is the log that its first attempt went to."""
        return self.by_event[event][0].log

    def kind(self, event):
        """An event's kind is that of its first attempt (by `t`, then file order)."""
        return self.by_event[event][0].kind

    def crc(self, event):
        return self.by_event[event][0].crc

    def attempts_to(self, event, log):
        return [attempt for attempt in self.by_event[event] if attempt.log == log]

    def to_home(self):
        """Recovery, longest gap and ack latency take the attempts that events made to their home"""
        return [attempt for attempt in self.attempts if attempt.log == self.home(attempt.event)]

    def elsewhere(self, event, log, transaction):
        """an attempt to the same log elsewhere (in another transaction or none) that is acked or unknown"""
        return any(attempt.transaction != transaction and self.status_of_attempt(attempt) != "failed"
                   for attempt in self.attempts_to(event, log))

    def log_of_record(self):
        """`log` is the log of record (the only one; else the one marked `of_record`, else the last without `own`, else
        the last)"""
        marked = [log.name for log in self.logs.values() if log.of_record]
        without_own = [log.name for log in self.logs.values() if not log.own]
        return (marked or without_own[-1:] or list(self.logs)[-1:])[0]


class View:
    """One log: what it expects, and what is in it."""

    def __init__(self, world, log):
        self.world, self.log = world, log
        self.entries = [entry for entry in world.entries if self.has_stream(entry.stream)]
        self.events = {event for event in world.by_event if self.attempted(event) and self.expects(event)}
        self.all_copies = defaultdict(set)
        for entry in self.entries:
            if self.intact(entry):
                self.all_copies[entry.event].add(entry.place)
        self.acked_places = defaultdict(set)
        self.acked_outcomes = []
        for attempt in world.attempts:
            outcome = attempt.outcome
            if (outcome and outcome.result == "acked" and world.status_of_attempt(attempt) == "acked"
                    and outcome.stream is not None and outcome.position is not None
                    and self.has_stream(outcome.stream)):
                self.acked_places[attempt.event].add((outcome.stream, outcome.position))
                self.acked_outcomes.append((attempt, outcome))

    def has_stream(self, stream):
        """streams of no log count in none; `logs` absent: one log with every stream"""
        return self.log.streams is None or stream in self.log.streams

    def relevant(self, event):
        """[with own] an event's status and ack time are those of its attempts to it. In every other log, an event's
        status and ack time are those of its attempts to logs without `own`"""
        attempts = self.world.by_event.get(event, [])
        if self.log.own:
            return [attempt for attempt in attempts if attempt.log == self.log.name]
        return [attempt for attempt in attempts if not self.world.logs[attempt.log].own]

    def attempted(self, event):
        """entries and deliveries of [an event that has none of these] count as attempted by nobody"""
        return bool(self.relevant(event))

    def expects(self, event):
        """A log with `kinds` expects just those kinds."""
        return self.log.kinds is None or self.world.kind(event) in self.log.kinds

    def status(self, event):
        return self.world.status(self.relevant(event))

    def ack_time(self, event):
        return self.world.ack_time(self.relevant(event))

    def acked(self):
        return [event for event in self.events if self.status(event) == "acked"]

    def acked_or_unknown(self):
        return [event for event in self.events if self.status(event) != "failed"]

    def aside(self, item):
        """Entries of other kinds are counted in `entries`, keep their positions, and are otherwise left aside;
        deliveries of them count like those of another run."""
        return (item.readable and item.run == self.world.run and item.event in self.world.by_event
                and not self.expects(item.event))

    def of_this_run(self, item):
        """readable, of this run, and of no kind that is left aside"""
        return item.readable and item.run == self.world.run and not self.aside(item)

    def intact(self, item):
        """It is *intact* if its run is this run, its (agent, seq) was attempted, and its crc is that of the attempt."""
        return self.of_this_run(item) and self.attempted(item.event) and item.crc == self.world.crc(item.event)

    def copies(self, event):
        """A *copy* of an event is an intact entry of it."""
        return self.all_copies.get(event, set())

    def retention_passed(self, place):
        """Retention has passed a position if the log has `retention` and the position lies below the lowest that any
        pass has of that stream, or no pass has any of it."""
        stream, at = place
        lowest = self.world.lowest.get(stream)
        return self.log.retention and (lowest is None or at < lowest)


class Group:
    """One group, and its records in the streams of the log that it reads."""

    def __init__(self, world, name):
        self.world, self.name = world, name
        record = world.history.groups.get(name)
        self.view = world.views[record.log if record else world.history.first_log]
        self.read_committed = bool(record and record.isolation)
        self.processing = bool(record and record.processing)
        self.dead = record.dead if record else None

        def mine(records):
            return [r for r in records if r.group == name and self.view.has_stream(r.stream)]
        self.deliveries = mine(world.deliveries)      # by t, then file order
        self.acks = mine(world.history.of("ack"))
        self.commits = mine(world.history.of("commit"))
        self.processed_records = mine(world.history.of("processed"))
        self.processed = {(r.stream, r.position) for r in self.processed_records}
        self.ends = {}
        for end in mine(world.history.of("group_end")):
            self.ends.setdefault(end.stream, end)
        self.intact = [delivery for delivery in self.deliveries if self.view.intact(delivery)]
        self.first_intact = {}
        self.intact_places = defaultdict(set)
        for delivery in self.intact:
            self.first_intact.setdefault(delivery.event, delivery.t)
            self.intact_places[delivery.event].add(delivery.place)
        self.delivered_places = {delivery.place for delivery in self.deliveries}
        self.acked_places = {(ack.stream, ack.position) for ack in self.acks}

    def covered_by_commit(self, place):
        """`commit`: the broker confirmed that every entry before `position` is done"""
        return any(commit.stream == place[0] and place[1] < commit.position for commit in self.commits)

    def after_passed(self, place):
        """after `passed`, of a stream that has a `group_end`; null: nothing was ever handed out"""
        passed = self.ends[place[0]].passed
        return passed is None or place[1] > passed

    def gone_past(self, event):
        """each copy is at or before `passed` and none is pending. Without a `group_end` of that stream, `passed` is
        what lies before the group's highest `commit` there, and nothing is pending"""
        def past(place):
            if place[0] in self.ends:
                return not self.after_passed(place) and place[1] not in self.ends[place[0]].pending
            return self.covered_by_commit(place)
        return all(past(place) for place in self.view.copies(event))
