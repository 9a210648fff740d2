// LINK: service
// LINK: sequencer
// The server's part of a whole OPAQUE login in this process, beside a bare OPRF evaluation, and beside the
// cryptographic calls alone that such a login cannot do without. The client's part is not counted.
#include "crypto/argon2id.hpp"
#include "crypto/oprf.hpp"
#include "crypto/random.hpp"
#include "crypto/start.hpp"
#include "figure.hpp"
#include "net/system_clock.hpp"
#include "opaque/account_key.hpp"
#include "opaque/fake_record.hpp"
#include "opaque/login_parameters.hpp"
#include "opaque/password_key.hpp"
#include "place.hpp"
#include "sequencer/local/local_sequencer.hpp"
#include "service/application.hpp"
#include "service/client_walk.hpp"
#include "service/founding.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <map>

namespace {

using namespace bulla;

constexpr std::size_t account_count = 16;
constexpr std::size_t login_count = 8'000;

SecretBytes password() {
    return SecretBytes::from(base::as_bytes("correct horse battery staple"));
}

// The client stretches a password anew at each login; here each result is computed once and kept.
class StretchMemory {
public:
    std::optional<Secret<64>> operator()(base::ByteView input) {
        auto& known = known_[base::to_buffer(input)];
        if (known.empty())
            known = base::to_buffer(crypto::argon2id(input, {})->expose());
        return Secret<64>::from(known);
    }

private:
    std::map<base::ByteBuffer, base::ByteBuffer> known_;
};

// A node in this process, with accounts whose owners log in.
class Node {
public:
    Node()
        : data_(*service::open_data(settings_, clock_, randomness_)),
          sequencer_(*data_.open_chain(), *data_.ledger, clock_),
          application_(settings_, {.keys = data_.keys,
                                   .signing_keys = *run(
                                       service::ensure_signing_key(data_, sequencer_, clock_, randomness_)),
                                   .network = data_.network,
                                   .sequencer = sequencer_,
                                   .ledger = *data_.ledger,
                                   .live = *data_.live,
                                   .argon2_pool = argon2_pool_,
                                   .clock = clock_,
                                   .randomness = randomness_}) {}

    void sign_up(std::string const& name) {
        auto walk = service::NewPasswordWalk::start(password(), randomness_);
        auto const offer = application_.registration().begin(name, walk.request(), next_prefix());
        CHECK(offer.has_value());
        auto made = std::move(walk).finish_registration(*offer, network_keys(), name, randomness_);
        CHECK(made.has_value());
        CHECK(run(application_.registration().finish(offer->id, std::move(made->new_password))).has_value());
    }

    // One login; answers the CPU seconds of the server's part.
    double log_in(std::string const& name) {
        auto const secret = password();
        auto const start = opaque::start_login(secret.expose(), randomness_);
        auto const ke1 = base::to_buffer(start.ke1.view());
        service::LoginRequest const request{
            .username = name, .ke1 = ke1, .client = "bench", .origin = "bench", .prefix = next_prefix()};
        auto const began = bench::thread_cpu_seconds();
        auto const offer = application_.login().begin(request);
        auto spent = bench::thread_cpu_seconds() - began;
        CHECK(offer.has_value());
        auto const finish = finish_as_client(start, ke1, *offer);
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

    service::NetworkKeys network_keys() const {
        return {.network = data_.network,
                .opaque_public_key = data_.keys.opaque_keys.public_key,
                .vrf_public_key = data_.keys.vrf_key.public_key()};
    }

    // Each request comes from a network of its own, so that the limits never refuse one.
    base::ByteBuffer next_prefix() {
        ++prefix_;
        return {10, static_cast<std::uint8_t>(prefix_ >> 16), static_cast<std::uint8_t>(prefix_ >> 8),
                static_cast<std::uint8_t>(prefix_)};
    }

    service::LoginFinish finish_as_client(opaque::LoginStart const& start, base::ByteView ke1,
                                          service::LoginOffer const& offer) {
        auto const secret = password();
        auto const finished = opaque::finish_login(start, secret.expose(), *opaque::Ke2::parse(offer.ke2),
                                                   {.stretch = std::ref(stretched_)});
        CHECK(finished.has_value());
        auto const opened =
            opaque::open_login_parameters(offer.sealed_parameters, finished->session_key, ke1, offer.ke2);
        CHECK(opened.has_value());
        auto const parameters = ledger::decode<service::LoginParameters>(opened->expose());
        CHECK(parameters.has_value());
        auto const generation = static_cast<std::uint32_t>(parameters->generation.number());
        auto const key =
            opaque::derive_password_key(finished->export_key, data_.network, parameters->label, generation);
        auto statement = ledger::encode(statement_for(*parameters));
        auto const signature = key.sign(credential::statement_digest(ledger::login_domain, statement));
        return {.id = offer.id,
                .ke3 = base::to_buffer(finished->ke3.view()),
                .statement = std::move(statement),
                .evidence = base::to_buffer(signature)};
    }

    ledger::LoginStatement statement_for(service::LoginParameters const& parameters) const {
        return {.asks = {.network = data_.network,
                         .label = parameters.label,
                         .version = parameters.version,
                         .previous = parameters.head,
                         .not_after = parameters.time + std::chrono::seconds{60}},
                .challenge = parameters.challenge,
                .client = "bench",
                .origin = "bench",
                .credential = parameters.credential,
                .generation = parameters.generation,
                .checkpoint = parameters.checkpoint,
                .request = std::nullopt};
    }

    bench::Place place_;
    net::SystemClock clock_;
    crypto::SystemRandomness randomness_;
    service::Settings settings_{.data = place_.path / "data"};
    boost::asio::io_context context_{1};
    net::WorkerPool argon2_pool_{{.name = "argon2", .threads = 1, .queue_max = 8}};
    service::DataDirectory data_;
    sequencer::LocalSequencer sequencer_;
    service::Application application_;
    StretchMemory stretched_;
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
    auto const secret = password();
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

int main() {
    crypto::start();
    Node node;
    for (std::size_t number = 0; number < account_count; ++number)
        node.sign_up(fmt::format("account{}", number));
    login_rate(node); // the client's stretched passwords are remembered from here on
    auto const bare_oprf = oprf_rate(node.randomness());
    auto const bare_login = bare_login_rate(node);
    auto const logins = login_rate(node);
    bench::print({"OPAQUE login, server side, a core", logins, "bare OPRF evaluation", bare_oprf});
    bench::print({"OPAQUE login, server side, a core", logins, "its cryptographic calls, bare", bare_login});
}
