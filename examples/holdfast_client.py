"""What every client under audit has to do, whatever its broker: read orders, say what it did.

The protocol is docs/clients.md. Nothing here knows a broker.
"""

import base64
import json
import os
import queue
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


def lines():
    """Orders, one after the other, until standard input ends."""
    for line in sys.stdin.buffer:
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


class Producer:
    """Reads a producer's orders and hands the events out to threads, each agent's always to the same one.

    A subclass has prepare(), which is called once, and publish(event, lane), which publishes one event and returns its
    outcome: (result, position, error), or None if there is nothing more to say of it.
    """

    lanes = 8

    def __init__(self):
        self.voice = Voice()
        self.end = None
        self._queues = []
        self._orders = None

    def run(self):
        orders = lines()
        self.greeting = next(orders)
        if self.greeting["type"] != "produce" or self.greeting["version"] != 1:
            sys.exit("this client knows how to produce, by version 1 of the protocol")
        self.voice.epoch = self.greeting["epoch"]
        self.addresses = self.greeting["addresses"]
        self.prepare()
        self._queues = [queue.SimpleQueue() for _ in range(self.lanes)]
        threads = [threading.Thread(target=self._lane, args=(lane,)) for lane in range(self.lanes)]
        for thread in threads:
            thread.start()
        self.voice.say({"type": "ready"})
        first_try = self.greeting["first_try"]
        for order in orders:
            kind = order["type"]
            if kind == "publish":
                self._queues[order["agent"] % self.lanes].put(Event(order, first_try))
            elif kind == "addresses":
                self.addresses = order["addresses"]
            elif kind == "end":
                self.end = order["t"]
                break
        if self.end is None:
            # Whoever gave orders is gone.
            self.end = self.voice.now()
        for waiting in self._queues:
            waiting.put(None)
        for thread in threads:
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
