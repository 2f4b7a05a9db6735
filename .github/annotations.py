#!/usr/bin/env python3
"""annotations.py JUNIT.xml    what a run has against it, as annotations of GitHub: `::error title=…::…`

Every failure of junit.xml (a broken gate, something worse than in the baseline) and every error (an invalid trial, a
control that found nothing, a harness that failed) is an error; what was not judged is a notice. GitHub shows ten of a
kind for a step: beyond that the last one says how many more there are.
"""
import sys
import xml.etree.ElementTree as ElementTree

SHOWN = 10
TITLES = {"gates": "Gate broken", "controls": "Control found nothing", "baseline": "Worse than the baseline"}


def escaped(text, more=""):
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def annotation(kind, title, text):
    return f"::{kind} title={escaped(title, ':,')}::{escaped(text)}"


def findings(root):
    """(kind, title, text), failures before errors before what was skipped"""
    found = {"failure": [], "error": [], "skipped": []}
    for suite in root.iter("testsuite"):
        name = suite.get("name", "")
        for case in suite.iter("testcase"):
            for child in case:
                if child.tag not in found:
                    continue
                said = child.get("message") or (child.text or "").strip()
                if child.tag == "skipped":
                    title = "Not judged" if name in TITLES else "Skipped"
                else:
                    title = TITLES.get(name, "Trial without a conclusion")
                what = case.get("name", "") if name in TITLES else f"{name}: {case.get('name', '')}"
                found[child.tag].append((title, f"{what}\n{said}"))
    errors = found["failure"] + found["error"]
    return [("error", *one) for one in errors], [("notice", *one) for one in found["skipped"]]


def lines(path):
    for all_of_kind in findings(ElementTree.parse(path).getroot()):
        shown = all_of_kind if len(all_of_kind) <= SHOWN else all_of_kind[:SHOWN - 1]
        for one in shown:
            yield annotation(*one)
        if len(shown) < len(all_of_kind):
            left = len(all_of_kind) - len(shown)
            yield annotation(all_of_kind[0][0], f"{left} more", "The report of the run has them all.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        for line in lines(sys.argv[1]):
            print(line)
    except (OSError, ElementTree.ParseError) as error:
        # A run that left no report has failed by itself; this is no second reason.
        print(annotation("error", "No report", f"{sys.argv[1]}: {error}"))
