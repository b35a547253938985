"""Calls the export `run` of a component in Wasmtime: `run_exports.py COMPONENT ARGUMENT…`. Each number is given to an instance of
its own; prints what it logs through the import `log`, and its result or that it traps. Needs WRING_PYTHON_PACKAGES in PYTHONPATH."""
import sys

from wasmtime import Engine, Store, Trap, WasmtimeError
from wasmtime.component import Component, Linker


def run(engine, component, argument):
    store, linker = Store(engine), Linker(engine)
    with linker.root() as root:
        root.add_func("log", lambda _, x: print(f"log {x}"))
    instance = linker.instantiate(store, component)
    try:
        print(argument, instance.get_func(store, "run")(store, argument))
    except (Trap, WasmtimeError):
        print(argument, "traps")


def main():
    engine = Engine()
    component = Component.from_file(engine, sys.argv[1])
    for argument in sys.argv[2:]:
        run(engine, component, int(argument))


main()
