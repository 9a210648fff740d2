#include "net/node_tls.hpp"

#include "crypto/hash.hpp"
#include "net/tls_inside.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

namespace bulla::net {
namespace {

using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;

constexpr std::array<std::uint8_t, 12> spki_prefix{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                   0x2b, 0x65, 0x70, 0x03, 0x21, 0x00}; // RFC 8410 §4

// The hash of an Ed25519 key, and of no other kind.
std::optional<TlsKeyHash> hash_key_of(X509* certificate) {
    auto* const key = certificate == nullptr ? nullptr : X509_get0_pubkey(certificate);
    if (key == nullptr || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519)
        return std::nullopt;
    std::array<std::uint8_t, crypto::Ed25519PublicKey::size> bytes{};
    auto size = bytes.size();
    if (EVP_PKEY_get_raw_public_key(key, bytes.data(), &size) != 1 || size != bytes.size())
        return std::nullopt;
    return hash_tls_key(crypto::Ed25519PublicKey::from(base::ByteView(bytes)));
}

// Where a session keeps the key it is meant for. Not its application data: Asio takes those for its own.
int expected_key_index() {
    static int const index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

extern "C" int bulla_check_client_key(X509_STORE_CTX* check, void* known) {
    auto const hash = hash_key_of(X509_STORE_CTX_get0_cert(check));
    return hash && (*static_cast<NodeTls::IsKnown const*>(known))(*hash) ? 1 : 0;
}

extern "C" int bulla_check_server_key(X509_STORE_CTX* check, void*) {
    auto* const session =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto const* const expected =
        static_cast<TlsKeyHash const*>(SSL_get_ex_data(session, expected_key_index()));
    auto const hash = hash_key_of(X509_STORE_CTX_get0_cert(check));
    return hash && expected != nullptr && *hash == *expected ? 1 : 0;
}

Key make_key(crypto::Ed25519KeyPair const& pair) {
    auto const seed = pair.seed();
    auto const bytes = seed.expose();
    return Key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size()));
}

bool name_it(X509& certificate) {
    auto* const subject = X509_get_subject_name(&certificate);
    static constexpr std::string_view text = "bulla node";
    return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                      reinterpret_cast<unsigned char const*>(text.data()),
                                      static_cast<int>(text.size()), -1, 0) == 1 &&
           X509_set_issuer_name(&certificate, subject) == 1;
}

// The dates mean nothing, as RFC 5280 §4.1.2.5 has it for a certificate that does not expire.
Certificate make_certificate(EVP_PKEY& key) {
    Certificate certificate(X509_new());
    bool const is_made =
        certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
        ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1) == 1 && name_it(*certificate) &&
        ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate.get()), "19700101000000Z") == 1 &&
        ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate.get()), "99991231235959Z") == 1 &&
        X509_set_pubkey(certificate.get(), &key) == 1 && X509_sign(certificate.get(), &key, nullptr) != 0;
    return is_made ? std::move(certificate) : Certificate{};
}

bool restrict_to_nodes(SSL_CTX& context, X509& certificate, EVP_PKEY& key) {
    SSL_CTX_set_options(&context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                      SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(&context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                   SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(&context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    return SSL_CTX_set_min_proto_version(&context, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_num_tickets(&context, 0) == 1 && SSL_CTX_set1_groups_list(&context, "X25519") == 1 &&
           SSL_CTX_set1_sigalgs_list(&context, "ed25519") == 1 &&
           SSL_CTX_use_certificate(&context, &certificate) == 1 &&
           SSL_CTX_use_PrivateKey(&context, &key) == 1;
}

SSL_CTX* make_context(SSL_METHOD const* method, X509& certificate, EVP_PKEY& key) {
    Context context(SSL_CTX_new(method));
    if (!context || !restrict_to_nodes(*context, certificate, key))
        return nullptr;
    return context.release();
}

} // namespace

TlsKeyHash hash_tls_key(crypto::Ed25519PublicKey const& public_key) {
    return TlsKeyHash::from(crypto::sha256({base::ByteView(spki_prefix), public_key.view()}).view());
}

std::unique_ptr<NodeTls> NodeTls::make(crypto::Ed25519KeyPair const& key, IsKnown is_known) {
    std::unique_ptr<NodeTls> tls(new NodeTls(std::move(is_known)));
    auto const private_key = make_key(key);
    auto const certificate = private_key ? make_certificate(*private_key) : Certificate{};
    if (certificate) {
        tls->server_ = make_context(TLS_server_method(), *certificate, *private_key);
        tls->client_ = make_context(TLS_client_method(), *certificate, *private_key);
    }
    ERR_clear_error();
    if (tls->server_ == nullptr || tls->client_ == nullptr)
        return nullptr;
    SSL_CTX_set_cert_verify_callback(tls->server_, bulla_check_client_key, &tls->is_known_);
    SSL_CTX_set_cert_verify_callback(tls->client_, bulla_check_server_key, nullptr);
    return tls;
}

NodeTls::~NodeTls() {
    SSL_CTX_free(server_);
    SSL_CTX_free(client_);
}

std::unique_ptr<TlsSession> NodeTls::accept(int socket) const {
    auto inside = std::make_unique<TlsSession::Inside>();
    inside->session.reset(SSL_new(server_));
    if (!inside->session || SSL_set_fd(inside->session.get(), socket) != 1)
        return nullptr;
    return std::make_unique<TlsSession>(std::move(inside));
}

bool NodeTls::expect(SSL* session, TlsKeyHash const& key) {
    return SSL_set_ex_data(session, expected_key_index(), const_cast<TlsKeyHash*>(&key)) == 1;
}

} // namespace bulla::net
