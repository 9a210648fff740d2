#include "admitted.hpp"

#include "base/encoding.hpp"
#include "crypto/random.hpp"
#include "net/system_clock.hpp"
#include "registrations.hpp"
#include "sequencer/comet/side_writes.hpp"

#include <fmt/format.h>

namespace bulla::bench {
namespace {

std::vector<service::DataDirectory> open_all(std::vector<std::filesystem::path> const& nodes,
                                             base::Clock const& clock) {
    crypto::SystemRandomness randomness;
    std::vector<service::DataDirectory> all;
    for (auto const& node : nodes) {
        service::Settings settings;
        settings.data = node;
        all.push_back(service::open_data(settings, clock, randomness).value());
    }
    return all;
}

} // namespace

void print_admitted(std::vector<std::filesystem::path> const& nodes, std::uint64_t accounts) {
    net::SystemClock const clock;
    auto const directories = open_all(nodes, clock);
    std::vector<crypto::Ed25519KeyPair const*> node_keys;
    for (auto const& data : directories)
        node_keys.push_back(&data.keys.node_key);
    auto const policy = directories.front().ledger->load_policy();
    CHECK(policy.has_value());
    RegistrationMaker const maker(directories.front(), *policy, 0, node_keys);
    for (std::uint64_t number = 0; number < accounts; ++number) {
        auto const now = clock.now();
        auto const made = maker.make(number, now, nullptr);
        auto const key = sequencer::comet::kept_key_of(made.entry);
        CHECK(key.has_value());
        for (auto const& data : directories)
            CHECK(data.ledger->keep_writes(*key, {.since = now, .writes = made.side_writes}).has_value());
        fmt::print("{}\n", base::to_base64(made.entry));
    }
}

} // namespace bulla::bench
