// The messages of OPAQUE (RFC 9807) with ristretto255-SHA512: fixed sizes, no framing.
//
//   RegistrationRequest    blinded_message 32
//   RegistrationResponse   evaluated_message 32 ‖ server_public_key 32
//   OpaqueRecord           client_public_key 32 ‖ masking_key 64 ‖ envelope 96, the RFC's RegistrationRecord
//   envelope               envelope_nonce 32 ‖ auth_tag 64
//   Ke1                    blinded_message 32 ‖ client_nonce 32 ‖ client_public_keyshare 32
//   Ke2                    evaluated_message 32 ‖ masking_nonce 32 ‖ masked_response 128 ‖ server_nonce 32
//                          ‖ server_public_keyshare 32 ‖ server_mac 64
//   Ke3                    client_mac 64
//
// parse() refuses another length and, where a group element stands, an encoding that does not decode, is not
// canonical or is the identity: nobody computes with a secret before that.
#pragma once

#include "base/bytes.hpp"
#include "crypto/ristretto.hpp"

#include <optional>

namespace bulla::opaque {

// Bytes of a message with named slices. Tag tells the messages apart.
template <class Tag, std::size_t N>
class Message {
public:
    static constexpr std::size_t size = N;
    base::ByteView view() const { return bytes_; }
    base::ByteView slice(std::size_t offset, std::size_t length) const {
        return base::ByteView(bytes_).subspan(offset, length);
    }
    friend bool operator==(Message const&, Message const&) = default;

protected:
    explicit Message(base::ByteView bytes) { std::ranges::copy(bytes, bytes_.begin()); }
    std::array<std::uint8_t, N> bytes_{};
};

class RegistrationRequest : public Message<RegistrationRequest, 32> {
public:
    static std::optional<RegistrationRequest> parse(base::ByteView bytes);
    explicit RegistrationRequest(crypto::Element const& blinded_message)
        : Message(blinded_message.view()), blinded_message_(blinded_message) {}
    crypto::Element const& blinded_message() const { return blinded_message_; }

private:
    crypto::Element blinded_message_;
};

class RegistrationResponse : public Message<RegistrationResponse, 64> {
public:
    static std::optional<RegistrationResponse> parse(base::ByteView bytes);
    RegistrationResponse(crypto::Element const& evaluated_message, crypto::Element const& server_public_key)
        : Message(base::concat(evaluated_message.view(), server_public_key.view())),
          evaluated_message_(evaluated_message), server_public_key_(server_public_key) {}
    crypto::Element const& evaluated_message() const { return evaluated_message_; }
    crypto::Element const& server_public_key() const { return server_public_key_; }

private:
    crypto::Element evaluated_message_;
    crypto::Element server_public_key_;
};

inline constexpr std::size_t envelope_size = 96;

class OpaqueRecord : public Message<OpaqueRecord, 192> {
public:
    static std::optional<OpaqueRecord> parse(base::ByteView bytes);
    crypto::Element const& client_public_key() const { return client_public_key_; }
    base::ByteView masking_key() const { return slice(32, 64); }
    base::ByteView envelope() const { return slice(96, envelope_size); }

private:
    OpaqueRecord(base::ByteView bytes, crypto::Element const& key)
        : Message(bytes), client_public_key_(key) {}
    crypto::Element client_public_key_;
};

class Ke1 : public Message<Ke1, 96> {
public:
    static std::optional<Ke1> parse(base::ByteView bytes);
    crypto::Element const& blinded_message() const { return blinded_message_; }
    crypto::Element const& client_public_keyshare() const { return client_public_keyshare_; }

private:
    Ke1(base::ByteView bytes, crypto::Element const& blinded, crypto::Element const& keyshare)
        : Message(bytes), blinded_message_(blinded), client_public_keyshare_(keyshare) {}
    crypto::Element blinded_message_;
    crypto::Element client_public_keyshare_;
};

class Ke2 : public Message<Ke2, 320> {
public:
    static std::optional<Ke2> parse(base::ByteView bytes);
    crypto::Element const& evaluated_message() const { return evaluated_message_; }
    crypto::Element const& server_public_keyshare() const { return server_public_keyshare_; }
    base::ByteView masking_nonce() const { return slice(32, 32); }
    base::ByteView masked_response() const { return slice(64, 128); }
    base::ByteView server_mac() const { return slice(256, 64); }
    // Everything before server_mac: what the preamble takes in.
    base::ByteView before_mac() const { return slice(0, 256); }

private:
    Ke2(base::ByteView bytes, crypto::Element const& evaluated, crypto::Element const& keyshare)
        : Message(bytes), evaluated_message_(evaluated), server_public_keyshare_(keyshare) {}
    crypto::Element evaluated_message_;
    crypto::Element server_public_keyshare_;
};

class Ke3 : public Message<Ke3, 64> {
public:
    static std::optional<Ke3> parse(base::ByteView bytes);

private:
    using Message::Message;
};

} // namespace bulla::opaque
