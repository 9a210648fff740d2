// Logins that succeed and logins that must not, with both sides run against each other.
#include "crypto/random.hpp"
#include "opaque/client.hpp"
#include "opaque/fake_record.hpp"
#include "opaque/login_parameters.hpp"
#include "opaque/server.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::opaque {
namespace {

using base::as_bytes;
using base::ByteBuffer;
using base::to_buffer;

std::optional<Secret<64>> identity_stretching(base::ByteView bytes) {
    return Secret<64>::from(bytes);
}

std::optional<Secret<64>> no_memory(base::ByteView) {
    return std::nullopt;
}

ServerKeys example_server_keys() {
    return make_server_keys(Secret<32>::from(ByteBuffer(32, 0x22)));
}

// One account at one server, registered with a password.
class World {
public:
    explicit World(ByteBuffer const& password) : record_(register_account(password)) {}

    OpaqueRecord const& record() const { return record_; }
    base::Randomness& randomness() { return randomness_; }
    crypto::Scalar const& oprf_key() const { return oprf_key_; }
    ServerKeys const& server_keys() const { return server_keys_; }

    LoginStarted answer(Ke1 const& ke1, OpaqueRecord const& record) {
        return start_login(ke1, {.record = record, .oprf_key = oprf_key_}, server_keys_, randomness_);
    }
    OpaqueRecord register_account(ByteBuffer const& password) {
        auto const start = start_registration(password, randomness_);
        auto const response = create_registration_response(start.request, oprf_key_, server_keys_.public_key);
        return finish_registration(start, password, response,
                                   {.stretch = identity_stretching, .randomness = randomness_})
            .value()
            .record;
    }

private:
    crypto::SystemRandomness randomness_;
    crypto::Scalar oprf_key_ = crypto::Scalar::generate(randomness_);
    ServerKeys server_keys_ = example_server_keys();
    OpaqueRecord record_;
};

ByteBuffer const example_password = to_buffer(as_bytes("correct horse battery staple"));

// The fault of a finish that must fail.
ClientFault fault_of(Result<LoginFinish, ClientFault> const& finish) {
    CHECK(!finish.has_value());
    return finish.error();
}

} // namespace

RC_GTEST_PROP(Login, with_any_password_both_sides_agree, (ByteBuffer const& password)) {
    RC_PRE(!password.empty());
    World world(password);
    auto const client = start_login(password, world.randomness());
    auto const server = world.answer(client.ke1, world.record());
    auto const finish = finish_login(client, password, server.ke2, {.stretch = identity_stretching});
    RC_ASSERT(finish.has_value());
    RC_ASSERT(finish_login(finish->ke3, server.expected_client_mac));
    RC_ASSERT(same_secret(finish->session_key, server.session_key));
    RC_ASSERT(finish->server_public_key == world.server_keys().public_key);
}

TEST(Login, gives_back_the_export_key_of_registration_and_a_fresh_session_key) {
    World world(example_password);
    auto const start = start_registration(example_password, world.randomness());
    auto const response =
        create_registration_response(start.request, world.oprf_key(), world.server_keys().public_key);
    auto const registered =
        finish_registration(start, example_password, response,
                            {.stretch = identity_stretching, .randomness = world.randomness()})
            .value();
    auto const log_in = [&] {
        auto const client = start_login(example_password, world.randomness());
        auto const server = world.answer(client.ke1, registered.record);
        return finish_login(client, example_password, server.ke2, {.stretch = identity_stretching}).value();
    };
    auto const first = log_in();
    auto const second = log_in();
    EXPECT_TRUE(same_secret(first.export_key, registered.export_key));
    EXPECT_TRUE(same_secret(second.export_key, registered.export_key));
    EXPECT_FALSE(same_secret(first.session_key, second.session_key));
}

TEST(Login, with_a_wrong_password_is_refused_by_the_client) {
    World world(example_password);
    for (auto const wrong :
         {"correct horse battery stapl", "correct horse battery staple ", "Correct horse battery staple"}) {
        auto const client = start_login(as_bytes(wrong), world.randomness());
        auto const server = world.answer(client.ke1, world.record());
        EXPECT_EQ(
            fault_of(finish_login(client, as_bytes(wrong), server.ke2, {.stretch = identity_stretching})),
            ClientFault::refused);
    }
}

// E6
TEST(Login, with_any_byte_of_ke2_flipped_is_refused_by_the_client) {
    World world(example_password);
    auto const client = start_login(example_password, world.randomness());
    auto const server = world.answer(client.ke1, world.record());
    ASSERT_TRUE(finish_login(client, example_password, server.ke2, {.stretch = identity_stretching}));
    std::size_t decoded = 0;
    for (std::size_t index = 0; index < Ke2::size; ++index)
        for (auto const bits : std::array<std::uint8_t, 2>{0x01, 0x80}) {
            auto changed = to_buffer(server.ke2.view());
            changed[index] ^= bits;
            auto const ke2 = Ke2::parse(changed);
            if (!ke2)
                continue;
            ++decoded;
            EXPECT_EQ(
                fault_of(finish_login(client, example_password, *ke2, {.stretch = identity_stretching})),
                ClientFault::refused)
                << index;
        }
    EXPECT_GE(decoded, 2 * (Ke2::size - 64)); // all but some of the flipped elements
}

TEST(Login, with_the_ke2_of_another_login_is_refused_by_the_client) {
    World world(example_password);
    auto const client = start_login(example_password, world.randomness());
    auto const other = start_login(example_password, world.randomness());
    auto const server = world.answer(other.ke1, world.record());
    EXPECT_EQ(fault_of(finish_login(client, example_password, server.ke2, {.stretch = identity_stretching})),
              ClientFault::refused);
}

