#include "cli/network_join.hpp"

#include "base/check.hpp"
#include "base/encoding.hpp"
#include "cli/account_session.hpp"
#include "cli/await.hpp"
#include "cli/engine_bootstrap.hpp"
#include "cli/ledger_reader.hpp"
#include "cli/network_node.hpp"
#include "cli/passphrase.hpp"
#include "cli/start_messages.hpp"
#include "crypto/random.hpp"
#include "net/system_clock.hpp"
#include "service/joining.hpp"

#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;

auto const key_reason = [](service::KeyFault const& fault) { return to_refused(describe(fault)); };
auto const store_reason = [](store::StoreFault const& fault) { return to_refused(describe(fault)); };
auto const founding_reason = [](service::FoundingFault const& fault) { return to_refused(describe(fault)); };

std::string_view reason_of(service::InvitationFault fault) {
    switch (fault) {
    case service::InvitationFault::another_network: return "the invitation is of another network";
    case service::InvitationFault::unsigned_list:
        return "a list of nodes in the invitation is not signed by those of the list before";
    }
    CHECK_UNREACHABLE();
}

std::string_view reason_of(service::JoinFault fault) {
    switch (fault) {
    case service::JoinFault::not_listed:
        return "the invitation's list does not name this node: has it been added, and is the invitation of "
               "after that?";
    case service::JoinFault::other_keys: return "the list names other keys for this node";
    case service::JoinFault::no_answer:
        return "no node gave the shared keys: none of them was reached, or their ledgers do not name this "
               "node "
               "yet";
    case service::JoinFault::wrong_keys:
        return "a node gave shared keys that are not those of this network: tell the others";
    case service::JoinFault::no_ledger:
        return "the nodes do not agree on the entries from before the network was one, or none gives them: "
               "start again, with an invitation of another node";
    case service::JoinFault::no_snapshot:
        return "no node gives all that the snapshot needs: try again, or with --all-blocks";
    case service::JoinFault::wrong_ledger:
        return "nodes vouch for entries or a state that the rules do not allow: tell all of them";
    case service::JoinFault::store: return "the new ledger cannot be written here: is the disk full?";
    case service::JoinFault::tls: return "TLS between nodes cannot be set up: OpenSSL failed";
    }
    CHECK_UNREACHABLE();
}

std::string_view reason_of(SnapshotFault fault) {
    switch (fault) {
    case SnapshotFault::no_engine:
        return "the engine cometbft is not beside this program: `make engine` builds it, --engine names it";
    case SnapshotFault::not_written: return "the engine's directory cannot be written";
    case SnapshotFault::not_proved:
        return "the engine proves no node's snapshot: its lines above say why; try again, with an "
               "invitation of another node, or with --all-blocks";
    }
    CHECK_UNREACHABLE();
}

std::string_view text_of(service::WrongAnswer what) {
    switch (what) {
    case service::WrongAnswer::keys: return "gives shared keys that are not this network's";
    case service::WrongAnswer::offer: return "offers another snapshot than the others";
    case service::WrongAnswer::chunk: return "gives a part of the snapshot that is not the one offered";
    case service::WrongAnswer::tile: return "gives hashes of the log that do not make its root";
    case service::WrongAnswer::entries: return "gives entries that are not in the log";
    case service::WrongAnswer::blocks: return "gives blocks of the engine that prove nothing";
    }
    CHECK_UNREACHABLE();
}

void pass_over(ledger::NodeId const& node, service::WrongAnswer what) {
    fmt::print(stderr, "node-{} {}: passed over, tell its organisation\n", base::to_hex(node.view().first(4)),
               text_of(what));
}

template <class Fault>
Stop to_reason(Fault fault) {
    return to_refused(std::string(reason_of(fault)));
}

