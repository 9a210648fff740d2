"""Each rule of check_layers has a tree that breaks it and one that only looks as if it did."""

import unittest

from small_tree import CheckerTest

HEADER = "#pragma once\n"


class CheckLayers(CheckerTest):
    checker = "check_layers"

    def test_a_lower_floor_may_be_included(self):
        self.assert_passes(
            {"src/base/bytes.hpp": HEADER, "src/ledger/entry.hpp": HEADER + '#include "base/bytes.hpp"\n'}
        )

    def test_a_higher_floor_may_not_be_included(self):
        files = {"src/ledger/entry.hpp": HEADER, "src/base/bytes.hpp": '#include "ledger/entry.hpp"\n'}
        self.assert_finds("src/base/bytes.hpp:1: ledger stands above base", files)

    def test_folders_of_one_floor_do_not_include_one_another(self):
        files = {"src/token/jwt.hpp": HEADER, "src/merkle/tree.hpp": HEADER + '#include "token/jwt.hpp"\n'}
        self.assert_finds("src/merkle/tree.hpp:2: token stands beside merkle", files)

    def test_unit_tests_stand_on_their_folders_floor_too(self):
        files = {"src/ledger/entry.hpp": HEADER, "src/base/a_test.cpp": '#include "ledger/entry.hpp"\n'}
        self.assert_finds("ledger stands above base", files)

    def test_an_include_names_a_file_of_src(self):
        files = {"src/base/bytes.hpp": HEADER, "src/base/bytes.cpp": '#include "bytes.hpp"\n'}
        self.assert_finds('"bytes.hpp" is no file of src/', files)

    def test_unit_tests_may_include_what_tests_share(self):
        self.assert_passes(
            {"tests/support/vectors.hpp": HEADER, "src/base/a_test.cpp": '#include "support/vectors.hpp"\n'}
        )

    def test_a_source_file_is_not_included(self):
        files = {"src/base/a.cpp": "", "src/base/b.cpp": '#include "base/a.cpp"\n'}
        self.assert_finds("is a source file", files)

    def test_an_unknown_folder_has_no_floor(self):
        self.assert_finds("stands on no floor", {"src/helpers/a.hpp": HEADER})

    def test_a_subfolder_includes_its_folder(self):
        self.assert_passes(
            {
                "src/sequencer/sequencer.hpp": HEADER,
                "src/sequencer/local/local.hpp": HEADER + '#include "sequencer/sequencer.hpp"\n',
            }
        )

    def test_a_subfolder_does_not_include_its_sibling(self):
        files = {
            "src/sequencer/local/local.hpp": HEADER,
            "src/sequencer/comet/comet.hpp": '#include "sequencer/local/local.hpp"\n',
        }
        self.assert_finds("sequencer/local is chosen in cli", files)

    def test_a_folder_does_not_choose_its_subfolder(self):
        files = {
            "src/sequencer/local/local.hpp": HEADER,
            "src/sequencer/sequencer.cpp": '#include "sequencer/local/local.hpp"\n',
        }
        self.assert_finds("sequencer/local is chosen in cli", files)

    def test_cli_chooses_a_subfolder(self):
        self.assert_passes(
            {
                "src/sequencer/local/local.hpp": HEADER,
                "src/cli/serve.cpp": '#include "sequencer/local/local.hpp"\n',
            }
        )

    def test_includes_form_no_circle(self):
        files = {
            "src/base/a.hpp": '#include "base/b.hpp"\n',
            "src/base/b.hpp": '#include "base/c.hpp"\n',
            "src/base/c.hpp": '#include "base/a.hpp"\n',
        }
        self.assert_finds("a circle of includes: src/base/a.hpp > src/base/b.hpp > src/base/c.hpp", files)

    def test_two_ways_to_one_header_are_no_circle(self):
        self.assert_passes(
            {
                "src/base/a.hpp": '#include "base/b.hpp"\n#include "base/c.hpp"\n',
                "src/base/b.hpp": '#include "base/c.hpp"\n',
                "src/base/c.hpp": HEADER,
            }
        )

    def test_libraries_are_named_in_their_folder_only(self):
        for folder, include, library in (
            ("ledger", "<sodium.h>", "libsodium"),
            ("service", "<openssl/evp.h>", "OpenSSL"),
            ("service", "<rocksdb/db.h>", "RocksDB"),
            ("http", "<unicode/unorm2.h>", "ICU"),
            ("service", "<toml++/toml.h>", "toml++"),
            ("http", "<CLI/CLI.hpp>", "CLI11"),
            ("service", "<boost/beast/http.hpp>", "Beast"),
            ("ledger", "<boost/asio/awaitable.hpp>", "Asio"),
            ("merkle", "<boost/json/value.hpp>", "Boost.JSON"),
            ("ledger", "<spdlog/spdlog.h>", "spdlog"),
            ("http", "<boost/asio/ssl.hpp>", None),
            ("crypto", "<openssl/evp.h>", None),
            ("token", "<boost/json/value.hpp>", None),
            ("service", "<boost/json/value.hpp>", None),
            ("store", "<rocksdb/db.h>", None),
        ):
            with self.subTest(folder=folder, include=include):
                files = {f"src/{folder}/a.cpp": f"#include {include}\n"}
                if library:
                    self.assert_finds(f"{folder} may not name {library}", files)
                else:
                    self.assert_passes(files)

    def test_a_library_is_named_without_an_include_too(self):
        files = {"src/service/a.cpp": "void f(rocksdb::DB& database);\n"}
        self.assert_finds("service may not name RocksDB", files)

    def test_a_library_in_a_comment_or_literal_is_not_named(self):
        self.assert_passes({"src/service/a.cpp": '// rocksdb::DB is elsewhere\nauto x = "rocksdb::DB";\n'})

    def test_unit_tests_may_use_json_and_the_test_libraries(self):
        text = "#include <boost/json.hpp>\n#include <gtest/gtest.h>\n#include <rapidcheck.h>\n"
        self.assert_passes({"src/base/a_test.cpp": text})

    def test_the_product_does_not_name_the_test_libraries(self):
        self.assert_finds("base may not name GoogleTest", {"src/base/a.cpp": "#include <gtest/gtest.h>\n"})

    def test_a_header_of_unit_tests_alone_counts_as_one(self):
        header = {"src/store/rows.hpp": "#include <gtest/gtest.h>\n"}
        self.assert_passes({**header, "src/store/a_test.cpp": '#include "store/rows.hpp"\n'})
        self.assert_finds(
            "store may not name GoogleTest", {**header, "src/store/a.cpp": '#include "store/rows.hpp"\n'}
        )

    def test_pure_folders_have_no_clock_disk_thread_float_or_unordered_container(self):
        for line, expected in (
            ("#include <thread>", "may not include <thread>"),
            ("#include <filesystem>", "may not include <filesystem>"),
            ("#include <unordered_map>", "may not include <unordered_map>"),
            ("double share = 0;", "may not use a float"),
            ("std::unordered_map<int, int> rows;", "may not use an unordered container"),
            ("std::ifstream file;", "may not use the disk"),
            ("auto t = std::chrono::system_clock::now();", "only net and cli ask it"),
            ("auto t = time(nullptr);", "only net and cli ask it"),
            ("auto t = std::chrono::steady_clock::now();", "set deadlines of connections"),
        ):
            with self.subTest(line=line):
                self.assert_finds(expected, {"src/ledger/a.cpp": line + "\n"})
                self.assert_passes({"src/net/a.cpp": line + "\n"})

    def test_words_that_hold_a_forbidden_one_are_fine(self):
        text = "int doubled; int run_time(int); auto t = clock.time(0); auto floats = 0;\n"
        self.assert_passes({"src/ledger/a.cpp": text})

    def test_only_net_makes_threads(self):
        for line in ("std::jthread worker(f);", "std::thread thread{f};", "std::vector<std::jthread> all;"):
            with self.subTest(line=line):
                self.assert_finds("only net makes threads", {"src/service/a.cpp": line + "\n"})
                self.assert_passes({"src/net/a.cpp": line + "\n", "src/service/a_test.cpp": line + "\n"})

    def test_asking_a_thread_for_its_name_is_fine(self):
        self.assert_passes({"src/service/a.cpp": "auto n = std::thread::hardware_concurrency();\n"})

    def test_nothing_sleeps(self):
        line = "std::this_thread::sleep_for(1s);\n"
        self.assert_finds("nothing sleeps", {"src/net/a_test.cpp": line})
        self.assert_finds("nothing sleeps", {"src/net/a.cpp": line})

    def test_only_cli_reads_the_environment(self):
        self.assert_finds("only cli reads the environment", {"src/net/a.cpp": 'getenv("HOME");\n'})
        self.assert_passes({"src/cli/a.cpp": 'getenv("HOME");\n'})

    def test_beast_is_compiled_in_few_files(self):
        files = {"src/http/wire.hpp": "#include <boost/beast/http.hpp>\n"}
        for number in range(8):
            files[f"src/http/a{number}.cpp"] = '#include "http/wire.hpp"\n'
        self.assert_passes(files)
        files["src/http/one_more.cpp"] = '#include "http/wire.hpp"\n'
        self.assert_finds("one of 9 sources that compile Beast", files)


if __name__ == "__main__":
    unittest.main()