// E6
TEST(Login, against_the_record_of_another_password_is_refused_by_the_client) {
    World world(example_password);
    auto const foreign = world.register_account(to_buffer(as_bytes("another password")));
    auto const client = start_login(example_password, world.randomness());
    auto const server = world.answer(client.ke1, foreign);
    EXPECT_EQ(fault_of(finish_login(client, example_password, server.ke2, {.stretch = identity_stretching})),
              ClientFault::refused);
}

// E6
TEST(Login, against_another_servers_key_is_refused_by_the_client) {
    World world(example_password);
    auto const client = start_login(example_password, world.randomness());
    auto const foreign_keys = make_server_keys(Secret<32>::from(ByteBuffer(32, 0x23)));
    auto const server = start_login(client.ke1, {.record = world.record(), .oprf_key = world.oprf_key()},
                                    foreign_keys, world.randomness());
    EXPECT_EQ(fault_of(finish_login(client, example_password, server.ke2, {.stretch = identity_stretching})),
              ClientFault::refused);
}

TEST(Login, under_another_oprf_key_is_refused_by_the_client) {
    World world(example_password);
    auto const client = start_login(example_password, world.randomness());
    auto const server = start_login(
        client.ke1, {.record = world.record(), .oprf_key = crypto::Scalar::generate(world.randomness())},
        world.server_keys(), world.randomness());
    EXPECT_EQ(fault_of(finish_login(client, example_password, server.ke2, {.stretch = identity_stretching})),
              ClientFault::refused);
}

TEST(Login, under_other_surroundings_is_refused_by_the_client) {
    World world(example_password);
    auto const client = start_login(example_password, world.randomness());
    auto const server = world.answer(client.ke1, world.record());
    auto const finish_in = [&](Surroundings const& surroundings) {
        return finish_login(client, example_password, server.ke2,
                            {.stretch = identity_stretching, .surroundings = surroundings});
    };
    ASSERT_TRUE(finish_in({}));
    EXPECT_EQ(fault_of(finish_in({.context = {1}})), ClientFault::refused);
    EXPECT_EQ(fault_of(finish_in({.client_identity = {1}})), ClientFault::refused);
    EXPECT_EQ(fault_of(finish_in({.server_identity = {1}})), ClientFault::refused);
}

// E4
TEST(Login, against_a_fake_record_looks_alike_and_is_refused_by_the_client) {
    World world(example_password);
    auto const fake = make_fake_record(world.randomness());
    auto const client = start_login(example_password, world.randomness());
    auto const real = world.answer(client.ke1, world.record());
    auto const server = world.answer(client.ke1, fake);
    EXPECT_EQ(server.ke2.evaluated_message(), real.ke2.evaluated_message());
    EXPECT_EQ(fault_of(finish_login(client, example_password, server.ke2, {.stretch = identity_stretching})),
              ClientFault::refused);
}

TEST(Login, without_memory_for_stretching_is_told_apart) {
    World world(example_password);
    auto const client = start_login(example_password, world.randomness());
    auto const server = world.answer(client.ke1, world.record());
    EXPECT_EQ(fault_of(finish_login(client, example_password, server.ke2, {.stretch = no_memory})),
              ClientFault::no_memory);

    auto const start = start_registration(example_password, world.randomness());
    auto const response =
        create_registration_response(start.request, world.oprf_key(), world.server_keys().public_key);
    auto const finish = finish_registration(start, example_password, response,
                                            {.stretch = no_memory, .randomness = world.randomness()});
    ASSERT_FALSE(finish.has_value());
    EXPECT_EQ(finish.error(), ClientFault::no_memory);
}

// E5
TEST(Login, with_any_bit_of_ke3_flipped_is_refused_by_the_server) {
    World world(example_password);
    auto const client = start_login(example_password, world.randomness());
    auto const server = world.answer(client.ke1, world.record());
    auto const ke3 =
        finish_login(client, example_password, server.ke2, {.stretch = identity_stretching}).value().ke3;
    ASSERT_TRUE(finish_login(ke3, server.expected_client_mac));
    for (std::size_t bit = 0; bit < 8 * Ke3::size; ++bit) {
        auto changed = to_buffer(ke3.view());
        changed[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        EXPECT_FALSE(finish_login(Ke3::parse(changed).value(), server.expected_client_mac)) << bit;
    }
}

TEST(FakeRecord, has_random_keys_and_a_zero_envelope) {
    crypto::SystemRandomness randomness;
    auto const one = make_fake_record(randomness);
    auto const other = make_fake_record(randomness);
    EXPECT_NE(one.client_public_key(), other.client_public_key());
    EXPECT_NE(to_buffer(one.masking_key()), to_buffer(other.masking_key()));
    EXPECT_EQ(to_buffer(one.envelope()), ByteBuffer(envelope_size));
}

// Nothing of the server's answers to one name is the same twice, except the evaluation of the same blinded
// message.
TEST(FakeRecord, answers_are_masked_afresh) {
    World world(example_password);
    auto const fake = make_fake_record(world.randomness());
    auto const ke1 = start_login(example_password, world.randomness()).ke1;
    auto const one = world.answer(ke1, fake).ke2;
    auto const other = world.answer(ke1, fake).ke2;
    EXPECT_EQ(one.evaluated_message(), other.evaluated_message());
    EXPECT_NE(to_buffer(one.masked_response()), to_buffer(other.masked_response()));
    EXPECT_NE(to_buffer(one.server_mac()), to_buffer(other.server_mac()));
}

} // namespace bulla::opaque
