"""The contract's figures, one function each; its docstring is the contract's sentence.

A function that counts a finding returns a list with one item for each time that the finding counts.
"""
from collections import defaultdict

from interchange import LARGEST

# ---------------------------------------------------------------------------------------------------------------------
# Figures of a log
# ---------------------------------------------------------------------------------------------------------------------

def lost(view):
    """events acked, with no copy, not expired"""
    gone = set(expired(view))
    return [event for event in view.acked() if not view.copies(event) and event not in gone]


def recovered(view):
    """events unknown, with a copy"""
    return [event for event in view.events if view.status(event) == "unknown" and view.copies(event)]


def expired(view):
    """events acked, with no copy, with at least one acked position in this log, all of which retention has passed"""
    return [event for event in view.acked() if not view.copies(event) and view.acked_places.get(event)
            and all(view.retention_passed(place) for place in view.acked_places[event])]


def corrupted(view):
    """entries of this run whose (agent, seq) was attempted, with another crc; or that could not be read"""
    return [entry for entry in view.entries if not entry.readable
            or view.of_this_run(entry) and view.attempted(entry.event) and entry.crc != view.world.crc(entry.event)]


def unexpected_failed(view):
    """copies of failed events"""
    return [event for event in view.events if view.status(event) == "failed" for _ in view.copies(event)]


def unexpected_never_attempted(view):
    """entries of this run whose (agent, seq) nobody attempted"""
    return [entry for entry in view.entries if view.of_this_run(entry) and not view.attempted(entry.event)]


def unexpected_foreign(view):
    """entries of another run"""
    return [entry for entry in view.entries if entry.readable and entry.run != view.world.run]


def duplicated(view):
    """copies beyond the first, of acked and unknown events. With p the number of the event's attempts to this log that
    are acked or unknown, at most p − 1 of them are *retried*, the rest *unexplained*; with `retries: client`, all are
    *retried*"""
    retried, unexplained = [], []
    for event in view.acked_or_unknown():
        beyond = max(len(view.copies(event)) - 1, 0)
        p = sum(view.world.status_of_attempt(a) != "failed" for a in view.world.attempts_to(event, view.log.name))
        allowed = beyond if view.world.client_retries else min(beyond, max(p - 1, 0))
        retried += [event] * allowed
        unexplained += [event] * (beyond - allowed)
    return retried, unexplained


def reordered(view):
    """among the first copies (lowest position) of acked and unknown events: those that stand behind the first copy of a
    later seq of the same agent. *retried* if the event has more than one attempt to this log, or with `retries:
    client`; else *unexplained*. Displacement: highest such seq before it, less its own. In a log with `own` nothing is
    reordered"""
    retried, unexplained, largest = [], [], 0
    if view.log.own:
        return retried, unexplained, largest
    first = {event: min(view.copies(event)) for event in view.acked_or_unknown() if view.copies(event)}
    for event, (stream, at) in first.items():
        later = [other[1] for other, (other_stream, other_at) in first.items()
                 if other[0] == event[0] and other[1] > event[1] and other_stream == stream and other_at < at]
        if later:
            several = len(view.world.attempts_to(event, view.log.name)) > 1
            (retried if several or view.world.client_retries else unexplained).append(event)
            largest = max(largest, max(later) - event[1])
    return retried, unexplained, largest


def diverged(view):
    """positions that some pass lacks or has twice, or that hold different contents (run, agent, seq, crc) in two
    passes, two deliveries, or a pass and a delivery. With retention: not those missing from a pass, present in an
    earlier one, and below the lowest position of that pass (or that pass has nothing left of the stream). A position
    that no pass has is diverged only if two deliveries of it differ. [kinds:] a position that holds nothing else is not
    diverged"""
    world = view.world
    at_place = defaultdict(list)
    for item in world.replays + world.deliveries:
        if view.has_stream(item.stream):
            at_place[item.place].append(item)
    out = []
    for place, items in at_place.items():
        if all(view.aside(item) for item in items):
            continue
        by_pass = world.held[place] if place in world.held else {}
        differ = len({item.contents for item in items}) > 1
        twice = any(len(contents) > 1 for contents in by_pass.values())
        missing = bool(by_pass) and any(lacks(view, place, by_pass, pass_) for pass_ in world.passes)
        if differ or twice or missing:
            out.append(place)
    return out


