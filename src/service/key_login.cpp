#include "service/key_login.hpp"

#include "base/encoding.hpp"
#include "crypto/random.hpp"
#include "service/refusal_of_limits.hpp"
#include "service/service_limits.hpp"
#include "service/username.hpp"

namespace bulla::service {
namespace {

constexpr std::string_view page_client = "bulla";

// Lengths that authenticators give their ids.
constexpr std::array<std::size_t, 4> passkey_id_sizes = {16, 20, 32, 64};

// How many passkeys names that nobody has seem to have: about as often one, two or three as accounts do.
constexpr std::array<std::size_t, 6> made_up_counts = {1, 1, 1, 2, 2, 3};

std::vector<base::ByteBuffer> make_up_passkeys(Secret<64> const& seed) {
    auto const drawn = seed.expose();
    std::vector<base::ByteBuffer> made_up;
    for (std::uint8_t i = 0; i < made_up_counts[drawn[0] % made_up_counts.size()]; ++i) {
        auto const size = passkey_id_sizes[drawn[std::size_t{i} + 1] % passkey_id_sizes.size()];
        auto const id = crypto::hkdf_expand(drawn, {base::as_bytes("id"), std::array{i}}, size);
        made_up.push_back(base::to_buffer(id.expose()));
    }
    return made_up;
}

// A name that could not exist gets a label that nobody can have, since no name holds this byte.
std::string normalise(std::string_view typed, ledger::PolicyRow const& policy) {
    auto const parsed = Username::parse(typed, {.scripts = policy.scripts});
    return parsed ? std::string(parsed->text()) : "\xff" + std::string(typed);
}

// Whose evidence is verified when nobody's is to be: base points, whose private key everybody knows.
ledger::AccountRow make_decoy(ledger::CredentialKind kind) {
    bool const is_passkey = kind == ledger::CredentialKind::passkey;
    auto const point =
        base::parse_hex(is_passkey ? "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                                     "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
                                   : "5866666666666666666666666666666666666666666666666666666666666666");
    ledger::Credential credential;
    credential.key.kind = kind;
    credential.key.public_key = ledger::PublicKey::parse(*point).value_or(ledger::PublicKey());
    ledger::AccountState state;
    state.credentials.push_back(std::move(credential));
    return {.head = {}, .state = std::move(state)};
}

ledger::Credential const* find_credential(ledger::AccountState const& state, KeyLoginFinish const& made) {
    if (!made.passkey && !made.credential && !made.public_key)
        return nullptr;
    auto const found = std::ranges::find_if(state.credentials, [&](ledger::Credential const& each) {
        return (!made.passkey || each.key.webauthn_id == made.passkey) &&
               (!made.credential || each.id == *made.credential) &&
               (!made.public_key || std::ranges::equal(each.key.public_key.view(), *made.public_key));
    });
    return found == state.credentials.end() ? nullptr : &*found;
}

bool has_fitting_parts(std::vector<base::ByteBuffer> const& parts) {
    return parts.size() <= credential::evidence_parts_max &&
           std::ranges::all_of(parts, [](base::ByteBuffer const& part) {
               return part.size() <= credential::evidence_part_size_max;
           });
}

} // namespace

struct KeyLogin::Signer {
    enum class Found : std::uint8_t { nobody, somebody };
    Found found = Found::nobody;
    ledger::Label label;
    ledger::AccountRow account;
    ledger::AccountId account_id = {};
    ledger::CredentialId credential = {};
    ledger::CredentialKind kind = ledger::CredentialKind::passkey;
    std::string username = {};
};

// What the client says of whose login it is.
struct KeyLogin::Asked {
    ledger::Label label;
    std::string username; // normalised
    bool is_consistent;
};

bool is_known_client(ledger::PolicyRow const& policy, std::string_view client, std::string_view origin) {
    if (client == "cli")
        return origin == "cli";
    return client == page_client && std::ranges::find(policy.origins, origin) != policy.origins.end();
}

KeyLogin::KeyLogin(Ground& ground, Tokens& tokens)
    : ground_(ground), tokens_(tokens), pending_(pending_logins_max, pending_key_login_lifetime),
      counters_(ground),
      unknown_names_(crypto::hmac_sha512(ground.keys.oprf_seed.expose(),
                                         {base::as_bytes("bulla/unknown-passkeys/v1"), ground.network})) {}

// Both lists are made, and one of them is given.
std::vector<base::ByteBuffer> KeyLogin::passkeys_of(ledger::Label const& label) const {
    auto made_up = make_up_passkeys(crypto::hmac_sha512(unknown_names_.expose(), {label}));
    std::vector<base::ByteBuffer> passkeys;
    auto const nearest = ground_.ledger.load_nearest_account(label);
    if (nearest && *nearest)
        for (auto const& credential : (*nearest)->account.state->credentials)
            if (credential.key.webauthn_id)
                passkeys.push_back(*credential.key.webauthn_id);
    bool const is_known = nearest && *nearest && (*nearest)->label == label && !passkeys.empty();
    return is_known ? passkeys : made_up;
}

Served<KeyLoginOffer> KeyLogin::begin(KeyLoginRequest const& request) {
    auto const now = ground_.clock.now();
    auto const head = ground_.head();
    if (auto const begun = ground_.limits.begin_key_login(request.prefix, now); !begun) {
        ground_.events.record(Event::key_login_limited);
        return std::unexpected{to_limit_fault(begun.error())};
    }
    if (ground_.lacking != nullptr && !ground_.lacking->is_empty()) // known and unknown names alike
        return std::unexpected{
            ServiceFault{.kind = ServiceFaultKind::busy, .retry_after = std::chrono::seconds{1}}};
    KeyLoginOffer offer{.id = {},
                        .challenge = crypto::random_bytes<ledger::LoginChallenge>(ground_.randomness),
                        .network = ground_.network,
                        .checkpoint = head->checkpoint,
                        .time = ground_.entry_time(),
                        .passkeys = {}};
    Pending pending{.label = std::nullopt,
                    .client = request.client,
                    .origin = request.origin,
                    .challenge = offer.challenge};
    if (request.username) {
        pending.label = make_label(ground_.keys.vrf_key, normalise(*request.username, *head->policy));
        offer.passkeys = passkeys_of(*pending.label);
    }
    offer.id = pending_.put(std::move(pending), now, ground_.randomness);
    return offer;
}

Served<IssuedToken> KeyLogin::finish(KeyLoginFinish const& made) {
    auto issued = complete(made);
    if (issued)
        ground_.events.record_sign_in(Event::key_login_good, ground_.clock.now());
    else if (issued.error().kind == ServiceFaultKind::login_refused)
        ground_.events.record(Event::key_login_refused);
    return issued;
}

// The user handle decides, and a name typed beside it must be the same account's.
KeyLogin::Asked KeyLogin::find_asked(Pending const& pending, KeyLoginFinish const& made) const {
    auto const typed = normalise(made.username.value_or(std::string()), *ground_.head()->policy);
    auto const label = make_label(ground_.keys.vrf_key, typed);
    Asked asked{.label = label, .username = typed, .is_consistent = made.username || made.account};
    if (made.account) {
        auto const found = ground_.ledger.find_label(*made.account);
        asked.label = found && *found ? **found : ledger::Label::from(crypto::sha256(made.account->view()));
    }
    if (made.username && asked.label != label)
        asked.is_consistent = false;
    if (pending.label && asked.label != *pending.label)
        asked.is_consistent = false;
    return asked;
}

KeyLogin::Signer KeyLogin::find_signer(Pending const& pending, KeyLoginFinish const& made) const {
    auto const asked = find_asked(pending, made);
    auto const kind = made.passkey ? ledger::CredentialKind::passkey : ledger::CredentialKind::ssh_key;
    Signer decoy{.label = asked.label, .account = make_decoy(kind), .kind = kind};
    auto const nearest = ground_.ledger.load_nearest_account(asked.label);
    if (!nearest || !*nearest)
        return decoy;
    auto const& [label, account] = **nearest;
    auto const side_row = ground_.ledger.load_side_row(label);
    auto const* const credential = find_credential(*account.state, made);
    if (!side_row || !*side_row || credential == nullptr)
        return decoy;
    auto const id =
        ledger::make_account_id(ground_.network, label, account.state->registered, (*side_row)->opening);
    auto username = (*side_row)->username;
    if (!username && made.username)
        username = asked.username;
    bool const is_the_one =
        asked.is_consistent && label == asked.label && (!made.account || *made.account == id);
    if (!is_the_one || !username)
        return decoy;
    return {.found = Signer::Found::somebody,
            .label = label,
            .account = account,
            .account_id = id,
            .credential = credential->id,
            .kind = credential->key.kind,
            .username = *std::move(username)};
}

// A passkey is used on a page: on the one that the statement names, and no other of the network's.
Served<credential::EvidenceCheck> KeyLogin::check_statement(Pending const& pending,
                                                            KeyLoginFinish const& made,
                                                            Signer const& signer) const {
    auto const policy = ground_.head()->policy;
    std::span<std::string const> const origins(&pending.origin, pending.client == page_client ? 1 : 0);
    auto check = ledger::check_key_login(made.statement, made.evidence,
                                         {.network = ground_.network,
                                          .label = signer.label,
                                          .challenge = pending.challenge,
                                          .client = pending.client,
                                          .origin = pending.origin,
                                          .now = ground_.entry_time(),
                                          .relying_party = {.rp_id = policy->rp_id, .origins = origins}},
                                         {signer.account, signer.credential});
    if (!check || !has_fitting_parts(made.evidence) || !credential::check(*check))
        return refuse(ServiceFaultKind::login_refused);
    return *std::move(check);
}

Served<IssuedToken> KeyLogin::complete(KeyLoginFinish const& made) {
    auto const pending = pending_.take(made.id, ground_.clock.now());
    if (!pending)
        return refuse(ServiceFaultKind::login_refused);
    auto const signer = find_signer(*pending, made);
    auto const checked = check_statement(*pending, made, signer);
    if (!checked || signer.found == Signer::Found::nobody)
        return refuse(ServiceFaultKind::login_refused);
    if (signer.kind == ledger::CredentialKind::passkey) {
        auto const count = SignCount::read(made.evidence.front());
        if (!count || !counters_.take(signer.label, signer.credential, *count)) {
            ground_.events.record(Event::sign_count_refused);
            return refuse(ServiceFaultKind::login_refused);
        }
    }
    return tokens_.begin_session({.label = signer.label,
                                  .account = signer.account,
                                  .account_id = signer.account_id,
                                  .credential = signer.credential,
                                  .username = signer.username,
                                  .client = pending->client});
}

} // namespace bulla::service
