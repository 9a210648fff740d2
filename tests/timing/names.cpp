// What a stranger can ask: the first half of a login, for names that are there and names that are not. Every
// name is asked once, as by somebody who goes through a list; half of them were registered before.
#include "names.hpp"

#include "../support/temporary_directory.hpp"
#include "crypto/random.hpp"
#include "net/system_clock.hpp"
#include "password_client.hpp"
#include "sequencer/local/local_sequencer.hpp"
#include "service/application.hpp"
#include "service/founding.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>

#include <random>

namespace bulla::timing {
namespace {

constexpr std::size_t registered_at_once = 256;

class Node {
public:
    Node()
        : data_(*service::open_data(settings_, clock_, randomness_)),
          sequencer_(*data_.open_chain(), *data_.ledger, clock_),
          application_(settings_, {.keys = data_.keys,
                                   .signing_keys = std::move(data_.signing_keys),
                                   .network = data_.network,
                                   .sequencer = sequencer_,
                                   .ledger = *data_.ledger,
                                   .live = *data_.live,
                                   .argon2_pool = argon2_pool_,
                                   .disk_pool = disk_pool_,
                                   .clock = clock_,
                                   .randomness = randomness_}) {
        auto settled =
            boost::asio::co_spawn(context_, application_.signing_keys().settle(), boost::asio::use_future);
        context_.run();
        CHECK(settled.get().has_value());
    }

    void register_all(std::vector<std::string> const& names) {
        for (std::size_t begin = 0; begin < names.size(); begin += registered_at_once) {
            auto const end = std::min(begin + registered_at_once, names.size());
            for (auto at = begin; at < end; ++at)
                boost::asio::co_spawn(context_, register_one(names[at]), boost::asio::detached);
            context_.restart();
            context_.run();
        }
    }

    // Nanoseconds of one beginning, the delay included.
    double begin_login(std::string const& name, base::ByteBuffer const& ke1, double delay) {
        service::LoginRequest const request{
            .username = name, .ke1 = ke1, .client = "cli", .origin = "cli", .prefix = next_prefix()};
        auto const began = nanoseconds_now();
        bool const offered = application_.login().begin(request).has_value();
        if (delay > 0)
            spin(delay);
        auto const spent = nanoseconds_now() - began;
        CHECK(offered);
        return spent;
    }
    base::Randomness& randomness() { return randomness_; }

private:
    boost::asio::awaitable<void> register_one(std::string name) {
        bench::RegistrationClient const client(randomness_);
        auto const offer = application_.registration().begin(name, client.request(), next_prefix());
        CHECK(offer.has_value());
        auto const registered = co_await application_.registration().finish(offer->id, client.finish(*offer));
        CHECK(registered.has_value());
    }

    // Each request comes from a network of its own, so that the limits never refuse one.
    base::ByteBuffer next_prefix() {
        ++prefix_;
        return {10, static_cast<std::uint8_t>(prefix_ >> 16), static_cast<std::uint8_t>(prefix_ >> 8),
                static_cast<std::uint8_t>(prefix_)};
    }

    test::TemporaryDirectory place_;
    net::SystemClock clock_;
    crypto::SystemRandomness randomness_;
    service::Settings settings_{.data = place_.path() / "data"};
    boost::asio::io_context context_{1};
    net::WorkerPool argon2_pool_{{.name = "argon2", .threads = 1, .queue_max = 8}};
    net::WorkerPool disk_pool_{{.name = "disk", .threads = 1, .queue_max = 8}};
    service::DataDirectory data_;
    sequencer::LocalSequencer sequencer_;
    service::Application application_;
    std::uint32_t prefix_ = 0;
};

enum class Kind : std::uint8_t { known, unknown, unknown_and_slower };
struct Try {
    std::string name;
    Kind kind;
};

std::string name_of(Kind kind, std::size_t number) {
    return fmt::format("{}{:06}", kind == Kind::known ? "known." : "other.", number);
}

// Half of the tries are at known names; a quarter at unknown ones, a quarter at unknown ones with the delay.
std::vector<Try> draw_tries(std::size_t count, std::mt19937_64& random) {
    std::vector<Try> tries;
    for (std::size_t number = 0; number < count; ++number) {
        auto const kind = number % 2 == 0   ? Kind::known
                          : number % 4 == 1 ? Kind::unknown
                                            : Kind::unknown_and_slower;
        tries.push_back({.name = name_of(kind, number), .kind = kind});
    }
    std::ranges::shuffle(tries, random);
    return tries;
}

} // namespace

NameSamples measure_names(std::size_t count, double planted) {
    std::mt19937_64 random{std::random_device{}()};
    auto const tries = draw_tries(count, random);
    Node node;
    std::vector<std::string> known;
    for (auto const& one : tries)
        if (one.kind == Kind::known)
            known.push_back(one.name);
    std::ranges::sort(known); // registered in another order than they are asked for
    node.register_all(known);
    bench::LoginClient const client(node.randomness());
    auto const ke1 = base::to_buffer(client.ke1());
    Samples in_order;
    for (auto const& one : tries)
        in_order.push_back(
            node.begin_login(one.name, ke1, one.kind == Kind::unknown_and_slower ? planted : 0));
    NameSamples samples{.median = median(in_order)};
    level(in_order);
    for (std::size_t at = 0; at < tries.size(); ++at)
        (tries[at].kind == Kind::known     ? samples.known
         : tries[at].kind == Kind::unknown ? samples.unknown
                                           : samples.slower)
            .push_back(in_order[at]);
    return samples;
}

} // namespace bulla::timing
