#!/usr/bin/env python3
"""oracle.py FILE   a second, naive checker: prints the verdict of one interchange file and exits 0, 1, 2 or 3.

It is written from the contract's text alone, with sets and loops over its definitions and no care for speed, so that
`compare.py` can hold `holdfast check` against it.
"""
import json
import sys

from figures import (
    aborted_read, ack_latency, acks_lost, agents, backdated, by_home, catch_up, corrupted, corrupted_deliveries,
    dead_letters,
    delivery_latency, diverged, duplicated, early_read, event_figures, expired, expired_unseen, group_states,
    invalid_reasons, lag_events, lag_ns, leaked, log_states, longest_gap, loss, lost, misplaced, moved, out_of_order,
    pause, phases, recovered, recovery, redelivered, reordered, stuck, torn, torn_read, transaction_ids, turn,
    undelivered, unexpected_failed,
    unexpected_foreign, unexpected_never_attempted, unprocessed, vanished)
from interchange import History, Refusal
from world import Group, World


def written(at):
    return at[0] if len(at) == 1 else f"{at[0]}-{at[1]}"


class Examples:
    """The first 100 of each non-empty finding, each object once, in the contract's order."""

    def __init__(self):
        self.by_name = {}

    def add(self, name, items, wanted):
        keys = {"event": lambda e: e, "attempt": lambda a: (*a.event, a.number), "id": lambda i: (i,),
                "entry": lambda e: e.place, "place": lambda p: p}[wanted]
        found = sorted({keys(item) for item in items})
        if found:
            names = {"event": ("agent", "seq"), "attempt": ("agent", "seq", "try"), "id": ("transaction",),
                     "entry": ("stream", "position"), "place": ("stream", "position")}[wanted]
            objects = [dict(zip(names, item)) for item in found[:100]]
            for item in objects:
                if "position" in item:
                    item["position"] = written(item["position"])
            self.by_name[name] = objects
        return len(items)


def log_figures(view, prefix, examples):
    retried, unexplained = duplicated(view)
    reordered_retried, reordered_unexplained, displacement = reordered(view)

    def count(name, items, wanted):
        return examples.add(prefix + name, items, wanted)
    return {
        "passes": len(view.world.passes), "entries": len(view.entries),
        "lost": count("lost", lost(view), "event"),
        "recovered": count("recovered", recovered(view), "event"),
        "expired": count("expired", expired(view), "event"),
        "corrupted": count("corrupted", corrupted(view), "entry"),
        "diverged": count("diverged", diverged(view), "place"),
        "misplaced": count("misplaced", misplaced(view), "event"),
        "backdated": count("backdated", backdated(view), "attempt"),
        "unexpected": {
            "failed": count("unexpected.failed", unexpected_failed(view), "event"),
            "never_attempted": count("unexpected.never_attempted", unexpected_never_attempted(view), "entry"),
            "foreign": count("unexpected.foreign", unexpected_foreign(view), "entry")},
        "duplicated": {
            "retried": count("duplicated.retried", retried, "event"),
            "unexplained": count("duplicated.unexplained", unexplained, "event")},
        "reordered": {
            "retried": count("reordered.retried", reordered_retried, "event"),
            "unexplained": count("reordered.unexplained", reordered_unexplained, "event"),
            "max_displacement": displacement}}


def group_figures(group, examples):
    def count(name, items, wanted):
        return examples.add(f"groups.{group.name}.{name}", items, wanted)
    skipped, behind = undelivered(group)
    unacked, acked = redelivered(group)
    same, across = out_of_order(group)
    figures = {
        "deliveries": len(group.deliveries),
        "undelivered": {"skipped": count("undelivered.skipped", skipped, "event"),
                        "behind": count("undelivered.behind", behind, "event")},
        "expired_unseen": count("expired_unseen", expired_unseen(group), "event"),
        "unprocessed": count("unprocessed", unprocessed(group), "event"),
        "redelivered": {"unacked": count("redelivered.unacked", unacked, "entry"),
                        "acked": count("redelivered.acked", acked, "entry")},
        "out_of_order": count("out_of_order", same, "entry"),
        "out_of_order_across": count("out_of_order_across", across, "entry"),
        "vanished": count("vanished", vanished(group), "event"),
        "moved": examples.add(f"groups.{group.name}.moved", [d.event for d in moved(group)], "event"),
        "stuck": count("stuck", stuck(group), "place"),
        "acks_lost": count("acks_lost", acks_lost(group), "place"),
        "aborted_read": count("aborted_read", [d.event for d in aborted_read(group)], "event"),
        "early_read": count("early_read", [d.event for d in early_read(group)], "event"),
        "torn_read": count("torn_read", torn_read(group), "id"),
        "corrupted": count("corrupted", corrupted_deliveries(group), "entry"),
        "lag": {"max_events": lag_events(group), "max_ns": lag_ns(group)},
        "pause": pause(group), "catch_up_ns": catch_up(group)}
    if group.dead is not None:
        poison, there, missing = dead_letters(group)
        figures["dead_letters"] = {"poison": len(poison), "moved": len(there),
                                   "missing": count("dead_letters.missing", missing, "event")}
    return figures