def lacks(view, place, by_pass, pass_):
    """whether that pass lacks the position, and retention does not explain it"""
    if pass_ in by_pass:
        return False
    lowest = view.world.lowest_of_pass.get((pass_, place[0]))
    explained = (view.log.retention and any(earlier < pass_ for earlier in by_pass)
                 and (lowest is None or place[1] < lowest))
    return not explained


def misplaced(view):
    """events with a copy and at least one acked position in this log, of which no copy stands at such a position, and
    of whose acked positions retention has passed none"""
    return [event for event in view.events
            if view.copies(event) and view.acked_places.get(event)
            and not view.copies(event) & view.acked_places[event]
            and not any(view.retention_passed(place) for place in view.acked_places[event])]


def backdated(view):
    """attempts whose acked position is at or below the highest acked position of that stream known before they began
    (`t` of outcome earlier than `t` of attempt), another event's or their own"""
    return [attempt for attempt, outcome in view.acked_outcomes
            if view.expects(attempt.event)
            and any(known.stream == outcome.stream and known.t < attempt.t and outcome.position <= known.position
                    for _, known in view.acked_outcomes)]


# ---------------------------------------------------------------------------------------------------------------------
# Transactions
# ---------------------------------------------------------------------------------------------------------------------

def transaction_ids(world):
    return sorted(set(world.transactions) | {a.transaction for a in world.attempts if a.transaction is not None})


def torn(world):
    """transactions, committed or unknown, of which some events have a copy in the log that the attempt went to and
    others do not. Left aside: failed attempts, events with an attempt to the same log elsewhere (in another transaction
    or none) that is acked or unknown, events whose positions in outcomes `acked` (of attempts acked or unknown)
    retention has passed"""
    out = []
    for id_ in transaction_ids(world):
        if world.transaction_state(id_) == "aborted":
            continue
        there = set()
        for attempt in world.attempts:
            if attempt.transaction != id_ or world.status_of_attempt(attempt) == "failed":
                continue
            view = world.views[attempt.log]
            if (view.expects(attempt.event) and not world.elsewhere(attempt.event, attempt.log, id_)
                    and not expired_of_transaction(view, attempt.event)):
                there.add(bool(view.copies(attempt.event)))
        if len(there) == 2:
            out.append(id_)
    return out


def expired_of_transaction(view, event):
    """events whose positions in outcomes `acked` (of attempts acked or unknown) retention has passed"""
    places = [(a.outcome.stream, a.outcome.position) for a in view.world.by_event[event]
              if view.world.status_of_attempt(a) != "failed" and a.outcome and a.outcome.result == "acked"
              and a.outcome.stream is not None and a.outcome.position is not None
              and view.has_stream(a.outcome.stream)]
    return bool(places) and all(view.retention_passed(place) for place in places)


def leaked(world):
    """aborted transactions with an event that has a copy in the log that the attempt went to, and no attempt to the
    same log elsewhere that is acked or unknown"""
    return [id_ for id_ in transaction_ids(world) if world.transaction_state(id_) == "aborted"
            and any(attempt.transaction == id_ and world.views[attempt.log].copies(attempt.event)
                    and not world.elsewhere(attempt.event, attempt.log, id_) for attempt in world.attempts)]


# ---------------------------------------------------------------------------------------------------------------------
# Figures of a group
# ---------------------------------------------------------------------------------------------------------------------

def undelivered(group):
    """events acked or unknown, with a copy, never delivered intact to the group: *skipped* if each copy is at or before
    `passed` and none is pending; else *behind*"""
    never = [event for event in group.view.acked_or_unknown()
             if group.view.copies(event) and event not in group.first_intact]
    skipped = [event for event in never if group.gone_past(event)]
    return skipped, [event for event in never if event not in skipped]


def expired_unseen(group):
    """expired events never delivered intact to the group"""
    return [event for event in expired(group.view) if event not in group.first_intact]


def unprocessed(group):
    """0 unless the group's `processing` is true: events acked or unknown, with a copy, delivered intact to the group,
    without a `processed` of the group (at any `t`, by any consumer) at any position at which they were delivered
    intact, with each copy at or before `passed` and none pending"""
    if not group.processing:
        return []
    return [event for event in group.view.acked_or_unknown()
            if group.view.copies(event) and event in group.first_intact
            and not group.intact_places[event] & group.processed and group.gone_past(event)]


