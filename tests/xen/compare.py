#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares what this module, the stock driver and the model do, row by row, and with spec/profiles.md.

usage: compare.py --pair NAME OURS STOCK MODEL [HEADER] ... --crashes FILE --rows LIST [--profiles FILE]

OURS and STOCK are console logs of two boots, MODEL the conformance program's output for the same rows on the model, HEADER
that for the rows of the header profile.
FILE of --crashes has a line "SUITE:ROW<tab>yes|no<tab>ENTRIES" for each row that was given a boot of its own: whether the stock
driver's kernel did not survive it, and by which entries. LIST names every row of the conformance table, and every test of dom0.

Two drivers differ in a row if one passes it and the other does not. Every difference must be an entry of spec/profiles.md,
and every entry must have made a difference, or stand in the table of those that cannot, with the reason and with the test
that covers it. Prints KTAP.
"""
import os
import re
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
# of the parts of a boot, those that both drivers go through
SUITES = ("smoke", "mapping", "stress", "conformance", "foreign", "large", "guest", "pvguest")
# and of those the runs of the conformance table
TABLES = ("conformance", "foreign", "large")
ROW = re.compile(r"^(not )?ok \d+ (?:- )?(.*?)(?: \[[A-Z0-9 -]*\])?(?: # (XFAIL|SKIP) (.*))?$")


def rows_of(lines, part):
    """The outcomes of the rows of one part, by "part:name": pass, fail, skip, or the entries by which it fails. A row of
    another run, of which only a note says why, is "elsewhere"."""
    found = {}
    for line in lines:
        match = ROW.match(line)
        note = re.match(r"^# (\S+) \[[A-Z0-9 -]*\] needs ", line)
        if note:
            found[f"{part}:{note[1]}"] = "elsewhere"
        elif match:
            bad, name, directive, text = match.groups()
            found[f"{part}:{name}"] = "fail" if bad else {"XFAIL": text, "SKIP": "skip"}.get(directive, "pass")
    return found


def read_log(path):
    """The rows of all parts of a console log."""
    found, part, lines = {}, None, []
    with open(path, errors="replace") as log:
        for line in log:
            line = line.rstrip("\r\n")
            marker = re.match(r"^# rig: (begin|end) (\S+) ", line)
            if marker and marker[1] == "begin":
                part, lines = marker[2], []
            elif marker and part:
                found.update(rows_of(lines, part))
                part = None
            else:
                lines.append(line)
    return found


def entries(path):
    """The DEF entries of spec/profiles.md; of those that cannot show, the reason and what covers them."""
    defined, hidden = [], {}
    for line in open(path):
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if re.fullmatch(r"DEF-\d{3}", cells[0]):
            defined.append(cells[0])
        elif len(cells) == 3 and re.fullmatch(r"DEF-\d{3}", cells[1]):
            hidden[cells[1]] = (cells[0], re.findall(r"`([^`]+)`", cells[2]))
    return defined, hidden


class Report:
    def __init__(self):
        self.rows = []

    def row(self, good, text, problems=()):
        self.rows.append((good and not problems, text, list(problems)))

    def show(self):
        print(f"KTAP version 1\n1..{len(self.rows)}")
        for n, (good, text, problems) in enumerate(self.rows, 1):
            for problem in problems:
                print(f"# {problem}")
            print(f"{'ok' if good else 'not ok'} {n} - {text}")
        return all(good for good, _, _ in self.rows)


def part_of(row):
    return row.split(":", 1)[0]


def name_of(row):
    return row.split(":", 1)[1]


def compare_model(report, name, ours, parts, path):
    """What the model predicts for this module: the same rows, and the same outcomes."""
    model = {name_of(row): o for row, o in rows_of(open(path).read().splitlines(), "model").items()}
    real = {row: o for row, o in ours.items() if part_of(row) in parts}
    problems = []
    for row, outcome in real.items():
        predicted = model.get(name_of(row))
        if outcome not in ("elsewhere", predicted):
            problems.append(f"{row}: {outcome} on real Xen, {predicted} on the model")
    if "large" not in {part_of(row) for row in real}:
        done = {name_of(row) for row in real}
        problems += [f"{row}: known to the model alone" for row in model if row not in done]
    n = sum(o != "elsewhere" for o in real.values())
    report.row(n > 0, f"{name}: the model predicts {n} rows", problems)


def crashed(row, crashes):
    """Is it a row with a boot of its own? What a domain's number is, makes no difference there."""
    return row in crashes or "conformance:" + name_of(row) in crashes


