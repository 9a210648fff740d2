// LINK: service
// LINK: sequencer
// The server's part of a whole OPAQUE login in this process, beside a bare OPRF evaluation, and beside the
// cryptographic calls alone that such a login cannot do without. The client's part is not counted.
#include "crypto/oprf.hpp"
#include "crypto/start.hpp"
#include "figure.hpp"
#include "net/system_clock.hpp"
#include "opaque/account_key.hpp"
#include "opaque/fake_record.hpp"
#include "password_client.hpp"
#include "place.hpp"
#include "sequencer/local/local_sequencer.hpp"
#include "service/application.hpp"
#include "service/founding.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

namespace {

using namespace bulla;

constexpr std::size_t account_count = 16;
constexpr std::size_t login_count = 2'000;
constexpr std::size_t rounds = 5;

// A node in this process, with accounts whose owners log in.
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
        CHECK(run(application_.signing_keys().settle()).has_value());
    }

    void sign_up(std::string const& name) {
        bench::RegistrationClient const client(randomness_);
        auto const offer = application_.registration().begin(name, client.request(), next_prefix());
        CHECK(offer.has_value());
        CHECK(run(application_.registration().finish(offer->id, client.finish(*offer))).has_value());
    }

    // One login; answers the CPU seconds of the server's part.
    double log_in(std::string const& name) {
        bench::LoginClient const client(randomness_);
        service::LoginRequest const request{.username = name,
                                            .ke1 = base::to_buffer(client.ke1()),
                                            .client = std::string(client.name),
                                            .origin = std::string(client.name),
                                            .prefix = next_prefix()};
        auto const began = bench::thread_cpu_seconds();
        auto const offer = application_.login().begin(request);
        auto spent = bench::thread_cpu_seconds() - began;
        CHECK(offer.has_value());
        auto const finish = client.finish(*offer);
        auto const resumed = bench::thread_cpu_seconds();
        auto const token = application_.login().finish(finish);
        spent += bench::thread_cpu_seconds() - resumed;
        CHECK(token.has_value());
        return spent;
    }

    service::DataDirectory const& data() const { return data_; }
    base::Randomness& randomness() { return randomness_; }

private:
    template <class T>
    T run(boost::asio::awaitable<T> work) {
        auto done = boost::asio::co_spawn(context_, std::move(work), boost::asio::use_future);
        context_.restart();
        context_.run();
        return done.get();
    }

    // Each request comes from a network of its own, so that the limits never refuse one.
    base::ByteBuffer next_prefix() {
        ++prefix_;
        return {10, static_cast<std::uint8_t>(prefix_ >> 16), static_cast<std::uint8_t>(prefix_ >> 8),
                static_cast<std::uint8_t>(prefix_)};
    }

    bench::Place place_;
    net::SystemClock clock_;
    crypto::SystemRandomness randomness_;
    service::Settings settings_{.data = place_.path / "data"};
    boost::asio::io_context context_{1};
    net::WorkerPool argon2_pool_{{.name = "argon2", .threads = 1, .queue_max = 8}};
    net::WorkerPool disk_pool_{{.name = "disk", .threads = 1, .queue_max = 8}};
    service::DataDirectory data_;
    sequencer::LocalSequencer sequencer_;
    service::Application application_;
    std::uint32_t prefix_ = 0;
};

double login_rate(Node& node) {
    double spent = 0;
    for (std::size_t count = 0; count < login_count; ++count)
        spent += node.log_in(fmt::format("account{}", count % account_count));
    return static_cast<double>(login_count) / spent;
}

double oprf_rate(base::Randomness& randomness) {
    auto const key = crypto::Scalar::generate(randomness);
    auto const blinded = crypto::blind(base::as_bytes("password"), crypto::Scalar::generate(randomness));
    return bench::rate_of([&] { crypto::blind_evaluate(key, blinded.blinded_element); });
}

// Label, OPRF key, KE2, sealed parameters, the client's MAC, its signature checked, a token's signature.
double bare_login_rate(Node& node) {
    auto const& keys = node.data().keys;
    auto const key = crypto::Ed25519KeyPair::generate(node.randomness());
    base::ByteBuffer const message(300, 7);
    auto const signature = key.sign(message);
    auto const secret = bench::password();
    auto const ke1 = opaque::start_login(secret.expose(), node.randomness()).ke1;
    auto const record = opaque::make_fake_record(node.randomness());
    auto const ke1_bytes = base::to_buffer(ke1.view());
    auto const label = service::make_label(keys.vrf_key, "account0");
    return bench::rate_of([&] {
        auto const made = service::make_label(keys.vrf_key, "account0");
        std::vector<opaque::SharedSeed> seeds;
        seeds.push_back({.without = {}, .seed = keys.oprf_seed.clone()});
        auto const oprf_key = opaque::make_share(1, seeds, {.network = node.data().network, .label = made});
        auto const started = opaque::start_login(ke1, {.record = record, .oprf_key = oprf_key},
                                                 keys.opaque_keys, node.randomness());
        auto const ke2 = base::to_buffer(started.ke2.view());
        CHECK(opaque::seal_login_parameters(message, started.session_key, ke1_bytes, ke2).size() == 528);
        CHECK(crypto::verify(key.public_key(), message, signature));
        CHECK(key.sign(message).view().size() == 64);
        CHECK(made == label);
    });
}

} // namespace

int main(int argc, char** argv) {
    crypto::start();
    bench::Report report(argc, argv);
    Node node;
    for (std::size_t number = 0; number < account_count; ++number)
        node.sign_up(fmt::format("account{}", number));
    if (argc == 2 && std::string_view(argv[1]) == "--bare") { // for tools/bench: the reference alone
        fmt::print("{:.1f}\n", bare_login_rate(node));
        return 0;
    }
    login_rate(node); // caches are warm from here on
    std::vector<bench::Figure> beside_oprf;
    std::vector<bench::Figure> beside_crypto;
    for (std::size_t round = 0; round < rounds; ++round) {
        auto const bare_oprf = oprf_rate(node.randomness());
        auto const bare_login = bare_login_rate(node);
        auto const logins = login_rate(node);
        constexpr auto name = "OPAQUE login in process, a core";
        beside_oprf.push_back({name, logins, "bare OPRF evaluation", bare_oprf});
        beside_crypto.push_back({name, logins, "its cryptographic calls, bare", bare_login, 0.8});
    }
    report.print(std::move(beside_oprf));
    report.print(std::move(beside_crypto));
}