def redelivered(group):
    """deliveries of a (stream, position) to the group after the first (by `t`, then file order): *acked* if an earlier
    `ack` or `commit` of the group covers it, else *unacked*"""
    unacked, acked, seen = [], [], set()
    for delivery in group.deliveries:
        if delivery.place in seen:
            covered = (any((ack.stream, ack.position) == delivery.place and ack.t < delivery.t for ack in group.acks)
                       or any(commit.stream == delivery.stream and delivery.position < commit.position
                              and commit.t < delivery.t for commit in group.commits))
            (acked if covered else unacked).append(delivery)
        seen.add(delivery.place)
    return unacked, acked


def out_of_order(group):
    """first deliveries of positions, by `t`, behind a delivery of a higher position of the same agent and stream to the
    same consumer; *across*: to another consumer of the group only. [Deliveries of another run, and of kinds left aside,
    do not count here.]"""
    counted = [delivery for delivery in group.deliveries if not delivery.readable or group.view.of_this_run(delivery)]
    same, across, seen = [], [], set()
    for delivery in counted:
        if delivery.place in seen:
            continue
        seen.add(delivery.place)
        if not delivery.readable:
            continue
        consumers = {other.consumer for other in counted
                     if other.readable and other.agent == delivery.agent and other.stream == delivery.stream
                     and other.position > delivery.position and other.t < delivery.t}
        if delivery.consumer in consumers:
            same.append(delivery)
        elif consumers:
            across.append(delivery)
    return same, across


def all_aborted(group, event):
    """all of whose attempts to this log (at least one) are in aborted transactions"""
    attempts = group.world.attempts_to(event, group.view.log.name)
    return bool(attempts) and all(
        a.transaction is not None and group.world.transaction_state(a.transaction) == "aborted" for a in attempts)


def may_be_uncommitted(group, event):
    """for a group without `read_committed`, events with an attempt to this log in a transaction that is not
    committed"""
    return not group.read_committed and any(
        a.transaction is not None and group.world.transaction_state(a.transaction) != "committed"
        for a in group.world.attempts_to(event, group.view.log.name))


def vanished(group):
    """events delivered intact to the group, without a copy, not expired. Left aside: events all of whose attempts to
    this log (at least one) are in aborted transactions; events of which retention has passed all intact deliveries; for
    a group without `read_committed`, events with an attempt to this log in a transaction that is not committed"""
    gone = set(expired(group.view))
    return [event for event in group.first_intact
            if not group.view.copies(event) and event not in gone
            and not all_aborted(group, event)
            and not all(group.view.retention_passed(place) for place in group.intact_places[event])
            and not may_be_uncommitted(group, event)]


def moved(group):
    """intact deliveries of events that have a copy, at a position that no pass has and retention has not passed; for a
    group without `read_committed`, leaving aside events with an attempt to this log in a transaction that is not
    committed"""
    return [delivery for delivery in group.intact
            if group.view.copies(delivery.event) and delivery.place not in group.world.held
            and not group.view.retention_passed(delivery.place) and not may_be_uncommitted(group, delivery.event)]


def stuck(group):
    """with a `group_end`: its pending positions, and delivered positions after `passed` without an ack; without:
    delivered positions with neither ack nor commit"""
    out = {(end.stream, at) for end in group.ends.values() for at in end.pending}
    for place in group.delivered_places:
        if place in group.acked_places:
            continue
        if group.after_passed(place) if place[0] in group.ends else not group.covered_by_commit(place):
            out.add(place)
    return list(out)


def acks_lost(group):
    """positions with an `ack` that are pending at the end, and delivered positions covered by a `commit` but after
    `passed`"""
    pending = {(end.stream, at) for end in group.ends.values() for at in end.pending}
    after = {place for place in group.delivered_places
             if place[0] in group.ends and group.covered_by_commit(place) and group.after_passed(place)}
    return list(group.acked_places & pending | after)


def aborted_read(group):
    """with isolation `read_committed`: intact deliveries of events whose attempts to this log (at least one) are all in
    aborted transactions"""
    return [d for d in group.intact if group.read_committed and all_aborted(group, d.event)]


