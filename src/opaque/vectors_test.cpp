// OPAQUE as a whole against RFC 9807 appendix C: both sides, byte for byte.
#include "opaque/client.hpp"
#include "opaque/server.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace bulla::opaque {
namespace {

using base::as_bytes;
using base::ByteBuffer;
using base::to_buffer;
using boost::json::value;
using test::hex_member;

constexpr auto vectors_file = "opaque/opaque_ristretto255_sha512.json";

// Gives the bytes it was made with, once.
class FixedRandomness final : public base::Randomness {
public:
    explicit FixedRandomness(ByteBuffer bytes) : bytes_(std::move(bytes)) {}
    void fill(base::ByteSpan out) override {
        CHECK(out.size() <= bytes_.size() - position_);
        std::ranges::copy(base::ByteView(bytes_).subspan(position_, out.size()), out.begin());
        position_ += out.size();
    }

private:
    ByteBuffer bytes_;
    std::size_t position_ = 0;
};

ByteBuffer optional_member(value const& object, std::string_view name) {
    return object.as_object().contains(name) ? hex_member(object, name) : ByteBuffer{};
}

crypto::Scalar scalar_member(value const& object, std::string_view name) {
    return crypto::Scalar::parse(hex_member(object, name)).value();
}

Secret<32> secret_member(value const& object, std::string_view name) {
    return Secret<32>::from(hex_member(object, name));
}

Surroundings surroundings_of(value const& vector) {
    return {.context = hex_member(vector.at("config"), "Context"),
            .client_identity = optional_member(vector.at("inputs"), "client_identity"),
            .server_identity = optional_member(vector.at("inputs"), "server_identity")};
}

// RFC 9807 §6.3.1.2: how the RFC derives an account's key from one seed. Bulla does not, its vectors do.
crypto::Scalar oprf_key_of(value const& inputs) {
    auto const seed = crypto::hkdf_expand<32>(
        hex_member(inputs, "oprf_seed"), {hex_member(inputs, "credential_identifier"), as_bytes("OprfKey")});
    return crypto::derive_key_pair(seed.expose(), as_bytes("OPAQUE-DeriveKeyPair")).private_key;
}

ServerKeys server_keys_of(value const& inputs) {
    auto private_key = scalar_member(inputs, "server_private_key");
    auto const public_key = crypto::multiply_base(private_key);
    return {.private_key = std::move(private_key), .public_key = public_key};
}

ServerDraws server_draws_of(value const& inputs) {
    return {.masking_nonce = secret_member(inputs, "masking_nonce"),
            .server_nonce = secret_member(inputs, "server_nonce"),
            .keyshare_seed = secret_member(inputs, "server_keyshare_seed")};
}

std::optional<Secret<64>> identity_stretching(base::ByteView bytes) {
    return Secret<64>::from(bytes);
}

void expect_registration(value const& vector) {
    auto const& inputs = vector.at("inputs");
    auto const& outputs = vector.at("outputs");
    auto const password = hex_member(inputs, "password");
    auto const start = start_registration(password, scalar_member(inputs, "blind_registration"));
    EXPECT_EQ(to_buffer(start.request.view()), hex_member(outputs, "registration_request"));

    auto const server_keys = server_keys_of(inputs);
    EXPECT_EQ(to_buffer(server_keys.public_key.view()), hex_member(inputs, "server_public_key"));
    EXPECT_EQ(to_buffer(oprf_key_of(inputs).expose()), hex_member(vector.at("intermediates"), "oprf_key"));
    auto const response =
        create_registration_response(start.request, oprf_key_of(inputs), server_keys.public_key);
    EXPECT_EQ(to_buffer(response.view()), hex_member(outputs, "registration_response"));

    FixedRandomness randomness(hex_member(inputs, "envelope_nonce"));
    auto const finish = finish_registration(
        start, password, response,
        {.stretch = identity_stretching, .randomness = randomness, .surroundings = surroundings_of(vector)});
    ASSERT_TRUE(finish.has_value());
    EXPECT_EQ(to_buffer(finish->record.view()), hex_member(outputs, "registration_upload"));
    EXPECT_EQ(to_buffer(finish->record.client_public_key().view()),
              hex_member(vector.at("intermediates"), "client_public_key"));
    EXPECT_EQ(to_buffer(finish->record.masking_key()), hex_member(vector.at("intermediates"), "masking_key"));
    EXPECT_EQ(to_buffer(finish->record.envelope()), hex_member(vector.at("intermediates"), "envelope"));
    EXPECT_EQ(to_buffer(finish->export_key.expose()), hex_member(outputs, "export_key"));
    EXPECT_EQ(finish->server_public_key, server_keys.public_key);
}

void expect_login(value const& vector) {
    auto const& inputs = vector.at("inputs");
    auto const& outputs = vector.at("outputs");
    auto const password = hex_member(inputs, "password");
    auto const client =
        start_login(password, {.blind = scalar_member(inputs, "blind_login"),
                               .client_nonce = secret_member(inputs, "client_nonce"),
                               .keyshare_seed = secret_member(inputs, "client_keyshare_seed")});
    EXPECT_EQ(to_buffer(client.ke1.view()), hex_member(outputs, "KE1"));

    auto const record = OpaqueRecord::parse(hex_member(outputs, "registration_upload")).value();
    auto const server = start_login(
        client.ke1,
        {.record = record, .oprf_key = oprf_key_of(inputs), .surroundings = surroundings_of(vector)},
        server_keys_of(inputs), server_draws_of(inputs));
    EXPECT_EQ(to_buffer(server.ke2.view()), hex_member(outputs, "KE2"));
    EXPECT_EQ(to_buffer(server.session_key.expose()), hex_member(outputs, "session_key"));

    auto const finish =
        finish_login(client, password, server.ke2,
                     {.stretch = identity_stretching, .surroundings = surroundings_of(vector)});
    ASSERT_TRUE(finish.has_value());
    EXPECT_EQ(to_buffer(finish->ke3.view()), hex_member(outputs, "KE3"));
    EXPECT_EQ(to_buffer(finish->session_key.expose()), hex_member(outputs, "session_key"));
    EXPECT_EQ(to_buffer(finish->export_key.expose()), hex_member(outputs, "export_key"));
    EXPECT_EQ(finish->server_public_key, server_keys_of(inputs).public_key);
    EXPECT_TRUE(finish_login(finish->ke3, server.expected_client_mac));
}

// The intermediates of the key schedule that no message shows.
void expect_session_keys(value const& vector) {
    auto const& inputs = vector.at("inputs");
    auto const ke1 = Ke1::parse(hex_member(vector.at("outputs"), "KE1")).value();
    auto const ke2 = Ke2::parse(hex_member(vector.at("outputs"), "KE2")).value();
    auto const client_public_key =
        crypto::Element::parse(hex_member(vector.at("intermediates"), "client_public_key")).value();
    auto const server_keys = server_keys_of(inputs);
    auto const keyshare = derive_diffie_hellman_key_pair(hex_member(inputs, "server_keyshare_seed"));
    EXPECT_EQ(keyshare.public_key, ke2.server_public_keyshare());
    auto const preamble =
        make_preamble(surroundings_of(vector),
                      {.client = client_public_key.view(), .server = server_keys.public_key.view()},
                      ke1.view(), ke2.before_mac());
    auto const keys = derive_session_keys(
        {crypto::diffie_hellman(keyshare.private_key, ke1.client_public_keyshare()).expose(),
         crypto::diffie_hellman(server_keys.private_key, ke1.client_public_keyshare()).expose(),
         crypto::diffie_hellman(keyshare.private_key, client_public_key).expose()},
        preamble);
    EXPECT_EQ(to_buffer(keys.server_mac_key.expose()),
              hex_member(vector.at("intermediates"), "server_mac_key"));
    EXPECT_EQ(to_buffer(keys.client_mac_key.expose()),
              hex_member(vector.at("intermediates"), "client_mac_key"));
    EXPECT_EQ(to_buffer(keys.session_key.expose()), hex_member(vector.at("outputs"), "session_key"));
}

} // namespace

