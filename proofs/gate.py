#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads what the proof runs reported, and gives the verdict. Frama-C's exit status says nothing: it is 0 on unproved goals.

gate.py units DIR UNIT...            fails if Frama-C's metrics or call graphs (DIR/UNIT.metrics, .calls) are missing; recursion; callers
gate.py jobs DIR LEDGER JOBS UNIT... how to deal the functions out: lines "KIND UNIT FUNCTIONS OUT", longest first
gate.py again DIR                    the functions the first pass has left unproved, as jobs for the second
gate.py verdict DIR LEDGER CORE [FUNCTION...]  one line a function, the verdict; exit status 1 if anything is amiss
gate.py text DIR CORE                what is read without a proof: words, directives, ghost code, contracts; exit status 1 if anything is amiss
gate.py ledger DIR                   the ledger of what was proved
gate.py contracts DIR                what the contracts say: proofs/contracts
"""
import graphlib
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True
import printed
import written

HERE = pathlib.Path(__file__).resolve().parent
ENSURES = re.compile(r"_ensures(_|$)")
SMOKE = "_wp_smoke_"
# the environment's functions, which the embedder defines: their contracts are assumed, and each is accounted for
ENVIRONMENT = "gnt_env_"


def fail(message):
    sys.exit("gate: " + message)


def section(text, title):
    """The function names of one section of the metrics."""
    found = re.search(re.escape(title) + r" \((\d+)\)\n\s*=+\n(.*?)\n\s*\n", text, re.S)
    if not found:
        return None
    names = re.findall(r"(\w+) \(\d+ calls?\)", found.group(2))
    return names if len(names) == int(found.group(1)) else None


def metrics(directory, unit):
    text = (directory / f"{unit}.metrics").read_text()
    defined = section(text, "Defined functions")
    used = section(text, "Specified-only functions")
    bare = section(text, "Undefined and unspecified functions")
    loops = re.search(r"Loop = (\d+)", text)
    if None in (defined, used, bare, loops) or not defined:
        fail(f"{unit}: no metrics: {text.strip().splitlines()[-1] if text.strip() else 'nothing was written'}")
    return defined, used, bare, int(loops.group(1))


def units_of(directory):
    return sorted(path.stem for path in directory.glob("*.metrics"))


def read_ledger(path):
    ledger = {}
    for line in pathlib.Path(path).read_text().splitlines():
        if line and not line.startswith("#"):
            unit, function, goals, smoke, passes = line.split()
            ledger[unit, function] = (int(goals), int(smoke), passes)
    return ledger


def jobs(directory, ledger, wanted, units):
    """Longest first, so that the cores end together."""
    ledger = read_ledger(ledger)
    todo = []
    for unit in units:
        known = {f: ledger.get((unit, f), (20, 5, "first")) for f in metrics(directory, unit)[0]}
        for kind, which, price in (("first", 0, 2), ("second", 0, 4), ("smoke", 1, 2)):
            work = sorted(((price * k[which] + 1, f) for f, k in known.items() if kind in ("smoke", k[2])), reverse=True)
            bins = [[0, []] for _ in range(max(1, round(sum(cost for cost, _ in work) / 160)))]
            for cost, function in work:
                lightest = min(bins)
                lightest[0] += cost
                lightest[1].append(function)
            todo += [(cost, kind, unit, functions, number) for number, (cost, functions) in enumerate(bins) if functions]
    for _, kind, unit, functions, number in sorted(todo, reverse=True):
        print(kind, unit, ",".join(functions), directory / f"{unit}.{kind}.{number}")


class Run:
    """One proof run, as it reported itself."""

    def __init__(self, stem):
        self.name = stem.name
        self.unit, self.kind = stem.name.split(".")[:2]
        self.errors = []
        self.functions = {}
        log = stem.with_name(stem.name + ".log")
        text = log.read_text(errors="replace") if log.exists() else ""
        report = stem.with_name(stem.name + ".json")
        summary = re.search(r"Proved goals:\s+(\d+) / (\d+)", text)
        if self.kind == "smoke" and "No goal generated" in text and "Report '" in text:
            return  # straight-line code without a precondition has none; the ledger knows how many there were
        if not summary or not report.exists():
            last = text.strip().splitlines()[-1] if text.strip() else "no output"
            self.errors.append(f"no summary ({last})")
            return
        for line in text.splitlines():
            if "Warning" in line and "Missing RTE guards" not in line and "Failed smoke-test" not in line:
                self.errors.append("warning: " + line.strip())
        if "exit status not 0" in text:
            self.errors.append("Frama-C failed")
        data = json.loads(report.read_text())
        total = 0
        for function, goals in data.get("wp:functions", {}).items():
            self.functions[function] = {}
            for goal, status in goals.items():
                if goal == "wp:section":
                    continue
                main = status.get("wp:main", {})
                total += main.get("total", 0)
                # a smoke run also has goals that no option leaves out; the proof runs answer for those
                if self.kind != "smoke" or SMOKE in goal:
                    self.functions[function][goal] = (main.get("valid", 0), main.get("total", 0))
        model = tuple(f"typed_{function}_" for function in self.functions)
        self.errors += [f"not of the memory model Typed: {goal}" for goal in re.findall(r"\] Goal (\w+)", text)
                        if not goal.startswith(model)]
        for theory in data.get("wp:axiomatics", {}).values():
            if theory:
                self.errors.append("a logic lemma or axiom: " + ", ".join(theory))
        if total != int(summary.group(2)):
            self.errors.append(f"report and summary disagree: {total} and {summary.group(2)} goals")


def all_runs(directory):
    return [Run(path.with_suffix("")) for path in sorted(directory.glob("*.*.*.log"))]


def read_runs(directory):
    """All runs of a directory: {(unit, function): {goal: (valid, total)}}; what a second pass says of a function counts."""
    proofs, smokes, errors = {}, {}, []
    for run in sorted(all_runs(directory), key=lambda r: r.kind):
        errors += [f"{run.name}: {e}" for e in run.errors]
        target = smokes if run.kind == "smoke" else proofs
        for function, goals in run.functions.items():
            target[run.unit, function] = goals
    return proofs, smokes, errors


def unproved(goals):
    return sorted(goal for goal, (valid, total) in goals.items() if valid < total)


def again(directory):
    proofs, _, _ = read_runs(directory)
    tried = {(run.unit, f) for run in all_runs(directory) if run.kind == "second" for f in run.functions}
    for number, ((unit, function), goals) in enumerate(sorted(proofs.items())):
        if unproved(goals) and (unit, function) not in tried:
            print("second", unit, function, directory / f"{unit}.second.a{number}")


def text(directory, core, whole):
    """What is amiss before anything is proved, and what would be believed instead of proved."""
    errors, believed = written.problems(core)
    units, missing = printed.units(directory, units_of(directory))
    believed += [p for unit in units for p in unit.problems]
    errors += printed.ghosts(units, HERE / "ghosts") + printed.pinned(units, HERE / "contracts", whole)
    return errors + printed.meaning(units)[1] + (missing if whole else []), believed


def assumed(directory):
    """The environment's functions that the core calls."""
    names = {f for unit in units_of(directory) for f in metrics(directory, unit)[1] if f.startswith(ENVIRONMENT)}
    soundness = (HERE.parent / "spec" / "soundness.md").read_text()
    return names, [f"the contract of {f} is assumed, and spec/soundness.md does not name it" for f in sorted(names)
                   if f"`{f}`" not in soundness]


