#include "service/founding.hpp"

#include "ledger/block.hpp"
#include "service/key_conversion.hpp"
#include "service/node_description.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace bulla::service {
namespace {

namespace fs = std::filesystem;
using Kind = FoundingFaultKind;

std::unexpected<FoundingFault> fault(Kind kind, fs::path place) {
    return std::unexpected{FoundingFault{.kind = kind, .place = std::move(place)}};
}
std::unexpected<FoundingFault> system_fault(fs::path place, int number) {
    return std::unexpected{
        FoundingFault{.kind = Kind::file_system, .place = std::move(place), .detail = std::strerror(number)}};
}
auto const key_fault = [](KeyFault const& from) {
    return FoundingFault{.kind = Kind::key, .place = from.file, .key = from};
};
auto const store_fault = [](store::StoreFault const& from) {
    return FoundingFault{.kind = Kind::store, .place = from.place, .store = from};
};

Result<void, FoundingFault> sync_directory(fs::path const& directory) {
    int const descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int const outcome = descriptor < 0 ? -1 : ::fsync(descriptor);
    int const number = errno;
    if (descriptor >= 0)
        ::close(descriptor);
    if (outcome != 0)
        return system_fault(directory, number);
    return {};
}

// The parent directory, so that DATA.new can stand beside DATA: also for "data/" and "data".
fs::path without_slash(fs::path const& data) {
    auto const path = fs::absolute(data).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

bool is_empty_or_absent(fs::path const& directory) {
    std::error_code error;
    auto const status = fs::status(directory, error);
    if (status.type() == fs::file_type::not_found)
        return true;
    return status.type() == fs::file_type::directory && fs::is_empty(directory, error) && !error;
}

std::string host_of(std::string_view issuer) {
    auto const scheme = issuer.find("://");
    auto rest = scheme == std::string_view::npos ? issuer : issuer.substr(scheme + 3);
    rest = rest.substr(0, rest.find('/'));
    auto const colon = rest.rfind(':');
    if (colon != std::string_view::npos && !rest.ends_with(']'))
        rest = rest.substr(0, colon);
    return std::string(rest);
}

// What a first start goes by.
struct Plan {
    Settings const& settings;
    base::Clock const& clock;
    base::Randomness& randomness;
    Passphrase const& passphrase;
};

Result<NodeKeys, FoundingFault> make_node_keys(fs::path const& directory, Plan const& plan) {
    TRY(make_data_directory(directory));
    auto keys = TRY(map_fault(KeyDirectory::found(directory, plan.passphrase, plan.randomness), key_fault));
    TRY(map_fault(make_keys(keys, plan.randomness), key_fault));
    return map_fault(load_keys(std::move(keys)), key_fault);
}

Result<void, FoundingFault> build(DataPaths const& paths, Plan const& plan) {
    auto const& settings = plan.settings;
    TRY(make_data_directory(paths.data));
    auto const keys = TRY(make_node_keys(paths.keys(), plan));
    return found_ledger(paths, make_genesis(settings, keys, plan.clock.now()));
}

// The lock lies beside DATA while DATA.new is built: two first starts at once must not remove each other's
// work.
Result<void, FoundingFault> found(DataPaths const& paths, Plan const& plan) {
    auto const parent = paths.data.parent_path();
    std::error_code error;
    fs::create_directories(parent, error);
    if (error)
        return system_fault(parent, error.value());
    auto const building = fs::path(paths.data).concat(".new");
    auto const lock = TRY(DirectoryLock::take(parent));
    if (!is_empty_or_absent(paths.data))
        return {}; // another first start has just finished
    fs::remove_all(building, error);
    if (error)
        return system_fault(building, error.value());
    TRY(build({building}, plan));
    if (::rename(building.c_str(), paths.data.c_str()) != 0)
        return system_fault(paths.data, errno);
    return sync_directory(parent);
}

Result<crypto::Kept<NodeKeys>, FoundingFault> load_all_keys(DataPaths const& paths,
                                                            Passphrase const& passphrase) {
    auto directory = TRY(map_fault(KeyDirectory::open(paths.keys(), passphrase), key_fault));
    return crypto::keep(TRY(map_fault(load_keys(std::move(directory)), key_fault)));
}

struct Beginning {
    ledger::Genesis genesis;
    ledger::NetworkId network;
};
Result<Beginning, FoundingFault> load_genesis(DataPaths const& paths, store::LedgerDatabase& ledger) {
    auto const bytes = TRY(map_fault(ledger.load_entry(ledger::LeafIndex{0}), store_fault));
    auto genesis = ledger::decode<ledger::Genesis>(bytes);
    if (!genesis)
        return fault(Kind::wrong_genesis, paths.ledger());
    return Beginning{.genesis = *std::move(genesis),
                     .network = ledger::make_network_id(merkle::hash_leaf(bytes))};
}

ledger::Node const* find_node(ledger::NodesRow const& nodes, NodeKeys const& keys) {
    return nodes.find(ledger::make_node_id(keys.node_key.public_key()));
}

struct KeyPlace {
    std::string_view file;
    bool is_the_one;
};

// Whether the engine has gone one block beyond the node list: that block is still voted on by the validators
// of the list before.
Result<bool, FoundingFault> is_list_settled(store::LedgerDatabase& ledger) {
    auto const tip = TRY(map_fault(ledger.load_tip(), store_fault));
    if (!tip)
        return true;
    auto const height = TRY(map_fault(ledger.load_engine_height(), store_fault));
    for (auto index = tip->block_index.number(); index > 0; --index) {
        auto const bytes = TRY(map_fault(ledger.load_entry(ledger::LeafIndex{index - 1}), store_fault));
        auto const entry = ledger::decode_entry(bytes);
        if (!entry) // the block before, or the genesis
            return true;
        if (entry->entry.kind != ledger::EntryKind::apply_change)
            continue;
        auto const hash = store::TransactionHash::from(crypto::sha256(base::ByteView(bytes)));
        auto const result = TRY(map_fault(ledger.load_result(hash), store_fault));
        return !result || height.number() > result->engine_height;
    }
    return true;
}

// Takes keys into use that the list names by now. Whether there were any.
Result<bool, FoundingFault> adopt_listed_keys(NodeKeys const& keys, store::LedgerDatabase& ledger,
                                              base::Randomness& randomness) {
    auto const nodes = TRY(map_fault(ledger.load_nodes(), store_fault));
    auto const* const node = find_node(nodes, keys);
    if (node == nullptr || !TRY(is_list_settled(ledger)))
        return false;
    auto const next = TRY(map_fault(load_next_keys(keys.directory), key_fault));
    bool has_adopted = false;
    for (auto const& fit : fit_keys(*node, keys, next)) {
        if (!fit.is_next)
            continue;
        TRY(map_fault(adopt_next_key(keys.directory, fit.name, randomness), key_fault));
        has_adopted = true;
    }
    if (next.log && next.log->public_key() == nodes.log_key) {
        TRY(map_fault(adopt_next_key(keys.directory, "log", randomness), key_fault));
        has_adopted = true;
    }
    return has_adopted;
}

// Nothing: the ledger has come to that list, or the node was there from the beginning.
Result<std::optional<ledger::NodeList>, FoundingFault> load_joined_list(DataPaths const& paths,
                                                                        store::LedgerDatabase& ledger) {
    std::ifstream file(paths.joined_list(), std::ios::binary);
    std::string const text(std::istreambuf_iterator<char>(file), {});
    auto list = ledger::decode<ledger::NodeList>(base::as_bytes(text));
    if (!list)
        return std::nullopt;
    auto const nodes = TRY(map_fault(ledger.load_nodes(), store_fault));
    if (nodes.number >= list->number)
        return std::nullopt;
    return std::optional(*std::move(list));
}

// A key that signed tokens stays in the ledger for ever, with the node that it was of.
Result<bool, FoundingFault> was_a_node(store::LedgerDatabase& ledger, ledger::NodeId const& node) {
    bool was_one = false;
    auto const look = [&](ledger::KeyId const&, ledger::SigningKeyRow const& row) {
        was_one = row.node == node;
        return !was_one;
    };
    TRY(map_fault(ledger.each_signing_key(look), store_fault));
    return was_one;
}

ledger::NodesRow newer(ledger::NodesRow of_ledger, std::optional<ledger::NodeList> const& joined) {
    if (!joined || joined->number <= of_ledger.number)
        return of_ledger;
    ledger::NodesRow row{
        .number = joined->number, .log_key = joined->log_key, .origin = joined->origin, .nodes = {}};
    for (auto const& listed : joined->nodes)
        row.nodes.push_back(listed.node);
    return row;
}

Result<void, FoundingFault> compare_keys(DataPaths const& paths, NodeKeys const& keys,
                                         ledger::Genesis const& genesis, store::LedgerDatabase& ledger) {
    auto const nodes =
        newer(TRY(map_fault(ledger.load_nodes(), store_fault)), TRY(load_joined_list(paths, ledger)));
    auto const policy = TRY(map_fault(ledger.load_policy(), store_fault));
    auto const* const node = find_node(nodes, keys);
    if (node == nullptr && TRY(was_a_node(ledger, ledger::make_node_id(keys.node_key.public_key()))))
        return fault(Kind::removed_node, paths.data);
    auto const& keyset = policy.keysets.front(); // later ones: service/keyring.hpp
    auto const operator_key = credential::PublicKey(keys.operator_key.public_key());
    // The node's first operator's, whoever has come and gone since.
    auto const* const founder = find_node(genesis.nodes, keys);
    bool const is_of_founder = founder == nullptr || founder->operators[0].public_key == operator_key;
    for (auto const& [file, is_the_one] : {
             KeyPlace{"node", node != nullptr},
             KeyPlace{"operator", is_of_founder},
             KeyPlace{"log", nodes.log_key == keys.log_key.public_key()},
             KeyPlace{"vrf", crypto::VrfPublicKey::from(genesis.vrf_public_key) == keys.vrf_key.public_key()},
             KeyPlace{"oprf-1", !keyset.seeds.empty() && keyset.seeds[0] == hash_seed(keys.oprf_seed)},
             KeyPlace{"opaque", std::ranges::equal(keyset.opaque_public_key.view(),
                                                   keys.opaque_keys.public_key.view())},
         })
        if (!is_the_one)
            return fault(Kind::foreign_key, paths.keys() / file);
    auto const next = TRY(map_fault(load_next_keys(keys.directory), key_fault));
    for (auto const& fit : fit_keys(*node, keys, next))
        if (!fit.is_present && !fit.is_next)
            return fault(Kind::foreign_key, paths.keys() / fit.name);
    return {};
}

} // namespace

Result<DirectoryLock, FoundingFault> DirectoryLock::take(fs::path const& file) {
    std::error_code ignored;
    bool const is_directory = fs::is_directory(file, ignored);
    int const flags = is_directory ? O_RDONLY | O_DIRECTORY : O_RDWR | O_CREAT;
    int const descriptor = ::open(file.c_str(), flags | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return system_fault(file, errno);
    DirectoryLock lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? fault(Kind::in_use, file) : system_fault(file, errno);
    return lock;
}

DirectoryLock::~DirectoryLock() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

Result<void, FoundingFault> check_keys(DataPaths const& paths, store::LedgerDatabase& ledger,
                                       Passphrase const& passphrase) {
    auto directory = TRY(map_fault(KeyDirectory::open(paths.keys(), passphrase), key_fault));
    TRY(map_fault(load_signing_keys(directory), key_fault));
    auto const keys = TRY(map_fault(load_keys(std::move(directory)), key_fault));
    return compare_keys(paths, keys, TRY(load_genesis(paths, ledger)).genesis, ledger);
}

std::string origin_of(std::string_view issuer) {
    auto const scheme = issuer.find("://");
    auto const from = scheme == std::string_view::npos ? 0 : scheme + 3;
    return std::string(issuer.substr(0, issuer.find('/', from)));
}

Result<void, FoundingFault> make_data_directory(fs::path const& directory) {
    if (::mkdir(directory.c_str(), 0700) != 0)
        return system_fault(directory, errno);
    return {};
}

Result<void, FoundingFault> found_ledger(DataPaths const& paths, ledger::Genesis const& genesis) {
    auto const guard =
        sequencer::Guard::open(paths.guard(), genesis.nodes.origin, sequencer::Guard::Start::first);
    if (!guard)
        return std::unexpected{
            FoundingFault{.kind = Kind::guard, .place = paths.guard(), .guard = guard.error()}};
    auto const ledger =
        TRY(map_fault(store::LedgerDatabase::open(paths.ledger(), store::OpenMode::create), store_fault));
    TRY(map_fault(sequencer::found_chain(*ledger, genesis), store_fault));
    TRY(sync_directory(paths.keys()));
    return sync_directory(paths.data);
}

ledger::Node make_node(NodeKeys const& keys) {
    auto const id = ledger::make_node_id(keys.node_key.public_key());
    credential::PublicKey const operator_key(keys.operator_key.public_key());
    auto const owner = credential::CredentialOwner::from(id);
    auto const kind = credential::CredentialKind::device_key;
    return {.id = id,
            .node_key = keys.node_key.public_key(),
            .cosigner_key = keys.cosigner_key.public_key(),
            .sequence = {},
            .operators = {{.id = credential::credential_id(owner, kind, operator_key),
                           .kind = kind,
                           .public_key = operator_key,
                           .sequence = {}}},
            .signing_keys = {}};
}

ledger::Genesis make_genesis(Settings const& settings, NodeKeys const& keys, base::Timestamp time) {
    return make_genesis(settings, keys, {make_node(keys)}, time);
}

ledger::Genesis make_genesis(Settings const& settings, NodeKeys const& shared,
                             std::vector<ledger::Node> nodes, base::Timestamp time) {
    using OpaquePublicKey = decltype(ledger::Keyset::opaque_public_key);
    using VrfPublicKey = decltype(ledger::Genesis::vrf_public_key);
    std::vector<ledger::NodeId> ids;
    ids.reserve(nodes.size());
    for (auto const& node : nodes)
        ids.push_back(node.id);
    ledger::Genesis genesis;
    genesis.time = time;
    genesis.policy.issuer = settings.issuer;
    genesis.policy.rp_id = host_of(settings.issuer);
    genesis.policy.origins = {origin_of(settings.issuer)};
    genesis.policy.scripts = settings.scripts;
    genesis.policy.delays.recovery_by_key = settings.recovery_delay;
    genesis.policy.delays.change = settings.change_delay;
    genesis.policy.passwords = settings.passwords;
    genesis.policy.keysets = {
        {.number = 1,
         .threshold = 1,
         .nodes = std::move(ids),
         .seeds = {hash_seed(shared.oprf_seed)},
         .opaque_public_key = OpaquePublicKey::from(shared.opaque_keys.public_key.view())}};
    genesis.nodes = {.number = 1,
                     .log_key = shared.log_key.public_key(),
                     .origin = log_origin_of(settings),
                     .nodes = std::move(nodes)};
    genesis.vrf_public_key = VrfPublicKey::from(shared.vrf_key.public_key());
    return genesis;
}

Result<DataDirectory, FoundingFault> open_data(Settings const& settings, base::Clock const& clock,
                                               base::Randomness& randomness, Passphrase const& passphrase) {
    DataPaths const paths{without_slash(settings.data)};
    auto const start = is_empty_or_absent(paths.data) ? StartKind::first : StartKind::again;
    if (start == StartKind::first)
        TRY(found(paths, {settings, clock, randomness, passphrase}));
    std::error_code error;
    if (!fs::is_directory(paths.ledger(), error) || !fs::is_directory(paths.keys(), error))
        return fault(Kind::not_a_data_directory, paths.data);
    auto lock = TRY(DirectoryLock::take(paths.lock()));
    TRY(map_fault(erase_conversion(paths.keys()), key_fault));
    auto directory = TRY(map_fault(KeyDirectory::open(paths.keys(), passphrase), key_fault));
    TRY(map_fault(erase_unfinished_signing_key(directory), key_fault));
    TRY(map_fault(erase_unfinished_secret(directory), key_fault));
    TRY(map_fault(finish_adoptions(directory, randomness), key_fault));
    auto signing_keys = TRY(map_fault(load_signing_keys(directory), key_fault));
    auto keys = crypto::keep(TRY(map_fault(load_keys(std::move(directory)), key_fault)));
    auto reserve = std::make_unique<store::Reserve>(paths.reserve());
    reserve->make_room_for_start();
    auto ledger =
        TRY(map_fault(store::LedgerDatabase::open(paths.ledger(), store::OpenMode::existing), store_fault));
    ledger->keep_reserve(*reserve);
    auto beginning = TRY(load_genesis(paths, *ledger));
    if (TRY(adopt_listed_keys(*keys, *ledger, randomness)))
        keys = TRY(load_all_keys(paths, passphrase));
    TRY(compare_keys(paths, *keys, beginning.genesis, *ledger));
    auto joined_list = TRY(load_joined_list(paths, *ledger));
    auto live = TRY(map_fault(store::LiveDatabase::open(paths.live()), store_fault));
    return DataDirectory{.start = start,
                         .paths = paths,
                         .lock = std::move(lock),
                         .kept_keys = std::move(keys),
                         .signing_keys = std::move(signing_keys),
                         .genesis = std::move(beginning.genesis),
                         .network = beginning.network,
                         .joined_list = std::move(joined_list),
                         .reserve = std::move(reserve),
                         .ledger = std::move(ledger),
                         .live = std::move(live)};
}

ledger::NodesRow DataDirectory::newest_list(ledger::NodesRow const& of_ledger) const {
    return newer(of_ledger, joined_list);
}

Result<sequencer::Chain, FoundingFault> DataDirectory::open_chain(sequencer::Chain::Behind behind) const {
    auto const origin = TRY(map_fault(ledger->load_nodes(), store_fault)).origin;
    auto guard = sequencer::Guard::open(paths.guard(), origin, sequencer::Guard::Start::again);
    if (!guard)
        return std::unexpected{
            FoundingFault{.kind = Kind::guard, .place = paths.guard(), .guard = guard.error()}};
    return map_fault(sequencer::Chain::open(*ledger, *std::move(guard), keys.log_key,
                                            {.map_file = paths.map_file(), .behind = behind}),
                     [&](sequencer::ChainFault const& from) {
                         return FoundingFault{.kind = Kind::chain, .place = paths.data, .chain = from};
                     });
}

} // namespace bulla::service