Went<void> try_invite(fs::path const& data) {
    auto reader = LedgerReader::open(data);
    if (!reader)
        return std::unexpected{to_refused(data.string() + " holds no ledger that can be read")};
    auto const start = sequencer::comet::read_start({service::DataPaths{data}.engine()});
    if (!start)
        return std::unexpected{
            to_refused(data.string() + " is no node of a network, or has never run as one")};
    auto const invitation = TRY(map_fault(service::make_invitation(reader->ledger(), *start), store_reason));
    if (invitation.start_size == 0)
        return std::unexpected{to_refused("the engine began at a block that the ledger does not have")};
    fmt::print("{}\n", service::print_invitation(invitation));
    return {};
}

struct Opened {
    service::Invited invited;
    std::uint64_t start_size = 0;
};

Went<Opened> read_invitation(JoinCommand const& command) {
    auto const bytes = base::parse_base64url(command.network);
    auto const network = bytes ? ledger::NetworkId::parse(*bytes) : std::nullopt;
    if (!network)
        return std::unexpected{to_usage("--network is 43 characters of base64url: bulla network init printed "
                                        "it, and GET /v1/network shows it")};
    auto const text = TRY(map_fault(read_text_file(command.invitation), to_usage));
    auto const invitation = service::parse_invitation(text);
    if (!invitation)
        return std::unexpected{
            to_usage(command.invitation.string() + " holds no invitation: bulla network invite prints one")};
    return Opened{.invited = TRY(map_fault(service::check_invitation(*invitation, *network),
                                           to_reason<service::InvitationFault>)),
                  .start_size = invitation->start_size};
}

// A network that began as one has nothing before its engines but block 0.
constexpr std::uint64_t founding_size = 2;
bool began_as_one(service::Joiner const& joiner) {
    return joiner.invited.genesis.nodes.nodes.front().validator_key.has_value();
}

struct Beginning {
    service::SharedKeys const& shared;
    std::uint64_t start_size = 0; // of the log, where the engines begin
    fs::path const& engine;
};

// The engines' genesis, by the log that was checked. Its chain id is in every header that the engine proves,
// so an invitation that names another beginning leads nowhere.
Went<std::string> find_engine_genesis(store::LedgerDatabase& ledger, std::uint64_t start_size) {
    auto const start = TRY(map_fault(service::load_engine_start(ledger, start_size), store_reason));
    if (!start)
        return std::unexpected{to_refused("the invitation names a beginning of the engines that the log does "
                                          "not have: ask another node for one")};
    return print_engine_genesis(*start);
}

// Of a network that did not, the part of before.
Went<void> fill_ledger(service::Joiner const& joiner, service::DataPaths const& paths,
                       Beginning const& beginning) {
    auto const& genesis = joiner.invited.genesis;
    auto const ledger =
        TRY(map_fault(store::LedgerDatabase::open(paths.ledger(), store::OpenMode::existing), store_reason));
    auto const log_key = crypto::Ed25519KeyPair::from_seed(
        crypto::Ed25519Seed::from(service::shared_key(beginning.shared, "log")));
    auto guard = sequencer::Guard::open(paths.guard(), genesis.nodes.origin, sequencer::Guard::Start::again);
    auto const chain =
        guard ? std::optional(sequencer::Chain::open(*ledger, *std::move(guard), log_key)) : std::nullopt;
    if (!chain || !*chain)
        return std::unexpected{to_refused(paths.data.string() + ": the new ledger cannot be opened")};
    TRY(map_fault(await_here(service::fetch_ledger(
                      &joiner, {.ledger = *ledger, .tip = (*chain)->tip(), .size = beginning.start_size})),
                  to_reason<service::JoinFault>));
    auto const written = sequencer::comet::write_genesis(
        {paths.engine()}, TRY(find_engine_genesis(*ledger, beginning.start_size)));
    if (!written)
        return std::unexpected{to_refused(written.error().file.string() + ": " + written.error().reason)};
    return {};
}

Went<std::uint64_t> log_size(store::LedgerDatabase& ledger) {
    auto const tip = TRY(map_fault(ledger.load_tip(), store_reason));
    return tip ? tip->block_index.number() + 1 : 0;
}

enum class Begun : bool { no, yes };

