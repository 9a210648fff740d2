#include "cli/session_commands.hpp"

#include "base/encoding.hpp"
#include "cli/account_session.hpp"
#include "cli/entry_text.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace json = boost::json;

std::string time_text(json::object const& object, std::string_view name) {
    return print_time(base::from_unix_milliseconds(number_member(object, name).value_or(0)));
}

void print_session(json::object const& session) {
    auto const* const current = session.if_contains("current");
    bool const is_this = current != nullptr && current->is_bool() && current->get_bool();
    fmt::print("{}  {:<10}  since {}  node {}{}\n", text_member(session, "id").value_or("?"),
               text_member(session, "client").value_or("?"), time_text(session, "began"),
               text_member(session, "node").value_or("?").substr(0, 8), is_this ? "  this one" : "");
}

Went<json::array> list_of(json::object const& object, std::string_view name) {
    auto const* const list = object.if_contains(name);
    if (list == nullptr || !list->is_array())
        return std::unexpected{Stop{ExitCode::unreachable, "the server's answer is not of the form"}};
    return list->get_array();
}

Went<void> try_list(ServerChoice const& choice) {
    auto api = TRY(reach(choice));
    api.sign_in(TRY(present_session(choice)).access_token);
    auto const answered = TRY(map_fault(api.get("/v1/sessions"), to_stop));
    auto const sessions = TRY(list_of(answered, "sessions"));
    auto const silent = TRY(list_of(answered, "silent_nodes"));
    if (choice.form == OutputForm::json) {
        print_json(answered);
        return {};
    }
    for (auto const& value : sessions)
        if (auto const* const session = value.if_object())
            print_session(*session);
    for (auto const& node : silent)
        if (node.is_string())
            fmt::print("node {} did not answer: sessions that began there are not listed\n",
                       std::string_view(node.get_string()).substr(0, 8));
    return {};
}

Went<void> try_end(ServerChoice const& choice, std::string const& id) {
    auto const bytes = base::parse_base64url(id);
    if (!bytes || bytes->size() != token::SessionId::size)
        return std::unexpected{
            Stop{ExitCode::usage, fmt::format("{}: no session's id: bulla account sessions", id)}};
    auto api = TRY(reach(choice));
    api.sign_in(TRY(present_session(choice)).access_token);
    auto const ended = TRY(map_fault(api.ask("DELETE", "/v1/sessions/" + id), to_stop));
    if (ended.status == 404)
        return std::unexpected{to_refused("the account has no such session, or it has ended")};
    if (ended.status == 503)
        return std::unexpected{Stop{ExitCode::unreachable,
                                    "the node that began it does not answer: try again, or end all of them "
                                    "by bulla account end-sessions"}};
    if (ended.status != 204)
        return std::unexpected{to_refused(fmt::format("the server says {}", ended.status))};
    answer(choice, {{"ended", id}}, "the session has ended");
    return {};
}

Went<void> try_end_all(ServerChoice const& choice) {
    auto const session = TRY(present_session(choice));
    auto client = TRY(connect(choice));
    auto const authority = TRY(authority_of(client, choice, session));
    ledger::EndSessions ending;
    ending.asks = authority.asks;
    auto const statement = ledger::encode(ending);
    auto evidence = TRY(authority.sign(ledger::EntryKind::end_sessions, statement));
    auto const receipt =
        TRY(map_fault(client.submit("end_sessions", statement, {std::move(evidence)}), to_stop));
    forget_session();
    answer(choice, receipt, fmt::format("all sessions have ended, this one too: {}", receipt_text(receipt)));
    return {};
}

} // namespace

ExitCode list_sessions(ServerChoice const& choice) {
    return end(try_list(choice));
}
ExitCode end_session(ServerChoice const& choice, std::string const& id) {
    return end(try_end(choice, id));
}
ExitCode end_all_sessions(ServerChoice const& choice) {
    return end(try_end_all(choice));
}

} // namespace bulla::cli
