"""What every client under audit has to do, whatever its broker: read orders, say what it did.

The protocol is docs/clients.md. Nothing here knows a broker.
"""

import base64
import json
import os
import queue
import signal
import sys
import threading
import time


class Voice:
    """Says what the client does, one record a line, on standard output.

    A record is in the kernel's hands when say() returns: what was attempted is known even if the process is killed at
    the next instruction. Times never go back, whichever thread speaks.
    """

    def __init__(self):
        self.epoch = None
        self._lock = threading.Lock()

    def now(self):
        """Nanoseconds from the trial's start; 0 before it."""
        return time.monotonic_ns() - self.epoch if self.epoch is not None else 0

    def say(self, record):
        self.say_all([record])

    def say_all(self, records):
        """All of them happened just now."""
        with self._lock:
            t = self.now()
            lines = "".join(json.dumps({**record, "t": t}, separators=(",", ":")) + "\n" for record in records)
            data = lines.encode()
            while data:
                data = data[os.write(1, data):]


def note(text):
    """For people: it goes to the worker's log."""
    print(text, file=sys.stderr, flush=True)


def lines(source=sys.stdin.buffer):
    """Orders, one after the other, until standard input ends."""
    for line in source:
        yield json.loads(line)


def secret(kept):
    """A secret, by where the greeting's `access` says that it is kept; None if there is none."""
    if kept is None:
        return None
    if "environment" in kept:
        return os.environ[kept["environment"]]
    with open(kept["file"], encoding="utf-8") as file:
        return file.readline().rstrip("\r\n")


class Event:
    """One event that is to be published."""

    __slots__ = ("agent", "seq", "kind", "intended", "crc", "stream", "value", "tries")

    def __init__(self, order, first_try):
        self.agent, self.seq, self.kind = order["agent"], order["seq"], order["kind"]
        self.intended, self.crc, self.stream = order["intended"], order["crc"], order["stream"]
        self.value = base64.b64decode(order["value"])
        self.tries = first_try

    def attempt(self):
        return {
            "type": "attempt", "agent": self.agent, "seq": self.seq, "try": self.tries, "kind": self.kind,
            "intended": self.intended, "crc": self.crc,
        }

    def outcome(self, result, position=None, error=None):
        record = {"type": "outcome", "agent": self.agent, "seq": self.seq, "try": self.tries, "result": result}
        if position is not None:
            record["stream"], record["position"] = self.stream, position
        if error is not None:
            record["error"] = error
        return record


class Bugs:
    """Bugs on purpose, by name: whatever a client does wrong, it does each so many times."""

    def __init__(self, names):
        self._counts = dict.fromkeys(names, 0)

    def has(self, name):
        return name in self._counts

    def strikes(self, name, every, at=0):
        """Each `every`-th time, if it is one that was asked for; of two with another `at` no two strike at the same."""
        if name not in self._counts:
            return False
        self._counts[name] += 1
        return self._counts[name] % every == at


class Publishing:
    """Reads a producer's orders.

    A subclass has prepare(), which is called once; begin(), after which it takes events; take(event); and finish(),
    which returns once all is done that was under way at the end.
    """

    def __init__(self):
        self.voice = Voice()
        self.end = None

    def run(self):
        orders = lines()
        self.greeting = next(orders)
        if self.greeting["type"] != "produce" or self.greeting["version"] != 1:
            sys.exit("this client knows how to produce, by version 1 of the protocol")
        self.voice.epoch = self.greeting["epoch"]
        self.addresses = self.greeting["addresses"]
        self.prepare()
        self.begin()
        self.voice.say({"type": "ready"})
        first_try = self.greeting["first_try"]
        for order in orders:
            kind = order["type"]
            if kind == "publish":
                self.take(Event(order, first_try))
            elif kind == "addresses":
                self.addresses = order["addresses"]
            elif kind == "end":
                self.end = order["t"]
                break
        if self.end is None:
            # Whoever gave orders is gone.
            self.end = self.voice.now()
        self.finish()


class Producer(Publishing):
    """Hands the events out to threads, each agent's always to the same one.

    A subclass has prepare(), which is called once, and publish(event, lane), which publishes one event and returns its
    outcome: (result, position, error), or None if there is nothing more to say of it.
    """

    lanes = 8

    def begin(self):
        self._queues = [queue.SimpleQueue() for _ in range(self.lanes)]
        self._threads = [threading.Thread(target=self._lane, args=(lane,)) for lane in range(self.lanes)]
        for thread in self._threads:
            thread.start()

    def take(self, event):
        self._queues[event.agent % self.lanes].put(event)

    def finish(self):
        for waiting in self._queues:
            waiting.put(None)
        for thread in self._threads:
            thread.join()

    def is_over(self):
        return self.end is not None and self.voice.now() >= self.end

    def _lane(self, lane):
        try:
            while True:
                event = self._queues[lane].get()
                if event is None:
                    return
                self._play(event, lane)
        except BaseException as error:  # A thread must not die in silence.
            note(f"lane {lane}: {error!r}")
            os._exit(1)

    def _play(self, event, lane):
        wait = event.intended - self.voice.now()
        if wait > 0:
            time.sleep(wait / 1e9)
        while not self.is_over():
            done = self.publish(event, lane)
            if done is None:
                return
            result, position, error = done
            self.voice.say(event.outcome(result, position, error))
            if result == "acked" or self.greeting["retries"] != "until-acked":
                return
            event.tries += 1
            time.sleep(self.greeting["back_off"] / 1e9)


