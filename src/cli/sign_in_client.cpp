#include "cli/sign_in_client.hpp"

#include "base/encoding.hpp"
#include "cli/state_files.hpp"
#include "crypto/random.hpp"
#include "merkle/checkpoint.hpp"
#include "service/username.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace json = boost::json;

// What this program is called in login statements.
constexpr std::string_view client_name = "cli";

constexpr std::chrono::seconds login_validity{100}; // of the statement

std::unexpected<ApiFault> malformed() {
    return std::unexpected{
        ApiFault{.kind = ApiFault::Kind::malformed, .reason = "the server's answer is not of the form"}};
}

// What a key signs, out of the server's offer.
std::optional<ledger::NamelessLogin> read_login_statement(json::object const& offer,
                                                          ledger::NetworkId const& network) {
    auto const challenge = fixed_member<ledger::LoginChallenge>(offer, "challenge");
    auto const time = number_member(offer, "time");
    auto const note = merkle::parse_note(text_member(offer, "checkpoint").value_or(""));
    if (!note)
        return std::nullopt;
    auto const checkpoint = merkle::parse_checkpoint(note->text);
    bool const is_whole = fixed_member<ledger::NetworkId>(offer, "network") == network && challenge && time &&
                          *time <= ledger::field_coding::milliseconds_max && checkpoint;
    if (!is_whole)
        return std::nullopt;
    return ledger::NamelessLogin{.network = network,
                                 .not_after = base::from_unix_milliseconds(*time) + login_validity,
                                 .challenge = *challenge,
                                 .client = std::string(client_name),
                                 .origin = std::string(client_name),
                                 .checkpoint = {.size = checkpoint->size, .root = checkpoint->root},
                                 .request = std::nullopt};
}

std::string id_path(std::string_view path, service::PendingId const& id) {
    return fmt::format("{}/{}", path, base::to_base64url(id));
}

std::string fingerprint(service::NetworkKeys const& keys) {
    return base::to_base64url(
        crypto::sha256({keys.network, keys.opaque_public_key.view(), keys.vrf_public_key.view()}));
}

Answered<void> compare(std::string const& server, service::NetworkKeys const& keys, NetworkTrust trust) {
    auto const to_fault = [](std::string const& reason) {
        return ApiFault{.kind = ApiFault::Kind::unreachable, .reason = reason};
    };
    if (trust == NetworkTrust::take_new)
        return map_fault(trust_network(server, fingerprint(keys)), to_fault);
    auto const seen = TRY(map_fault(see_network(server, fingerprint(keys)), to_fault));
    if (seen == SeenNetwork::other)
        return std::unexpected{ApiFault{
            .kind = ApiFault::Kind::other_network,
            .reason = fmt::format("{} shows another network than when it was first seen from here. If you "
                                  "know why (a new data directory), repeat with --trust-new-network",
                                  server)}};
    return {};
}

} // namespace

ApiFault to_fault(service::WalkFault fault) {
    using Kind = ApiFault::Kind;
    switch (fault) {
    case service::WalkFault::wrong_password:
        return {.kind = Kind::refused, .reason = "wrong name or password"};
    case service::WalkFault::wrong_server_key:
        return {.kind = Kind::refused, .reason = "the server does not hold its network's key"};
    case service::WalkFault::wrong_label:
        return {.kind = Kind::refused, .reason = "the server's proof is of another name"};
    case service::WalkFault::weak_stretching:
        return {.kind = Kind::refused,
                .reason = "the server asks for stretching too weak to protect the password"};
    case service::WalkFault::no_memory:
        return {.kind = Kind::unreachable,
                .reason = "there is not enough memory to stretch the password: try again"};
    case service::WalkFault::malformed: return malformed().error();
    }
    CHECK_UNREACHABLE();
}

std::string normalise_name(std::string const& typed) {
    auto const username = service::Username::parse(typed, {});
    return username ? std::string(username->text()) : typed;
}

Answered<SignInClient> SignInClient::connect(std::string const& server, ApiClient api, NetworkTrust trust) {
    auto const network = TRY(api.get("/v1/network"));
    auto const keys = read_network_keys(network);
    if (!keys)
        return malformed();
    TRY(compare(server, *keys, trust));
    auto const passwords = text_member(network, "passwords") == "nist" ? ledger::PasswordPolicy::nist
                                                                       : ledger::PasswordPolicy::standard;
    return SignInClient(std::move(api), *keys, passwords);
}

Answered<json::object> SignInClient::register_account(std::string const& name, SecretBytes password) {
    crypto::SystemRandomness randomness;
    auto walk = service::NewPasswordWalk::start(std::move(password), randomness);
    auto const answer =
        TRY(api_.post("/v1/registrations",
                      {{"username", name}, {"registration_request", base::to_base64url(walk.request())}}));
    auto const offer = read_password_offer(answer);
    if (!offer)
        return malformed();
    auto const made = TRY(map_fault(
        std::move(walk).finish_registration(*offer, keys_, normalise_name(name), randomness), to_fault));
    return api_.post(id_path("/v1/registrations", offer->id), new_password_json(made.new_password));
}

