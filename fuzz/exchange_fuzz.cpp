// LINK: cli
// From bytes on a connection to bytes on it: a whole server without the network card. The first byte chooses
// whether the routes are those of the world or those of the control socket; in the rest, "{token}" stands for
// the access token of an account that is there. Whatever comes: one answer for each request that is told of,
// none of them a fault of ours, and the server ends the connection.
//
// The plain form is off: Argon2id takes too long for a fuzzer (form_fuzz reads its forms).
#include "../bench/password_client.hpp"
#include "../tests/support/temporary_directory.hpp"
#include "cli/control.hpp"
#include "http/connection.hpp"
#include "http/metrics.hpp"
#include "http/routes.hpp"
#include "sequencer/local/local_sequencer.hpp"
#include "service/application.hpp"
#include "service/founding.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <sys/socket.h>

using namespace bulla;

namespace {

constexpr std::string_view token_mark = "{token}";
constexpr std::size_t runs_between_cleanings = 64;

class SteppingClock final : public base::Clock {
public:
    base::Timestamp now() const override { return base::from_unix_milliseconds(now_); }
    void step() { now_ += 10; }

private:
    std::atomic<std::uint64_t> now_ = 1'800'000'000'000;
};

service::Settings settings_for(std::filesystem::path const& data) {
    service::Settings settings;
    settings.data = data;
    settings.registration = service::RegistrationMode::open;
    settings.plain_form = service::PlainFormMode::disabled;
    return settings;
}

class Site {
public:
    Site()
        : data_(*service::open_data(settings_, clock_, randomness_)),
          sequencer_(*data_.open_chain(), *data_.ledger, clock_),
          application_(settings_, {.keys = data_.keys,
                                   .signing_keys = std::move(data_.signing_keys),
                                   .network = data_.network,
                                   .sequencer = sequencer_,
                                   .ledger = *data_.ledger,
                                   .live = *data_.live,
                                   .argon2_pool = pool_,
                                   .disk_pool = pool_,
                                   .clock = clock_,
                                   .randomness = randomness_}) {
        CHECK(run(application_.signing_keys().settle()).has_value());
        bench::RegistrationClient const client(randomness_);
        auto const offer = application_.registration().begin("alice", client.request(), next_client().prefix);
        CHECK(offer.has_value());
        CHECK(run(application_.registration().finish(offer->id, client.finish(*offer))).has_value());
    }

    void exchange(http::Router const& router, std::string_view input) {
        clock_.step();
        told_ = 0;
        auto const answers = talk(router, with_token(input));
        CHECK(answers.empty() || answers.starts_with("HTTP/1."));
        CHECK(count(answers, "\r\nDate: ") == told_);
        if (++runs_ % runs_between_cleanings == 0)
            cli::remove_old_copies(data_.paths.data);
    }
    http::Router const& routes() const { return router_; }
    http::Router const& control_routes() const { return control_router_; }

private:
    using Pair = std::array<int, 2>;

    std::string talk(http::Router const& router, std::string_view input) {
        Pair files{};
        CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, files.data()) == 0);
        CHECK(::send(files[1], input.data(), input.size(), 0) == static_cast<ssize_t>(input.size()));
        CHECK(::shutdown(files[1], SHUT_WR) == 0);
        http::ServerParts const parts{.router = router,
                                      .application = application_,
                                      .clock = clock_,
                                      .observer = [this](http::Exchange const& one) { observe(one); },
                                      .limits = {},
                                      .proxies = {}};
        http::Connection connection(socket_of(files[0]), next_client(), parts, lane_);
        std::string answers;
        boost::asio::co_spawn(context_, connection.serve(), boost::asio::detached);
        boost::asio::co_spawn(context_, read_all(socket_of(files[1]), &answers), boost::asio::detached);
        context_.restart();
        context_.run();
        return answers;
    }

    void observe(http::Exchange const& one) {
        ++told_;
        CHECK(one.exception.empty());
        CHECK(one.status >= 200 && one.status < 600 && one.status != 500);
    }

    http::Socket socket_of(int file) {
        return {context_, boost::asio::generic::stream_protocol(AF_UNIX, 0), file};
    }

    static boost::asio::awaitable<void> read_all(http::Socket socket, std::string* answers) {
        std::array<char, 64 * 1024> room{};
        for (;;) {
            auto const [error, size] = co_await socket.async_read_some(
                boost::asio::buffer(room), boost::asio::as_tuple(boost::asio::use_awaitable));
            if (error)
                co_return;
            answers->append(room.data(), size);
        }
    }

    std::string with_token(std::string_view input) {
        std::string text(input);
        if (auto const place = text.find(token_mark); place != std::string::npos)
            text.replace(place, token_mark.size(), token());
        return text;
    }

    // The account may be gone by now, by an entry that a fuzzer cannot make: then nobody logs in.
    std::string const& token() {
        if (!application_.tokens().check_bearer(token_)) {
            bench::LoginClient const client(randomness_);
            auto const offer = application_.login().begin({.username = "alice",
                                                           .ke1 = base::to_buffer(client.ke1()),
                                                           .client = "cli",
                                                           .origin = "cli",
                                                           .prefix = next_client().prefix});
            CHECK(offer.has_value());
            auto const issued = application_.login().finish(client.finish(*offer));
            CHECK(issued.has_value());
            token_ = issued->access_token;
        }
        return token_;
    }

    template <class T>
    T run(boost::asio::awaitable<T> work) {
        auto done = boost::asio::co_spawn(context_, std::move(work), boost::asio::use_future);
        context_.restart();
        context_.run();
        return done.get();
    }

    // From a network of its own each time, so that no limit hides what lies behind it.
    http::ClientAddress next_client() {
        return http::make_client_address(boost::asio::ip::make_address_v4(0x0a00'0001 + (clients_++ << 8)));
    }

    static std::size_t count(std::string_view text, std::string_view what) {
        std::size_t found = 0;
        for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1))
            ++found;
        return found;
    }

    test::TemporaryDirectory place_;
    SteppingClock clock_;
    crypto::SystemRandomness randomness_;
    service::Settings settings_ = settings_for(place_.path() / "data");
    boost::asio::io_context context_{1};
    net::WorkerPool pool_{{.name = "pool", .threads = 1, .queue_max = 8}};
    service::DataDirectory data_;
    sequencer::LocalSequencer sequencer_;
    service::Application application_;
    http::Metrics metrics_;
    http::Router router_{http::make_routes(metrics_)};
    http::Router control_router_{cli::make_control_routes(
        {.ledger = *data_.ledger, .pool = pool_, .randomness = randomness_, .data = data_.paths.data})};
    http::LaneState lane_{context_};
    std::string token_;
    std::uint32_t clients_ = 0;
    std::size_t told_ = 0;
    std::size_t runs_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    static Site site;
    if (size == 0)
        return 0;
    auto const& router = (bytes[0] & 1) != 0 ? site.control_routes() : site.routes();
    site.exchange(router, base::as_text({bytes + 1, size - 1}));
    return 0;
}