class Entry:
    """One entry of a stream that this consumer was handed.

    A position is "MS-SEQ" (Redis) or an offset, a whole number (Kafka); a value is bytes, or None if there are none.
    """

    __slots__ = ("stream", "position", "value")

    def __init__(self, stream, position, value):
        self.stream, self.position, self.value = stream, position, value

    def record(self, kind):
        return {"type": kind, "stream": self.stream, "position": self.position}

    def delivery(self):
        text = None if self.value is None else base64.b64encode(self.value).decode()
        return {**self.record("delivery"), "value": text}


def confirmations(entries):
    """What to say once the broker has confirmed them: each (Redis), or all up to the last of each stream (Kafka)."""
    if not all(isinstance(entry.position, int) for entry in entries):
        return [entry.record("ack") for entry in entries]
    ends = {}
    for entry in entries:
        ends[entry.stream] = max(ends.get(entry.stream, 0), entry.position + 1)
    return [{"type": "commit", "stream": stream, "position": end} for stream, end in ends.items()]


class Consumer:
    """Reads a consumer's orders, works on what it is handed, one after the other, and acknowledges it when it is to.

    A subclass has join(), which returns once it has its place in the group; read(), which waits a little while and
    returns the next entries, at most `batch`; acknowledge(entries), which tells the broker that they are done and
    returns those that it confirmed; and leave(). All are called by one thread. Orders come by another: `addresses` may
    change at any time.
    """

    # Seconds that finished work waits to be acknowledged while there is more in hand.
    ack_every = 0.1

    def __init__(self):
        self.voice = Voice()
        self.is_told = False

    def run(self):
        # Unbuffered: a thread that waits in a buffer's lock as the interpreter ends would abort it.
        orders = lines(open(0, "rb", buffering=0, closefd=False))
        self.greeting = next(orders)
        if self.greeting["type"] != "consume" or self.greeting["version"] != 1:
            sys.exit("this client knows how to consume, by version 1 of the protocol")
        self.voice.epoch = self.greeting.get("epoch")
        self.addresses = self.greeting["addresses"]
        self.ack = self.greeting["ack"]
        signal.signal(signal.SIGTERM, lambda *_: self.stop())
        threading.Thread(target=self._listen, args=(orders,), daemon=True).start()
        self.join()
        self.voice.say({"type": "ready"})
        while not self.is_told:
            entries = self.read()
            if entries:
                self.take(entries)
            else:
                self.voice.say({"type": "alive"})
        self.leave()

    def stop(self):
        self.is_told = True

    def _listen(self, orders):
        try:
            for order in orders:
                kind = order["type"]
                if kind == "begin":
                    self.voice.epoch = order["epoch"]
                elif kind == "addresses":
                    self.addresses = order["addresses"]
                elif kind == "end":
                    break
            self.stop()
        except BaseException as error:  # A thread must not die in silence.
            note(f"orders: {error!r}")
            os._exit(1)

    def take(self, entries):
        """Whatever it is handed is said before anything is done about it."""
        self.voice.say_all([entry.delivery() for entry in entries])
        self.handle(entries)

    def handle(self, entries):
        """Works and acknowledges, in the order that the group asks for."""
        if self.ack == "before-processing":
            # What the broker did not confirm is another's by now.
            entries = self.confirm(entries)
        done, since = [], time.monotonic()
        for entry in entries:
            self.work(entry)
            self.voice.say(entry.record("processed"))
            if self.ack != "after-processing":
                continue
            done.append(entry)
            if time.monotonic() - since >= self.ack_every:
                self.confirm(done)
                done, since = [], time.monotonic()
        if done:
            self.confirm(done)

    def work(self, entry):
        """Takes as long as the group says."""
        end = time.monotonic() + self.greeting["processing"] / 1e9
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 1))
            if left > 1:
                self.voice.say({"type": "alive"})

    def confirm(self, entries):
        """Those of them that the broker confirmed, which is said."""
        confirmed = self.acknowledge(entries)
        self.voice.say_all(confirmations(confirmed))
        return confirmed
