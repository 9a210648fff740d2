#include "net/tls.hpp"

#include "net/tls_inside.hpp"

#include <openssl/err.h>

#include <sys/stat.h>

#include <algorithm>

namespace bulla::net {
namespace {

using Kind = TlsFault::Kind;

constexpr std::string_view protocol = "\x08http/1.1";

std::unexpected<TlsFault> fault(Kind kind, std::filesystem::path const& file) {
    ERR_clear_error();
    return std::unexpected{TlsFault{.kind = kind, .file = file}};
}

// A client that offers protocols, and not ours, is refused; one that offers none speaks HTTP/1.1.
extern "C" int bulla_choose_protocol(SSL*, unsigned char const** chosen, unsigned char* chosen_size,
                                     unsigned char const* offered, unsigned offered_size, void*) {
    unsigned char* found = nullptr;
    auto const* const ours = reinterpret_cast<unsigned char const*>(protocol.data());
    auto const outcome = SSL_select_next_proto(&found, chosen_size, ours,
                                               static_cast<unsigned>(protocol.size()), offered, offered_size);
    *chosen = found;
    return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool restrict(SSL_CTX& context) {
    SSL_CTX_set_options(&context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                      SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(&context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                   SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(&context, bulla_choose_protocol, nullptr);
    return SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(&context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
           SSL_CTX_set1_groups_list(&context, "X25519:P-256:P-384") == 1;
}

struct FileStamp {
    timespec changed{};
    off_t size = 0;
    ino_t number = 0;
    mode_t mode = 0;
    bool same_as(FileStamp const& other) const {
        return changed.tv_sec == other.changed.tv_sec && changed.tv_nsec == other.changed.tv_nsec &&
               size == other.size && number == other.number;
    }
};
FileStamp stamp_of(std::filesystem::path const& file) {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0)
        return {};
    return {
        .changed = status.st_mtim, .size = status.st_size, .number = status.st_ino, .mode = status.st_mode};
}

} // namespace

struct TlsCertificate::Loaded {
    Context context;
    FileStamp certificate;
    FileStamp key;
};

namespace {

// The thread's error queue must be empty before a call, or an old error would be taken for a new one.
TlsStep step_of(SSL* session, int outcome, std::size_t size) {
    if (outcome == 1)
        return {.kind = TlsStep::Kind::done, .size = size};
    auto const reason = SSL_get_error(session, outcome);
    ERR_clear_error();
    switch (reason) {
    case SSL_ERROR_WANT_READ: return {.kind = TlsStep::Kind::wait_read};
    case SSL_ERROR_WANT_WRITE: return {.kind = TlsStep::Kind::wait_write};
    default: return {.kind = TlsStep::Kind::ended};
    }
}

} // namespace

TlsSession::TlsSession(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
TlsSession::TlsSession(TlsSession&&) noexcept = default;
TlsSession& TlsSession::operator=(TlsSession&&) noexcept = default;
TlsSession::~TlsSession() = default;

TlsStep TlsSession::handshake() {
    ERR_clear_error();
    auto* const session = inside_->session.get();
    return step_of(session, SSL_accept(session), 0);
}

TlsStep TlsSession::read(base::ByteSpan room) {
    ERR_clear_error();
    auto* const session = inside_->session.get();
    std::size_t size = 0;
    auto const outcome = SSL_read_ex(session, room.data(), room.size(), &size);
    return step_of(session, outcome, size);
}

TlsStep TlsSession::write(std::string_view bytes) {
    ERR_clear_error();
    auto* const session = inside_->session.get();
    std::size_t size = 0;
    auto const outcome = SSL_write_ex(session, bytes.data(), bytes.size(), &size);
    return step_of(session, outcome, size);
}

void TlsSession::say_goodbye() {
    ERR_clear_error();
    if (SSL_is_init_finished(inside_->session.get()) == 1)
        SSL_shutdown(inside_->session.get());
    ERR_clear_error();
}

TlsCertificate::TlsCertificate(TlsFiles files) : files_(std::move(files)) {}
TlsCertificate::~TlsCertificate() = default;

Result<std::shared_ptr<TlsCertificate::Loaded const>, TlsFault> TlsCertificate::load_files(
    TlsFiles const& files) {
    auto loaded = std::make_shared<Loaded>();
    loaded->certificate = stamp_of(files.certificate);
    loaded->key = stamp_of(files.key);
    loaded->context.reset(SSL_CTX_new(TLS_server_method()));
    auto* const context = loaded->context.get();
    if (context == nullptr || !restrict(*context))
        return fault(Kind::failed, {});
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
        return fault(Kind::certificate_unreadable, files.certificate);
    if ((loaded->key.mode & 037) != 0)
        return fault(Kind::key_readable_by_others, files.key);
    // A key of another type than the certificate's shows at the check below, one of the same type at once.
    auto const used = SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM);
    bool const differs = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    if (used != 1 && !differs)
        return fault(Kind::key_unreadable, files.key);
    if (used != 1 || SSL_CTX_check_private_key(context) != 1)
        return fault(Kind::key_differs, files.key);
    ERR_clear_error();
    return loaded;
}

Result<std::unique_ptr<TlsCertificate>, TlsFault> TlsCertificate::load(TlsFiles files) {
    auto loaded = TRY(load_files(files));
    std::unique_ptr<TlsCertificate> certificate(new TlsCertificate(std::move(files)));
    base::Lock const lock(certificate->mutex_);
    certificate->loaded_ = std::move(loaded);
    return certificate;
}

Result<bool, TlsFault> TlsCertificate::reload_if_changed() {
    auto const certificate = stamp_of(files_.certificate);
    auto const key = stamp_of(files_.key);
    {
        base::Lock const lock(mutex_);
        if (loaded_->certificate.same_as(certificate) && loaded_->key.same_as(key))
            return false;
    }
    auto loaded = TRY(load_files(files_));
    base::Lock const lock(mutex_);
    loaded_ = std::move(loaded);
    return true;
}

base::Timestamp TlsCertificate::expires() const {
    base::Lock const lock(mutex_);
    auto const* const end = X509_get0_notAfter(SSL_CTX_get0_certificate(loaded_->context.get()));
    std::tm time{};
    if (ASN1_TIME_to_tm(end, &time) != 1)
        return {};
    return base::Timestamp{std::chrono::seconds{std::max<std::time_t>(0, ::timegm(&time))}};
}

std::unique_ptr<TlsSession> TlsCertificate::accept(int socket) const {
    auto inside = std::make_unique<TlsSession::Inside>();
    {
        base::Lock const lock(mutex_);
        inside->session.reset(SSL_new(loaded_->context.get())); // keeps the context for itself
    }
    if (!inside->session || SSL_set_fd(inside->session.get(), socket) != 1)
        return nullptr;
    return std::make_unique<TlsSession>(std::move(inside));
}

} // namespace bulla::net
