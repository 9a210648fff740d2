#include "service/joining.hpp"

#include "crypto/random.hpp"
#include "merkle/tile.hpp"
#include "net/node_links.hpp"
#include "service/ledger_import.hpp"
#include "service/node_channel.hpp"
#include "service/node_description.hpp"

#include <fstream>

namespace bulla::service {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr std::chrono::milliseconds bundle_time_max{30'000};
constexpr std::size_t bundle_size_max =
    std::size_t{merkle::tile_width_max} * (merkle::bundle_entry_size_max + 2);

ledger::NodesRow row_of(ledger::NodeList const& list) {
    ledger::NodesRow row{.number = list.number, .log_key = list.log_key, .origin = list.origin, .nodes = {}};
    for (auto const& [node] : list.nodes)
        row.nodes.push_back(node);
    return row;
}

ledger::NodeId own_id(OwnKeys const& keys) {
    return ledger::make_node_id(keys.node_key.public_key());
}

// Compared with what the ledger says of each; the OPRF seed with that of the first keyset.
bool are_of_the_network(SharedKeys const& keys, Invited const& invited) {
    if (keys.log.size() != 32 || keys.oprf.size() != 32 || keys.opaque.size() != 32 || keys.vrf.size() != 64)
        return false;
    auto const& keyset = invited.genesis.policy.keysets.back();
    auto const log_key = crypto::Ed25519KeyPair::from_seed(crypto::Ed25519Seed::from(keys.log));
    auto const vrf_key = crypto::VrfKeyPair::from_seed(Secret<64>::from(keys.vrf));
    auto const opaque_keys = opaque::make_server_keys(Secret<32>::from(keys.opaque));
    return log_key.public_key() == invited.list.log_key &&
           std::ranges::equal(vrf_key.public_key().view(), invited.genesis.vrf_public_key.view()) &&
           std::ranges::equal(opaque_keys.public_key.view(), keyset.opaque_public_key.view()) &&
           !keyset.seeds.empty() &&
           std::ranges::equal(crypto::sha256(base::ByteView(keys.oprf)).view(), keyset.seeds[0].view());
}

Result<void, KeyFault> write_shared_keys(KeyDirectory const& directory, SharedKeys const& keys,
                                         base::Randomness& randomness) {
    for (auto const& [name, key] : {std::pair{"log", &keys.log}, std::pair{"oprf-1", &keys.oprf},
                                    std::pair{"opaque", &keys.opaque}, std::pair{"vrf", &keys.vrf}}) {
        TRY(directory.erase(name));
        TRY(directory.write({.name = name, .in_the_end = name}, *key, randomness));
    }
    return {};
}

// Who joins answers nobody.
std::unique_ptr<net::NodeTls> make_tls(Joiner const& joiner) {
    auto const& key = joiner.keys.network.tls;
    return key ? net::NodeTls::make(*key, [](net::TlsKeyHash const&) { return false; }) : nullptr;
}

// The bundle that has this entry, as wide as a log of `size` has it.
merkle::BundleId bundle_at(std::uint64_t entry, std::uint64_t size) {
    auto const number = entry / merkle::tile_width_max;
    auto const width =
        std::min<std::uint64_t>(size - number * merkle::tile_width_max, merkle::tile_width_max);
    return {.number = number, .width = static_cast<std::uint16_t>(width)};
}

class Asking {
public:
    Asking(Joiner const& joiner, net::NodeTls const& tls)
        : joiner_(joiner), row_(row_of(joiner.invited.list)), own_(own_id(joiner.keys)), links_(tls) {}

    ledger::NodesRow const& nodes() const { return row_; }
    std::vector<ledger::Node> others() const {
        auto nodes = row_.nodes;
        std::erase_if(nodes, [this](ledger::Node const& node) { return node.id == own_; });
        return nodes;
    }

    asio::awaitable<std::optional<SharedKeys>> ask(ledger::Node node) {
        NodeMessage const message{.purpose = NodePurpose::ask_shared_keys,
                                  .from = own_,
                                  .to = node.id,
                                  .question = crypto::random_bytes<QuestionName>(joiner_.randomness),
                                  .time = joiner_.clock.now(),
                                  .body = {}};
        Speaker const speaker{.own = own_, .channel = joiner_.keys.network.channel, .nodes = row_};
        auto const envelope = seal_message(speaker, message, joiner_.randomness);
        auto peer = parse_peer(node.https_address.value_or(""));
        if (!envelope || !peer || !node.tls_key_hash)
            co_return std::nullopt;
        net::HttpRequest request{.method = "POST",
                                 .target = "/node/messages",
                                 .host = *node.https_address,
                                 .body = std::string(base::as_text(*envelope))};
        auto const sent = co_await links_.exchange(
            {.peer = *std::move(peer), .key = net::TlsKeyHash::from(node.tls_key_hash->view())},
            std::move(request),
            {.time_max = NodeChannel::question_time_max, .body_size_max = node_message_size_max});
        if (!sent || sent->status != 200)
            co_return std::nullopt;
        auto const answer = open_envelope(speaker, base::as_bytes(sent->body), joiner_.clock.now());
        if (!answer || answer->from != node.id || answer->question != message.question ||
            answer->purpose != NodePurpose::shared_keys)
            co_return std::nullopt;
        auto keys = ledger::decode<SharedKeys>(answer->body);
        if (!keys || keys->log.empty())
            co_return std::nullopt;
        co_return *std::move(keys);
    }

