"""Each word that check_words refuses, and its harmless neighbours.

Forbidden words are written in two pieces here.
"""

import unittest

from small_tree import CheckerTest


class CheckWords(CheckerTest):
    checker = "check_words"

    def assert_refuses(self, expected, text, name="src/base/a.hpp"):
        self.assert_finds(expected, {name: text})

    def assert_accepts(self, text, name="src/base/a.hpp"):
        self.assert_passes({name: text})

    def test_a_getter_has_no_get(self):
        self.assert_refuses("get_name: a getter has no get_", "struct S {\n    int get_name() const;\n};\n")
        self.assert_refuses("a.cpp:1: get_name", "int get_name() { return 1; }\n", "src/base/a.cpp")

    def test_calls_of_a_librarys_getters_are_fine(self):
        self.assert_accepts("void f() {\n    stream.get_executor();\n}\n", "src/net/a.cpp")

    def test_vague_types_are_refused(self):
        for name in ("TokenManager", "HexHelper", "Utils", "AccountData", "BlockInfo", "ServerImpl"):
            for text in (
                f"class {name} {{}};\n",
                f"struct {name} final : A {{}};\n",
                f"using {name} = int;\n",
            ):
                with self.subTest(text=text):
                    self.assert_refuses(f"{name} does not say what it is", text)

    def test_the_standards_own_words_stay(self):
        self.assert_accepts("struct AuthenticatorData {};\nenum class Database { a };\nstruct Implied {};\n")

    def test_vague_files_and_folders_are_refused(self):
        for name in (
            "src/util/a.hpp",
            "src/base/string_utils.cpp",
            "src/base/common.hpp",
            "src/base/misc_test.cpp",
        ):
            with self.subTest(name=name):
                self.assert_refuses("a place is named after what it holds", "", name)
        self.assert_accepts("", "src/service/common_passwords.cpp")
        self.assert_accepts("", "src/credential/authenticator_data.cpp")

    def test_a_bool_parameter_is_refused(self):
        for text in (
            "void open(Path const& path, bool create);\n",
            "struct S {\n    explicit S(bool const create = false);\n};\n",
            "inline void f(int a, bool b) { g(a, b); }\n",
        ):
            with self.subTest(text=text):
                self.assert_refuses("takes a bool", text)

    def test_a_bool_that_is_the_thing_written_or_read_is_fine(self):
        self.assert_accepts("void write(Writer& out, bool value);\nvoid read(Reader& in, bool& present);\n")

    def test_other_uses_of_bool_are_fine(self):
        self.assert_accepts(
            "bool is_empty(A const& a);\nvoid f(std::function<bool(int)> test);\n"
            "struct S {\n    bool open = false;\n};\n"
            "struct T : U {\n    void on(bool truth_told) override;\n};\n"
        )

    def test_words_of_the_language_that_the_project_replaces(self):
        for text, expected in (
            ('auto t = std::format("{}", 1);\n', "use fmt"),
            ("auto x = parse(text).value();\n", ".value() throws"),
            ("void f() { throw Fault{}; }\n", "no exceptions of ours"),
            ("std::mutex lock;\n", "base::Mutex"),
            ("auto* p = new Tree(1);\n", "owned by unique_ptr"),
        ):
            with self.subTest(text=text):
                self.assert_refuses(expected, text, "src/service/a.cpp")
                self.assert_accepts("// " + text + 'auto s = R"(' + text + ')";\n', "src/service/a.cpp")

    def test_their_harmless_neighbours(self):
        self.assert_accepts(
            "auto e = error.value();\nstd::unique_ptr<A> a(new A(1));\n"
            "A(A const&) = delete;\nint throwaway = 0;\n",
            "src/service/a.cpp",
        )

    def test_unit_tests_may_ask_for_a_value(self):
        self.assert_accepts("auto x = parse(text).value();\n", "src/base/a_test.cpp")

    def test_a_header_of_unit_tests_alone_counts_as_one(self):
        files = {"src/base/story.hpp": "auto x = parse(text).value();\n"}
        user = '#include "base/story.hpp"\n'
        self.assert_passes({**files, "src/base/a_test.cpp": user})
        self.assert_finds(".value() throws", {**files, "src/base/a_test.cpp": user, "src/base/a.cpp": user})

    def test_a_test_that_does_not_run_is_refused(self):
        self.assert_refuses(
            "a test that does not run", "TEST(A, DIS" + "ABLED_b) {}\n", "src/base/a_test.cpp"
        )

    def test_macros_are_the_six(self):
        self.assert_accepts("#define TRY(x) x\n#define CHECK(x) x\n")
        self.assert_refuses("a.hpp:1: LOG: no macros", "#define LOG(x) x\n")
        self.assert_refuses("SIZE: no macros", "#define SIZE 5\n")
        self.assert_accepts("#define TOML_EXCEPTIONS 0\n", "src/cli/a.cpp")

    def test_marks_of_unfinished_work_are_refused_in_all_text(self):
        for name in ("src/base/a.hpp", "docs/a.md", "web/a.ts", "CMakeLists.txt", "tools/a"):
            with self.subTest(name=name):
                self.assert_refuses(":2: 'FIX" + "ME'", "\n// FIX" + "ME later\n", name)

    def test_paths_of_one_machine_are_refused(self):
        for path in ("/wo" + "rk/main", "/ro" + "ot/.cache", "/ho" + "me/ada/bulla"):
            with self.subTest(path=path):
                self.assert_refuses("a path of one machine", f"see {path}\n", "docs/a.md")
        self.assert_accepts("https://a.example/wo" + "rk/ and net/ho" + "me/a\n", "docs/a.md")

    def test_registries_are_not_named_by_host(self):
        for host in (
            "registry.npm" + "js.org",
            "py" + "pi.org",
            "proxy.go" + "lang.org",
            "deb.deb" + "ian.org",
        ):
            with self.subTest(host=host):
                self.assert_refuses(
                    "a package registry by host", f'{{"resolved": "https://{host}/a"}}\n', "web/a.json"
                )
        self.assert_accepts("golang.org/x/mod v0.30.0 h1:abc=\n", "tests/interop/go.sum")

    def test_characters_that_turn_the_reading_direction_are_refused(self):
        self.assert_refuses("turns the reading direction", "int a; // \u202e\n")


if __name__ == "__main__":
    unittest.main()
