// Evidence of each kind of credential: what is accepted, and that nothing near it is.
#include "credential/evidence.hpp"

#include "base/encoding.hpp"
#include "support/vectors.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>


namespace bulla::credential {
namespace {

using base::ByteBuffer;
using base::ByteView;
using test::hex_member;
using Parts = std::vector<ByteBuffer>;

crypto::Ed25519KeyPair test_key(std::string_view name) {
    return crypto::Ed25519KeyPair::from_seed(crypto::Ed25519Seed::from(crypto::sha256(base::as_bytes(name))));
}

StatementDigest test_digest() {
    return statement_digest("bulla/test/v1", base::as_bytes("statement"));
}

struct Site {
    std::string rp_id = "example.org";
    std::vector<std::string> origins = {"https://example.org"};
    RelyingParty party() const { return {rp_id, origins}; }
};

std::optional<EvidenceFault> fault_of(Result<EvidenceCheck, EvidenceFault> const& made) {
    return made ? std::nullopt : std::optional(made.error());
}

bool is_good(EvidenceKey const& key, RelyingParty const& party, StatementDigest const& digest,
             Parts const& parts) {
    auto const made = evidence_check(key, party, digest, parts);
    return made && check(*made);
}

// --- the W3C's pairs

// The COSE key of a registration, as the ledger holds it; nothing for algorithms that it does not have.
std::optional<PublicKey> key_of(boost::json::value const& registration) {
    auto const object = hex_member(registration, "attestationObject");
    auto const after = [&](ByteView from, ByteView mark) {
        auto const found = std::ranges::search(from, mark);
        return found.empty() ? ByteView{}
                             : from.subspan(static_cast<std::size_t>(found.end() - from.begin()));
    };
    auto const key = after(object, hex_member(registration, "credential_id"));
    auto const x = after(key, test::from_hex("215820"));
    auto const y = after(key, test::from_hex("225820"));
    if (std::ranges::equal(key.first(7), test::from_hex("a5010203262001")))
        return PublicKey(P256PublicKey::from(base::concat(x.first(32), y.first(32))));
    if (std::ranges::equal(key.first(7), test::from_hex("a4010103272006")))
        return PublicKey(crypto::Ed25519PublicKey::from(x.first(32)));
    return std::nullopt;
}

// r ‖ s of SEQUENCE { INTEGER r, INTEGER s }: what whoever submits an entry does.
ByteBuffer from_der(ByteView der) {
    ByteBuffer out(64);
    auto const put = [&](ByteView number, std::size_t end) {
        auto const digits = number.size() > 32 ? number.last(32) : number;
        std::ranges::copy(digits, out.begin() + static_cast<std::ptrdiff_t>(end - digits.size()));
    };
    std::size_t const r_size = der[3];
    put(der.subspan(4, r_size), 32);
    put(der.subspan(6 + r_size, der[5 + r_size]), 64);
    return out;
}

struct Pair {
    std::string anchor;
    std::optional<PublicKey> key;
    std::optional<StatementDigest> challenge;
    Parts parts;
};

std::vector<Pair> w3c_pairs() {
    std::vector<Pair> pairs;
    auto const document = test::load_vectors("webauthn/webauthn_l3.json");
    for (auto const& vector : document.at("vectors").as_array()) {
        auto const& made = vector.at("authentication");
        Pair pair{.anchor = std::string(vector.at("anchor").as_string()),
                  .key = key_of(vector.at("registration")),
                  .challenge = StatementDigest::parse(hex_member(made, "challenge")),
                  .parts = {hex_member(made, "authenticatorData"), hex_member(made, "clientDataJSON"),
                            hex_member(made, "signature")}};
        if (pair.key && pair.key->p256() != nullptr)
            pair.parts[2] = from_der(pair.parts[2]);
        pairs.push_back(std::move(pair));
    }
    return pairs;
}

bool is_signed(Pair const& pair) {
    auto const algorithm =
        pair.key->p256() != nullptr ? SignatureAlgorithm::es256 : SignatureAlgorithm::ed25519;
    return check({.algorithm = algorithm,
                  .public_key = base::to_buffer(pair.key->view()),
                  .message = base::concat(pair.parts[0], crypto::sha256(ByteView(pair.parts[1]))),
                  .signature = pair.parts[2]});
}

// What is wrong with an assertion by the rule of LEDGER §5, told by looking at it without the code under
// test; the first of several.
std::string fault_by_eye(Pair const& pair) {
    auto const client_data = std::string(base::as_text(pair.parts[1]));
    bool const is_verified = (pair.parts[0][32] & 0x04) != 0;
    if (!pair.key)
        return "algorithm_not_had";
    if (client_data.contains(R"("crossOrigin":true)") || client_data.contains("topOrigin"))
        return "framed";
    return is_verified ? "accepted" : "user_not_verified";
}

// D1
TEST(Passkey, of_the_standard_gets_the_verdict_of_the_table_for_its_reason) {
    auto const table = test::load_vectors("webauthn/verdicts.json").at("verdicts").as_object();
    Site const site;
    std::size_t count = 0;
    for (auto const& pair : w3c_pairs()) {
        auto const name = pair.anchor.substr(std::string_view("sctn-test-vectors-").size());
        auto const verdict = std::string(std::string_view(table.at(name).as_string()));
        ++count;
        EXPECT_EQ(fault_by_eye(pair), verdict) << name;
        if (verdict == "algorithm_not_had")
            continue;
        ASSERT_TRUE(pair.key && pair.challenge) << name;
        EXPECT_TRUE(is_registrable(*pair.key)) << name;
        EXPECT_TRUE(is_signed(pair)) << name;
        EvidenceKey const key{CredentialKind::passkey, *pair.key};
        auto const made = evidence_check(key, site.party(), *pair.challenge, pair.parts);
        EXPECT_EQ(made.has_value(), verdict == "accepted") << name;
        EXPECT_TRUE(made ? check(*made) : made.error() == EvidenceFault::wrong_client) << name;
    }
    EXPECT_EQ(count, 15U);
    EXPECT_EQ(table.size(), 15U);
}

// D1: EdDSA, of which the standard has no pair with a verified user.
TEST(Passkey, of_eddsa_is_accepted_and_refused_with_any_byte_changed) {
    auto const document = test::load_vectors("webauthn/own_eddsa.json");
    Site const site;
    for (auto const& vector : document.at("vectors").as_array()) {
        auto const public_key = *PublicKey::parse(hex_member(vector, "public_key"));
        EvidenceKey const key{CredentialKind::passkey, public_key};
        auto const digest = StatementDigest::from(hex_member(vector, "digest"));
        Parts const parts = {hex_member(vector, "authenticatorData"), hex_member(vector, "clientDataJSON"),
                             hex_member(vector, "signature")};
        EXPECT_TRUE(is_good(key, site.party(), digest, parts)) << vector.at("name");
        for (std::size_t part = 0; part < parts.size(); ++part)
            for (std::size_t place = 0; place < parts[part].size(); ++place) {
                auto changed = parts;
                changed[part][place] ^= 1;
                EXPECT_FALSE(is_good(key, site.party(), digest, changed)) << part << " " << place;
            }
    }
}

// D1
TEST(Passkey, with_any_byte_of_its_evidence_changed_or_cut_is_refused) {
    Site const site;
    for (auto const& pair : w3c_pairs()) {
        if (!pair.key || !pair.challenge)
            continue;
        EvidenceKey const key{CredentialKind::passkey, *pair.key};
        if (!is_good(key, site.party(), *pair.challenge, pair.parts))
            continue;
        for (std::size_t part = 0; part < pair.parts.size(); ++part) {
            for (std::size_t place = 0; place < pair.parts[part].size(); ++place) {
                auto changed = pair.parts;
                changed[part][place] ^= 0x20;
                EXPECT_FALSE(is_good(key, site.party(), *pair.challenge, changed)) << part << " " << place;
            }
            auto shorter = pair.parts;
            shorter[part].pop_back();
            EXPECT_FALSE(is_good(key, site.party(), *pair.challenge, shorter)) << part;
        }
    }
}

// --- a passkey of our own, so that what is wrong is signed too

struct Assertion {
    crypto::Ed25519KeyPair key = test_key("passkey");
    StatementDigest digest = test_digest();
    Site site;
    std::string rp_id = "example.org";
    std::uint8_t flags = 0x05;
    ByteBuffer rest = ByteBuffer(4); // counter and what may follow
    std::string client_data = R"({"type":"webauthn.get","challenge":")" + base::to_base64url(test_digest()) +
                              R"(","origin":"https://example.org","crossOrigin":false})";

    Parts parts() const {
        auto authenticator_data = base::to_buffer(crypto::sha256(base::as_bytes(rp_id)));
        authenticator_data.push_back(flags);
        base::append(authenticator_data, rest);
        auto const hash = crypto::sha256(base::as_bytes(client_data));
        auto const signature = key.sign(base::concat(authenticator_data, hash));
        return {authenticator_data, base::to_buffer(base::as_bytes(client_data)), base::to_buffer(signature)};
    }
    bool is_accepted() const {
        PublicKey const public_key(key.public_key());
        return is_good({CredentialKind::passkey, public_key}, site.party(), digest, parts());
    }
    Assertion with(std::string_view from, std::string_view to) const {
        auto changed = *this;
        auto const place = changed.client_data.find(from);
        CHECK(place != std::string::npos);
        changed.client_data.replace(place, from.size(), to);
        return changed;
    }
    Assertion(Assertion const& other)
        : digest(other.digest), site(other.site), rp_id(other.rp_id), flags(other.flags), rest(other.rest),
          client_data(other.client_data) {}
    Assertion() = default;
};