def early_read(group):
    """with isolation `read_committed`: intact deliveries of events whose attempts to this log (at least one) are all in
    transactions that have `begun`, with `t` before each of these"""
    def begun(attempt):
        record = group.world.transactions.get(attempt.transaction)
        return record.begun if record else None
    out = []
    for delivery in group.intact:
        times = [begun(a) for a in group.world.attempts_to(delivery.event, group.view.log.name)]
        if group.read_committed and times and all(t is not None and delivery.t < t for t in times):
            out.append(delivery)
    return out


def torn_read(group):
    """with isolation `read_committed`: committed transactions of which some events attempted in it to this log (failed
    attempts aside) were delivered intact to the group, and another is skipped"""
    if not group.read_committed:
        return []
    skipped = undelivered(group)[0]
    out = []
    for id_ in transaction_ids(group.world):
        if group.world.transaction_state(id_) == "committed":
            events = {a.event for a in group.world.attempts if a.transaction == id_
                      and a.log == group.view.log.name and group.world.status_of_attempt(a) != "failed"}
            if any(e in group.first_intact for e in events) and any(e in skipped for e in events):
                out.append(id_)
    return out


def dead_letters(group):
    """only for a group with `dead`. *poison*: acked or unknown events with a `poison` attempt and a copy. *moved*:
    events delivered intact to the group that have a copy in its dead log. *missing*: poison events delivered intact to
    the group, with each copy at or before `passed` and none pending, that have no copy in its dead log and are not
    expired there; a `poison` attempt to any log"""
    dead = group.world.views[group.dead]
    poison = [event for event in group.view.acked_or_unknown()
              if group.view.copies(event) and any(a.poison for a in group.world.by_event[event])]
    moved_there = [event for event in group.first_intact if dead.copies(event)]
    gone = set(expired(dead))
    missing = [event for event in poison if event in group.first_intact and group.gone_past(event)
               and not dead.copies(event) and event not in gone]
    return poison, moved_there, missing


def corrupted_deliveries(group):
    """deliveries of this run with another crc than the attempt's, whose (agent, seq) nobody attempted, or that could
    not be read. Deliveries of another run count only in deliveries, redelivered, stuck, diverged"""
    return [delivery for delivery in group.deliveries if not delivery.readable
            or group.view.of_this_run(delivery) and not group.view.intact(delivery)]


def lag_events(group):
    """events acked and not yet delivered to the group: the most at one moment (from the `t` of the ack up to, not
    including, that of the first intact delivery)"""
    spans = [(group.view.ack_time(event), group.first_intact.get(event)) for event in group.view.acked()]
    return max((sum(start <= moment and (end is None or moment < end) for start, end in spans)
                for moment, _ in spans), default=0)


def lag_ns(group):
    """the longest time, at least 0, from ack (or first attempt, if it has none; in a log with `own`, the first to it)
    to first intact delivery"""
    longest = 0
    for event, delivered in group.first_intact.items():
        start = group.view.ack_time(event)
        if start is None:
            attempts = group.view.relevant(event) if group.view.log.own else group.world.by_event[event]
            start = attempts[0].t
        longest = max(longest, delivered - start)
    return longest


def pause(group):
    """per stream, the longest time without progress (first deliveries of positions) while there was backlog: positions
    that an outcome acked, that some pass has, not yet delivered to the group, and not passed without ever being
    delivered. From the last progress, or the first ack of the backlog if that is later, to the next progress; if none
    came, to the latest `end`, or the last of these acks and deliveries if later"""
    world, view = group.world, group.view
    acks, first = {}, {}
    for event in view.acked():
        for attempt in world.by_event[event]:
            outcome = attempt.outcome
            if (outcome and outcome.result == "acked" and world.status_of_attempt(attempt) == "acked"
                    and outcome.stream is not None and outcome.position is not None
                    and view.has_stream(outcome.stream) and (outcome.stream, outcome.position) in world.held):
                place = (outcome.stream, outcome.position)
                acks[place] = min(acks.get(place, LARGEST), world.ack_time_of_attempt(attempt))
    for delivery in group.deliveries:
        first.setdefault(delivery.place, delivery.t)
    last = max([end.t for end in world.history.of("end")] + list(acks.values()) + list(first.values()), default=0)

    def passed(place):
        return not group.after_passed(place) if place[0] in group.ends else group.covered_by_commit(place)
    waiting = {place: (t, first.get(place)) for place, t in acks.items() if place in first or not passed(place)}
    longest = {}
    for stream in {place[0] for place in list(waiting) + list(first)}:
        moments = sorted({t for place, t in first.items() if place[0] == stream})
        for before, after in zip([None] + moments, moments + [None]):
            until = last if after is None else after
            since = [ack for place, (ack, done) in waiting.items() if place[0] == stream and ack < until
                     and (done is None or after is not None and done >= after)]
            if since:
                begin = min(since) if before is None else max(before, min(since))
                longest[stream] = max(longest.get(stream, 0), until - begin)
    longest = {stream: ns for stream, ns in longest.items() if ns > 0}
    order = sorted(longest, key=lambda stream: (-longest[stream], stream.encode("utf-8")))
    return {"longest_ns": longest[order[0]] if order else 0, "stream": order[0] if order else None, "streams": longest}