// No: there is no snapshot yet.
Went<Begun> begin_at_snapshot(service::Joiner const& joiner, service::DataPaths const& paths,
                              Beginning const& beginning) {
    auto const ledger =
        TRY(map_fault(store::LedgerDatabase::open(paths.ledger(), store::OpenMode::existing), store_reason));
    auto const joined = TRY(
        map_fault(await_here(service::take_snapshot(&joiner, ledger.get())), to_reason<service::JoinFault>));
    if (!joined) {
        fmt::print("no snapshot yet: the node will take every block from its peers\n");
        return Begun::no;
    }
    EngineToBegin const engine{.home = {paths.engine()},
                               .program = find_engine(beginning.engine),
                               .genesis = TRY(find_engine_genesis(*ledger, beginning.start_size))};
    auto const on_wrong_blocks = [&](ledger::NodeId const& node) {
        joiner.on_wrong(node, service::WrongAnswer::blocks);
    };
    TRY(map_fault(bootstrap_engine(engine, *joined, on_wrong_blocks), to_reason<SnapshotFault>));
    fmt::print("snapshot of height {}, log of {} entries: checked against what the nodes signed\n",
               joined->offer.height.number(), TRY(log_size(*ledger)));
    return Begun::yes;
}

Went<void> begin_ledger(JoinCommand const& command, service::Joiner const& joiner,
                        service::DataPaths const& paths, Beginning const& beginning) {
    remove_engine_stores({paths.engine()}); // of an earlier try, which may have come further
    if (!command.all_blocks && TRY(begin_at_snapshot(joiner, paths, beginning)) == Begun::yes)
        return {};
    if (!began_as_one(joiner))
        return fill_ledger(joiner, paths, beginning);
    return {};
}

Went<void> try_join(JoinCommand const& command) {
    service::DataPaths const paths{fs::absolute(command.directory) / "data"};
    std::error_code error;
    if (fs::exists(paths.joined_list(), error))
        return std::unexpected{to_refused(command.directory.string() + " has joined its network already")};
    if (!fs::is_directory(paths.keys(), error))
        return std::unexpected{to_usage(command.directory.string() +
                                        " holds no node to come: bulla network new-node makes one")};
    auto const passphrase = TRY(map_fault(passphrase_for(paths.keys(), command.passphrase_file), to_usage));
    auto const directory = TRY(map_fault(service::KeyDirectory::open(paths.keys(), passphrase), key_reason));
    auto const keys = TRY(map_fault(service::load_own_keys(directory), key_reason));
    auto const opened = TRY(read_invitation(command));
    auto const& invited = opened.invited;
    crypto::SystemRandomness randomness;
    net::SystemClock const clock;
    service::Joiner const joiner{
        .invited = invited, .keys = keys, .clock = clock, .randomness = randomness, .on_wrong = pass_over};
    TRY(map_fault(service::check_joiner(joiner), to_reason<service::JoinFault>));
    auto const shared =
        TRY(map_fault(await_here(service::ask_shared_keys(&joiner)), to_reason<service::JoinFault>));
    TRY(map_fault(service::found_joining_ledger({.paths = paths, .keys = directory, .randomness = randomness},
                                                invited, shared),
                  founding_reason));
    auto const start_size = began_as_one(joiner) ? founding_size : opened.start_size;
    TRY(begin_ledger(command, joiner, paths,
                     {.shared = shared, .start_size = start_size, .engine = command.engine}));
    TRY(map_fault(service::note_joined_list(paths, invited.list), founding_reason));
    fmt::print("one of {} nodes; {} must run. It holds copies of the log key, the VRF key, the OPRF seed and "
               "the OPAQUE key.\nrun it:\n  bulla serve --config {}\n",
               invited.list.nodes.size(), ledger::quorum_of(invited.list.nodes.size()),
               (command.directory / "bulla.toml").string());
    return {};
}

} // namespace

ExitCode invite_node(fs::path const& data) {
    return end(try_invite(data));
}
ExitCode join_network(JoinCommand const& command) {
    return end(try_join(command));
}

} // namespace bulla::cli
