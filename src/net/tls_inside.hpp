// What net's own parts of TLS share: OpenSSL's objects with an end.
#pragma once

#include "net/tls.hpp"

#include <openssl/ssl.h>

namespace bulla::net {

template <auto release>
struct Release {
    void operator()(auto* object) const { release(object); }
};
using Context = std::unique_ptr<SSL_CTX, Release<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Release<SSL_free>>;

struct TlsSession::Inside {
    Session session;
};

} // namespace bulla::net
