#include "cli/bench_node.hpp"

#include "cli/bench_figure.hpp"

#include <fmt/format.h>

#include <stdlib.h>

namespace bulla::cli {
namespace {

std::string account_name(std::size_t number) {
    return fmt::format("account{}", number);
}

template <class Work>
auto timed(Spent& spent, Work work) {
    auto const began = thread_cpu_seconds();
    auto result = work();
    spent.cpu_seconds += thread_cpu_seconds() - began;
    CHECK(result.has_value());
    return *std::move(result);
}

} // namespace

ScratchDirectory::ScratchDirectory(std::filesystem::path const& parent) {
    auto name = (parent / "bulla-bench-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
}

BenchNode::BenchNode(std::filesystem::path const& scratch)
    : scratch_(scratch), data_(*service::open_data(settings_, clock_, randomness_)),
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
    CHECK(run(application_.signing_keys().settle()).has_value());
}

base::ByteBuffer BenchNode::next_prefix() {
    ++prefix_;
    return {10, static_cast<std::uint8_t>(prefix_ >> 16), static_cast<std::uint8_t>(prefix_ >> 8),
            static_cast<std::uint8_t>(prefix_)};
}

BenchNode::Prepared BenchNode::begin_sign_up(Spent& spent) {
    auto const name = account_name(accounts_++);
    RegistrationClient const client(randomness_);
    auto const offer = timed(
        spent, [&] { return application_.registration().begin(name, client.request(), next_prefix()); });
    return {.id = offer.id, .made = client.finish(offer)};
}

boost::asio::awaitable<void> BenchNode::finish_sign_ups(std::vector<Prepared> all) {
    for (auto& one : all)
        CHECK((co_await application_.registration().finish(one.id, std::move(one.made))).has_value());
}

Spent BenchNode::sign_up(std::size_t count, std::size_t clients) {
    Spent spent{.count = count / clients * clients};
    std::vector<std::vector<Prepared>> prepared(clients);
    for (std::size_t number = 0; number < spent.count; ++number)
        prepared[number % clients].push_back(begin_sign_up(spent));
    auto const cpu_began = process_cpu_seconds();
    auto const began = wall_seconds();
    std::vector<std::future<void>> done;
    done.reserve(clients);
    for (auto& all : prepared)
        done.push_back(
            boost::asio::co_spawn(threads_.at(0), finish_sign_ups(std::move(all)), boost::asio::use_future));
    for (auto& one : done)
        one.get();
    spent.wall_seconds = wall_seconds() - began;
    spent.cpu_seconds += process_cpu_seconds() - cpu_began;
    return spent;
}

Spent BenchNode::log_in(std::size_t count) {
    Spent spent{.count = count};
    for (; count > 0; --count) {
        LoginClient const client(randomness_);
        service::LoginRequest const request{.username = account_name(logins_++ % accounts_),
                                            .ke1 = base::to_buffer(client.ke1()),
                                            .client = std::string(client.name),
                                            .origin = std::string(client.name),
                                            .prefix = next_prefix()};
        auto const offer = timed(spent, [&] { return application_.login().begin(request); });
        auto const finish = client.finish(offer);
        timed(spent, [&] { return application_.login().finish(finish); });
    }
    return spent;
}

std::vector<base::ByteBuffer> BenchNode::entries() {
    std::vector<base::ByteBuffer> log;
    CHECK(data_.ledger->each_entry(ledger::LeafIndex{0}, [&](ledger::LeafIndex, base::ByteView entry) {
        log.push_back(base::to_buffer(entry));
        return true;
    }));
    return log;
}

} // namespace bulla::cli