TEST(Passkey, is_accepted_over_the_digest) {
    EXPECT_TRUE(Assertion().is_accepted());
}

// D2
TEST(Passkey, with_client_data_that_is_not_the_one_prefix_is_refused) {
    Assertion const good;
    EXPECT_FALSE(good.with("webauthn.get", "webauthn.create").is_accepted());
    EXPECT_FALSE(good.with("webauthn.get", "payment.get").is_accepted());
    EXPECT_FALSE(good.with(R"("crossOrigin":false)", R"("crossOrigin":true)").is_accepted());
    EXPECT_FALSE(good.with(R"(,"crossOrigin":false)", "").is_accepted());
    EXPECT_FALSE(good.with(R"("crossOrigin":false)", R"("topOrigin":"https://evil.example")").is_accepted());
    EXPECT_FALSE(good.with("{", "\xef\xbb\xbf{").is_accepted()); // a byte order mark
    EXPECT_FALSE(good.with("{", "{ ").is_accepted());
    EXPECT_FALSE(good.with(R"("type")", R"("extra":1,"type")").is_accepted());
    EXPECT_FALSE(good.with(R"(","origin")", R"(=","origin")").is_accepted()); // base64 padding
    EXPECT_FALSE(good.with("}", "").is_accepted());
    EXPECT_FALSE(good.with("}", "}\n").is_accepted());
    EXPECT_FALSE(good.with("}", "}}").is_accepted());
    auto other = good;
    other.digest = statement_digest("bulla/test/v1", base::as_bytes("another"));
    EXPECT_FALSE(other.is_accepted());
}

// D2
TEST(Passkey, with_fields_after_the_prefix_is_accepted_up_to_1024_bytes) {
    Assertion const good;
    EXPECT_TRUE(good.with("}", R"(,"extraData":"anything"})").is_accepted());
    EXPECT_TRUE(good.with("}", R"(,"type":"webauthn.create"})").is_accepted()); // the first one counts
    auto const room = client_data_size_max - good.client_data.size();
    EXPECT_TRUE(good.with("}", "," + std::string(room, 'a')).is_accepted());
    EXPECT_FALSE(good.with("}", "," + std::string(room + 1, 'a')).is_accepted());
}

// D3
TEST(Passkey, used_on_another_origin_is_refused) {
    Assertion const good;
    for (auto const* const origin :
         {"http://example.org", "https://example.org:8443", "https://login.example.org",
          "https://badexample.org", "https://example.org.", "https://example.org/", "https://EXAMPLE.org",
          "https://example.or", "null", "", "android:apk-key-hash:AAAA", "https://xn--exmple-cua.org"})
        EXPECT_FALSE(good.with("https://example.org", origin).is_accepted()) << origin;
    auto second = good.with("https://example.org", "https://other.example");
    EXPECT_FALSE(second.is_accepted());
    second.site.origins.emplace_back("https://other.example");
    EXPECT_TRUE(second.is_accepted());
    second.site.origins.clear();
    EXPECT_FALSE(second.is_accepted());
}

// D4
TEST(Passkey, made_for_another_relying_party_is_refused) {
    for (auto const* const rp_id : {"org", "login.example.org", "example.com", "", "EXAMPLE.ORG"}) {
        Assertion changed;
        changed.rp_id = rp_id;
        EXPECT_FALSE(changed.is_accepted()) << rp_id;
    }
}

// D5
TEST(Passkey, needs_the_user_present_and_verified_and_no_other_flag) {
    for (unsigned flags = 0; flags < 256; ++flags) {
        Assertion changed;
        changed.flags = static_cast<std::uint8_t>(flags);
        EXPECT_EQ(changed.is_accepted(), (flags & 0x05) == 0x05) << flags;
    }
}

// D6
TEST(Passkey, may_count_as_it_likes_for_the_ledger) {
    for (auto const& rest :
         {ByteBuffer{0, 0, 0, 0}, ByteBuffer{0, 0, 0, 1}, ByteBuffer(4, 0xff), ByteBuffer(80)}) {
        Assertion changed;
        changed.rest = rest;
        EXPECT_TRUE(changed.is_accepted());
    }
    Assertion shorter;
    shorter.rest.resize(3);
    EXPECT_FALSE(shorter.is_accepted());
}

TEST(Passkey, is_three_parts_and_a_signature_of_64_bytes) {
    Assertion const good;
    PublicKey const public_key(good.key.public_key());
    EvidenceKey const key{CredentialKind::passkey, public_key};
    auto parts = good.parts();
    parts.push_back({});
    EXPECT_EQ(fault_of(evidence_check(key, good.site.party(), good.digest, parts)),
              EvidenceFault::wrong_shape);
    parts.resize(2);
    EXPECT_EQ(fault_of(evidence_check(key, good.site.party(), good.digest, parts)),
              EvidenceFault::wrong_shape);
    parts = good.parts();
    parts[2].push_back(0);
    EXPECT_EQ(fault_of(evidence_check(key, good.site.party(), good.digest, parts)),
              EvidenceFault::wrong_shape);
}

// --- keys

// D7
TEST(Credential, has_only_a_key_of_its_kinds_algorithms_and_of_the_right_group) {
    auto const ed25519 = PublicKey(test_key("any").public_key());
    auto const vectors = test::load_vectors("ssh/sshsig.json");
    auto const p256 = *PublicKey::parse(hex_member(vectors.at("vectors").at(1), "public_key"));
    using enum CredentialKind;
    for (auto const kind : {password, device_key, recovery_key}) {
        EXPECT_TRUE(is_key_of(kind, ed25519));
        EXPECT_FALSE(is_key_of(kind, p256));
        EXPECT_EQ(fault_of(evidence_check({kind, p256}, {}, test_digest(), Parts{ByteBuffer(64)})),
                  EvidenceFault::unsupported_key);
    }
    for (auto const kind : {passkey, ssh_key})
        EXPECT_TRUE(is_key_of(kind, ed25519) && is_key_of(kind, p256));
    EXPECT_TRUE(is_registrable(ed25519) && is_registrable(p256));
    auto off_curve = P256PublicKey::from(p256.view());
    off_curve.writable()[63] ^= 1;
    EXPECT_FALSE(is_registrable(PublicKey(off_curve)));
    EXPECT_FALSE(is_registrable(PublicKey(P256PublicKey{}))); // infinity has no such form
    EXPECT_FALSE(is_registrable(PublicKey(crypto::Ed25519PublicKey{})));
    for (std::size_t const size : {0U, 31U, 33U, 57U, 63U, 65U, 96U, 132U, 256U}) // compressed, Ed448, RSA …
        EXPECT_FALSE(PublicKey::parse(ByteBuffer(size, 2)).has_value()) << size;
}

// D12
TEST(EvidenceCheck, with_the_algorithm_of_another_key_is_refused) {
    auto const key = test_key("any");
    auto const message = base::to_buffer(test_digest());
    EvidenceCheck made{.algorithm = SignatureAlgorithm::ed25519,
                       .public_key = base::to_buffer(key.public_key()),
                       .message = message,
                       .signature = base::to_buffer(key.sign(message))};
    EXPECT_TRUE(check(made));
    auto const id = made.id();
    made.algorithm = SignatureAlgorithm::es256;
    EXPECT_FALSE(check(made));
    EXPECT_NE(made.id(), id);
}

// D12
TEST(EvidenceCheck, of_es256_agrees_with_wycheproof) {
    auto const document = test::load_vectors("wycheproof/ecdsa_secp256r1_sha256_p1363_test.json");
    std::size_t count = 0;
    for (auto const& group : document.at("testGroups").as_array()) {
        auto const encoded = hex_member(group.at("publicKey"), "uncompressed");
        for (auto const& test : group.at("tests").as_array()) {
            EvidenceCheck const made{.algorithm = SignatureAlgorithm::es256,
                                     .public_key = base::to_buffer(ByteView(encoded).subspan(1)),
                                     .message = hex_member(test, "msg"),
                                     .signature = hex_member(test, "sig")};
            EXPECT_EQ(check(made), test.at("result").as_string() == "valid") << test.at("tcId");
            ++count;
        }
    }
    EXPECT_EQ(count, 262U);
}

// --- SSH keys

TEST(SshKey, signs_as_ssh_keygen_does) {
    auto const document = test::load_vectors("ssh/sshsig.json");
    for (auto const& vector : document.at("vectors").as_array()) {
        auto const key = *PublicKey::parse(hex_member(vector, "public_key"));
        auto const digest = StatementDigest::from(hex_member(vector, "digest"));
        Parts const parts = {hex_member(vector, "signature")};
        EXPECT_TRUE(is_good({CredentialKind::ssh_key, key}, {}, digest, parts)) << vector.at("algorithm");
        EXPECT_FALSE(is_good({CredentialKind::ssh_key, key}, {}, test_digest(), parts));
        for (std::size_t place = 0; place < 64; ++place) {
            auto changed = parts;
            changed[0][place] ^= 1;
            EXPECT_FALSE(is_good({CredentialKind::ssh_key, key}, {}, digest, changed)) << place;
        }
        auto longer = parts;
        longer[0].push_back(0);
        EXPECT_FALSE(is_good({CredentialKind::ssh_key, key}, {}, digest, longer));
        EXPECT_FALSE(is_good({CredentialKind::ssh_key, key}, {}, digest, {parts[0], parts[0]}));
    }
}

// K1
TEST(SshKey, signature_over_the_bare_digest_is_none_of_an_ssh_key_and_the_other_way_round) {
    auto const pair = test_key("ssh");
    PublicKey const key(pair.public_key());
    auto const digest = test_digest();
    Parts const bare = {base::to_buffer(pair.sign(digest))};
    Parts const framed = {base::to_buffer(pair.sign(ssh_signed_message(digest)))};
    EXPECT_TRUE(is_good({CredentialKind::device_key, key}, {}, digest, bare));
    EXPECT_FALSE(is_good({CredentialKind::ssh_key, key}, {}, digest, bare));
    EXPECT_TRUE(is_good({CredentialKind::ssh_key, key}, {}, digest, framed));
    EXPECT_FALSE(is_good({CredentialKind::device_key, key}, {}, digest, framed));
}

} // namespace
} // namespace bulla::credential