Answered<SignInClient::LoggedIn> SignInClient::login(std::string const& name, SecretBytes password) {
    crypto::SystemRandomness randomness;
    auto walk = service::LoginWalk::start(std::move(password), randomness);
    auto const answer =
        TRY(api_.post("/v1/logins", {{"username", name},
                                     {"start_login_request", base::to_base64url(walk.request())},
                                     {"client", client_name},
                                     {"origin", client_name}}));
    auto const offer = read_login_offer(answer);
    if (!offer)
        return malformed();
    auto made = TRY(map_fault(std::move(walk).finish(*offer, keys_, client_name, client_name), to_fault));
    auto token = TRY(api_.post(id_path("/v1/logins", offer->id), login_finish_json(made.finish)));
    auto access_token = text_member(token, "access_token");
    if (!access_token)
        return malformed();
    api_.sign_in(*std::move(access_token));
    return LoggedIn{.token = std::move(token),
                    .parameters = made.parameters,
                    .password_key = std::move(made.password_key)};
}

Answered<json::object> SignInClient::change_password(LoggedIn const& present, SecretBytes password) {
    crypto::SystemRandomness randomness;
    auto walk = service::NewPasswordWalk::start(std::move(password), randomness);
    auto const answer = TRY(
        api_.post("/v1/account/password", {{"registration_request", base::to_base64url(walk.request())}}));
    auto const offer = read_password_offer(answer);
    if (!offer)
        return malformed();
    auto const made = TRY(
        map_fault(std::move(walk).finish_change(
                      *offer, keys_,
                      {.credential = present.parameters.credential, .key = present.password_key}, randomness),
                  to_fault));
    return api_.post(id_path("/v1/account/password", offer->id), new_password_json(made.new_password));
}

Answered<json::object> SignInClient::add_password(SecretBytes password, Authorise const& authorise) {
    crypto::SystemRandomness randomness;
    auto walk = service::NewPasswordWalk::start(std::move(password), randomness);
    auto const answer = TRY(
        api_.post("/v1/account/password", {{"registration_request", base::to_base64url(walk.request())}}));
    auto const offer = read_password_offer(answer);
    if (!offer)
        return malformed();
    auto made =
        TRY(map_fault(std::move(walk).finish_addition(*offer, keys_, randomness), to_fault)).new_password;
    auto by_another = authorise(ledger::EntryKind::add_credential, made.statement);
    if (!by_another)
        return std::unexpected{ApiFault{.kind = ApiFault::Kind::refused, .reason = by_another.error()}};
    made.evidence.insert(made.evidence.begin(), *std::move(by_another));
    return api_.post(id_path("/v1/account/password", offer->id), new_password_json(made));
}

Answered<json::object> SignInClient::erase_account(LoggedIn const& present) {
    auto const kind = ledger::EntryKind::erase;
    auto const statement =
        ledger::encode(ledger::Erase{{service::next_entry(present.parameters, keys_.network)}});
    auto const evidence =
        service::make_evidence(kind, statement, present.parameters.credential, present.password_key);
    return submit("erase", statement, {evidence});
}

Answered<json::object> SignInClient::submit(std::string_view kind, base::ByteView statement,
                                            std::vector<ledger::Evidence> const& evidence) const {
    return api_.post("/v1/account/entries", change_json(kind, statement, evidence));
}

Answered<ledger::AccountPart> SignInClient::next_entry(base::Timestamp time) const {
    auto const account = TRY(api_.get("/v1/account"));
    auto const label = fixed_member<ledger::Label>(account, "label");
    auto const version = number_member(account, "version");
    auto const head = fixed_member<ledger::LeafHash>(account, "head");
    if (!label || !version || !head)
        return malformed();
    return ledger::AccountPart{.network = keys_.network,
                               .label = *label,
                               .version = ledger::AccountVersion{*version}.next(),
                               .previous = *head,
                               .not_after = time + service::entry_validity};
}

Answered<SignInClient::LoggedInByKey> SignInClient::login_by_key(std::string const& name,
                                                                 credential::PublicKey const& public_key,
                                                                 SshSign const& sign) {
    auto const offer = TRY(
        api_.post("/v1/key-logins", {{"client", client_name}, {"origin", client_name}, {"username", name}}));
    auto const id = fixed_member<service::PendingId>(offer, "id");
    auto const statement = read_login_statement(offer, keys_.network);
    if (!id || !statement)
        return malformed();
    auto const bytes = ledger::encode(*statement);
    auto const signature = sign(credential::statement_digest(ledger::login_domain, bytes));
    if (!signature)
        return std::unexpected{ApiFault{.kind = ApiFault::Kind::refused, .reason = signature.error()}};
    auto token = TRY(
        api_.post(id_path("/v1/key-logins", *id), {{"statement", base::to_base64url(bytes)},
                                                   {"evidence", json::array{base::to_base64url(*signature)}},
                                                   {"username", name},
                                                   {"public_key", base::to_base64url(public_key.view())}}));
    auto access_token = text_member(token, "access_token");
    if (!access_token)
        return malformed();
    api_.sign_in(*std::move(access_token));
    return LoggedInByKey{.token = std::move(token), .time = statement->not_after - login_validity};
}

} // namespace bulla::cli
