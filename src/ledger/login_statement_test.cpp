// The statement of a login in its two forms: with the account, and without (LEDGER §5).
#include "ledger/login_statement.hpp"

#include <gtest/gtest.h>

namespace bulla::ledger {
namespace {

constexpr std::string_view origin = "https://example.org";

crypto::Ed25519KeyPair test_key(std::string_view name) {
    return crypto::Ed25519KeyPair::from_seed(crypto::Ed25519Seed::from(crypto::sha256(base::as_bytes(name))));
}

template <class T>
T filled(std::uint8_t byte) {
    return T::from(base::ByteBuffer(T::size, byte));
}

class LoginStatements : public testing::Test {
protected:
    LoginStatements() {
        Credential row;
        row.id = filled<CredentialId>(1);
        row.key.kind = CredentialKind::device_key;
        row.key.public_key = PublicKey(key.public_key());
        account.head = {
            .status = AccountStatus::active, .version = AccountVersion{7}, .head = filled<LeafHash>(3)};
        account.state = AccountState{};
        account.state->credentials = {row};
    }
    base::Timestamp now() const { return base::from_unix_milliseconds(1'800'000'000'000); }
    NamelessLogin nameless() const {
        return {.network = filled<NetworkId>(4),
                .not_after = now() + std::chrono::seconds{60},
                .challenge = filled<LoginChallenge>(5),
                .client = "bulla",
                .origin = std::string(origin),
                .checkpoint = {.size = TreeSize{9}, .root = filled<merkle::LogRoot>(6)},
                .request = std::nullopt};
    }
    LoginStatement named() const {
        auto const said = nameless();
        return {.asks = {.network = said.network,
                         .label = filled<Label>(2),
                         .version = account.head.version,
                         .previous = account.head.head,
                         .not_after = said.not_after},
                .challenge = said.challenge,
                .client = said.client,
                .origin = said.origin,
                .credential = filled<CredentialId>(1),
                .generation = std::nullopt,
                .checkpoint = said.checkpoint,
                .request = std::nullopt};
    }
    LoginExpectation expected() const {
        return {.network = filled<NetworkId>(4),
                .label = filled<Label>(2),
                .challenge = filled<LoginChallenge>(5),
                .client = "bulla",
                .origin = origin,
                .now = now(),
                .relying_party = {}};
    }
    // Nothing: accepted, and the signature holds.
    std::optional<LoginFault> fault_of(base::ByteBuffer const& bytes) const {
        auto const digest = credential::statement_digest(login_domain, bytes);
        auto const evidence = base::to_buffer(key.sign(digest));
        auto const made =
            check_key_login(bytes, std::span(&evidence, 1), expected(), {account, filled<CredentialId>(1)});
        EXPECT_TRUE(!made || credential::check(*made));
        return made ? std::nullopt : std::optional(made.error());
    }
    template <class Statement>
    std::optional<LoginFault> fault_of(Statement const& statement) const {
        return fault_of(encode(statement));
    }

    crypto::Ed25519KeyPair key = test_key("login");
    AccountRow account;
};

TEST_F(LoginStatements, are_taken_in_both_forms_and_never_one_for_the_other) {
    EXPECT_EQ(fault_of(nameless()), std::nullopt);
    EXPECT_EQ(fault_of(named()), std::nullopt);
    EXPECT_FALSE(decode<LoginStatement>(encode(nameless())));
    EXPECT_FALSE(decode<NamelessLogin>(encode(named())));
    EXPECT_EQ(decode<NamelessLogin>(encode(nameless())).value(), nameless());
}

TEST_F(LoginStatements, without_a_name_say_what_was_given_out) {
    auto const with = [&](auto change) {
        auto statement = nameless();
        change(statement);
        return fault_of(statement);
    };
    EXPECT_EQ(with([](auto& s) { s.network = {}; }), LoginFault::wrong_network);
    EXPECT_EQ(with([](auto& s) { s.not_after -= std::chrono::seconds{61}; }), LoginFault::expired);
    EXPECT_EQ(with([](auto& s) { s.not_after += std::chrono::seconds{61}; }), LoginFault::expired);
    EXPECT_EQ(with([](auto& s) { s.challenge = {}; }), LoginFault::unexpected);
    EXPECT_EQ(with([](auto& s) { s.client = "cli"; }), LoginFault::unexpected);
    EXPECT_EQ(with([](auto& s) { s.origin = "https://example.com"; }), LoginFault::unexpected);
    EXPECT_EQ(with([](auto& s) { s.request = RequestHash{}; }), LoginFault::unexpected);
}

TEST_F(LoginStatements, with_a_name_are_for_this_credential_at_this_version) {
    auto statement = named();
    statement.asks.version = statement.asks.version.next();
    EXPECT_EQ(fault_of(statement), LoginFault::stale);
    statement = named();
    statement.asks.label = {};
    EXPECT_EQ(fault_of(statement), LoginFault::unexpected);
    statement = named();
    statement.credential = {};
    EXPECT_EQ(fault_of(statement), LoginFault::unexpected);
}

TEST_F(LoginStatements, without_a_name_are_none_of_a_password_recovery_key_or_suspended_account) {
    auto& credential = account.state->credentials[0];
    for (auto const kind : {CredentialKind::password, CredentialKind::recovery_key}) {
        credential.key.kind = kind;
        EXPECT_EQ(fault_of(nameless()), LoginFault::not_active);
    }
    credential.key.kind = CredentialKind::device_key;
    account.head.status = AccountStatus::suspended;
    EXPECT_EQ(fault_of(nameless()), LoginFault::not_active);
    account.state.reset();
    EXPECT_EQ(fault_of(nameless()), LoginFault::not_active);
}

// Another time within what is allowed is no fault.
bool says_the_same(base::ByteView bytes, NamelessLogin const& nameless, LoginStatement const& named) {
    if (auto other = decode<NamelessLogin>(bytes)) {
        other->not_after = nameless.not_after;
        return *other == nameless;
    }
    auto other = decode<LoginStatement>(bytes);
    if (other)
        other->asks.not_after = named.asks.not_after;
    return other && *other == named;
}

TEST_F(LoginStatements, with_any_byte_cut_or_changed_are_refused) {
    for (auto const& bytes : {encode(nameless()), encode(named())}) {
        for (std::size_t size = 0; size < bytes.size(); ++size)
            EXPECT_NE(fault_of(base::ByteBuffer(bytes.begin(), bytes.begin() + static_cast<long>(size))),
                      std::nullopt);
        // The checkpoint is what the client saw: the server does not compare it.
        auto const checkpoint = filled<merkle::LogRoot>(6);
        auto const seen = std::ranges::search(bytes, checkpoint.view()).begin() - bytes.begin() - 5;
        for (std::size_t place = 0; place < static_cast<std::size_t>(seen); ++place) {
            auto changed = bytes;
            changed[place] ^= 1;
            EXPECT_TRUE(fault_of(changed) || says_the_same(changed, nameless(), named())) << place;
        }
    }
}

} // namespace
} // namespace bulla::ledger
