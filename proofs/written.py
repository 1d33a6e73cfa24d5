# SPDX-License-Identifier: MIT
"""The proven files as they are written: which files there are, what the preprocessor may do with them, and which words they may not
have. All that the compilers, Frama-C and the kernel's build could read in different ways is refused here."""
import pathlib
import re

CORE = pathlib.Path(__file__).resolve().parent.parent / "src" / "core"
# what is believed instead of proved; in an annotation or in a macro, which could be used in one
FORBIDDEN = re.compile(r"\b(admit|axiom|axiomatic|assume|inductive|reads|lemma|exits|ghost_assume)\b")
PIECE = re.compile(r"(?P<annotation>/\*@.*?\*/|//@[^\n]*)|(?P<comment>/\*.*?\*/|//[^\n]*)", re.S)
MACRO = re.compile(r"define ([A-Z][A-Z0-9_]*)(?:\([\w, ]*\))?(?:\s(.*))?$")


def parts(where):
    """The entries of the folders, or that begin so, in WHERE: src/core,src/model/armed."""
    for part in map(pathlib.Path, where.split(",")):
        yield from sorted(part.iterdir() if part.is_dir() else part.parent.glob(part.name + "*"))


def split(text):
    """A file as its code, in which a comment is a space, and its annotations."""
    annotations = []

    def blank(piece):
        if piece.group("annotation"):
            annotations.append(piece.group())
        return " " + "\n" * piece.group().count("\n")
    return PIECE.sub(blank, text.replace("\\\n", "")), annotations


def included(path, line, files):
    """Is this an #include of one of the proven files, and of none that stands before it on the compiler's path?"""
    found = re.fullmatch(r'include "(\w+\.h)"', line)
    if not found:
        return False
    beside = path.parent / found.group(1)
    return beside in files if beside.exists() else (CORE / found.group(1)).exists()


def directives(path, code, files, macros):
    """The directives of a file: #pragma once, #include of a proven file, and #define of a name that has one meaning everywhere."""
    defined = False
    for line in code.splitlines():
        found = re.match(r"\s*#\s*(.*?)\s*$", line)
        if not found:
            continue
        line = found.group(1)
        macro = MACRO.match(line)
        if line == "pragma once" and path.suffix == ".h":
            continue
        if included(path, line, files):
            if defined and path.suffix == ".c":
                yield f"'#{line}' after a #define: the header could be read in another way than elsewhere"
        elif not macro:
            yield f"'#{line}' is not a directive that proven files may have"
        else:
            name, body = macro.group(1), macro.group(2) or ""
            defined = True
            if path.suffix == ".h" and not name.startswith("GNT_"):
                yield f"the macro {name} of a header is not called GNT_"
            if name in macros:
                yield f"the macro {name} is also that of {macros[name]}"
            macros[name] = path.name
            if "#" in body:
                yield f"the macro {name} puts tokens together"
            for hit in FORBIDDEN.finditer(body):
                yield f"'{hit.group(1)}' in the macro {name}"


def characters(text, code):
    """What is read in another way by one of the readers, or means another thing to each."""
    if re.search(r"[^\n\t -~]", text):
        yield "a character that is not ASCII"
    if re.search(r"\\[ \t]+\n", text):
        yield "a blank after the backslash that ends a line"
    if re.search(r"\?\?|%:|<:|<%", code):
        yield "a digraph or trigraph"
    for name in sorted(set(re.findall(r"\b(?:__\w*|_[A-Z]\w*|asm|typeof|linux|unix)\b", code))):
        yield f"{name}, which belongs to a compiler"
    if re.search(r"^(?!\s*#\s*include\b).*[\"']", code, re.M):
        yield "a string or a character constant"


def words(annotations):
    """What would be believed instead of proved."""
    for annotation in annotations:
        bare = re.sub(r"//[^\n@][^\n]*", "", annotation)
        for hit in FORBIDDEN.finditer(bare):
            yield f"'{hit.group(1)}' in an annotation"
        if re.search(r'["#]|\bpragma\b', bare):
            yield "a string, a # or a pragma in an annotation"


def problems(where):
    """All that is wrong with the files of WHERE, and how many of them are steps that are believed."""
    entries = list(parts(where))
    files = [path for path in entries if path.suffix in (".c", ".h") and path.is_file() and not path.is_symlink()]
    found = [f"{path.name} is neither a .c nor a .h file" for path in entries if path not in files]
    macros, believed = {}, []
    for path in files:
        text = path.read_text(errors="replace")
        code, annotations = split(text)
        found += [f"{path.name}: {p}" for p in [*characters(text, code), *directives(path, code, files, macros)]]
        believed += [f"{path.name}: {p}" for p in words(annotations)]
    return found, believed
