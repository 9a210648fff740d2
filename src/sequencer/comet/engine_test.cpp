// What is said to the engine and what is heard from it, without one; tests/network has a real one.
#include "base/encoding.hpp"
#include "sequencer/comet/chain_start.hpp"
#include "sequencer/comet/engine_home.hpp"
#include "sequencer/comet/engine_log.hpp"
#include "sequencer/comet/engine_rpc.hpp"
#include "support/temporary_directory.hpp"
#include "support/test_network.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <fstream>

namespace bulla::sequencer::comet {
namespace {

auto const start = test::test_bytes<ledger::LeafHash>("start");

TEST(ChainStart, names_the_ledger_in_chain_id_and_app_state) {
    auto const hex = base::to_hex(start);
    EXPECT_EQ(make_chain_id(start), "bulla-" + hex.substr(0, 40));
    EXPECT_LE(make_chain_id(start).size(), 50U); // the engine's bound
    EXPECT_EQ(parse_app_state(make_app_state(start)), start);
    EXPECT_EQ(parse_app_state("{ \"start\" : \"" + hex + "\" }\n"), start);
    for (auto const& wrong :
         {std::string(), std::string("{}"), std::string("[]"), "{\"start\":\"" + hex + "0\"}",
          "{\"start\":\"" + hex + "\",\"more\":1}", std::string("{\"start\":7}")})
        EXPECT_FALSE(parse_app_state(wrong).has_value()) << wrong;
}

TEST(EngineLog, keeps_what_goes_wrong_and_turns_down_the_rest) {
    auto const info = parse_engine_line(R"({"level":"info","module":"state","_msg":"committed","height":7})");
    EXPECT_EQ(info.level, spdlog::level::debug);
    EXPECT_EQ(info.text, "engine: state: committed height=7");
    auto const failure = parse_engine_line(
        R"({"level":"error","module":"consensus","_msg":"CONSENSUS FAILURE!!!","err":"bad"})");
    EXPECT_EQ(failure.level, spdlog::level::err);
    EXPECT_TRUE(failure.is_consensus_failure);
    auto const panic = parse_engine_line("panic: something");
    EXPECT_EQ(panic.level, spdlog::level::err);
    EXPECT_FALSE(panic.is_consensus_failure);
}

TEST(EngineRpc, tells_taken_known_refused_and_busy_apart) {
    auto const taken = parse_handover(R"({"jsonrpc":"2.0","id":1,"result":{"code":0,"hash":"AA"}})");
    EXPECT_EQ(taken.handover, Handover::taken);
    auto const refused =
        parse_handover(R"({"jsonrpc":"2.0","id":1,"result":{"code":12,"log":"label_taken"}})");
    EXPECT_EQ(refused.handover, Handover::refused);
    EXPECT_EQ(refused.code, 12U);
    auto const error = [](std::string const& data) {
        return parse_handover(
                   R"({"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"Internal error","data":")" +
                   data + "\"}}")
            .handover;
    };
    EXPECT_EQ(error("tx already exists in cache"), Handover::known);
    EXPECT_EQ(error("mempool is full: number of txs 5000"), Handover::busy);
    EXPECT_EQ(error("endpoint is closed while node is catching up"), Handover::busy);
    for (auto const* const body : {"", "[]", "{}", R"({"result":{}})", R"({"result":{"code":-1}})"})
        EXPECT_EQ(parse_handover(body).handover, Handover::unclear) << body;
}

struct Home {
    test::TemporaryDirectory directory;
    HomePaths paths{directory.path() / "engine"};
    crypto::Ed25519KeyPair node = test::test_key("p2p");
    crypto::Ed25519KeyPair validator = test::test_key("validator");
    EngineGenesis genesis{
        .time = test::world_time, .start = start, .validators = {{"one", validator.public_key()}}};

    Result<void, HomeFault> write() const {
        return write_home(paths, {}, print_genesis(genesis), {.node = node, .validator = validator});
    }
    std::string text(std::string const& name) const {
        std::ifstream in(paths.home / name);
        return {std::istreambuf_iterator<char>(in), {}};
    }
};

TEST(EngineHome, holds_keys_that_nobody_else_reads) {
    Home const home;
    ASSERT_TRUE(home.write().has_value());
    for (auto const* const name : {"config/node_key.json", "config/priv_validator_key.json"})
        EXPECT_EQ(std::filesystem::status(home.paths.home / name).permissions(),
                  std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_EQ(std::filesystem::status(home.paths.home).permissions(), std::filesystem::perms::owner_all);
    auto const key = boost::json::parse(home.text("config/priv_validator_key.json"));
    auto const bytes =
        base::parse_base64(std::string_view(key.at("priv_key").at("value").as_string())).value();
    EXPECT_TRUE(std::ranges::equal(base::ByteView(bytes).subspan(32), home.validator.public_key().view()));
    EXPECT_EQ(key.at("address").as_string().size(), 40U);
}

TEST(EngineHome, is_completed_and_never_turned_to_another_network) {
    Home home;
    ASSERT_TRUE(home.write().has_value());
    ASSERT_TRUE(home.write().has_value());
    home.genesis.start = test::test_bytes<ledger::LeafHash>("another start");
    auto const other = home.write();
    ASSERT_FALSE(other.has_value());
    EXPECT_EQ(other.error().file.filename(), "genesis.json");
}

// With a validator key and no record of its last vote the engine could vote twice.
TEST(EngineHome, makes_no_second_record_of_votes) {
    Home const home;
    ASSERT_TRUE(home.write().has_value());
    std::ofstream(home.paths.validator_state()) << "as the engine left it";
    ASSERT_TRUE(home.write().has_value());
    EXPECT_EQ(home.text("data/priv_validator_state.json"), "as the engine left it");
    std::filesystem::remove(home.paths.validator_state());
    auto const again = home.write();
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().file, home.paths.validator_state());
}

TEST(EngineHome, prints_genesis_as_the_network_has_agreed) {
    Home const home;
    auto const genesis = boost::json::parse(print_genesis(home.genesis));
    EXPECT_EQ(genesis.at("chain_id").as_string(), make_chain_id(start));
    EXPECT_EQ(genesis.at("genesis_time").as_string(), "2027-01-15T08:00:00.000Z");
    EXPECT_EQ(genesis.at("validators").as_array().size(), 1U);
    EXPECT_EQ(genesis.at("app_state").at("start").as_string(), base::to_hex(start));
    EXPECT_EQ(genesis.at("consensus_params").at("abci").at("vote_extensions_enable_height").as_string(), "0");
}

TEST(EngineHome, escapes_what_stands_in_quotes) {
    Home const home;
    EXPECT_TRUE(
        print_configuration({.home = "/a\"b"}, {}).contains(R"(proxy_app = "unix:///a\"b/abci.sock")"));
}

} // namespace
} // namespace bulla::sequencer::comet