def compare_stock(report, name, ours, stock, crashes, shown):
    """Both drivers, row by row; @shown: the rows by which each entry shows."""
    problems, differ, same = [], 0, 0
    for row in sorted(row for row in set(ours) | set(stock) if part_of(row) in SUITES):
        a, b = ours.get(row, "none"), stock.get(row, "none")
        if a == "elsewhere" and b in ("elsewhere", "none"):
            continue
        if a != "pass":
            problems.append(f"{row}: {a} with this module")
        elif re.fullmatch(r"DEF-\d{3}( DEF-\d{3})*", b):
            differ += 1
            for entry in b.split():
                shown.setdefault(entry, []).append(row)
        elif b in ("elsewhere", "none") and crashed(row, crashes):
            differ += 1
        elif b != "pass":
            problems.append(f"{row}: passes with this module, {b} with the stock driver, by no entry")
        else:
            same += 1
    report.row(differ + same > 0, f"{name}: of {differ + same} rows {differ} differ, each by an entry", problems)


def covered(test, rows):
    """Is there such a test: a row, a test of dom0, a file?"""
    return test in rows or os.path.exists(os.path.join(TOP, test))


def check_entries(report, defined, hidden, shown, rows):
    for entry in sorted(set(shown) - set(defined)):
        report.row(False, f"{entry} is no entry", [", ".join(shown[entry])])
    for entry in sorted(set(hidden) - set(defined)):
        report.row(False, f"{entry} is no entry", ["the table of those that cannot show has it"])
    for entry in defined:
        names = sorted({row.split(":", 1)[1] for row in shown.get(entry, [])})
        if names and entry in hidden:
            report.row(False, entry, [f"it shows: {', '.join(names)}; the table says that it cannot"])
        elif names:
            report.row(True, f"{entry} shows: {', '.join(names)}")
        elif entry not in hidden:
            report.row(False, entry, ["no row differs by it, and the table does not say why"])
        else:
            why, tests = hidden[entry]
            missing = [f"there is no test {t}" for t in tests if not covered(t, rows)] + ([] if tests else ["no test named"])
            report.row(True, f"{entry} cannot show: {why}; {', '.join(tests)}", missing)


def main(args):
    report, shown, rows, pairs = Report(), {}, set(), []
    crashes = {}
    profiles = os.path.join(TOP, "spec", "profiles.md")
    i = 0
    while i < len(args):
        values = []
        while i + 1 + len(values) < len(args) and not args[i + 1 + len(values)].startswith("--"):
            values.append(args[i + 1 + len(values)])
        if args[i] == "--pair":
            pairs.append(values)
        elif args[i] == "--crashes":
            crashes = {f[0]: f[1:] for f in (line.rstrip("\n").split("\t") for line in open(values[0]))}
        elif args[i] == "--rows":
            rows = {line.strip() for line in open(values[0])}
        elif args[i] == "--profiles":
            profiles = values[0]
        else:
            sys.exit(f"compare: what is {args[i]}?")
        i += 1 + len(values)
    defined, hidden = entries(profiles)
    everything = {}
    for name, ours_log, stock_log, model, *header in pairs:
        ours = read_log(ours_log)
        compare_model(report, name, ours, TABLES, model)
        if header:
            compare_model(report, f"{name}, header profile", ours, ("header",), header[0])
        compare_stock(report, name, ours, read_log(stock_log), crashes, shown)
        everything.update({row: o for row, o in ours.items() if o != "elsewhere"})
    for row, (died, by) in crashes.items():
        problems = [] if died == "yes" else ["the stock driver's kernel survives it"]
        if everything.get(row) != "pass":
            problems.append(f"{everything.get(row, 'not run')} with this module")
        report.row(by != "", f"{row} kills the stock driver's kernel: {by}", problems)
        for entry in by.split() if died == "yes" else []:
            shown.setdefault(entry, []).append(row)
    check_entries(report, defined, hidden, shown, rows)
    return 0 if report.show() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
