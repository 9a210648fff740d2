#include "crypto/p256.hpp"

#include "base/handle.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

namespace bulla::crypto {
namespace {

using PublicKey = base::Handle<EVP_PKEY, EVP_PKEY_free>;
using PublicKeyContext = base::Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = base::Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using Signature = base::Handle<ECDSA_SIG, ECDSA_SIG_free>;

// A refused key or signature leaves nothing in the thread's queue of errors, which TLS reads.
class QuietErrors {
public:
    QuietErrors() { ERR_set_mark(); }
    ~QuietErrors() { ERR_pop_to_mark(); }
    QuietErrors(QuietErrors const&) = delete;
    QuietErrors& operator=(QuietErrors const&) = delete;
};

// Nothing when a coordinate is not less than the field's prime or the point is not on the curve.
PublicKey load(P256PublicKey const& public_key) {
    auto encoded = base::concat(std::array<std::uint8_t, 1>{0x04}, public_key.view()); // SEC 1 §2.3.3
    std::string group = "P-256"; // OpenSSL wants it writable
    std::array<OSSL_PARAM, 3> parameters = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size()),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, encoded.data(), encoded.size()),
        OSSL_PARAM_construct_end(),
    };
    PublicKeyContext const context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    CHECK(context && EVP_PKEY_fromdata_init(context.get()) == 1);
    EVP_PKEY* loaded = nullptr;
    if (EVP_PKEY_fromdata(context.get(), &loaded, EVP_PKEY_PUBLIC_KEY, parameters.data()) != 1)
        return nullptr;
    return PublicKey(loaded);
}

// The DER form that OpenSSL takes. It refuses r and s of zero, or not less than the group order, by itself.
base::ByteBuffer to_der(P256Signature const& signature) {
    Signature const parts(ECDSA_SIG_new());
    auto* const r = BN_bin2bn(signature.view().data(), 32, nullptr);
    auto* const s = BN_bin2bn(signature.view().data() + 32, 32, nullptr);
    CHECK(parts && r && s && ECDSA_SIG_set0(parts.get(), r, s) == 1); // takes both
    auto const size = i2d_ECDSA_SIG(parts.get(), nullptr);
    CHECK(size > 0);
    base::ByteBuffer der(static_cast<std::size_t>(size));
    auto* position = der.data();
    CHECK(i2d_ECDSA_SIG(parts.get(), &position) == size);
    return der;
}

} // namespace

bool verify(P256PublicKey const& public_key, base::ByteView message, P256Signature const& signature) {
    QuietErrors const quiet;
    auto const key = load(public_key);
    if (!key)
        return false;
    auto const der = to_der(signature);
    DigestContext const context(EVP_MD_CTX_new());
    CHECK(context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1);
    return EVP_DigestVerify(context.get(), der.data(), der.size(), message.data(), message.size()) == 1;
}

bool is_registrable(P256PublicKey const& public_key) {
    QuietErrors const quiet;
    return load(public_key) != nullptr;
}

} // namespace bulla::crypto
