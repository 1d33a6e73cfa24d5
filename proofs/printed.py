# SPDX-License-Identifier: MIT
"""The proven units as Frama-C has understood them (DIR/UNIT.printed of scan.sh): contracts, what their words mean, and ghost code, with
every macro expanded and every comment gone."""
import hashlib
import itertools
import re

from written import FORBIDDEN

TOKEN = re.compile(r"(?P<ghost>/\*@ ghost\b|\*/)|(?P<note>/\*@.*?\*/|/@.*?@/)|(?P<comment>/\*.*?\*/)|(?P<blank>\s+)"
                   r"|(?P<code>\w+|->|\+\+|--|<<=|>>=|[-+*/%&|^=!<>]=|&&|\|\||<<|>>|.)", re.S)
CLAUSE = re.compile(r"(requires|ensures|assigns|behavior|terminates|decreases|allocates|frees|assumes|complete|disjoint)\b")
MEANING = re.compile(r"(predicate|logic)\b[^=({]*?(\w+)\s*[({=]")
CAST = re.compile(r"\((?:(?:struct )?\w+ )*(?:[us](?:8|16|32|64)|int|long|short|char)\)")
ASSIGNS = re.compile(r"(?:<<|>>|[-+*/%&|^])?=|\+\+|--")
OPEN, CLOSE = {"(": ")", "[": "]", "{": "}"}, ")]}"


class Unit:
    """One unit. says: {(kind, name): text} of all that a proof relies on; bodies: {function: tokens}, annotations left out;
    own: the static functions; variables: {ghost variable: is it an array}."""

    def __init__(self, name, text):
        self.name, self.says, self.bodies, self.own, self.variables, self.problems = name, {}, {}, set(), {}, []
        self.problems += [f"{name}: '{w}' in what Frama-C printed" for w in sorted(set(FORBIDDEN.findall(text)))]
        self.tokens = [(t.lastgroup, t.group()) for t in TOKEN.finditer(text) if t.lastgroup not in ("comment", "blank")]
        self.at, self.ghost, self.contract = 0, False, None
        while self.at < len(self.tokens):
            self.item()

    def item(self):
        """One declaration, definition or annotation of the outermost level."""
        code, ghost = [], self.ghost
        while self.at < len(self.tokens):
            kind, token = self.tokens[self.at]
            self.at += 1
            if kind == "ghost":
                self.ghost = token != "*/"
                if not code:
                    ghost = self.ghost
            elif kind == "note":
                self.note(token)
            elif token == ";":
                return self.declared(code, ghost)
            elif token == "{" and "(" in code:
                return self.defined(code, self.block())
            elif token == "{":
                code += ["{", *self.block(), "}"]
            else:
                code.append(token)
        if code:
            self.problems.append(f"{self.name}: not understood: {' '.join(code)[:60]}")
        return None

    def block(self):
        """The tokens up to the brace that closes, without annotations."""
        body, depth = [], 1
        while self.at < len(self.tokens):
            kind, token = self.tokens[self.at]
            self.at += 1
            depth += (token == "{") - (token == "}")
            if depth == 0:
                return body
            if kind == "code":
                body.append(token)
        self.problems.append(f"{self.name}: a brace is missing")
        return body

    def note(self, text):
        words = " ".join(text[3:-2].split() if text.startswith("/*@") else text[2:-2].split())
        meaning = MEANING.match(words)
        if meaning and not re.search(r";\s*(predicate|logic)\b", words):
            self.says[meaning.groups()] = words
        elif CLAUSE.match(words):
            self.contract = words
        else:
            self.problems.append(f"{self.name}: an annotation of no function: {words[:60]}")

    def declared(self, code, ghost):
        text = " ".join(code)
        if code[0] == "typedef":
            self.says["type", code[-1]] = text
        elif code[0] == "struct" and (len(code) == 2 or code[2] == "{"):
            self.says["type", code[1]] = text
        elif "(" in itertools.takewhile(lambda token: token not in "[=", code):  # not that of an array's size
            self.function(code)
        else:
            name = re.match(r".*?(\w+)\s*(?:[\[=].*)?$", text).group(1)
            self.says["variable", name] = text
            if ghost:
                self.variables[name] = "[" in code

    def defined(self, code, body):
        self.bodies[self.function(code)] = body

    def function(self, code):
        """What is told of a static function concerns this unit alone."""
        name = code[code.index("(") - 1]
        if "static" in code:
            self.own.add(name)
        if self.contract is not None:
            self.says["contract", f"{self.name}:{name}" if name in self.own else name] = f"{self.contract} {' '.join(code)}"
        self.contract = None
        return name


def units(directory, names):
    """The units that were printed, and which were not."""
    texts = {name: directory / f"{name}.printed" for name in names}
    found = [Unit(name, path.read_text()) for name, path in texts.items() if path.exists() and path.stat().st_size]
    return found, [f"{name}: Frama-C printed nothing" for name in names if name not in {u.name for u in found}]


