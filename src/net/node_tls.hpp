// TLS 1.3 between the nodes of a network, each side with a certificate of its own making
// (docs/decisions/0031).
//
// A certificate is the envelope of an Ed25519 key: its names, dates and issuer are not looked at, and no
// authority is asked. What counts is the hash of the key, which the node list has. Both sides show one. No
// earlier version, no resumption, no early data.
#pragma once

#include "crypto/ed25519.hpp"
#include "net/tls.hpp"

#include <functional>
#include <optional>

// OpenSSL's own names, so that its headers stay out of ours.
typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_st SSL;

namespace bulla::net {

// SHA-256 of the SubjectPublicKeyInfo, as RFC 7469 pins keys.
using TlsKeyHash = base::Bytes<struct TlsKeyHashMeaning, 32>;
TlsKeyHash hash_tls_key(crypto::Ed25519PublicKey const& public_key);

class NodeTls final : public TlsAcceptor {
public:
    // Whether a node of the list in force has this key. Called in handshakes, on I/O threads.
    using IsKnown = std::function<bool(TlsKeyHash const&)>;

    // Nothing: the library failed, for want of memory.
    static std::unique_ptr<NodeTls> make(crypto::Ed25519KeyPair const& key, IsKnown is_known);
    ~NodeTls() override;

    std::unique_ptr<TlsSession> accept(int socket) const override;

    // For connections to other nodes. A session needs the key of the node it is meant for: see expect().
    SSL_CTX* client_context() const { return client_; }
    // The handshake fails unless the other side has the key. `key` outlives the session.
    static bool expect(SSL* session, TlsKeyHash const& key);

private:
    explicit NodeTls(IsKnown is_known) : is_known_(std::move(is_known)) {}
    IsKnown is_known_;
    SSL_CTX* server_ = nullptr;
    SSL_CTX* client_ = nullptr;
};

} // namespace bulla::net
