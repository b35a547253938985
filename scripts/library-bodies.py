#!/usr/bin/env python3
"""Joins lists of keys into the list of bodies that the program carries: library-bodies.py KEYS >libraries.txt

A body that several libraries have says nothing of where it is from, and is left out. If a library has a body under several
names, "?" stands for them."""
import collections
import re
import sys

# Allocators that are members of C libraries' archives.
ALLOCATOR = re.compile(r"(dl)?(malloc|free|calloc|realloc|memalign)|(dispose|try_realloc)_chunk|internal_(memalign|bulk)"
                       r"|(dl)?posix_memalign|(dl)?aligned_alloc|prepend_alloc|sys_(alloc|trim)|tmalloc_(small|large)")

bodies = collections.defaultdict(lambda: collections.defaultdict(set))
for line in open(sys.argv[1], encoding="utf-8"):
    key, library, name = line.rstrip("\n").split("\t")
    if library == "musl" and ALLOCATOR.fullmatch(name):
        library = "dlmalloc"
    bodies[key][library].add(name)

lists = collections.defaultdict(list)
for key, libraries in bodies.items():
    if len(libraries) > 1:
        continue
    (library, names), = libraries.items()
    stems = {name.lstrip("_") for name in names}
    lists[library].append((key, min(names, key=lambda n: (len(n), n)) if len(stems) == 1 else "?"))
for library in sorted(lists):
    print(library)
    for key, name in sorted(lists[library]):
        print(f" {key} {name}")