// E1
TEST(OpaqueVectors, without_identities_rfc_9807_c_1_1_is_reproduced) {
    auto const vectors = test::load_vectors(vectors_file);
    auto const& vector = vectors.at(0);
    ASSERT_TRUE(surroundings_of(vector).client_identity.empty());
    expect_registration(vector);
    expect_login(vector);
    expect_session_keys(vector);
}

TEST(OpaqueVectors, with_identities_rfc_9807_c_1_2_is_reproduced) {
    auto const vectors = test::load_vectors(vectors_file);
    auto const& vector = vectors.at(1);
    ASSERT_EQ(surroundings_of(vector).client_identity, to_buffer(as_bytes("alice")));
    expect_registration(vector);
    expect_login(vector);
    expect_session_keys(vector);
}

TEST(OpaqueVectors, the_fake_record_of_rfc_9807_c_2_1_is_answered_byte_for_byte) {
    auto const vectors = test::load_vectors(vectors_file);
    auto const& vector = vectors.at(2);
    auto const& inputs = vector.at("inputs");
    ASSERT_EQ(vector.at("config").at("Fake").as_string(), "True");
    auto const record =
        OpaqueRecord::parse(base::concat(hex_member(inputs, "client_public_key"),
                                         hex_member(inputs, "masking_key"), ByteBuffer(envelope_size)))
            .value();
    auto const server = start_login(
        Ke1::parse(hex_member(inputs, "KE1")).value(),
        {.record = record, .oprf_key = oprf_key_of(inputs), .surroundings = surroundings_of(vector)},
        server_keys_of(inputs), server_draws_of(inputs));
    EXPECT_EQ(to_buffer(server.ke2.view()), hex_member(vector.at("outputs"), "KE2"));
}

} // namespace bulla::opaque
