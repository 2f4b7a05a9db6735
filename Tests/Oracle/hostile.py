#!/usr/bin/env python3
"""hostile.py [--size N] [--only NAME] COMMAND...   large and odd histories: what crashes, hangs or grows too fast?

Runs COMMAND ({} stands for the file) on each shape at a fifth of N records and at N, and prints exit codes, seconds
and the ratio of the times: about 5 is as it should be, 25 is quadratic. By hand; no part of the tests.
"""
import argparse
import json
import os
import random
import subprocess
import tempfile
import time

LARGEST = 2**63 - 1
HEADER = {"type": "history", "version": 1, "run": "r", "system": "kafka", "configuration": "c", "fault": None, "seed": 1,
          "retries": "until-acked", "retention": None}


def attempt(t, agent, seq, number=1, **more):
    return {"type": "attempt", "t": t, "agent": agent, "seq": seq, "try": number, "kind": "k", "intended": t, "crc": 1,
            **more}


def outcome(t, agent, seq, stream, position, number=1, result="acked", **more):
    return {"type": "outcome", "t": t, "agent": agent, "seq": seq, "try": number, "result": result, "stream": stream,
            "position": position, "error": None, **more}


def replay(pass_, stream, position, agent, seq, crc=1, run="r"):
    return {"type": "replay", "pass": pass_, "stream": stream, "position": position, "run": run, "agent": agent,
            "seq": seq, "crc": crc}


def replay_end(pass_, stream):
    return {"type": "replay_end", "pass": pass_, "stream": stream}


def delivery(t, group, stream, position, agent, seq, consumer="c", crc=1):
    return {"type": "delivery", "t": t, "group": group, "consumer": consumer, "stream": stream, "position": position,
            "agent": agent, "seq": seq, "crc": crc}


def ack(t, group, stream, position):
    return {"type": "ack", "t": t, "group": group, "consumer": "c", "stream": stream, "position": position}


def commit(t, group, stream, position):
    return {"type": "commit", "t": t, "group": group, "stream": stream, "position": position}


def group_end(group, stream, passed, pending=()):
    return {"type": "group_end", "group": group, "stream": stream, "passed": passed, "pending": list(pending)}


def event(i, agent=0, stream="s", position=None, passes=(1, 2), **more):
    """one event that went well"""
    position = i if position is None else position
    yield attempt(2 * i, agent, i, **more)
    yield outcome(2 * i + 1, agent, i, stream, position)
    for pass_ in passes:
        yield replay(pass_, stream, position, agent, i)


def ends(*streams, passes=(1, 2)):
    for stream in streams or ("s",):
        for pass_ in passes:
            yield replay_end(pass_, stream)


# Each shape yields about n records after the header.