def catch_up(group):
    """from the last `end` of a fault (without one, its last `effect`), or without a fault that had an effect the last
    ack of an event, to the latest first intact delivery among events acked up to that moment; at least 0; null if one
    of them has a copy and was never delivered intact"""
    moments = {}
    for phase in ("effect", "end"):
        found = {}
        for fault in group.world.history.of("fault"):
            if fault.phase == phase:
                found[fault.id] = max(found.get(fault.id, fault.t), fault.t)
        moments.update(found)
    times = {event: group.view.ack_time(event) for event in group.view.acked()}
    moment = max(moments.values(), default=max(times.values(), default=0))
    owed = [event for event, t in times.items() if t <= moment]
    if any(event not in group.first_intact and group.view.copies(event) for event in owed):
        return None
    return max([group.first_intact[event] - moment for event in owed if event in group.first_intact] + [0])


# ---------------------------------------------------------------------------------------------------------------------
# States of agents
# ---------------------------------------------------------------------------------------------------------------------

KINDS = ("tool-call", "tool-result", "memory-write", "memory-read", "state-transition", "task-completion")


def state(view, events):
    """a tool call pushes its seq, a tool result takes one off; a memory write puts its seq into the cell that the crc
    chooses; a task completion empties the stack; a state transition makes its crc the phase; each kind is counted"""
    tasks, memory, phase, counts = [], {}, 0, defaultdict(int)
    for event in events:
        kind, crc = view.world.kind(event), view.world.crc(event)
        counts[kind if kind in KINDS else "other"] += 1
        if kind == "tool-call":
            tasks.append(event[1])
        elif kind == "tool-result":
            tasks = tasks[:-1]
        elif kind == "memory-write":
            memory[crc % 64] = event[1]
        elif kind == "state-transition":
            phase = crc
        elif kind == "task-completion":
            tasks = []
    return tasks, memory, phase, counts


def states(view, applied):
    """per agent with an acked event: expected is the fold, by seq, of acked events and unknown ones with a copy.
    *intact* if what was applied folds to the same; *repairable* if each of it once, by seq, does; else *damaged*"""
    out = {"intact": 0, "repairable": 0, "damaged": 0}
    entitled = set(view.acked()) | set(recovered(view))
    for agent in {event[0] for event in view.acked()}:
        mine = [event for event in applied if event[0] == agent]
        expected = state(view, sorted(event for event in entitled if event[0] == agent))
        if state(view, mine) == expected:
            out["intact"] += 1
        elif state(view, sorted(set(mine))) == expected:
            out["repairable"] += 1
        else:
            out["damaged"] += 1
    return out


def log_states(view):
    """the intact copies in the order of positions"""
    places = [((place[0].encode("utf-8"), place[1]), event)
              for event, copies in view.all_copies.items() for place in copies]
    return states(view, [event for _, event in sorted(places)])


def group_states(group):
    """what it processed by `t`, joined to the first intact delivery at that position; without `processing`, its intact
    deliveries"""
    if not group.processing:
        return states(group.view, [delivery.event for delivery in group.intact])
    there = {}
    for delivery in group.intact:
        there.setdefault(delivery.place, delivery.event)
    records = sorted(group.processed_records, key=lambda record: (record.t, record.line))
    return states(group.view, [there[r.stream, r.position] for r in records if (r.stream, r.position) in there])