def digests(unit):
    return {key: hashlib.sha256(text.encode()).hexdigest()[:16] for key, text in unit.says.items()}


def meaning(found):
    """{(kind, name): hash} of all units, and where two of them read the same name in different ways."""
    says, problems = {}, []
    for unit in found:
        for key, digest in digests(unit).items():
            if says.setdefault(key, (digest, unit.name))[0] != digest:
                problems.append(f"the {key[0]} {key[1]} is not the same in {says[key][1]} and in {unit.name}")
    return {key: digest for key, (digest, _) in says.items()}, problems


def pinned(found, path, whole):
    """Against proofs/contracts: a clause, or a word of one, does not change unseen."""
    known, problems = {}, []
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            kind, name, digest = line.split()
            known[kind, name] = digest
    gone = set(known)
    for unit in found:
        for key, digest in sorted(digests(unit).items()):
            gone.discard(key)
            if known.get(key) != digest:
                what = "is not the one of" if key in known else "is not in"
                problems.append(f"{unit.name}: the {key[0]} {key[1]} {what} proofs/contracts")
    return problems + [f"the {kind} {name} of proofs/contracts is gone" for kind, name in sorted(gone) if whole]


def write(found):
    print("# SPDX-License-Identifier: MIT")
    print("# What every contract says, those that are assumed of the environment (gnt_env_*) too, and what its words mean: a hash of what")
    print("# Frama-C prints. UNIT:FUNCTION is a static function. Rewritten by: make ledger")
    for (kind, name), digest in sorted(meaning(found)[0].items()):
        print(kind, name, digest)


def changers(unit):
    """Its functions that change something, by their contracts."""
    return {name for (kind, name), text in unit.says.items() if kind == "contract" and name in unit.bodies
            and re.search(r"\bassigns (?!\\nothing;)", text)}


def access(body, at):
    """The ghost variable at a place of a body, as it is used there: the places before and after it, once its indices, its members and
    the brackets around it are passed."""
    before, after = at - 1, at + 1
    while True:
        if body[after] == "[":
            after = closing(body, after)
        elif body[after] in (".", "->"):
            after += 2
        elif body[before] == "(" and body[after] == ")":
            before, after = before - 1, after + 1
        else:
            return before, after


def closing(body, at):
    depth = 0
    for place in range(at, len(body)):
        depth += (body[place] in OPEN) - (body[place] in CLOSE)
        if depth == 0:
            return place + 1
    return len(body)


def value(body, after):
    """What is assigned, without casts, or the operator that changes it."""
    if body[after] != "=":
        return body[after]
    end = after
    while end < len(body) and body[end] not in (";", ","):
        end = closing(body, end) if body[end] in OPEN else end + 1
    return CAST.sub("", " ".join(body[after + 1:end]).replace("( ", "(").replace(" )", ")")).replace(" ", "")


def writes(body, variables):
    """Yields each ghost variable that a body writes, and what; None: it is used in a way that hides what happens to it."""
    body = [";", *body, ";", ";"]
    for at, name in enumerate(body):
        if name not in variables or body[at - 1] in (".", "->"):
            continue
        before, after = access(body, at)
        if body[before] == "&" or variables[name] and body[at + 1] != "[":
            yield name, None
        elif body[before] in ("++", "--"):
            yield name, body[before]
        elif ASSIGNS.fullmatch(body[after]):
            yield name, value(body, after)


def ghosts(found, path):
    """Ghost variables of the environment that a function assigns, how and how often, against proofs/ghosts: who owns what must not be
    a matter of taste."""
    allowed, problems = {}, []
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            unit, function, *variables = line.split()
            allowed[unit, function] = [v.partition("=")[::2] for v in variables]
    variables = {name: array for unit in found for name, array in unit.variables.items()}
    for unit in found:
        for function, body in unit.bodies.items():
            may = list(allowed.pop((unit.name, function), []))
            for name, how in writes(body, variables):
                where = f"{unit.name}: {function}"
                entry = next(((n, v) for n, v in may if n == name), None)
                if how is None:
                    problems.append(f"{where} takes the address of the ghost variable {name}, or names an array without an index")
                elif entry is None:
                    problems.append(f"{where} assigns the ghost variable {name}, and proofs/ghosts does not say so, or not so often")
                elif entry[1] and entry[1] != how:
                    problems.append(f"{where}: the ghost variable {name} is assigned {how}, not {entry[1]}")
                if entry in may:
                    may.remove(entry)
            problems += [f"{unit.name}: {function}: proofs/ghosts names {n}, which is not assigned" for n, _ in may]
    names = {unit.name for unit in found}
    return problems + [f"{u}: proofs/ghosts names {f}, which is not there" for u, f in allowed if u in names]