def groups(n):
    yield from event(0)
    for i in range(n // 2):
        yield delivery(9 + i, f"g{i}", "s", 0, 0, 0)
        yield {"type": "group", "group": f"g{i}", "isolation": "read_committed"}
    yield from ends()


def groups_unfed(n):
    for i in range(10):
        yield from event(i)
    for i in range(n):
        yield {"type": "group", "group": f"g{i}"}
    yield from ends()


def groups_and_streams(n):
    for i in range(n // 9):
        yield from event(i, agent=i, stream=f"s{i}")
        yield delivery(9 + i, f"g{i}", f"s{i}", i, i, i)
        yield group_end(f"g{i}", f"s{i}", i)
        yield from ends(f"s{i}")


def faults(n):
    for i in range(n // 6):
        yield from event(i)
        for phase in ("begin", "effect"):
            yield {"type": "fault", "t": i, "id": i, "action": "kill", "node": "n", "phase": phase}
    yield from ends()


def faults_late(n):
    yield from event(0)
    for i in range(n // 2):
        for phase in ("begin", "effect"):
            yield {"type": "fault", "t": LARGEST - i, "id": LARGEST - i, "action": "kill", "phase": phase}
    yield from ends()


def streams(n):
    for i in range(n // 6):
        yield from event(i, agent=i, stream=f"s{i}")
        yield from ends(f"s{i}")


def passes(n):
    yield from event(0, passes=())
    for i in range(1, n // 2):
        yield replay(i, "s", i, 0, 0)
        yield replay_end(i, "s")


def passes_and_streams(n):
    yield from event(0, passes=())
    for i in range(1, n // 2):
        yield replay(i, f"s{i}", 1, 0, 0)
        yield replay_end(i, f"s{i}")


def huge_numbers(n):
    for i in range(n // 5):
        big = LARGEST - i
        place = f"{2**64 - 1}-{2**64 - 1 - i}"
        yield attempt(big, big, big, LARGEST, intended=-2**63)
        yield outcome(LARGEST, big, big, "s", place, LARGEST)
        yield replay(LARGEST, "s", place, big, big)
        yield delivery(LARGEST, "g", "s", place, big, big)
        yield commit(LARGEST, "g", "s", f"{2**64 - 1}-{2**64 - 1}")
    yield replay_end(LARGEST, "s")


def one_agent_backwards(n):
    for i in range(n // 6):
        yield from event(i, position=n - i)
        yield delivery(3 * n + i, "g", "s", n - i, 0, i)
        yield delivery(5 * n - i, "h", "s", n - i, 0, i, consumer=f"c{i}")
    yield from ends()


def consumers_backwards(n):
    for i in range(n // 6):
        yield from event(i)
        yield delivery(5 * n - i, "g", "s", i, 0, i, consumer=f"c{i}")
        yield ack(5 * n, "g", "s", i)
    yield from ends()


def one_position(n):
    yield from event(0)
    for i in range(n // 3):
        yield delivery(2 * i + 9, "g", "s", 0, 0, 0, consumer=f"c{i % 7}")
        yield ack(2 * i + 9, "g", "s", 0)
        yield commit(2 * i + 9, "g", "s", i)
    yield from ends()


def commits(n):
    for i in range(n // 7):
        yield from event(i)
        yield delivery(i, "g", "s", i, 0, i)
        yield delivery(i + 3, "g", "s", i, 0, i)
        yield commit(i, "g", "s", n - i)
    yield from ends()


def pending(n):
    for i in range(n // 5):
        yield from event(i)
        yield ack(i, "g", "s", i)
    yield group_end("g", "s", n, range(n // 5))
    yield from ends()


def copies(n):
    yield attempt(0, 0, 0)
    for i in range(n // 3):
        yield replay(1, "s", i, 0, 0)
        yield replay(2, "s", i, 0, 0)
        yield delivery(i, "g", "s", i, 0, 0)
    yield group_end("g", "s", n // 2, [1])
    yield from ends()


def contents_of_one_position(n):
    yield attempt(0, 0, 0)
    for i in range(n // 2):
        yield replay(1, "s", 0, 0, 0, crc=i)
        yield delivery(i, "g", "s", 0, 0, i)
    yield from ends()


def tries(n):
    for i in range(1, n // 4):
        yield attempt(i, 0, 0, i, transaction=f"t{i}")
        yield outcome(i, 0, 0, "s", i, i)
        yield {"type": "transaction", "t": n - i, "id": f"t{i}", "state": "committed", "begun": i}
        yield replay(1, "s", i, 0, 0)
    yield {"type": "group", "group": "g", "isolation": "read_committed"}
    yield delivery(0, "g", "s", 1, 0, 0)
    yield replay_end(1, "s")


def one_transaction(n):
    for i in range(n // 4):
        yield from event(i, transaction="t")
    yield {"type": "transaction", "t": n, "id": "t", "state": "committed", "begun": n - 1}
    yield {"type": "group", "group": "g", "isolation": "read_committed"}
    yield delivery(0, "g", "s", 1, 0, 1)
    yield group_end("g", "s", n)
    yield from ends()


def lost_all(n):
    for i in range(n // 2):
        yield from event(i, agent=i % 3, passes=())
    yield from ends()


def unsorted(n):
    lines = list(one_agent_backwards(n // 2)) + list(commits(n // 2))
    for line in lines[len(lines) // 2:]:
        if "stream" in line and line["stream"]:
            line["stream"] = "t"
        if "agent" in line:
            line["agent"] += 9
    lines += list(ends("t"))
    random.Random(1).shuffle(lines)
    yield from lines


SHAPES = [groups, groups_unfed, groups_and_streams, faults, faults_late, streams, passes, passes_and_streams,
          huge_numbers, one_agent_backwards, consumers_backwards, one_position, commits, pending, copies,
          contents_of_one_position, tries, one_transaction, lost_all, unsorted]


def write_lines(path, shape, n):
    with open(path, "w") as file:
        file.write(json.dumps(HEADER) + "\n")
        for line in shape(n):
            file.write(json.dumps(line) + "\n")
        file.write('{"type":"end","t":1}\n')


def write_logs(path, n):
    """a header with many logs; each has one stream and one entry"""
    logs = {f"log{i}": {"streams": [f"s{i}"], "own": i % 2 == 1, "kinds": ["k", "x"]} for i in range(n // 10)}
    with open(path, "w") as file:
        file.write(json.dumps(dict(HEADER, logs=logs)) + "\n")
        for i in range(n // 10):
            for line in (attempt(i, i, 0, log=f"log{i}"), outcome(i, i, 0, f"s{i}", 1, log=f"log{i}"),
                         replay(1, f"s{i}", 1, i, 0), replay_end(1, f"s{i}")):
                file.write(json.dumps(line) + "\n")
        file.write('{"type":"end","t":1}\n')


def write_long_line(path, inside):
    """one line of that many bytes"""
    with open(path, "w") as file:
        file.write(json.dumps(HEADER) + "\n" + '{"type":"end","t":1,"x":' + inside + "}\n")


def long_lines(n):
    size = 50 * n
    return {
        "long_text": '"' + "x" * size + '"', "long_escapes": '"' + "\\u0041" * (size // 6) + '"',
        "long_array": "[" + "1," * (size // 2) + "1]", "long_objects": "[" + "{}," * (size // 3) + "{}]",
        "long_number": "1" * size, "long_backslashes": '"' + "\\\\" * (size // 2) + '"',
        "long_torn": '"' + "x" * size, "long_nested": "[" * size, "long_spaces": " " * size + "1",
        "long_fields": "1," + ",".join(f'"f{i}":1' for i in range(size // 12)),
        "long_reason": '1,"type2":1}\n{"type":"gap","t":1,"worker":"w","reason":"' + "é" * (size // 2) + '"',
        "long_streams": '1}\n{"type":"group_end","group":"g","stream":"s","passed":null,"pending":['
                        + ",".join(map(str, range(size // 8))) + "]"}


def run(command, path):
    """exit code, seconds, what it said last"""
    line = [part.replace("{}", path) for part in command]
    start = time.monotonic()
    process = subprocess.Popen(["timeout", "300"] + line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    process.wait()
    return process.returncode, time.monotonic() - start, said.decode("utf-8", "replace").strip()[-120:]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--size", type=int, default=1_000_000)
    arguments.add_argument("--only")
    arguments.add_argument("command", nargs=argparse.REMAINDER)
    options = arguments.parse_args()
    shapes = {shape.__name__: lambda path, n, shape=shape: write_lines(path, shape, n) for shape in SHAPES}
    shapes["logs"] = write_logs
    for name in long_lines(1):
        shapes[name] = lambda path, n, name=name: write_long_line(path, long_lines(n)[name])
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "history.jsonl")
        for name, write in shapes.items():
            if options.only and options.only not in name:
                continue
            seconds = []
            for n in (options.size // 5, options.size):
                write(path, n)
                code, took, said = run(options.command, path)
                seconds.append(took)
                print(f"{name} {n}: exit {code}, {took:.2f} s {said}", flush=True)
            print(f"    ratio {seconds[1] / seconds[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
