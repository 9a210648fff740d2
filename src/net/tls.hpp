// The server's side of TLS by OpenSSL: 1.2 and 1.3, forward secrecy and AEAD alone (RFC 9325), no
// renegotiation, no compression, no early data; HTTP/1.1 is the one protocol offered (RFC 7301).
//
// A session does no waiting: it works on a non-blocking socket of its owner and says what it waits for.
// The process must ignore SIGPIPE (net/signals.hpp).
#pragma once

#include "base/bytes.hpp"
#include "base/mutex.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace bulla::net {

// What a step on a non-blocking socket came to.
struct TlsStep {
    enum class Kind : std::uint8_t {
        done,       // `size` bytes went; for a handshake: it is complete
        wait_read,  // nothing went: again when the socket can be read
        wait_write, // likewise, written
        ended,      // the other side is done, or broke the rules
    };
    Kind kind = Kind::ended;
    std::size_t size = 0;
};

class TlsSession {
public:
    struct Inside;
    explicit TlsSession(std::unique_ptr<Inside> inside);
    TlsSession(TlsSession&&) noexcept;
    TlsSession& operator=(TlsSession&&) noexcept;
    ~TlsSession();

    TlsStep handshake();
    TlsStep read(base::ByteSpan room);          // room is not empty
    TlsStep write(std::string_view bytes);      // a part may go; not empty
    void say_goodbye();                         // close_notify, if there is room for it

private:
    std::unique_ptr<Inside> inside_;
};

// Who a server's connections are encrypted for.
class TlsAcceptor {
public:
    virtual ~TlsAcceptor() = default;
    // A session on a connected, non-blocking socket, which outlives it. Nothing: no memory.
    virtual std::unique_ptr<TlsSession> accept(int socket) const = 0;
};

struct TlsFiles {
    std::filesystem::path certificate; // PEM: the server's, then those that lead to the root
    std::filesystem::path key;         // PEM, unencrypted, of mode 0600 at most 0640
};

struct TlsFault {
    enum class Kind : std::uint8_t {
        certificate_unreadable,
        key_unreadable,
        key_readable_by_others,
        key_differs, // not the certificate's
        failed,      // the library
    };
    Kind kind = Kind::failed;
    std::filesystem::path file;
};

// Certificate and key in force. Thread-safe.
class TlsCertificate final : public TlsAcceptor {
public:
    static Result<std::unique_ptr<TlsCertificate>, TlsFault> load(TlsFiles files);
    ~TlsCertificate() override;

    // Loads the files again when either has changed since they were read; true: new sessions use what was
    // loaded. After a fault what was in force stays so, and the next call tries again.
    Result<bool, TlsFault> reload_if_changed();

    base::Timestamp expires() const; // the end of the server's own certificate

    std::unique_ptr<TlsSession> accept(int socket) const override;

private:
    struct Loaded;
    explicit TlsCertificate(TlsFiles files);
    static Result<std::shared_ptr<Loaded const>, TlsFault> load_files(TlsFiles const& files);

    TlsFiles const files_;
    mutable base::Mutex mutex_;
    std::shared_ptr<Loaded const> loaded_ GUARDED_BY(mutex_);
};

} // namespace bulla::net
