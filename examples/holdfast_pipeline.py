"""A producer whose library takes an event now and says later what became of it, as Kafka's clients do.

The protocol is docs/clients.md. Nothing here knows a broker.
"""

import bisect
import collections
import heapq
import os
import threading

from holdfast_client import Publishing, note

SECOND = 1_000_000_000


class _Agent:
    """What is to be done for one agent, in its order, with so many unanswered at the most."""

    __slots__ = ("number", "events", "again", "under_way", "resume", "scheduled")

    def __init__(self, number):
        self.number = number
        self.events = collections.deque()
        self.again = []  # To be tried again, by seq: before anything new.
        self.under_way = 0
        self.resume = 0
        self.scheduled = None  # The time of its place among those that are due; its others there mean nothing.


class Pipeline(Publishing):
    """Hands over what is due; each agent's events in their order, at most `in_flight` of
    them unanswered.

    A subclass has prepare(), which is called once; publish(events), which says their attempts and hands them to the
    library; and give_up(), after which the library says of everything what became of it. Whatever the library says
    goes to settled(), from any thread.
    """

    patience = 15 * SECOND  # From the end until what is under way is given up.
    turn = 256  # Events that are handed over together, at the most.

    def __init__(self):
        super().__init__()
        self._agents = {}
        self._due = []
        self._under_way = 0
        self._news = threading.Condition(threading.Lock())

    def begin(self):
        self._pumping = self.start(self._pump)

    def take(self, event):
        with self._news:
            agent = self._agents.get(event.agent)
            if agent is None:
                agent = self._agents[event.agent] = _Agent(event.agent)
            agent.events.append(event)
            self._place(agent)

    def finish(self):
        with self._news:
            self._news.notify()
        self._pumping.join()
        self.close()

    def close(self):
        """Nothing is under way any more."""

    def start(self, work):
        """A thread that does not die in silence."""

        def guarded():
            try:
                work()
            except BaseException as error:
                fail(f"{getattr(work, '__name__', work)}: {error!r}")

        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        return thread

    def _place(self, agent):
        """Among those that are due, if it may begin anything. Under the lock."""
        due = None
        if agent.under_way < self.greeting["in_flight"]:
            if agent.again:
                due = agent.resume
            elif agent.events:
                due = max(agent.resume, agent.events[0].intended)
        if due == agent.scheduled:
            return
        agent.scheduled = due
        if due is not None:
            heapq.heappush(self._due, (due, agent.number))
            if self._due[0][1] == agent.number:
                self._news.notify()

    def _take(self, now):
        """Events that may be handed over now. Under the lock."""
        events = []
        while self._due and self._due[0][0] <= now and len(events) < self.turn:
            due, number = heapq.heappop(self._due)
            agent = self._agents[number]
            if agent.scheduled != due:
                continue
            agent.scheduled = None
            event = agent.again.pop(0)[1] if agent.again else agent.events.popleft()
            agent.under_way += 1
            self._under_way += 1
            events.append(event)
            self._place(agent)
        return events

    def _pump(self):
        while True:
            with self._news:
                now = self.voice.now()
                if self.end is not None and now >= self.end:
                    break
                events = self._take(now)
                if not events:
                    times = [time for time in (self._due[0][0] if self._due else None, self.end) if time is not None]
                    if not self._news.wait(min([(time - now) / SECOND for time in times] + [5])) and not times:
                        self.voice.say({"type": "alive"})
                    continue
            self.publish(events)
        if not self._answered(by=self.end + self.patience):
            self.give_up()
            if not self._answered(by=self.end + self.patience + 3 * SECOND):
                fail(f"no word of {self._under_way} events")

    def _answered(self, by):
        with self._news:
            return self._news.wait_for(lambda: self._under_way == 0, max(0, by - self.voice.now()) / SECOND)

    def attempts(self, events):
        """Says that they are about to be handed over."""
        self.voice.say_all([event.attempt() for event in events])

    def forget(self, event):
        """It is neither attempted nor answered."""
        with self._news:
            self._is_done(event)

    def settled(self, outcomes):
        """What became of them: (event, result, position, error) each. Their agents may go on."""
        self.voice.say_all([event.outcome(*rest) for event, *rest in outcomes])
        tries_again = self.greeting["retries"] == "until-acked"
        with self._news:
            for event, result, *_ in outcomes:
                agent = self._agents[event.agent]
                if result != "acked" and tries_again:
                    event.tries += 1
                    bisect.insort(agent.again, (event.seq, event))
                    agent.resume = max(agent.resume, self.voice.now() + self.greeting["back_off"])
                self._is_done(event)

    def _is_done(self, event):
        agent = self._agents[event.agent]
        agent.under_way -= 1
        self._under_way -= 1
        self._place(agent)
        if self._under_way == 0:
            self._news.notify()


def fail(reason):
    """Ends this process at once, from any thread; the trial is invalid by that, with the reason."""
    note(reason)
    os._exit(1)
