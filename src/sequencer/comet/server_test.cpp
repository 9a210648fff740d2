#include "sequencer/comet/server.hpp"

#include "sequencer/comet/frame.hpp"
#include "support/comet_world.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

namespace bulla::sequencer::comet {
namespace {

using test::CometWorld;

struct Served : CometWorld {
    std::filesystem::path socket = directory.path() / "engine" / "abci.sock";
    std::unique_ptr<Server> server = Server::start(socket, *application, test::silent_log()).value();
};

// The engine's side of one connection.
class Client {
public:
    explicit Client(Served const& world) : socket_(context_) { socket_.connect({world.socket.string()}); }

    void send(base::ByteView bytes) {
        boost::asio::write(socket_, boost::asio::buffer(bytes.data(), bytes.size()));
    }
    void send(abci::Request const& request) { send(frame_of(request)); }

    // Nothing: the other side has ended the connection.
    std::optional<abci::Response> receive() {
        while (true) {
            if (auto const frame = frames_.next().value()) {
                abci::Response response;
                CHECK(response.ParseFromArray(frame->data(), static_cast<int>(frame->size())));
                return response;
            }
            std::array<std::uint8_t, 4096> bytes{};
            boost::system::error_code error;
            auto const size = socket_.read_some(boost::asio::buffer(bytes), error);
            if (error)
                return std::nullopt;
            frames_.feed(base::ByteView(bytes).first(size));
        }
    }
    static base::ByteBuffer frame_of(abci::Request const& request) {
        base::ByteBuffer bytes;
        append_frame(bytes, base::as_bytes(request.SerializeAsString()));
        return bytes;
    }

private:
    boost::asio::io_context context_;
    boost::asio::local::stream_protocol::socket socket_;
    FrameReader frames_{1 << 24};
};

abci::Request echo(std::string text) {
    abci::Request request;
    request.mutable_echo()->set_message(std::move(text));
    return request;
}
abci::Request flush() {
    abci::Request request;
    request.mutable_flush();
    return request;
}

TEST(Server, answers_in_order_what_arrives_at_once) {
    Served const world;
    Client client(world);
    base::ByteBuffer bytes;
    for (int number = 0; number < 300; ++number)
        base::append(bytes, Client::frame_of(echo(std::to_string(number))));
    base::append(bytes, Client::frame_of(flush()));
    client.send(bytes);
    for (int number = 0; number < 300; ++number)
        EXPECT_EQ(client.receive().value().echo().message(), std::to_string(number));
    EXPECT_TRUE(client.receive().value().has_flush());
}

TEST(Server, answers_requests_that_arrive_byte_by_byte) {
    Served const world;
    Client client(world);
    auto const bytes = Client::frame_of(echo("slow"));
    for (std::size_t index = 0; index < bytes.size(); ++index)
        client.send(base::ByteView(bytes).subspan(index, 1));
    EXPECT_EQ(client.receive().value().echo().message(), "slow");
}

TEST(Server, answers_every_request_with_the_matching_member) {
    Served world;
    Client client(world);
    auto const ask = [&](auto fill) {
        abci::Request request;
        fill(request);
        client.send(request);
        auto const response = client.receive();
        EXPECT_EQ(int{response.value().value_case()}, int{request.value_case()} + 1);
        return *response;
    };
    ask([](auto& r) { r.mutable_info(); });
    ask([](auto& r) { r.mutable_query(); });
    ask([](auto& r) { r.mutable_check_tx(); });
    ask([](auto& r) { r.mutable_list_snapshots(); });
    ask([](auto& r) { r.mutable_offer_snapshot(); });
    ask([](auto& r) { r.mutable_load_snapshot_chunk(); });
    ask([](auto& r) { r.mutable_apply_snapshot_chunk(); });
    ask([&](auto& r) { *r.mutable_init_chain() = world.init_request(); });
    ask([](auto& r) { r.mutable_prepare_proposal(); });
    // An unset status would stop consensus.
    EXPECT_NE(ask([](auto& r) { r.mutable_process_proposal(); }).process_proposal().status(),
              abci::StatusResponse::UNKNOWN);
    ask([](auto& r) { r.mutable_extend_vote(); });
    EXPECT_EQ(ask([](auto& r) { r.mutable_verify_vote_extension(); }).verify_vote_extension().status(),
              abci::StatusResponse::ACCEPT);
    ask([&](auto& r) { *r.mutable_finalize_block() = world.next_block({world.registration(1)}); });
    ask([](auto& r) { r.mutable_commit(); });
    EXPECT_EQ(world.application->height(), store::EngineHeight{1});
}

TEST(Server, ends_a_connection_with_an_exception_and_goes_on_with_others) {
    Served const world;
    Client other(world);
    base::ByteBuffer const hostile[] = {{0x00},
                                        {0xff, 0xff, 0xff, 0xff, 0x7f},
                                        {0x02, 0xff, 0xff},
                                        {0x03, 0xaa, 0x01, 0x00}}; // the last: member 21, InsertTx
    for (auto const& bytes : hostile) {
        Client client(world);
        client.send(bytes);
        EXPECT_TRUE(client.receive().value().has_exception());
        EXPECT_FALSE(client.receive().has_value());
    }
    Client early(world);
    abci::Request commit;
    commit.mutable_commit();
    early.send(commit);
    EXPECT_TRUE(early.receive().value().exception().error().contains("out_of_order"));
    other.send(echo("still here"));
    EXPECT_EQ(other.receive().value().echo().message(), "still here");
}

// CheckTx and Echo while a commit waits for the disk.
TEST(Server, lets_a_waiting_commit_stop_no_other_connection) {
    Served world;
    world.init();
    world.finalize({world.registration(1)});
    world.ledger.hold();
    Client consensus(world);
    abci::Request commit;
    commit.mutable_commit();
    consensus.send(commit);
    world.ledger.await_held_commit();
    Client other(world);
    other.send(echo("meanwhile"));
    EXPECT_EQ(other.receive().value().echo().message(), "meanwhile");
    world.ledger.release();
    EXPECT_TRUE(consensus.receive().value().has_commit());
}

TEST(Server, keeps_its_socket_from_other_users) {
    Served const world;
    EXPECT_EQ(std::filesystem::status(world.socket.parent_path()).permissions(),
              std::filesystem::perms::owner_all);
}

TEST(Server, says_when_the_path_is_too_long) {
    CometWorld world;
    auto const started = Server::start(world.directory.path() / std::string(120, 'x') / "abci.sock",
                                       *world.application, test::silent_log());
    EXPECT_TRUE(started.error().reason.contains("too long"));
}

TEST(Server, ends_while_clients_are_connected) {
    Served world;
    Client client(world);
    client.send(echo("hello"));
    EXPECT_TRUE(client.receive().has_value());
    world.server.reset();
    EXPECT_FALSE(client.receive().has_value());
}

} // namespace
} // namespace bulla::sequencer::comet
