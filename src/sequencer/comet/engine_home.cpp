#include "sequencer/comet/engine_home.hpp"

#include "base/encoding.hpp"
#include "crypto/hash.hpp"
#include "sequencer/comet/chain_start.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace bulla::sequencer::comet {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string address_of(crypto::Ed25519PublicKey const& key) {
    return base::to_hex(crypto::sha256({key.view()}).view().first(20));
}
std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    return text;
}

json::object public_key_json(crypto::Ed25519PublicKey const& key) {
    return {{"type", "tendermint/PubKeyEd25519"}, {"value", base::to_base64(key)}};
}

// The engine's form of a private key is seed ‖ public key.
json::object private_key_json(crypto::Ed25519KeyPair const& key) {
    auto const seed = key.seed();
    auto const bytes = base::concat(seed.expose(), key.public_key());
    return {{"type", "tendermint/PrivKeyEd25519"}, {"value", base::to_base64(bytes)}};
}

std::string node_key_json(crypto::Ed25519KeyPair const& key) {
    return json::serialize(json::object{{"priv_key", private_key_json(key)}});
}
std::string validator_key_json(crypto::Ed25519KeyPair const& key) {
    return json::serialize(json::object{{"address", upper(address_of(key.public_key()))},
                                        {"pub_key", public_key_json(key.public_key())},
                                        {"priv_key", private_key_json(key)}});
}
constexpr std::string_view first_validator_state = R"({"height":"0","round":0,"step":0})";

// TOML's basic strings have JSON's escapes.
std::string as_toml(std::string_view text) {
    return json::serialize(json::value(text));
}

HomeFault fault_of(fs::path const& file) {
    return {.file = file, .reason = std::strerror(errno)};
}

// Whole or not there, and synced: file, then name. Mode 0600.
Result<void, HomeFault> write_file(fs::path const& file, std::string_view text) {
    auto const unfinished = fs::path(file.string() + ".new");
    int const descriptor = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return std::unexpected{fault_of(unfinished)};
    bool is_written = true;
    while (!text.empty() && is_written) {
        auto const size = ::write(descriptor, text.data(), text.size());
        is_written = size > 0;
        text.remove_prefix(is_written ? static_cast<std::size_t>(size) : 0);
    }
    is_written = is_written && ::fsync(descriptor) == 0;
    is_written = ::close(descriptor) == 0 && is_written;
    if (!is_written || ::rename(unfinished.c_str(), file.c_str()) != 0)
        return std::unexpected{fault_of(file)};
    return {};
}

std::string read_file(fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

Result<void, HomeFault> make_directory(fs::path const& directory) {
    std::error_code error;
    fs::create_directories(directory, error);
    if (!error)
        fs::permissions(directory, fs::perms::owner_all, error);
    if (error)
        return std::unexpected{HomeFault{.file = directory, .reason = error.message()}};
    return {};
}

} // namespace

std::string peer_id(crypto::Ed25519PublicKey const& key) {
    return address_of(key);
}

// Only what differs from the engine's defaults, or must not change with them. The profile is for nodes near
// one another.
std::string print_configuration(HomePaths const& paths, EngineSettings const& settings) {
    return fmt::format(R"(# Written by Bulla at every start: changes here are lost.
proxy_app = {abci}
abci = "socket"
filter_peers = true
log_format = "json"
log_level = "info"
db_backend = "goleveldb"

[rpc]
laddr = {rpc}
unsafe = false

[p2p]
laddr = {listen}
external_address = {external}
persistent_peers = {peers}
pex = false
addr_book_strict = false
allow_duplicate_ip = true
flush_throttle_timeout = "1ms"
send_rate = 20000000
recv_rate = 20000000
max_packet_msg_payload_size = 10240

[mempool]
type = "flood"
size = 5000
cache_size = 10000
max_txs_bytes = 67108864
max_tx_bytes = 65536
keep-invalid-txs-in-cache = false

[consensus]
timeout_propose = "1s"
timeout_propose_delta = "250ms"
timeout_prevote = "300ms"
timeout_prevote_delta = "150ms"
timeout_precommit = "300ms"
timeout_precommit_delta = "150ms"
timeout_commit = "50ms"
skip_timeout_commit = true
create_empty_blocks = false
create_empty_blocks_interval = "0s"
peer_gossip_sleep_duration = "5ms"
peer_query_maj23_sleep_duration = "500ms"
double_sign_check_height = 0

[storage]
discard_abci_responses = false

[tx_index]
indexer = "null"
)",
                       fmt::arg("abci", as_toml("unix://" + paths.abci_socket().string())),
                       fmt::arg("rpc", as_toml("unix://" + paths.rpc_socket().string())),
                       fmt::arg("listen", as_toml("tcp://" + settings.listen)),
                       fmt::arg("external", as_toml(settings.external_address)),
                       fmt::arg("peers", as_toml(fmt::format("{}", fmt::join(settings.peers, ",")))));
}

