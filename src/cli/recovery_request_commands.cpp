#include "cli/recovery_request_commands.hpp"

#include "cli/entry_text.hpp"
#include "cli/kept_recovery.hpp"
#include "cli/recovery_request_client.hpp"
#include "credential/crockford.hpp"

#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace json = boost::json;

// One run of the command.
struct Run {
    ServerChoice const& choice;
    SignInClient const& client;
    std::string const& name;

    Went<void> keep(json::object const& kept) const {
        return map_fault(store_recovery(choice.server, place_of_request(name), kept), to_usage);
    }
};

std::unexpected<Stop> malformed() {
    return std::unexpected{Stop{ExitCode::unreachable, "the server's answer is not of the form"}};
}

// How the request stands, as an answer that is no failure: there is nothing to do but to wait.
void tell(Run const& run, json::object object, std::string_view text) {
    object.erase("statement");
    object.erase("signature");
    answer(run.choice, object, text);
}

Went<void> tell_asked(Run const& run, json::object const& kept) {
    tell(run, kept,
         fmt::format("request {} of {} waits for an operator until {}. Tell an operator this number; once it "
                     "is accepted, the same command goes on",
                     text_member(kept, "number").value_or("?"), run.name,
                     print_time(base::from_unix_milliseconds(number_member(kept, "ends").value_or(0)))));
    return {};
}

Went<void> tell_made(Run const& run, json::object const& kept) {
    tell(run, kept,
         fmt::format("the new password of {} is set aside, and waits for the operators' decision. Its "
                     "fingerprint is {}: read it to the operator, who sees the same. Once they have decided, "
                     "the same command goes on",
                     run.name, text_member(kept, "fingerprint").value_or("?")));
    return {};
}

// The password is typed once more later, at the first sign-in.
Went<void> make(Run const& run, json::object kept) {
    auto password = TRY(map_fault(
        read_new_password(run.choice.passwords, fmt::format("New password of {}: ", run.name)), to_usage));
    TRY(check_strength(password, run.name, run.client.passwords()));
    auto made = TRY(map_fault(
        RecoveryRequestClient(run.client).make(*text_member(kept, "request"), run.name, std::move(password)),
        to_stop));
    for (auto const& [name, value] :
         kept_recovery_json({.finish_from = {}, .end = std::move(made.end), .place = {}}))
        kept[name] = value;
    kept["fingerprint"] = credential::fingerprint(made.credential);
    TRY(run.keep(kept));
    return tell_made(run, kept);
}

void tell_begun(Run const& run, json::object const& kept, base::Timestamp finish_from) {
    tell(run, kept,
         fmt::format("the recovery of {} has begun. From {} on the same command ends it; until then whoever "
                     "is signed in can cancel it",
                     run.name, print_time(finish_from)));
}

// Whoever asked may begin it too: that needs no operator, only their decision.
Went<void> try_begin(Run const& run, json::object const& kept) {
    auto const begun = RecoveryRequestClient(run.client).begin(*text_member(kept, "request"));
    if (!begun && begun.error().status == 409)
        return tell_made(run, kept);
    auto const finish_from = number_member(TRY(map_fault(begun, to_stop)), "finish_from");
    if (!finish_from)
        return malformed();
    tell_begun(run, kept, base::from_unix_milliseconds(*finish_from));
    return {};
}

// The server's clock decides whether the time has come.
Went<void> try_finish(Run const& run, json::object const& kept, json::object const& seen) {
    auto recovery = read_kept_recovery(kept, place_of_request(run.name));
    auto const finish_from = number_member(seen, "finish_from");
    auto const now = number_member(seen, "time");
    if (!recovery || !finish_from || !now)
        return malformed();
    if (*now < *finish_from)
        return too_early(base::from_unix_milliseconds(*finish_from));
    recovery->finish_from = {};
    return finish_recovery(run.choice, run.client, run.name, *recovery);
}

Went<void> ask(Run const& run) {
    auto const asked = TRY(map_fault(RecoveryRequestClient(run.client).ask(run.name), to_stop));
    auto const id = text_member(asked, "id");
    auto const number = text_member(asked, "number");
    auto const ends = number_member(asked, "ends");
    if (!id || !number || !ends)
        return malformed();
    json::object const kept{{"request", *id}, {"number", *number}, {"ends", *ends}};
    TRY(run.keep(kept));
    return tell_asked(run, kept);
}

Went<void> go_on(Run const& run, json::object const& kept) {
    auto const seen = RecoveryRequestClient(run.client).look(*text_member(kept, "request"));
    if (!seen && seen.error().status == 410) {
        forget_recovery(run.choice.server, place_of_request(run.name));
        return std::unexpected{
            to_refused("the request is over: nobody accepted it in time, or its recovery was ended, "
                       "cancelled or replaced. The same command asks again")};
    }
    auto const state = text_member(TRY(map_fault(seen, to_stop)), "state");
    if (state == "asked")
        return tell_asked(run, kept);
    if (state == "accepted")
        return make(run, kept);
    if (state == "made")
        return try_begin(run, kept);
    if (state == "begun")
        return try_finish(run, kept, *seen);
    return malformed();
}

} // namespace

Went<void> recover_by_operators(ServerChoice const& choice, SignInClient const& client,
                                std::string const& name) {
    Run const run{choice, client, name};
    auto const kept = load_recovery(choice.server, place_of_request(name));
    return kept && text_member(*kept, "request") ? go_on(run, *kept) : ask(run);
}

} // namespace bulla::cli