def calls(directory, unit):
    """The edges of a unit's call graph."""
    path = directory / f"{unit}.calls"
    graph = path.read_text() if path.exists() else ""
    if not graph.startswith("digraph"):
        fail(f"{unit}: no call graph")
    return re.findall(r"^\s*(\w+) -> (\w+)", graph, re.M)


def recursion(directory):
    """Fails on a cycle of calls, over all units: no variant bounds it."""
    callees = {}
    for unit in units_of(directory):
        for caller, callee in calls(directory, unit):
            callees.setdefault(caller, set()).add(callee)
    try:
        graphlib.TopologicalSorter(callees).prepare()
    except graphlib.CycleError as error:
        fail("recursion: " + " is called by ".join(error.args[1]))


def callers(directory):
    """Fails if a function that changes what is a unit's is called by another than proofs/callers says."""
    allowed = {}
    for line in (HERE / "callers").read_text().splitlines():
        if line and not line.startswith("#"):
            home, *names = line.split()
            allowed[home] = set(names)
    units, missing = printed.units(directory, units_of(directory))
    if missing:
        fail(missing[0])
    homes = {function: unit.name for unit in units for function in printed.changers(unit)}
    done = {}
    for unit in units:
        for caller, callee in calls(directory, unit.name):
            home = homes.get(callee)
            if home is None or callee in unit.bodies:
                continue
            done.setdefault(home, set()).add(unit.name)
            if unit.name not in allowed.get(home, ()):
                fail(f"{unit.name}: {caller} calls {callee}, and proofs/callers does not say so")
    for home, names in allowed.items():
        for name in sorted(names - done.get(home, set())):
            fail(f"proofs/callers names {name}, which calls nothing that changes what is {home}'s")


