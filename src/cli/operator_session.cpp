#include "cli/operator_session.hpp"

#include "base/encoding.hpp"
#include "cli/entry_text.hpp"
#include "cli/passphrase.hpp"
#include "cli/start_messages.hpp"

#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace json = boost::json;

Went<crypto::Ed25519KeyPair> load_key(OperatorChoice const& choice) {
    auto const to_reason = [](service::KeyFault const& fault) { return to_refused(describe(fault)); };
    auto const passphrase = TRY(map_fault(passphrase_for(choice.keys, choice.passphrase_file), to_usage));
    auto const directory = TRY(map_fault(service::KeyDirectory::open(choice.keys, passphrase), to_reason));
    auto const seed = TRY(map_fault(directory.read(operator_key_name, 32), to_reason));
    return crypto::Ed25519KeyPair::from_seed(crypto::Ed25519Seed::from(seed.expose()));
}

} // namespace

Went<Operating> sign_in_operator(OperatorChoice const& choice) {
    auto key = TRY(load_key(choice));
    auto server = std::make_unique<SignInClient>(TRY(connect(choice.server)));
    auto client = OperatorClient::sign_in(*server, std::move(key));
    if (!client && client.error().status == 401)
        return std::unexpected{to_refused(fmt::format("{} is no operator's key of this network",
                                                      (choice.keys / operator_key_name).string()))};
    auto signed_in = TRY(map_fault(std::move(client), to_stop));
    return Operating{.server = std::move(server), .client = std::move(signed_in)};
}

std::string text_of(json::object const& object, std::string_view name) {
    return text_member(object, name).value_or("");
}
std::string time_of(json::object const& object, std::string_view name) {
    auto const time = number_member(object, name);
    return time ? print_time(base::from_unix_milliseconds(*time)) : "-";
}

void tell(OperatorChoice const& choice, ChangeState const& state) {
    if (state.applied)
        return answer(choice.server, *state.applied, fmt::format("done: {}", receipt_text(*state.applied)));
    auto described = state.described;
    described["change"] = state.change;
    auto const from = state.apply_from();
    bool const is_recovery = text_of(described, "act") == "recover_account";
    auto const awaited = !state.is_approved() || !from ? "approvals"
                         : is_recovery
                             ? "the person, whose next step begins it, from " + print_time(*from) + " on"
                             : "its time, " + print_time(*from);
    answer(choice.server, described, fmt::format("{} waits for {}", state.change, awaited));
}

Went<ledger::NodeId> node_for(OperatorClient const& client, std::string const& given) {
    auto const bytes = base::parse_base64url(given);
    auto const node = given.empty() ? client.node() : bytes ? ledger::NodeId::parse(*bytes) : std::nullopt;
    if (!node)
        return std::unexpected{
            to_usage("a node's id is 43 characters of base64url: bulla operator overview")};
    return *node;
}

} // namespace bulla::cli
