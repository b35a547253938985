"""The wheel, installed into an environment of its own: the API, the command, the errors."""

import subprocess
import sys
import unittest

import wring

# (module (func (export "f") (result i32) (i32.add (i32.const 40) (i32.const 2))) (func))
MODULE = bytes.fromhex(
    "0061736d01000000" "010802600001" "7f600000" "0303020001" "070501016600" "00" "0a0c020700" "4128" "4102" "6a0b" "02000b"
)


class Wring(unittest.TestCase):
    def test_optimize(self):
        small = wring.optimize(MODULE, level="z")
        self.assertEqual(small[:4], b"\0asm")
        self.assertLess(len(small), len(MODULE))
        self.assertEqual(wring.optimize(MODULE, level="z", jobs=1), small)

    def test_reports(self):
        self.assertEqual(wring.audit(MODULE)["bytes"], len(MODULE))
        small = wring.optimize(MODULE)
        self.assertIsInstance(wring.diff(MODULE, small), dict)
        self.assertEqual(wring.compare(MODULE)["variants"][0]["bytes"]["raw"], len(MODULE))

    def test_errors(self):
        with self.assertRaises(wring.WringError) as caught:
            wring.optimize(MODULE[:12])
        self.assertEqual(caught.exception.status, 2)
        with self.assertRaises(wring.WringError) as caught:
            wring.optimize(MODULE, no_such_option=True)
        self.assertEqual(caught.exception.status, 1)

    def test_command(self):
        said = subprocess.run([sys.executable, "-m", "wring", "--version"], capture_output=True, text=True, check=True)
        self.assertEqual(said.stdout.strip(), f"wring {wring.__version__}")


if __name__ == "__main__":
    unittest.main()
