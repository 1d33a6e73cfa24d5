#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Branch coverage from gcov's JSON: one line a file, every branch that was not taken, a verdict. Exit status 1 unless all were.

coverage.py JSON DEAD    DEAD lists the branches that no run can take: FILE FUNCTION WHY (where it is proven), one a line.
"""
import json
import pathlib
import sys


def main():
    dead = {}
    for line in pathlib.Path(sys.argv[2]).read_text().splitlines():
        if line and not line.startswith("#"):
            name, function, count, why = line.split(maxsplit=3)
            dead[name, function] = int(count), why
    files, missing = {}, {}
    for text in pathlib.Path(sys.argv[1]).read_text().splitlines():
        for entry in json.loads(text)["files"]:
            name = pathlib.PurePath(entry["file"]).name
            if not entry["file"].startswith("src/core/") or not name.endswith(".c"):
                continue
            total = files.setdefault(name, [0, 0, 0, 0])
            for line in entry["lines"]:
                total[0] += line["count"] > 0
                total[1] += 1
                for number, branch in enumerate(line["branches"]):
                    total[2] += branch["count"] > 0
                    total[3] += 1
                    if not branch["count"]:
                        missing.setdefault((name, line.get("function_name", "?")), []).append((line["line_number"], number))
    bad = 0
    for name, (lines, all_lines, branches, all_branches) in sorted(files.items()):
        print(f"{name:14} lines {lines:4}/{all_lines:<4} branches {branches:4}/{all_branches:<4}")
    for (name, function), places in sorted(missing.items()):
        count, why = dead.get((name, function), (0, ""))
        if count == len(places):
            print(f"{name}: {function}: {count} branches are dead: {why}")
            continue
        bad += len(places)
        for line, number in places:
            print(f"{name}:{line}: branch {number} of {function} was never taken")
    for key in sorted(set(dead) - set(missing)):
        print(f"{key[0]}: {key[1]}: said to have dead branches, and has none")
        bad += 1
    taken, all_branches = sum(f[2] for f in files.values()), sum(f[3] for f in files.values())
    excused = sum(len(p) for k, p in missing.items() if dead.get(k, (0,))[0] == len(p))
    print(f"coverage: {taken} of {all_branches} branches of src/core taken, {excused} proven dead, {bad} missing")
    return 1 if bad or not all_branches else 0


sys.exit(main())
