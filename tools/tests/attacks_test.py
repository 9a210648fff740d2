import importlib.machinery
import importlib.util
import pathlib
import unittest

TOOL = pathlib.Path(__file__).resolve().parents[1] / "attacks"


def load():
    loader = importlib.machinery.SourceFileLoader("attacks", str(TOOL))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("attacks", loader))
    loader.exec_module(module)
    return module


class Attacks(unittest.TestCase):
    def test_a_row_without_a_test_and_a_test_without_a_row_are_findings(self):
        compare = load().compare
        self.assertEqual(compare({"A1": "tested"}, {"A1": {"a_test.cpp"}}), [])
        self.assertEqual(len(compare({"A1": "tested"}, {})), 1)
        self.assertEqual(len(compare({"A1": "waits: RS256"}, {"A1": {"a_test.cpp"}})), 1)

    def test_an_id_counts_in_names_and_comments_alone(self):
        marked = load().MARKED
        for line in ("// B1 B2", "TEST(X, A7_of_small_order)", '    header("A1_alg_none", text)', "# F5"):
            self.assertTrue(marked.search(line), line)
        self.assertIsNone(marked.search("    auto const b1 = B1;"))

    def test_every_row_has_an_id_a_family_and_a_state(self):
        rows = load().read_rows()
        self.assertGreater(len(rows), 100)
        self.assertEqual(len({name for name, _, _ in rows}), len(rows))


if __name__ == "__main__":
    unittest.main()