# ---------------------------------------------------------------------------------------------------------------------
# Figures of the whole history
# ---------------------------------------------------------------------------------------------------------------------

def loss(view):
    """per agent with lost events: *tail* if all of them are later (seq) than every acked event that has a copy, else
    *holes*. `window_ns`: last less first ack time of lost events"""
    events = lost(view)
    tails = holes = 0
    for agent in {event[0] for event in events}:
        kept = [event[1] for event in view.acked() if event[0] == agent and view.copies(event)]
        if all(event[1] > seq for event in events if event[0] == agent for seq in kept):
            tails += 1
        else:
            holes += 1
    times = [view.ack_time(event) for event in events]
    return {"tail_agents": tails, "hole_agents": holes, "window_ns": max(times) - min(times) if times else 0}


def agents(view):
    """with an acked event. *damaged*: lost, corrupted or unexpected entries of this run and this agent; else
    *repairable*: duplicated or reordered; else *intact*"""
    total = {event[0] for event in view.acked()}
    hurt = {event[0] for event in lost(view) + unexpected_failed(view)}
    hurt |= {entry.agent for entry in corrupted(view) + unexpected_never_attempted(view) if entry.readable}
    mixed = {event[0] for events in duplicated(view) + reordered(view)[:2] for event in events}
    return {"total": len(total), "intact": len(total - hurt - mixed), "repairable": len(total & mixed - hurt),
            "damaged": len(total & hurt)}


def to_home(world, home):
    """the attempts that events made to their home; only those at home in one log, if it is named"""
    return [attempt for attempt in world.to_home() if home in (None, attempt.log)]


def recovery(world, home=None):
    """for each fault id with an effect, from its first effect to the first outcome `acked` of an attempt begun after
    it; null if there was none; ordered by id. Recovery and longest gap take outcomes, whatever became of a
    transaction"""
    effects = {}
    for fault in world.history.of("fault"):
        if fault.phase == "effect":
            effects[fault.id] = min(effects.get(fault.id, fault.t), fault.t)
    out = []
    for id_, effect in sorted(effects.items()):
        acks = [a.outcome.t for a in to_home(world, home) if a.t > effect and a.outcome and a.outcome.result == "acked"]
        out.append({"fault": id_, "ns": min(acks) - effect if acks else None})
    return out


def longest_gap(world, home=None):
    """the longest of: first attempt to first acked outcome, between acked outcomes one after the other, last acked
    outcome to the last attempt if that is later; without any, first to last attempt"""
    attempts = to_home(world, home)
    if not attempts:
        return 0
    acks = sorted(a.outcome.t for a in attempts if a.outcome and a.outcome.result == "acked")
    if not acks:
        return attempts[-1].t - attempts[0].t
    gaps = [acks[0] - attempts[0].t] + [after - before for before, after in zip(acks, acks[1:])]
    if attempts[-1].t > acks[-1]:
        gaps.append(attempts[-1].t - acks[-1])
    return max(gaps)


def percentiles(values):
    """Percentile p: the smallest value with at least that share of the values at or below it; 0 without values; 2^63-1
    at most"""
    values = sorted(min(value, LARGEST) for value in values)

    def at_least(thousandths):
        for value in values:
            if 1000 * sum(other <= value for other in values) >= thousandths * len(values):
                return value
        return 0
    return {"count": len(values), "p50": at_least(500), "p90": at_least(900), "p99": at_least(990),
            "p999": at_least(999), "max": max(values, default=0)}


def ack_latency(world, home=None, is_meant=lambda intended: True):
    """earliest ack of an acked attempt to its home less `intended`, per event that has one (of a transactional attempt:
    the transaction's `t`, if committed)"""
    times = {event: world.ack_time(world.attempts_to(event, world.home(event))) for event in world.by_event
             if home in (None, world.home(event)) and is_meant(world.intended(event))}
    return percentiles([t - world.intended(event) for event, t in times.items() if t is not None])