std::string print_genesis(EngineGenesis const& genesis) {
    json::array validators;
    for (auto const& validator : genesis.validators)
        validators.push_back(json::object{{"address", upper(address_of(validator.public_key))},
                                          {"pub_key", public_key_json(validator.public_key)},
                                          {"power", "1"},
                                          {"name", validator.name}});
    auto const milliseconds = genesis.time.time_since_epoch() % std::chrono::seconds{1};
    auto const seconds = std::chrono::floor<std::chrono::seconds>(genesis.time);
    json::object const parameters{{"block", {{"max_bytes", "1048576"}, {"max_gas", "-1"}}},
                                  {"evidence",
                                   {{"max_age_num_blocks", "100000"},
                                    {"max_age_duration", "172800000000000"},
                                    {"max_bytes", "1048576"}}},
                                  {"validator", json::object{{"pub_key_types", json::array{"ed25519"}}}},
                                  {"version", json::object{{"app", "1"}}},
                                  {"abci", json::object{{"vote_extensions_enable_height", "0"}}}};
    json::object const document{
        {"genesis_time", fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", seconds, milliseconds.count())},
        {"chain_id", make_chain_id(genesis.start)},
        {"initial_height", "1"},
        {"consensus_params", parameters},
        {"validators", std::move(validators)},
        {"app_hash", ""},
        {"app_state", json::object{{"start", base::to_hex(genesis.start)}}}};
    return json::serialize(document);
}

std::optional<ledger::LeafHash> read_start(HomePaths const& paths) {
    json::error_code error;
    auto const parsed = json::parse(read_file(paths.configuration() / "genesis.json"), error);
    auto const* const state =
        !error && parsed.is_object() ? parsed.get_object().if_contains("app_state") : nullptr;
    return state != nullptr ? parse_app_state(json::serialize(*state)) : std::nullopt;
}

Result<void, HomeFault> write_genesis(HomePaths const& paths, std::string const& genesis) {
    TRY(make_directory(paths.home));
    TRY(make_directory(paths.configuration()));
    return write_file(paths.configuration() / "genesis.json", genesis);
}

Result<void, HomeFault> write_home(HomePaths const& paths, EngineSettings const& settings,
                                   std::string const& genesis, EngineKeys const& keys) {
    TRY(make_directory(paths.home));
    TRY(make_directory(paths.configuration()));
    TRY(make_directory(paths.validator_state().parent_path()));
    auto const genesis_file = paths.configuration() / "genesis.json";
    std::error_code ignored;
    if (fs::exists(genesis_file, ignored)) {
        if (read_file(genesis_file) != genesis)
            return std::unexpected{HomeFault{.file = genesis_file, .reason = "is of another network"}};
    } else {
        TRY(write_file(genesis_file, genesis));
    }
    auto const validator_file = paths.configuration() / "priv_validator_key.json";
    if (!fs::exists(paths.validator_state(), ignored)) {
        if (fs::exists(validator_file, ignored))
            return std::unexpected{HomeFault{
                .file = paths.validator_state(),
                .reason = "is missing, and with it the last vote: this validator could vote twice. Give the "
                          "node a new validator key"}};
        TRY(write_file(paths.validator_state(), first_validator_state));
    }
    TRY(write_file(paths.configuration() / "config.toml", print_configuration(paths, settings)));
    TRY(write_file(paths.configuration() / "node_key.json", node_key_json(keys.node)));
    TRY(write_file(validator_file, validator_key_json(keys.validator)));
    return {};
}

} // namespace bulla::sequencer::comet
