#include "service/login.hpp"

#include "crypto/random.hpp"
#include "opaque/fake_record.hpp"
#include "opaque/server.hpp"
#include "service/faults_of_order.hpp"
#include "service/password_keyset.hpp"
#include "service/refusal_of_limits.hpp"
#include "service/service_limits.hpp"

namespace bulla::service {

// What an existing account with a password adds to an answer that is the same without it.
struct Login::Known {
    ledger::Label label;
    ledger::AccountRow account;
    ledger::Credential password;
    base::ByteBuffer record;
    ledger::Opening opening;
    crypto::VrfProof vrf_proof;
    bool has_password;
};

namespace {

// What stands for the password of an account that has none: the same work, and never an answer.
ledger::Credential make_decoy() {
    ledger::Credential decoy;
    decoy.key.kind = ledger::CredentialKind::password;
    decoy.key.generation = ledger::AccountVersion{1};
    decoy.key.keyset = 1;
    return decoy;
}

} // namespace

Login::Login(Ground& ground, Tokens& tokens)
    : ground_(ground), tokens_(tokens), fake_record_(opaque::make_fake_record(ground.randomness)),
      pending_(pending_logins_max, pending_login_lifetime) {}

// For a name that is not there, its neighbour: by the clock the two are alike (tests/timing). Suspended
// accounts are known here: the reason for their refusal comes after KE3, where nobody else sees it.
std::optional<Login::Known> Login::find_nearest(ledger::Label const& label) const {
    auto const nearest = ground_.ledger.load_nearest_account(label);
    if (!nearest || !*nearest)
        return std::nullopt;
    auto const& account = (*nearest)->account;
    auto side_row = ground_.ledger.load_side_row((*nearest)->label);
    if (!side_row || !*side_row)
        return std::nullopt;
    auto const* const password = account.state->password();
    auto& record = (*side_row)->opaque_record;
    bool const has_password = password != nullptr && record;
    return Known{.label = (*nearest)->label,
                 .account = account,
                 .password = password != nullptr ? *password : make_decoy(),
                 .record = record ? *std::move(record) : base::to_buffer(fake_record_.view()),
                 .opening = (*side_row)->opening,
                 .vrf_proof = (*side_row)->vrf_proof,
                 .has_password = has_password};
}

std::optional<Login::Known> Login::find_known(ledger::Label const& label) const {
    auto nearest = find_nearest(label);
    return nearest && nearest->label == label && nearest->has_password ? std::move(nearest) : std::nullopt;
}

// An unknown name gets nothing: sealed, both are 528 bytes.
base::ByteBuffer Login::encode_parameters(std::optional<Known> const& known,
                                          ledger::LoginChallenge const& challenge) const {
    if (!known)
        return {};
    auto const head = ground_.head();
    auto const newest = head->policy->keysets.back().number;
    bool const moves = known->password.key.keyset != newest;
    return ledger::encode(LoginParameters{.label = known->label,
                                          .version = known->account.head.version,
                                          .head = known->account.head.head,
                                          .credential = known->password.id,
                                          .generation = *known->password.key.generation,
                                          .challenge = challenge,
                                          .checkpoint = {.size = head->size, .root = head->root},
                                          .time = ground_.entry_time(),
                                          .vrf_proof = known->vrf_proof,
                                          .moves_to = moves ? std::optional(newest) : std::nullopt});
}

// A name that is not there goes with its neighbour's keyset, and moves when that does. Under one set for all
// such names, whoever asked before and after a new set would see which names it is that nothing changed for.
std::uint32_t Login::keyset_for(std::optional<Known> const& nearest) {
    return nearest ? nearest->password.key.keyset.value_or(1) : 1;
}

Served<LoginOffer> Login::begin(LoginRequest const& request) {
    auto const now = ground_.clock.now();
    auto const policy = ground_.head()->policy;
    auto const ke1 = opaque::Ke1::parse(request.ke1);
    if (!ke1)
        return refuse(ServiceFaultKind::malformed);
    bool const lacks_records = ground_.lacking != nullptr && !ground_.lacking->is_empty();
    if (lacks_records || !ground_.keyring.has_all(*policy)) // known and unknown names alike
        return std::unexpected{
            ServiceFault{.kind = ServiceFaultKind::busy, .retry_after = std::chrono::seconds{1}}};
    auto const parsed = Username::parse(request.username, {.scripts = policy->scripts});
    // A name that could not exist: the same work under a label that nobody can have, since no name holds this
    // byte.
    auto username = parsed ? std::string(parsed->text()) : "\xff" + request.username;

    auto const label = make_label(ground_.keys.vrf_key, username);
    auto ticket = TRY(begin_guess(ground_, label, request.prefix, now));
    auto const nearest = find_nearest(label);
    auto const keyset = TRY(find_keyset(ground_, keyset_for(nearest)));
    bool const is_known = nearest && nearest->label == label && nearest->has_password;
    auto const oprf_key = account_key(ground_, keyset, label);
    auto const record = nearest ? opaque::OpaqueRecord::parse(nearest->record) : std::nullopt;
    opaque::Account const account{.record = is_known && record ? *record : fake_record_,
                                  .oprf_key = oprf_key};
    auto started = opaque::start_login(*ke1, account, keyset.keys->opaque_keys, ground_.randomness);
    auto const challenge = crypto::random_bytes<ledger::LoginChallenge>(ground_.randomness);
    auto const ke2 = base::to_buffer(started.ke2.view());
    auto parameters = encode_parameters(nearest, challenge);
    if (!is_known)
        parameters.clear();
    auto sealed = opaque::seal_login_parameters(parameters, started.session_key, request.ke1, ke2);
    auto const id = pending_.put({.username = std::move(username),
                                  .label = label,
                                  .client = request.client,
                                  .origin = request.origin,
                                  .challenge = challenge,
                                  .expected_client_mac = std::move(started.expected_client_mac),
                                  .ticket = std::move(ticket)},
                                 now, ground_.randomness);
    return LoginOffer{.id = id,
                      .ke2 = ke2,
                      .network = ground_.network,
                      .stretching = policy->stretching,
                      .sealed_parameters = std::move(sealed)};
}

Served<IssuedToken> Login::finish(LoginFinish const& made) {
    auto issued = complete(made);
    if (issued)
        ground_.events.record_sign_in(Event::login_good, ground_.clock.now());
    else if (issued.error().kind == ServiceFaultKind::login_refused)
        ground_.events.record(Event::login_refused);
    return issued;
}

Served<IssuedToken> Login::complete(LoginFinish const& made) {
    auto const now = ground_.clock.now();
    auto pending = pending_.take(made.id, now);
    auto const ke3 = opaque::Ke3::parse(made.ke3);
    if (!pending || !ke3 || !opaque::finish_login(*ke3, pending->expected_client_mac))
        return refuse(ServiceFaultKind::login_refused);
    auto const known = find_known(pending->label);
    if (!known)
        return refuse(ServiceFaultKind::login_refused);
    auto const policy = ground_.head()->policy;
    auto const check = ledger::check_login(made.statement, {&made.evidence, 1},
                                           {.network = ground_.network,
                                            .label = pending->label,
                                            .challenge = pending->challenge,
                                            .client = pending->client,
                                            .origin = pending->origin,
                                            .now = ground_.entry_time(),
                                            .relying_party = policy->relying_party()},
                                           known->account);
    if (!check || !credential::check(*check))
        return refuse(ServiceFaultKind::login_refused);
    auto const statement = ledger::decode<ledger::LoginStatement>(made.statement);
    CHECK(statement.has_value());
    ground_.limits.give_back(std::move(pending->ticket));
    auto const account_id = ledger::make_account_id(ground_.network, pending->label,
                                                    known->account.state->registered, known->opening);
    return tokens_.begin_session({.label = pending->label,
                                  .account = known->account,
                                  .account_id = account_id,
                                  .credential = statement->credential,
                                  .username = pending->username,
                                  .client = pending->client});
}

} // namespace bulla::service
