"""Calls the export `run` of a component in Wasmtime: `run_exports.py COMPONENT ARGUMENT…`. Each number is given to an instance of
its own; prints what it logs through the import `log`, and its result or that it traps. With --profile as last argument it
prints then what the exports of `wring profile` give. Needs WRING_PYTHON_PACKAGES in PYTHONPATH."""
import sys

from wasmtime import Engine, Store, Trap, WasmtimeError
from wasmtime.component import Component, Linker


def profiles(store, instance):
    yield "wring-profile"
    number = 2
    while instance.get_func(store, f"wring-profile-n{number}"):
        yield f"wring-profile-n{number}"
        number += 1


def run(engine, component, argument, with_profile):
    store, linker = Store(engine), Linker(engine)
    with linker.root() as root:
        root.add_func("log", lambda _, x: print(f"log {x}"))
    instance = linker.instantiate(store, component)
    try:
        print(argument, instance.get_func(store, "run")(store, argument))
    except (Trap, WasmtimeError):
        print(argument, "traps")
    if with_profile:
        for name in profiles(store, instance):
            print(instance.get_func(store, name)(store), end="")


def main():
    engine = Engine()
    component = Component.from_file(engine, sys.argv[1])
    with_profile = sys.argv[-1] == "--profile"
    for argument in sys.argv[2 : -1 if with_profile else None]:
        run(engine, component, int(argument), with_profile)


main()
