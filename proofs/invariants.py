#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Where each invariant of spec/invariants.md is stated in src/core: the table proofs/invariants.list, checked.

An entry is a predicate, or FUNCTION:CLAUSE. Fails if one is not there, if a predicate or a clause of a static function is
used by no contract or annotation, or if an invariant has no entry. Run by invariants.sh.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ANNOTATION = re.compile(r"/\*@.*?\*/|//@[^\n]*", re.S)


def contracts(text):
    """{function: clauses' names} of the contracts in a file, each right before the declaration or definition it is of."""
    found = {}
    for match in re.finditer(r"/\*@((?:(?!\*/).)*)\*/\s*\n((?:static |inline |const )*[\w ]+[ *])(\w+)\(", text, re.S):
        names = re.findall(r"\b(?:requires|ensures)\s+(\w+):", match.group(1))
        found.setdefault(match.group(3), set()).update(names)
    return found


def main():
    core = ROOT / "src/core"
    texts = {path.name: path.read_text() for path in sorted(core.glob("*.[ch]"))}
    annotations = "\n".join(a for text in texts.values() for a in ANNOTATION.findall(text))
    predicates = set(re.findall(r"\bpredicate\s+(\w+)", annotations))
    clauses = {}
    for name, text in texts.items():
        for function, names in contracts(text).items():
            clauses.setdefault(function, {}).setdefault(name, set()).update(names)
    invariants = re.findall(r"^## (I\d+):", (ROOT / "spec/invariants.md").read_text(), re.M)
    entries, bad = [], 0
    for line in (ROOT / "proofs/invariants.list").read_text().splitlines():
        if line and not line.startswith("#"):
            entries.append(line.split("\t"))
    for invariant in invariants:
        mine = [entry for entry in entries if entry[0] == invariant]
        if not mine:
            print(f"{invariant}: stated nowhere")
            bad += 1
        for _, what, says in mine:
            function, _, clause = what.partition(":")
            if clause:
                where = sorted(f for f, names in clauses.get(function, {}).items() if clause in names)
                problem = "" if where else "no such clause"
            else:
                where = sorted(f for f, t in texts.items() if re.search(rf"\bpredicate\s+{what}\b", t))
                used = len(re.findall(rf"\b{what}\b", annotations)) > 1
                problem = "" if where and used else "no such predicate" if not where else "used by no contract"
            bad += bool(problem)
            print(f"{invariant:4} {what:32} {problem or ' '.join(where):32} {says}")
    for entry in entries:
        if entry[0] not in invariants:
            print(f"{entry[0]}: no such invariant in spec/invariants.md")
            bad += 1
    print(f"invariants: {len(entries)} statements of {len(invariants)} invariants, {bad} not found")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