def phases(world):
    """ack latency of events at home in the first log, by their intended time: before the first effect of a fault, from
    then until the last end of one (without any: for good), and after that; None without an effect"""
    faults = world.history.of("fault")
    effects = [fault.t for fault in faults if fault.phase == "effect"]
    if not effects:
        return None
    struck = min(effects)
    healed = max((fault.t for fault in faults if fault.phase == "end"), default=LARGEST)
    first = list(world.logs)[0]
    return {"before": ack_latency(world, first, lambda intended: intended < struck),
            "during": ack_latency(world, first, lambda intended: struck <= intended <= healed),
            "after": ack_latency(world, first, lambda intended: intended >= struck and intended > healed)}


def by_home(world, figure):
    """by the name of each log that some event is at home in, where there are several such; else None"""
    homes = {world.home(event) for event in world.by_event}
    return {home: figure(home) for home in homes} if len(homes) > 1 else None


def turn(groups):
    """delivery latency of the first group (by its log, its dead letters, its name) whose log has `own` and is nobody's
    dead letters; None if there is none"""
    dead = {group.dead for group in groups.values() if group.dead}
    for group in in_order(groups):
        if group.view.log.own and group.view.log.name not in dead:
            return delivery_latency(group)
    return None


def in_order(groups):
    """by log, then dead letters (none first), then name"""
    def place(group):
        names = list(group.world.logs)
        return (names.index(group.view.log.name), names.index(group.dead) if group.dead else -1)
    return [groups[name] for name in sorted(groups, key=lambda name: (place(groups[name]), name))]


def delivery_latency(group):
    """first intact delivery to the group less `intended`, per event delivered intact"""
    return percentiles([t - group.world.intended(event) for event, t in group.first_intact.items()])


def event_figures(world):
    """`events` counts by all attempts"""
    found = [world.status(attempts) for attempts in world.by_event.values()]
    return {"attempted": len(found), "acked": found.count("acked"), "failed": found.count("failed"),
            "unknown": found.count("unknown")}


# ---------------------------------------------------------------------------------------------------------------------
# Invalid
# ---------------------------------------------------------------------------------------------------------------------

CONTRADICTIONS = {"outcome-without-attempt", "two-outcomes", "two-attempts", "two-crcs", "two-transaction-ends",
                  "two-group-ends", "agent-in-two-streams"}


def invalid_reasons(world):
    """each reason `CODE` or `CODE: detail`, sorted"""
    history = world.history
    out = set()
    if not history.of("end"):
        out.add("no-end")
    if history.of("gap"):
        out.add("gap")
    faults = history.of("fault")
    effective = {fault.id for fault in faults if fault.phase == "effect"}
    if any(fault.phase == "begin" and fault.id not in effective for fault in faults):
        out.add("fault-without-effect")
    if not world.passes:
        out.add("no-replay")
    if replay_incomplete(world):
        out.add("replay-incomplete")

    def key(record):
        return (record.log, record.agent, record.seq, record.number)
    attempted = [key(attempt) for attempt in world.attempts]
    if any(key(outcome) not in attempted for outcome in world.outcomes):
        out.add("outcome-without-attempt")
    for code, keys in (("two-outcomes", [key(o) for o in world.outcomes if key(o) in attempted]),
                       ("two-attempts", attempted),
                       ("two-transaction-ends", [record.id for record in history.of("transaction")]),
                       ("two-group-ends", [(end.group, end.stream) for end in history.of("group_end")])):
        if len(set(keys)) < len(keys):
            out.add(code)
    if any(len({attempt.crc for attempt in attempts}) > 1 for attempts in world.by_event.values()):
        out.add("two-crcs")
    if any(agent_in_two_streams(view) for view in world.views.values()):
        out.add("agent-in-two-streams")
    return sorted(out)


def replay_incomplete(world):
    """a stream with an outcome `acked`, an entry or a delivery and no `replay_end` in some pass"""
    streams = {o.stream for o in world.outcomes if o.result == "acked" and o.stream is not None}
    streams |= {item.stream for item in world.replays + world.deliveries}
    ended = {(end.pass_, end.stream) for end in world.history.of("replay_end")}
    return any((pass_, stream) not in ended for pass_ in world.passes for stream in streams)


def agent_in_two_streams(view):
    """`agent-in-two-streams` (copies, in one log)"""
    streams = defaultdict(set)
    for event, places in view.all_copies.items():
        streams[event[0]] |= {stream for stream, _ in places}
    return any(len(found) > 1 for found in streams.values())
