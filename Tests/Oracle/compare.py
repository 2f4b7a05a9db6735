#!/usr/bin/env python3
"""compare.py [--seeds N] [--start S] [--only good|bad] [--keep DIR] COMMAND...   holds a checker against the oracle.

Runs the oracle and COMMAND ({} stands for the file) on N random histories and N bad inputs, compares exit codes, the
whole verdict and the refused line, and prints each difference with its seed and the smallest history that shows it.
Example: compare.py --seeds 300 .build/debug/holdfast check --json {}
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

import bad_inputs
import figures
import histories
import oracle

OPTIONAL_EXAMPLES = (".dead_letters.poison", ".dead_letters.moved")      # no finding is wrong there; these may be added
SECONDS = 60


def differences(expected, actual, path=""):
    """exact equality, type included, of everything but `examples` and `invalid_reasons`"""
    if isinstance(expected, dict) and isinstance(actual, dict):
        out = []
        for key in sorted(set(expected) | set(actual)):
            here = f"{path}.{key}"
            if here in (".examples", ".invalid_reasons"):
                continue
            if key not in actual or key not in expected:
                out.append(f"{here}: {'missing' if key in expected else 'not expected'}")
            else:
                out += differences(expected[key], actual[key], here)
        return out
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [d for i, pair in enumerate(zip(expected, actual)) for d in differences(*pair, f"{path}[{i}]")]
    if expected == actual and type(expected) is type(actual):
        return []
    return [f"{path}: the oracle says {expected!r}, the command {actual!r}"]


def example_differences(expected, actual):
    """as lists in order, of the keys that the contract names"""
    out = []
    for name in sorted(set(expected) | set(actual)):
        if name.endswith(OPTIONAL_EXAMPLES):
            continue
        want = expected.get(name)
        got = actual.get(name)
        if want is not None and got is not None:
            got = [{key: item.get(key) for key in want[0]} for item in got]
        if want != got:
            out.append(f".examples.{name}: the oracle says {want}, the command {got}")
    return out


def codes(verdict):
    return sorted({reason.split(":")[0] for reason in verdict["invalid_reasons"]})


def verdict_differences(expected, actual):
    out = []
    if codes(expected) != codes(actual):
        out.append(f".invalid_reasons: the oracle says {codes(expected)}, the command {actual['invalid_reasons']}")
    reasons = actual["invalid_reasons"]
    if reasons != sorted(reasons, key=lambda reason: reason.encode("utf-8")):
        out.append(f".invalid_reasons: not sorted: {reasons}")
    if figures.CONTRADICTIONS & set(codes(expected)):
        return out      # its counts mean nothing
    out += differences(expected, actual)
    return out + example_differences(expected["examples"], actual.get("examples", {}))


def compare(content, command, path):
    """what is different about these bytes; an empty list if nothing is"""
    code, verdict, refusal = oracle.check(content)
    with open(path, "wb") as file:
        file.write(content)
    line = [part.replace("{}", path) for part in command]
    try:
        done = subprocess.run(line, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return [f"exit: the command took more than {SECONDS} s"]
    said = done.stderr.decode("utf-8", "replace")
    out = []
    if done.returncode != code:
        out.append(f"exit: the oracle says {code} ({refusal or codes(verdict)}), the command {done.returncode} "
                   f"({said.strip()[-300:]})")
    if refusal and done.returncode == 2:
        match = re.search(re.escape(path) + r":(\d+): ", said)
        if not match or int(match[1]) != refusal.line:
            out.append(f"line: the oracle says {refusal.line} ({refusal}), the command {said.strip()[-300:]}")
    elif not refusal and done.returncode in (0, 1, 3):
        try:
            out += verdict_differences(verdict, json.loads(done.stdout))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            out.append(f"verdict: no verdict on standard output: {error!r}")
    return out


def kind(found):
    """where the first difference is, without its values"""
    return found[0].split(": ")[0] if found else None


def minimise(content, command, path, found):
    """the fewest lines that still show a difference in the same place"""
    lines = content.split(b"\n")
    chunk = max(len(lines) // 2, 1)
    while True:
        at, shrunk = 1, False      # the first line stays
        while at < len(lines):
            fewer = lines[:at] + lines[at + chunk:]
            if kind(compare(b"\n".join(fewer), command, path)) == kind(found):
                lines, shrunk = fewer, True
            else:
                at += chunk
        if chunk == 1 and not shrunk:
            return b"\n".join(lines)
        chunk = max(chunk // 2, 1)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seeds", type=int, default=300)
    arguments.add_argument("--start", type=int, default=0)
    arguments.add_argument("--only", choices=["good", "bad"])
    arguments.add_argument("--stop-after", type=int, default=10, help="differences (10)")
    arguments.add_argument("--keep", help="a directory for the smallest histories that show a difference")
    arguments.add_argument("command", nargs=argparse.REMAINDER)
    options = arguments.parse_args()
    if not options.command:
        arguments.error("no command")
    command = options.command if any("{}" in part for part in options.command) else options.command + ["{}"]
    different = ran = 0
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "history.jsonl")
        for seed in range(options.start, options.start + options.seeds):
            for name, make in (("good", histories.good), ("bad", bad_inputs.bad)):
                if options.only not in (None, name) or different >= options.stop_after:
                    continue
                content = make(seed)
                found = compare(content, command, path)
                ran += 1
                if not found:
                    continue
                different += 1
                small = minimise(content, command, path, found)
                print(f"{name} {seed}:")
                for difference in compare(small, command, path)[:12]:
                    print(f"    {difference}")
                shown = small.decode("utf-8", "backslashreplace")
                print("\n".join(f"  {text[:400]}" for text in shown.split("\n")), flush=True)
                if options.keep:
                    with open(os.path.join(options.keep, f"{name}-{seed}.jsonl"), "wb") as file:
                        file.write(small)
    print(f"{ran} histories, {different} with differences")
    return 1 if different or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
