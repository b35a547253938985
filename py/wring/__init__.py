"""wring: shrinks WebAssembly modules, and says what fills them.

A small API over the program, which the wheel brings as a static binary. Each call runs it as a child process on bytes:

    small = wring.optimize(module, level="z", keep_exports=["run", "memory"])
    report = wring.audit(module)

Options are those of the command line, with underscores. What fails raises WringError with the program's exit status.
"""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

__version__ = "0.1.0"
__all__ = ["WringError", "audit", "compare", "diff", "optimize", "program", "run"]


class WringError(Exception):
    """The program failed; `status` is its exit status: 1 usage, 2 bad input, 3 files, 4 internal, 5 limits."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def program():
    """The path of the program: WRING if that is set, the wheel's own, else one of the PATH."""
    own = Path(__file__).parent / "bin" / ("wring.exe" if os.name == "nt" else "wring")
    for path in (os.environ.get("WRING"), own if own.is_file() else None, shutil.which("wring")):
        if path:
            return str(path)
    raise FileNotFoundError("there is no wring: this package was installed without its binary")


def _arguments(level=None, **options):
    args = [] if level is None else [f"-O{level}"]
    for name, value in options.items():
        flag = "--" + name.rstrip("_").replace("_", "-")  # for_ is --for
        if value is None or value is False:
            continue
        if value is True:
            args.append(flag)
        else:
            text = value if isinstance(value, (str, int, float)) else ",".join(value)
            args.append(f"{flag}={text}")
    return args


def run(*args, timeout=None, cwd=None):
    """Runs any command; gives what it printed, or raises WringError."""
    done = subprocess.run([program(), *args], capture_output=True, timeout=timeout, cwd=cwd, check=False)
    if done.returncode:
        message = done.stderr.decode(errors="replace").strip().removeprefix("wring: ")
        raise WringError(done.returncode, message or f"wring ended with status {done.returncode}")
    return done.stdout


def _on_files(work, **modules):
    with tempfile.TemporaryDirectory(prefix="wring-") as folder:
        for name, module in modules.items():
            (Path(folder) / f"{name}.wasm").write_bytes(module)
        return work(Path(folder))


def optimize(module, *, timeout=None, **options):
    """A smaller module that behaves the same; never larger than the input."""

    def work(folder):
        run("in.wasm", "-o", "out.wasm", "--quiet", *_arguments(**options), timeout=timeout, cwd=folder)
        return (folder / "out.wasm").read_bytes()

    return _on_files(work, **{"in": module})


def _report(command, modules, options, timeout):
    files = [f"{name}.wasm" for name in modules]
    words = [command, *files, "--json", *_arguments(**options)]
    return _on_files(lambda folder: json.loads(run(*words, timeout=timeout, cwd=folder)), **modules)


def audit(module, *, timeout=None, **options):
    """What fills a module: the JSON of `wring audit --json` as a dict."""
    return _report("audit", {"in": module}, options, timeout)


def diff(before, after, *, timeout=None, **options):
    """What changed between two modules: the JSON of `wring diff --json` as a dict."""
    return _report("diff", {"before": before, "after": after}, options, timeout)


def compare(module, *, timeout=None, **options):
    """What each level makes of a module: the JSON of `wring compare --json` as a dict. Nothing is run."""
    options = {"variants": "wring-O3,wring-Os,wring-Oz", "no_run": True, **options}
    return _report("compare", {"in": module}, options, timeout)
