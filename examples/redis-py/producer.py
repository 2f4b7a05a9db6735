"""A producer for Redis Streams with redis-py, to be audited by Holdfast (docs/clients.md).

    producer: {command: [.build/clients-venv/bin/python, examples/redis-py/producer.py]}

    --library-retries   leave redis-py's own retries as they are: it sends a command again when a connection fails,
                        and an event may be in the stream twice for one attempt
    --bug NAME          a bug on purpose, to see it found: early (acknowledges before the reply), drop (one event in a
                        thousand is acknowledged and never sent), skip (one in a thousand is passed over), twice (sends
                        every hundredth event twice)
"""

import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from holdfast_client import Bugs, Producer, note  # noqa: E402
from leader import Leader, errors, redis  # noqa: E402

# What the server says before it has done anything: the event is not in the stream.
REFUSALS = ("READONLY", "OOM", "NOREPLICAS", "LOADING", "MASTERDOWN", "MISCONF", "CLUSTERDOWN", "NOAUTH", "NOPERM")


class RedisProducer(Producer):
    def __init__(self, options):
        super().__init__()
        self.options = options
        self.lanes = options.lanes
        self.bugs = Bugs([options.bug])
        # A refusal says nothing of what the library has sent before.
        self.is_only_try = not options.library_retries

    def prepare(self):
        settings = self.greeting["settings"]
        self.leader = Leader(self.greeting)
        words = self.greeting["ack"].split()
        self.wait = None
        if words[0] == "wait":
            self.wait = (int(words[1]), int(words[2]) if len(words) > 2 else 1000)
        elif words != ["reply"]:
            sys.exit(f"this client does not know ack: {self.greeting['ack']}")
        self.trim = {}
        if "maxlen" in settings:
            text = settings["maxlen"]
            self.trim = {"maxlen": int(text.lstrip("~")), "approximate": text.startswith("~")}
        self.clients = [None] * self.lanes
        self.places = [None] * self.lanes
        note(f"redis-py {redis.__version__}")
        for lane in range(self.lanes):
            self.connect(lane)

    def connect(self, lane):
        """A connection of the lane's own; throws if there is none to be had."""
        client = self.clients[lane]
        if client is not None and self.leader.sentinel is not None:
            place = self.places[lane]
        else:
            place = self.leader.place(self.addresses)
        if client is not None and place == self.places[lane]:
            client.connection.connect()
            return client
        if client is not None:
            client.close()
            self.clients[lane] = None
        client = self.leader.connect(place, self.greeting["timeout"] / 1e9, self.options.library_retries)
        self.clients[lane], self.places[lane] = client, place
        return client

    def forget(self, lane):
        """The next try asks anew who leads."""
        if self.clients[lane] is not None:
            self.clients[lane].close()
            self.clients[lane] = None

    def publish(self, event, lane):
        if self.bugs.strikes("skip", 1000):
            return None
        self.voice.say(event.attempt())
        if self.bugs.strikes("drop", 1000):
            return "acked", None, None
        if self.bugs.has("early"):
            self.voice.say(event.outcome("acked"))
            self.send(event, lane)
            return None
        return self.send(event, lane)

    def send(self, event, lane):
        try:
            client = self.connect(lane)
        except (errors.RedisError, OSError) as error:
            self.forget(lane)
            return "failed", None, f"not connected: {type(error).__name__}"
        try:
            position = client.xadd(event.stream, {"e": event.value}, **self.trim)
            if self.bugs.strikes("twice", 100):
                client.xadd(event.stream, {"e": event.value}, **self.trim)
            if self.wait is not None and client.wait(*self.wait) < self.wait[0]:
                return "unknown", None, "WAIT: too few replicas"
            return "acked", position.decode(), None
        except errors.ResponseError as error:
            text = str(error)
            word = text.split(" ", 1)[0]
            if isinstance(error, errors.ReadOnlyError):
                word = "READONLY"
                self.forget(lane)
            # redis-py takes some of the first words away.
            refused = word in REFUSALS or isinstance(error, errors.OutOfMemoryError)
            return "failed" if refused and self.is_only_try else "unknown", None, text[:200]
        except (errors.RedisError, OSError) as error:
            refused = isinstance(error, (errors.ReadOnlyError, errors.BusyLoadingError, errors.MasterDownError))
            self.forget(lane)
            return "failed" if refused and self.is_only_try else "unknown", None, type(error).__name__


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lanes", type=int, default=8)
    parser.add_argument("--library-retries", action="store_true")
    parser.add_argument("--bug", choices=["early", "drop", "skip", "twice"])
    RedisProducer(parser.parse_args()).run()


main()