def verdict(directory, ledger_path, core, only):
    proofs, smokes, errors = read_runs(directory)
    ledger = read_ledger(ledger_path)
    units = units_of(directory)
    defined = {}
    for unit in units:
        functions, used, bare, loops = metrics(directory, unit)
        for function in functions:
            defined[unit, function] = True
        errors += [f"{unit}: {f} is called and has no contract" for f in bare]
        if not only or set(functions) <= set(only):
            # a variant is two goals: it is not negative, and it decreases
            variants = sum(total for (u, _), goals in proofs.items() if u == unit
                           for goal, (_, total) in goals.items() if "_loop_variant" in goal)
            if variants != 2 * loops:
                errors.append(f"{unit}: {loops} loops, and goals for {variants / 2:g} variants")
    own = {(unit.name, f) for unit in printed.units(directory, units)[0] for f in unit.own}
    everywhere = {function for unit, function in defined if (unit, function) not in own}
    for unit in units:
        errors += [f"{unit}: the contract of {f} is proven nowhere" for f in metrics(directory, unit)[1]
                   if f not in everywhere and not f.startswith(ENVIRONMENT)]
        errors += [f"{unit}: defines {f}, which is the embedder's" for f in metrics(directory, unit)[0]
                   if f.startswith(ENVIRONMENT)]
    environment, unnamed = assumed(directory)
    if not only:
        errors += unnamed
    amiss, admitted = text(directory, core, not only)
    errors += amiss + admitted
    proved = goals_total = passed = smoke_total = count = 0
    for unit, function in defined:
        if only and function not in only:
            continue
        goals = proofs.get((unit, function), {})
        smoke = smokes.get((unit, function), {})
        have = sum(v for v, _ in goals.values()), sum(t for _, t in goals.values())
        tests = sum(v for v, _ in smoke.values()), sum(t for _, t in smoke.values())
        problems = []
        if not any(ENSURES.search(goal) for goal in goals):
            problems.append("no contract")
        if not any("_assigns" in goal for goal in goals):
            problems.append("no frame condition")
        problems += ["not proved: " + goal for goal in unproved(goals)]
        problems += ["smoke test failed: " + goal for goal in unproved(smoke)]
        pinned = ledger.get((unit, function))
        if pinned is None:
            problems.append("not in the ledger")
        elif (have[1], tests[1]) != pinned[:2]:
            problems.append(f"{have[1]} goals, {tests[1]} smoke tests: the ledger has {pinned[0]}, {pinned[1]}")
        print(f"{'FAIL' if problems else 'ok  '} {unit:8} {function:28} {have[0]:4}/{have[1]:<4} goals  "
              f"{tests[0]:3}/{tests[1]:<3} smoke")
        for problem in problems:
            print(f"     {problem}")
        errors += [f"{function}: {p}" for p in problems]
        count += 1
        proved, goals_total = proved + have[0], goals_total + have[1]
        passed, smoke_total = passed + tests[0], smoke_total + tests[1]
    if not only:
        errors += [f"{f} ({u}) is in the ledger and not in the code" for u, f in ledger if (u, f) not in defined]
    for error in errors:
        print("gate: " + error)
    if not count or not goals_total:
        errors.append("nothing was proved")
        print("gate: nothing was proved")
    print(f"prove: {proved}/{goals_total} goals, {count} functions, {passed}/{smoke_total} smoke tests, "
          f"{len(admitted)} admitted, {len(environment)} assumed of the environment")
    return 1 if errors else 0


def write_ledger(directory):
    proofs, smokes, _ = read_runs(directory)
    both = {(run.unit, f) for run in all_runs(directory) if run.kind == "second" for f in run.functions}
    print("# SPDX-License-Identifier: MIT")
    print("# unit, function, goals, smoke tests, pass: the proof does not change unseen. Rewritten by: make ledger")
    for key in sorted(proofs):
        smoke = sum(t for _, t in smokes.get(key, {}).values())
        print(*key, sum(t for _, t in proofs[key].values()), smoke, "second" if key in both else "first")


def main():
    command, directory, *rest = sys.argv[1:]
    directory = pathlib.Path(directory)
    if command == "units":
        for unit in rest:
            metrics(directory, unit)
        recursion(directory)
        callers(directory)
    elif command == "jobs":
        jobs(directory, rest[0], int(rest[1]), rest[2:])
    elif command == "again":
        again(directory)
    elif command == "verdict":
        sys.exit(verdict(directory, rest[0], rest[1], rest[2:]))
    elif command == "text":
        found = [problem for problems in text(directory, rest[0], True) for problem in problems]
        for problem in found:
            print("gate: " + problem)
        sys.exit(bool(found))
    elif command == "ledger":
        write_ledger(directory)
    elif command == "contracts":
        units, missing = printed.units(directory, units_of(directory))
        if missing:
            fail(missing[0])
        printed.write(units)
    else:
        fail(__doc__)


if __name__ == "__main__":
    main()
