"""Each limit of check_sizes: at the limit passes, one past it is found.

And the shapes that a scanner may misread.
"""

import unittest

from small_tree import CheckerTest


def body(lines, first="int f() {"):
    """A function whose body, braces included, has this many lines."""
    return "\n".join([first, *["    step();"] * (lines - 2), "}", ""])


class CheckSizes(CheckerTest):
    checker = "check_sizes"

    def assert_counts(self, lines, text):
        """The text holds a function of exactly this many lines, which is past the limit."""
        self.assert_finds(f"has {lines} lines; a function has 60", {"src/base/a.cpp": text})

    def test_a_file_has_600_lines_at_most(self):
        self.assert_passes({"src/base/a.cpp": "int x;\n" * 600})
        self.assert_finds("601 lines", {"src/base/a.cpp": "int x;\n" * 601})

    def test_unit_tests_are_not_exempt_from_the_size_of_files(self):
        self.assert_finds("601 lines", {"src/base/a_test.cpp": "int x;\n" * 601})

    def test_a_header_has_200_lines_at_most(self):
        self.assert_passes({"src/base/a.hpp": "int x;\n" * 200})
        self.assert_finds("201 lines", {"src/base/a.hpp": "int x;\n" * 201})

    def test_a_line_has_110_columns_at_most(self):
        self.assert_passes({"src/base/a.cpp": "// " + "ä" * 107 + "\n"})
        self.assert_finds("111 columns", {"src/base/a.cpp": "// " + "a" * 108 + "\n"})

    def test_other_languages_have_columns_too(self):
        for name in ("web/a.ts", "tools/a.py", "tests/interop/main.go", "cmake/a.cmake", "tests/e2e/a.sh"):
            with self.subTest(name=name):
                self.assert_finds("111 columns", {name: "#" * 111 + "\n"})

    def test_data_has_no_columns(self):
        self.assert_passes({"tests/vectors/a.cpp": "x" * 500, "tests/a.json": "1" * 500})

    def test_a_function_has_60_lines_at_most(self):
        self.assert_passes({"src/base/a.cpp": body(60)})
        self.assert_counts(61, body(61))

    def test_unit_tests_are_exempt_from_the_size_of_functions(self):
        self.assert_passes({"src/base/a_test.cpp": body(99, "TEST(A, b) {")})

    def test_functions_are_found_whatever_stands_before_the_brace(self):
        for first in (
            "Result<void, Fault> f(int a) {",
            "auto f(int a) const noexcept -> std::vector<int> {",
            "template <class T, class U = std::less<T>>\nvoid f(T a) requires(sizeof(T) > 1) {",
            "template <class T> requires std::integral<T> T f(T a) {",
            "[[nodiscard]] static inline bool f(std::map<int, int> const& m = {}) {",
            "bool operator==(A const& l, A const& r) {",
            "int A::operator()(int x) const {",
            "A::A(int x) : x_(x), y_{1}, z_{x} {",
            "A::A(int x) noexcept : Base<int>{x} {",
            "A::~A() {",
            "void f() try {",
            "awaitable<Result<void, F>> A::f(B b) && {",
            'extern "C" int f(int x) {',
            "struct stat f(int x) {",
        ):
            with self.subTest(first=first):
                self.assert_counts(61, body(61, first))

    def test_functions_inside_classes_and_namespaces_are_found(self):
        text = "namespace a::b {\nnamespace {\nclass C final : public D<int> {\npublic:\n" + body(
            61, "int f() {"
        )
        self.assert_counts(61, text + "};\n}\n}\n")

    def test_what_is_no_function_is_not_measured(self):
        table = "constexpr std::array<int, 70> table = {\n" + "    1,\n" * 70 + "};\n"
        braced = "constexpr std::array<int, 70> table{\n" + "    1,\n" * 70 + "};\n"
        enum = "enum class E : std::uint8_t {\n" + "    a,\n" * 70 + "};\n"
        struct = "struct S {\n" + "    int a;\n" * 70 + "};\n"
        concept = "template <class T>\nconcept C = requires(T t) {\n" + "    t.a();\n" * 70 + "};\n"
        self.assert_passes({"src/base/a.cpp": table + braced + enum + struct + concept})

    def test_a_lambda_outside_a_function_is_measured(self):
        self.assert_counts(61, body(61, "auto const f = [](int a) mutable -> int {").replace("}\n", "};\n"))

    def test_braces_in_literals_and_comments_do_not_count(self):
        text = """void f() {
    g('{', "{", R"x({ ")" {)x", 1'000'000); // {
    /* { */
}
"""
        self.assert_passes({"src/base/a.cpp": text + body(60)})
        self.assert_counts(61, text + body(61))

    def test_a_switch_of_single_statements_counts_as_ten_lines(self):
        cases = "".join(f"    case {n}:\n        return {{{n}, f({n})}};\n" for n in range(60))
        self.assert_passes({"src/base/a.cpp": self.padded(cases, 48)})
        self.assert_counts(61, self.padded(cases, 49))

    def padded(self, cases, more):
        return "int f(int x) {\n    switch (x) {\n" + cases + "    }\n" + "    g();\n" * more + "}\n"

    def test_a_switch_with_longer_cases_counts_as_it_is(self):
        cases = "".join(f"    case {n}:\n        g();\n        return;\n" for n in range(20))
        self.assert_counts(64, self.padded(cases, 0))
        blocks = "".join(f"    case {n}: {{\n        g();\n    }}\n" for n in range(20))
        self.assert_counts(64, self.padded(blocks, 0))

    def test_a_break_is_no_statement_of_its_own(self):
        cases = "".join(f"    case {n}:\n        g();\n        break;\n" for n in range(40))
        self.assert_passes({"src/base/a.cpp": self.padded(cases, 0)})

    def test_a_function_takes_four_parameters_at_most(self):
        self.assert_passes(
            {"src/base/a.hpp": "void f(int a, std::map<int, int> b, A c = {1, 2, 3}, int d);\n"}
        )
        self.assert_finds(
            "f takes 5 parameters", {"src/base/a.hpp": "void f(int a, int b, int c, int d, int e);\n"}
        )

    def test_constructors_operators_and_lambdas_count_their_parameters(self):
        for text, name in (
            ("struct S {\n    S(int a, int b, int c, int d, int e);\n};\n", "S"),
            ("int A::operator()(int a, int b, int c, int d, int e) { return 1; }\n", "operator()"),
            ("void f() { g([](int a, int b, int c, int d, int e) { h(); }); }\n", "lambda"),
        ):
            with self.subTest(text=text):
                self.assert_finds(f"{name} takes 5 parameters", {"src/base/a.cpp": text})

    def test_calls_are_not_declarations(self):
        text = "int f() {\n    return g(1, 2, 3, 4, 5) + A{1, 2, 3, 4, 5}.b;\n}\nint x = g(1, 2, 3, 4, 5);\n"
        self.assert_passes({"src/base/a.cpp": text})

    def test_parameters_that_a_library_dictates_pass(self):
        arguments = "(int a, int b, int c, int d, int e)"
        self.assert_passes({"src/base/a.cpp": f'extern "C" int f{arguments} {{ return 1; }}\n'})
        self.assert_passes({"src/base/a.hpp": f"struct S : T {{\n    void f{arguments} override;\n}};\n"})

    def test_the_object_parameter_does_not_count(self):
        self.assert_passes({"src/base/a.hpp": "struct S {\n    void f(this auto&& self, A, B, C, D);\n};\n"})

    def test_blocks_nest_three_deep_at_most(self):
        three = "void f() {{\n    if (a) {{\n    for (;;) {{\n    while (b) {{\n    {}\n}}\n}}\n}}\n}}\n"
        self.assert_passes({"src/base/a.cpp": three.format("g();")})
        self.assert_finds("nests 4 deep", {"src/base/a.cpp": three.format("if (c) { g(); }")})

    def test_a_chain_of_else_if_does_not_nest(self):
        chain = "if (a) { g(); }" + " else if (b) { g(); }" * 8
        self.assert_passes(
            {"src/base/a.cpp": f"void f() {{\n    {chain}\n}}\n".replace(" else", "\n    else")}
        )

    def test_python_functions_have_limits_too(self):
        lines = "    x = 1\n"
        self.assert_passes({"tools/a.py": "def f():\n" + lines * 59})
        self.assert_finds("f has 61 lines", {"tools/a.py": "def f():\n" + lines * 60})
        self.assert_finds("takes 5 parameters by place", {"tools/a.py": "def f(a, b, c, d, e):\n    pass\n"})
        self.assert_passes({"tools/a.py": "def f(self, a, b, c, d, *, e, f):\n    pass\n"})

    def test_programs_without_an_ending_are_known_by_their_first_line(self):
        text = "#!/usr/bin/env python3\ndef f():\n" + "    x = 1\n" * 60
        self.assert_finds("f has 61 lines", {"tools/a": text})
        shell = "#!/bin/bash\nf() {\n" + "    true\n" * 60 + "}\n"
        self.assert_finds("f has 62 lines", {"tools/a": shell})

    def test_go_functions_have_limits_too(self):
        self.assert_finds("read has 62 lines", {"tests/interop/a.go": self.go(60)})
        self.assert_passes({"tests/interop/a.go": self.go(58)})

    def go(self, steps):
        return "package main\n\nfunc (l *Log) read(n int) error {\n" + "\tstep()\n" * steps + "}\n"


if __name__ == "__main__":
    unittest.main()