    asio::awaitable<std::optional<base::ByteBuffer>> fetch(ledger::Node node, merkle::BundleId bundle) {
        auto peer = parse_peer(node.https_address.value_or(""));
        if (!peer || !node.tls_key_hash)
            co_return std::nullopt;
        net::HttpRequest request{.method = "GET",
                                 .target = "/log/" + merkle::tile_path(bundle),
                                 .host = *node.https_address,
                                 .body = {}};
        auto const sent = co_await links_.exchange(
            {.peer = *std::move(peer), .key = net::TlsKeyHash::from(node.tls_key_hash->view())},
            std::move(request), {.time_max = bundle_time_max, .body_size_max = bundle_size_max});
        if (!sent || sent->status != 200)
            co_return std::nullopt;
        co_return base::to_buffer(base::as_bytes(sent->body));
    }

private:
    Joiner const& joiner_;
    ledger::NodesRow const row_;
    ledger::NodeId const own_;
    net::NodeLinks links_;
};

} // namespace

Result<void, JoinFault> check_joiner(Joiner const& joiner) {
    auto const* const listed = joiner.invited.list.find(own_id(joiner.keys));
    if (listed == nullptr)
        return std::unexpected{JoinFault::not_listed};
    auto described = *listed;
    described.cosigner_key = joiner.keys.cosigner_key.public_key();
    describe_keys(described, joiner.keys.network);
    if (described != *listed)
        return std::unexpected{JoinFault::other_keys};
    return {};
}

asio::awaitable<Result<SharedKeys, JoinFault>> ask_shared_keys(Joiner const* joiner) {
    auto const tls = make_tls(*joiner);
    if (tls == nullptr)
        co_return std::unexpected{JoinFault::tls};
    Asking asking(*joiner, *tls);
    auto fault = JoinFault::no_answer;
    for (auto const& node : asking.others()) {
        auto keys = co_await asking.ask(node);
        if (keys && are_of_the_network(*keys, joiner->invited))
            co_return *std::move(keys);
        if (keys)
            fault = JoinFault::wrong_keys;
    }
    co_return std::unexpected{fault};
}

namespace {

std::unexpected<FoundingFault> file_fault(fs::path const& place) {
    return std::unexpected{FoundingFault{.kind = FoundingFaultKind::file_system, .place = place}};
}

} // namespace

Result<void, FoundingFault> found_joining_ledger(NewDirectory const& directory, Invited const& invited,
                                                 SharedKeys const& shared) {
    auto const& paths = directory.paths;
    std::error_code error;
    for (auto const& left : {paths.guard(), paths.ledger()})
        if (fs::remove_all(left, error); error)
            return file_fault(left);
    TRY(map_fault(write_shared_keys(directory.keys, shared, directory.randomness), [](KeyFault const& from) {
        return FoundingFault{.kind = FoundingFaultKind::key, .place = from.file, .key = from};
    }));
    return found_ledger(paths, invited.genesis);
}

namespace {

// What one node has, as far as it gives it.
asio::awaitable<Result<void, JoinFault>> take_from(Asking* asking, ledger::Node node, LedgerImport* imported,
                                                   std::uint64_t size) {
    while (imported->size() < size) {
        auto const bundle = bundle_at(imported->size(), size);
        auto const bytes = co_await asking->fetch(node, bundle);
        auto const entries = bytes ? merkle::parse_bundle(*bytes, bundle.width) : std::nullopt;
        if (!entries)
            break;
        for (auto const& entry : std::span(*entries).subspan(imported->size() % merkle::tile_width_max))
            if (!imported->take(entry))
                co_return std::unexpected{JoinFault::wrong_ledger};
    }
    co_return Result<void, JoinFault>{};
}

// Whether a node's log has this last entry.
asio::awaitable<bool> has_end(Asking* asking, ledger::Node node, sequencer::Tip const* end) {
    auto const size = end->head->size.number();
    auto const bundle = bundle_at(size - 1, size);
    auto const bytes = co_await asking->fetch(std::move(node), bundle);
    auto const entries = bytes ? merkle::parse_bundle(*bytes, bundle.width) : std::nullopt;
    co_return entries&& merkle::hash_leaf(entries->back()) == end->chain.block_hash;
}

} // namespace

asio::awaitable<Result<sequencer::Tip, JoinFault>> fetch_ledger(Joiner const* joiner, LedgerToFill to_fill) {
    auto const tls = make_tls(*joiner);
    if (tls == nullptr)
        co_return std::unexpected{JoinFault::tls};
    Asking asking(*joiner, *tls);
    auto const others = asking.others();
    LedgerImport imported(to_fill.ledger, to_fill.tip);
    for (auto const& node : others)
        CO_TRY(co_await take_from(&asking, node, &imported, to_fill.size));
    if (imported.end().head->size.number() != to_fill.size)
        co_return std::unexpected{JoinFault::no_ledger};
    std::size_t agreeing = 0;
    for (auto const& node : others)
        if (co_await has_end(&asking, node, &imported.end()))
            ++agreeing;
    auto const& nodes = asking.nodes();
    if (agreeing <= nodes.nodes.size() - nodes.quorum())
        co_return std::unexpected{JoinFault::no_ledger};
    co_return imported.end();
}

Result<void, FoundingFault> note_joined_list(DataPaths const& paths, ledger::NodeList const& list) {
    std::ofstream file(paths.joined_list(), std::ios::binary);
    file << base::as_text(ledger::encode(list));
    file.close();
    if (!file.good())
        return file_fault(paths.joined_list());
    return {};
}

} // namespace bulla::service
