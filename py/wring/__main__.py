"""`python -m wring`, and the command `wring` of the wheel: becomes the program."""

import os
import subprocess
import sys

from . import program


def main():
    command = [program(), *sys.argv[1:]]
    if os.name == "nt":
        sys.exit(subprocess.run(command, check=False).returncode)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
