#include "cli/kept_recovery.hpp"

#include "base/encoding.hpp"
#include "cli/entry_text.hpp"
#include "net/system_clock.hpp"

#include <fmt/format.h>

namespace bulla::cli {

namespace json = boost::json;

std::string place_of_request(std::string const& username) {
    return username + "/operators"; // no name has a slash
}

std::optional<KeptRecovery> read_kept_recovery(json::object const& kept, std::string place) {
    auto const begin = fixed_member<ledger::StatementDigest>(kept, "begin");
    auto const time = number_member(kept, "finish_from");
    auto statement = bytes_member(kept, "statement");
    auto const signer = bytes_member(kept, "signer");
    auto const signature = bytes_member(kept, "signature");
    if (!begin || !time || !statement || !signer || !signature)
        return std::nullopt;
    return KeptRecovery{.finish_from = base::from_unix_milliseconds(*time),
                        .end = {.begin = *begin,
                                .statement = *std::move(statement),
                                .evidence = {{.signer = *signer, .parts = {*signature}}}},
                        .place = std::move(place)};
}

json::object kept_recovery_json(KeptRecovery const& kept) {
    auto const& evidence = kept.end.evidence.front();
    return {{"begin", base::to_base64url(kept.end.begin)},
            {"finish_from", base::unix_milliseconds(kept.finish_from)},
            {"statement", base::to_base64url(kept.end.statement)},
            {"signer", base::to_base64url(evidence.signer)},
            {"signature", base::to_base64url(evidence.parts.front())}};
}

std::unexpected<Stop> too_early(base::Timestamp finish_from) {
    return std::unexpected{
        to_refused(fmt::format("the recovery can be ended from {} on", print_time(finish_from)))};
}

Went<void> finish_recovery(ServerChoice const& choice, SignInClient const& client, std::string const& name,
                           KeptRecovery const& kept) {
    if (net::SystemClock().now() < kept.finish_from)
        return too_early(kept.finish_from);
    auto const receipt = RecoveryClient(client).finish(kept.end);
    if (!receipt && receipt.error().status == 409) // by the server's clock
        return too_early(kept.finish_from);
    if (!receipt && receipt.error().status != 410)
        return std::unexpected{to_stop(receipt.error())};
    forget_recovery(choice.server, kept.place);
    if (!receipt)
        return std::unexpected{
            to_refused("the recovery is none any more: it was ended, cancelled or replaced")};
    answer(choice, *receipt,
           fmt::format("{} is recovered: {}; sign in with the new password: bulla login {}", name,
                       receipt_text(*receipt), name));
    return {};
}

} // namespace bulla::cli
