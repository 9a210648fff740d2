"""The table of tools/faults, from the lines that tests leave."""

import importlib.machinery
import importlib.util
import pathlib
import unittest

PROGRAM = pathlib.Path(__file__).resolve().parents[1] / "faults"


def load_program():
    loader = importlib.machinery.SourceFileLoader("faults", str(PROGRAM))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("faults", loader))
    loader.exec_module(module)
    return module


class Faults(unittest.TestCase):
    faults = load_program()

    def test_lines_of_one_kind_are_added_up(self):
        rows = self.faults.read_results("kill\t20\t0\t\nopen, torn\t7\t1\t3\nkill\t200\t2\t\n")
        self.assertEqual(rows, [("kill", [220, 2, None]), ("open, torn", [7, 1, 3])])

    def test_the_table_ends_with_what_was_tried_and_lost(self):
        text = self.faults.print_table([("kill", [220, 2, None]), ("open, torn", [7, 1, 3])])
        self.assertEqual(text.splitlines(), ["kind         tried    lost refused",
                                             "kill           220       2       -",
                                             "open, torn       7       1       3",
                                             "all            227       3"])


if __name__ == "__main__":
    unittest.main()
