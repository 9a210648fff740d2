// The server's work on secrets, with the secrets marked as undefined for valgrind's memcheck (attack
// catalogue E14): every branch on one, and every look-up by one, is an error. Two comparisons that do leak
// come first, and must be found, so that a run that sees nothing is no success.
//
// What becomes public on its way out (signatures, products on the wire) is declassified where it does.
// Argon2id is left out: half of its memory accesses depend on the password by design (RFC 9106 §5.4).
#include "base/declassify.hpp"
#include "crypto/aead.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"
#include "crypto/start.hpp"
#include "crypto/vrf.hpp"
#include "opaque/account_key.hpp"
#include "opaque/fake_record.hpp"
#include "opaque/login_parameters.hpp"
#include "opaque/server.hpp"

#include <fmt/format.h>

#include <valgrind/memcheck.h>

namespace {

using namespace bulla;

void mark_secret(base::ByteView bytes) {
    VALGRIND_MAKE_MEM_UNDEFINED(bytes.data(), bytes.size());
}
void mark_public(base::ByteView bytes) {
    VALGRIND_MAKE_MEM_DEFINED(bytes.data(), bytes.size());
}

template <std::size_t N>
Secret<N> secret(std::uint8_t first) {
    auto made = Secret<N>::make([&](base::ByteSpan bytes) {
        for (auto& byte : bytes)
            byte = first++;
    });
    mark_secret(made.expose());
    return made;
}
crypto::Scalar scalar(std::uint8_t first) {
    return *crypto::Scalar::reduce(secret<64>(first).expose());
}

// Bytes that are as good as random and the same in each run.
class Counting final : public base::Randomness {
public:
    void fill(base::ByteSpan bytes) override {
        for (auto& byte : bytes)
            byte = next_ = static_cast<std::uint8_t>(next_ * 37 + 11);
    }

private:
    std::uint8_t next_ = 1;
};

crypto::Element any_element() {
    return crypto::Element::from_uniform(base::ByteBuffer(64, 9));
}

// --- what leaks, so that the others' silence means something

std::size_t volatile seen = 0; // so that the compiler keeps what has no other use

void compare_until_they_differ() {
    auto const left = secret<32>(1);
    auto const right = secret<32>(1);
    std::size_t same = 0;
    while (same < 32 && left.expose()[same] == right.expose()[same])
        ++same;
    seen = same;
}

void look_up_by_a_secret() {
    static std::uint8_t volatile table[256];
    seen = table[secret<1>(7).expose()[0]];
}

// --- what must not

void same_secret() {
    CHECK(base::declassify(base::same_secret(secret<64>(1), secret<64>(1))));
    CHECK(!base::declassify(base::same_secret(secret<64>(1), secret<64>(2))));
}

void scalars() {
    auto const a = scalar(1);
    auto const b = scalar(2);
    CHECK(crypto::add(a, b).has_value());
    CHECK(crypto::multiply(a, b).has_value());
    CHECK(crypto::Scalar::parse(a.expose()).has_value());
    (void)crypto::negate(a);
    (void)a.invert();
    (void)crypto::multiply_base(a);
    CHECK(crypto::multiply(a, any_element()).has_value());
    (void)crypto::diffie_hellman(a, any_element());
}

void hashes() {
    auto const key = secret<64>(3);
    (void)crypto::sha512_secret({key.expose()});
    (void)crypto::hmac_sha512(key.expose(), {secret<32>(4).expose()});
    (void)crypto::hkdf_expand(crypto::hkdf_extract({}, {key.expose()}).expose(), {}, 100);
}

void oprf() {
    (void)crypto::blind_evaluate(scalar(5), any_element());
    (void)crypto::derive_key_pair(secret<32>(6).expose(), base::as_bytes("info"));
}

void account_keys() {
    base::ByteBuffer const name(32, 1);
    (void)opaque::account_oprf_key(secret<32>(7), name, 1, name);
    std::vector<opaque::SharedSeed> seeds;
    seeds.push_back({.without = {2}, .seed = secret<32>(8)});
    seeds.push_back({.without = {3}, .seed = secret<32>(9)});
    (void)opaque::make_share(1, seeds, {.network = name, .keyset = 1, .label = name});
}

void vrf() {
    auto const key = crypto::VrfKeyPair::from_seed(secret<64>(10));
    auto const output = key.evaluate(base::as_bytes("alice")).output();
    auto const proof = key.prove(base::as_bytes("alice"));
    mark_public(proof.view());
    mark_public(output.view());
    CHECK(crypto::check_vrf(key.public_key(), base::as_bytes("alice"), proof) == output);
}

void ed25519() {
    auto const key = crypto::Ed25519KeyPair::from_seed(secret<32>(11));
    auto const signature = key.sign(base::as_bytes("message"));
    mark_public(signature.view());
    mark_public(key.public_key().view());
    CHECK(crypto::verify(key.public_key(), base::as_bytes("message"), signature));
}

opaque::Ke1 any_ke1() {
    return *opaque::Ke1::parse(
        base::concat(any_element().view(), base::ByteBuffer(32, 1), any_element().view()));
}

void opaque_registration() {
    auto const request = opaque::RegistrationRequest::parse(any_element().view());
    (void)opaque::create_registration_response(*request, scalar(12), any_element());
}

// Nonces are public; the server's key, the seed of its keyshare, and what the record hides are not.
void opaque_login() {
    Counting randomness;
    auto const record = opaque::make_fake_record(randomness);
    mark_secret(record.masking_key());
    mark_secret(record.envelope());
    auto const keys = opaque::make_server_keys(secret<32>(13));
    auto const oprf_key = scalar(14);
    auto draws = opaque::ServerDraws::draw(randomness);
    mark_secret(draws.keyshare_seed.expose());
    auto const started =
        opaque::start_login(any_ke1(), {.record = record, .oprf_key = oprf_key}, keys, draws);
    auto const ke3 = opaque::Ke3::parse(base::ByteBuffer(64, 1));
    CHECK(!base::declassify(opaque::finish_login(*ke3, started.expected_client_mac)));
    (void)opaque::seal_login_parameters(base::ByteBuffer(300, 1), started.session_key, any_ke1().view(),
                                        started.ke2.view());
}

void sealed_messages() {
    auto const key = secret<32>(15);
    auto const text = secret<48>(16);
    crypto::AeadNonce const nonce{};
    auto sealed = crypto::seal(key, nonce, base::as_bytes("to"), text.expose());
    mark_public(sealed);
    CHECK(crypto::open(key, nonce, base::as_bytes("to"), sealed).has_value());
    sealed.back() ^= 1;
    CHECK(!crypto::open(key, nonce, base::as_bytes("to"), sealed).has_value());
}

struct Part {
    std::string_view name;
    void (*run)();
};

std::size_t errors_in(Part const& part) {
    auto const before = VALGRIND_COUNT_ERRORS;
    part.run();
    return static_cast<std::size_t>(VALGRIND_COUNT_ERRORS - before);
}

int run_all() {
    int failed = 0;
    for (Part const& part : {Part{"a comparison that stops early", compare_until_they_differ},
                             Part{"a look-up by a secret", look_up_by_a_secret}})
        if (errors_in(part) == 0) {
            fmt::print("not found: {}\n", part.name);
            ++failed;
        }
    int passed = 0;
    for (Part const& part :
         {Part{"same_secret", same_secret}, Part{"scalars", scalars}, Part{"hashes", hashes},
          Part{"OPRF", oprf}, Part{"account keys", account_keys}, Part{"VRF", vrf}, Part{"Ed25519", ed25519},
          Part{"OPAQUE registration", opaque_registration}, Part{"OPAQUE login", opaque_login},
          Part{"sealed messages", sealed_messages}}) {
        auto const errors = errors_in(part);
        fmt::print("{:22} {}\n", part.name, errors == 0 ? "constant time" : "depends on a secret");
        (errors == 0 ? passed : failed) += 1;
    }
    fmt::print("{} passed, {} failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}

} // namespace

int main() {
    if (RUNNING_ON_VALGRIND == 0) {
        fmt::print("this program finds nothing without valgrind: run tools/constant_time\n");
        return 2;
    }
    crypto::start();
    return run_all();
}