def wrong_in_log(figures):
    return (figures["lost"] + figures["corrupted"] + figures["diverged"] + figures["misplaced"] + figures["backdated"]
            + sum(figures["unexpected"].values()) + figures["duplicated"]["unexplained"]
            + figures["reordered"]["unexplained"])


def wrong_in_group(figures):
    return (figures["undelivered"]["skipped"] + figures["expired_unseen"] + figures["unprocessed"]
            + figures["out_of_order"] + figures["vanished"] + figures["moved"] + figures["acks_lost"]
            + figures["aborted_read"] + figures["early_read"] + figures["torn_read"] + figures["corrupted"]
            + figures.get("dead_letters", {"missing": 0})["missing"])


def group_names(world):
    """A group is every name in a `group`, `delivery`, `ack`, `commit`, `processed` or `group_end`."""
    types = ("group", "delivery", "ack", "commit", "processed", "group_end")
    return sorted({record.group for record in world.history.records if record.type in types})


def verdict_of(history):
    """(exit code, verdict)"""
    world = World(history)
    examples = Examples()
    of_record = world.log_of_record()
    logs_ = {name: log_figures(view, "" if name == of_record else f"logs.{name}.", examples)
             for name, view in world.views.items()}
    groups = {name: Group(world, name) for name in group_names(world)}
    figures = {name: group_figures(group, examples) for name, group in groups.items()}
    states = [world.transaction_state(id_) for id_ in transaction_ids(world)]
    torn_ones, leaked_ones = torn(world), leaked(world)
    reasons = invalid_reasons(world)
    verdict = {
        "version": 1, "valid": not reasons, "invalid_reasons": reasons,
        "events": event_figures(world),
        "log": logs_[of_record],
        "transactions": {
            "committed": states.count("committed"), "aborted": states.count("aborted"),
            "unknown": states.count("unknown"),
            "torn": examples.add("transactions.torn", torn_ones, "id"),
            "leaked": examples.add("transactions.leaked", leaked_ones, "id")},
        "groups": figures,
        "loss": loss(world.views[of_record]),
        "agents": agents(world.views[of_record]),
        "states": {"log": log_states(world.views[of_record]),
                   "groups": {name: group_states(group) for name, group in groups.items()}},
        "availability": {"longest_gap_ns": longest_gap(world), "recovery": recovery(world)},
        "latency": {"ack": ack_latency(world),
                    "delivery": {name: delivery_latency(group) for name, group in groups.items()}},
        "examples": examples.by_name}
    if history.header.logs is not None:
        verdict["logs"] = logs_
        own = by_home(
            world, lambda home: {"longest_gap_ns": longest_gap(world, home), "recovery": recovery(world, home)})
        if own is not None:
            verdict["availability"]["logs"] = own
            verdict["latency"]["logs"] = by_home(world, lambda home: ack_latency(world, home))
    for name, found in (("phases", phases(world)), ("turn", turn(groups))):
        if found is not None:
            verdict["latency"][name] = found
    wrong = (len(torn_ones) + len(leaked_ones) + sum(wrong_in_log(log) for log in logs_.values())
             + sum(wrong_in_group(group) for group in figures.values()))
    return (3 if reasons else 1 if wrong else 0), verdict


def check(content):
    """(exit code, verdict or None, Refusal or None) of a file's bytes"""
    try:
        history = History(content)
    except Refusal as refusal:
        return 2, None, refusal
    code, verdict = verdict_of(history)
    return code, verdict, None


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    path = sys.argv[1]
    with (sys.stdin.buffer if path == "-" else open(path, "rb")) as file:
        content = file.read()
    code, verdict, refusal = check(content)
    if refusal:
        print(f"{path}:{refusal.line}: {refusal}", file=sys.stderr)
    else:
        print(json.dumps(verdict, ensure_ascii=False, indent=1))
    return code


if __name__ == "__main__":
    sys.exit(main())
