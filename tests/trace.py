#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Traceability of spec/requirements.md: which requirement is cited where, and which is cited nowhere it should be.

  core       a comment or contract of src/core
  test       a test: conformance rows and scenarios, unit and model tests, the real-Xen rig
  reference  the reference implementation spec/reference.*

A requirement that is missing in one of them is a gap, unless tests/trace.list says why. Prints the gaps; exit status 1 if
there are any, if an entry of the list is none any more, or if something is cited that is not defined. --table: every
requirement with the places that cite it.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLACES = {
    "core": ["src/core/*.[ch]"],
    "test": ["tests/conformance/*.[ch]", "tests/unit/*.[ch]", "tests/model/*.[ch]", "tests/xen/*", "tests/reference/*.[ch]",
             "kernel/test-*.sh"],
    "reference": ["spec/reference.[ch]"],
}
# a chain: GNT-MMAP-008, -011; GNT-COPY-004 .. GNT-COPY-006; GNT-NOTIFY-015 to -018, -020 and GNT-SLOT-006
CHAIN = re.compile(r"GNT-[A-Z]+-\d{3}(?:(?:,? and |, | to | \.\. )(?:GNT-[A-Z]+)?-\d{3})*")
LINK = re.compile(r"(,? and |, | to | \.\. )?(GNT-[A-Z]+)?-(\d{3})")


def cited(text):
    """The requirements a text cites, ranges included. A comment may break a chain at the end of a line."""
    found = set()
    for chain in CHAIN.findall(re.sub(r"\s*\n\s*(?:\*|//|#)?\s*", " ", text)):
        family, last = "", 0
        for link, name, number in LINK.findall(chain):
            family = name or family
            first = last + 1 if link.strip() in ("to", "..") else int(number)
            last = int(number)
            found |= {f"{family}-{n:03}" for n in range(first, last + 1)}
    return found


def main():
    defined, bad = {}, []
    for line in (ROOT / "spec/requirements.md").read_text().splitlines():
        match = re.match(r"\| (GNT-[A-Z]+-\d{3}) \| (both|linux|header) \| (.*?) \|", line)
        if match:
            defined[match.group(1)] = match.group(3)
        elif line.startswith("| GNT-"):
            bad.append(f"spec/requirements.md: not a requirement's line: {line}")
    where = {place: {} for place in PLACES}
    for place, patterns in PLACES.items():
        for pattern in patterns:
            for path in sorted(ROOT.glob(pattern)):
                for requirement in cited(path.read_text(errors="replace")):
                    where[place].setdefault(requirement, []).append(path.name)
    excused = {}
    for line in (ROOT / "tests/trace.list").read_text().splitlines():
        if line and not line.startswith("#"):
            requirement, places, reason = line.split("\t")
            excused.update({(requirement, place): reason for place in places.split(",")})
    for place, citations in where.items():
        for requirement, names in citations.items():
            # a range may run over a number that was never given
            if requirement not in defined and any(re.search(rf"\b{requirement}\b", path.read_text(errors="replace"))
                                                  for p in PLACES[place] for path in ROOT.glob(p)):
                bad.append(f"{requirement} is cited by {names[0]} and not defined")
        for requirement in defined:
            reason = excused.pop((requirement, place), None)
            if requirement in citations and reason:
                bad.append(f"{requirement} is cited ({place}: {citations[requirement][0]}), and tests/trace.list says why not")
            elif requirement not in citations and not reason:
                bad.append(f"{requirement} has no {place}: {defined[requirement]}")
    bad += [f"tests/trace.list: {requirement} {place}: no such requirement or place" for requirement, place in excused]
    if "--table" in sys.argv:
        for requirement in defined:
            print(requirement, *(f"{place}: {' '.join(where[place].get(requirement, ['-']))};" for place in PLACES))
    for line in bad:
        print("trace: " + line)
    counts = ", ".join(f"{len(set(defined) & set(where[place]))} in {place}" for place in PLACES)
    print(f"trace: {len(defined)} requirements, {counts}; {len(bad)} gaps")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
