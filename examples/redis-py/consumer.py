"""A consumer of Redis Streams with redis-py, to be audited by Holdfast (docs/clients.md).

    consumer: {command: [.build/clients-venv/bin/python, examples/redis-py/consumer.py]}

    --bug NAME          a bug on purpose, or several, to see them found: early (acknowledges before it has worked), drop
                        (one event in a hundred is acknowledged and never worked on), skip (one in a hundred is
                        acknowledged and passed over in silence), twice (one acknowledgement in a hundred is never
                        sent, and its event worked on again), lie (says of it that it was confirmed)
"""

import argparse
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from holdfast_client import Bugs, Consumer, Entry, confirmations, note  # noqa: E402
from leader import Leader, errors, redis  # noqa: E402

FAILURES = (errors.RedisError, OSError)
PAUSE = 0.1  # Seconds before anything is tried again.
BUGS = ["early", "drop", "skip", "twice", "lie"]


class RedisConsumer(Consumer):
    def __init__(self, bugs):
        super().__init__()
        self.bugs = Bugs(bugs)

    def join(self):
        self.leader = Leader(self.greeting)
        self.group, self.name = self.greeting["group"], self.greeting["consumer"]
        self.streams, self.batch = self.greeting["streams"], self.greeting["batch"]
        self.client = self.place = None
        self.claim_at = 0
        if self.ack == "auto":
            sys.exit(f"this client does not know ack: {self.ack}")
        if self.bugs.has("early"):
            self.ack = "none"
        note(f"redis-py {redis.__version__}")
        while not self.is_told:
            try:
                for stream in self.streams:
                    self.connect().xgroup_createconsumer(stream, self.group, self.name)
                return
            except FAILURES as error:
                self.recover(error)

    def connect(self):
        """The connection to whoever leads; throws if there is none to be had."""
        if self.client is not None and self.leader.sentinel is None:
            if self.leader.place(self.addresses) != self.place:
                self.forget()
        if self.client is None:
            self.place = self.leader.place(self.addresses)
            self.client = self.leader.connect(self.place, self.greeting["block"] / 1e9 + 2)
        return self.client

    def forget(self):
        if self.client is not None:
            self.client.close()
            self.client = None

    def recover(self, error):
        """A server that lost its data lost its groups, too; any other failure is one of the connection."""
        if str(error).startswith("NOGROUP"):
            self.make()
        else:
            self.forget()
            time.sleep(PAUSE)

    def make(self):
        start = "0" if self.greeting["start"] == "beginning" else "$"
        for stream in self.streams:
            try:
                self.connect().xgroup_create(stream, self.group, id=start, mkstream=True)
            except FAILURES as error:
                if not str(error).startswith("BUSYGROUP"):
                    self.forget()
                    time.sleep(PAUSE)

    # What it is handed

    def read(self):
        try:
            return self.idle() or self.fresh()
        except FAILURES as error:
            self.recover(error)
            return []

    def idle(self):
        """What somebody holds and does not work on: a dead consumer, or this one in an earlier life."""
        if "claim" not in self.greeting or time.monotonic() < self.claim_at:
            return []
        for stream in self.streams:
            milliseconds = self.greeting["claim"] // 1_000_000
            found = self.connect().xautoclaim(stream, self.group, self.name, milliseconds, count=self.batch)[1]
            entries = self.entries(stream, found)
            if entries:
                return entries
        self.claim_at = time.monotonic() + self.greeting["claim"] / 1e9
        return []

    def fresh(self):
        found = self.connect().xreadgroup(
            self.group, self.name, {stream: ">" for stream in self.streams}, count=self.batch,
            block=max(1, self.greeting["block"] // 1_000_000), noack=self.greeting["ack"] == "none")
        return [entry for stream, some in found or [] for entry in self.entries(stream.decode(), some)]

    @staticmethod
    def entries(stream, found):
        """Older servers name what was trimmed by nothing."""
        return [
            Entry(stream, position.decode(), fields.get(b"e")) for position, fields in found if fields is not None]

    # What it tells

    def acknowledge(self, entries):
        confirmed = []
        for stream in self.streams:
            own = [entry for entry in entries if entry.stream == stream]
            kept = [entry for entry in own if self.strikes("twice")]
            lied = [entry for entry in own if entry not in kept and self.strikes("lie")]
            sent = [entry for entry in own if entry not in kept and entry not in lied]
            if not sent or self.tell(stream, sent):
                confirmed += sent + lied
        return confirmed

    def tell(self, stream, entries):
        """Whether they were confirmed. XACK asks for no owner: 0 as well as 1 means that an entry is done.

        Where the work is done it is told until the server answers. An answer to what was told before may also mean that
        the server has lost the group's progress since: that is no confirmation, unless it counts them all.
        """
        again = False
        while True:
            try:
                done = self.connect().xack(stream, self.group, *[entry.position for entry in entries])
                return not again or done == len(entries)
            except FAILURES:
                self.forget()
                if self.ack != "after-processing" or self.is_told:
                    return False
                again = True
                self.voice.say({"type": "alive"})
                time.sleep(PAUSE)

    def leave(self):
        self.forget()

    # Bugs on purpose

    def strikes(self, name):
        """One time in a hundred; no two of them at the same."""
        return self.bugs.strikes(name, 100, 15 * BUGS.index(name))

    def take(self, entries):
        if self.bugs.has("early"):
            # Before it has said a word: whatever is in its hands then, Redis takes for done.
            confirmed = self.acknowledge(entries)
            self.voice.say_all([entry.delivery() for entry in entries] + confirmations(confirmed))
            self.handle(entries)
            return
        skipped = [entry for entry in entries if self.strikes("skip")]
        if skipped:
            self.acknowledge(skipped)
        dropped = [entry for entry in entries if entry not in skipped and self.strikes("drop")]
        if dropped:
            self.voice.say_all([entry.delivery() for entry in dropped])
            self.confirm(dropped)
        super().take([entry for entry in entries if entry not in skipped and entry not in dropped])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bug", action="append", default=[], choices=BUGS)
    RedisConsumer(parser.parse_args().bug).run()


main()
