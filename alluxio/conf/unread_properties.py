#!/usr/bin/env python3
"""Which properties no code reads: what stands in unread_properties.inc.

Without arguments, prints that file; with --check, compares it. Looks at the table
(properties_*.inc, property_table.cc) and at the string literals of the programs'
sources below the current folder. A property is read if
- a literal is its name, or its name and a dot;
- or a literal is how its name begins, and the rest, behind the number or word that
  the code puts in between, is a literal of the same file ("...level" + N + ".alias");
- or the default of one that is read refers to it.
"""

import pathlib
import re
import sys

FOLDER = pathlib.Path("alluxio/conf")
LIST = FOLDER / "unread_properties.inc"
# To be named here is not to be read.
NOT_READERS = {FOLDER / name for name in ("property_table.cc", "property_docs.cc", "update.cc")}
# Looks as if put together from "alluxio.locality." and a tier, and is none.
UNREAD = {"alluxio.locality.script"}


def literals(path):
    text = re.sub(r"^\s*#include.*$|(?<!:)//.*$", "", path.read_text(), flags=re.M)
    text = re.sub(r'(?<=[^\\])"\s*\n\s*"', "", text)  # neighbours are one
    return set(re.findall(r'"((?:[^"\\\n]|\\.)*)"', text))


def table():
    """Defaults by names; templates are among them."""
    rows = {}
    for path in [*sorted(FOLDER.glob("properties_*.inc")), FOLDER / "property_table.cc"]:
        for row in re.finditer(r'^ {4}\{"([^"]+)",\s*Type::\w+,\s*("[^"]*"|nullptr)', path.read_text(), re.M):
            rows[row.group(1)] = row.group(2)
    return rows


def rest_of(name, beginning):
    """What follows in `name` behind `beginning` and one word or number; None: it begins otherwise."""
    if "{" in name:
        head, _, rest = name.partition("{")
        return rest.partition("}")[2] if head == beginning else None
    return re.sub(r"^\w+", "", name[len(beginning) :]) if name.startswith(beginning) else None


def read_names(rows):
    heads = {name.partition("{")[0] for name in rows if "{" in name}
    found = set()
    for path in pathlib.Path(".").rglob("*"):
        if path.suffix not in (".cc", ".h") or path in NOT_READERS:
            continue
        here = literals(path)
        found |= {literal.removesuffix(".") for literal in here} & rows.keys()
        for literal in here - rows.keys():
            # "alluxio.master." alone is the beginning of too much to mean one.
            if literal not in heads and not re.fullmatch(r"alluxio(\.\w+){2,}\.?", literal):
                continue
            for name in rows:
                rest = rest_of(name, literal)
                if rest in here or rest == "" and literal.endswith("."):
                    found.add(name)
    while more := {key for name in found for key in re.findall(r"\$\{([^}]+)\}", rows[name])} & rows.keys() - found:
        found |= more
    return found - UNREAD


def main():
    rows = table()
    made = (
        "// Made by //alluxio/conf:unread_properties from the programs' sources: run\n"
        "// bazel run //alluxio/conf:unread_properties > alluxio/conf/unread_properties.inc\n"
        "// clang-format off\n" + "".join(f'    "{name}",\n' for name in sorted(rows.keys() - read_names(rows)))
    )
    if sys.argv[1:] != ["--check"]:
        sys.stdout.write(made)
        return 0
    there, now = set(LIST.read_text().splitlines()), set(made.splitlines())
    for line in sorted(there - now):
        print("said to be without effect, and is read:", line.strip(' ",'))
    for line in sorted(now - there):
        print("promises an effect, and is read nowhere:", line.strip(' ",'))
    if LIST.read_text() == made:
        return 0
    print("run: bazel run //alluxio/conf:unread_properties > alluxio/conf/unread_properties.inc")
    return 1


if __name__ == "__main__":
    sys.exit(main())
