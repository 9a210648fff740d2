"""Trees of a few files for the tests of the checkers."""

import contextlib
import importlib.machinery
import importlib.util
import io
import sys
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOOLS))


def load_program(name):
    """The module in tools/NAME, which has no ending."""
    loader = importlib.machinery.SourceFileLoader(name, str(TOOLS / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    sys.modules[name] = module
    loader.exec_module(module)
    return module


class CheckerTest(unittest.TestCase):
    """Subclasses name their checker; files are given as {path: text}."""

    checker = ""

    @classmethod
    def setUpClass(cls):
        cls.program = load_program(cls.checker)

    def run_checker(self, files):
        """The exit status and what was printed."""
        with tempfile.TemporaryDirectory() as place, contextlib.redirect_stdout(io.StringIO()) as printed:
            for name, text in files.items():
                path = Path(place, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return self.program.main([self.checker, place]), printed.getvalue()

    def assert_passes(self, files):
        status, printed = self.run_checker(files)
        self.assertEqual(status, 0, printed)

    def assert_finds(self, expected, files):
        """The expected text stands in a finding; every finding names its file and line."""
        status, printed = self.run_checker(files)
        self.assertEqual(status, 1, f"nothing found, expected: {expected}")
        findings = [line for line in printed.splitlines() if expected in line]
        self.assertTrue(findings, f"expected: {expected}\nfound: {printed}")
        for finding in findings:
            self.assertRegex(finding, r"^[\w./-]+:\d+: ")
