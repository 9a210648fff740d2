#include "cli/since_last.hpp"

#include "cli/api_client.hpp"
#include "cli/entry_text.hpp"
#include "cli/state_files.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <map>

namespace bulla::cli {
namespace {

namespace json = boost::json;

using Credentials = std::map<std::string, json::object>; // by id; codes are counted, not named

Credentials credentials_of(json::object const& account) {
    Credentials credentials;
    auto const* const list = account.if_contains("credentials");
    if (list == nullptr || !list->is_array())
        return credentials;
    for (auto const& value : list->get_array())
        if (auto const* const credential = value.if_object())
            if (auto const id = text_member(*credential, "id"))
                credentials.emplace(*id, *credential);
    return credentials;
}

std::string_view words_of(std::string_view kind) {
    if (kind == "password")
        return "the password";
    if (kind == "passkey")
        return "a passkey";
    if (kind == "ssh_key")
        return "an SSH key";
    if (kind == "recovery_key")
        return "recovery codes";
    return "a device key";
}

// "added a passkey (2026-…)": codes come ten at a time, and are one line.
void add_difference(std::vector<std::string>& lines, std::string_view what, Credentials const& from,
                    Credentials const& to) {
    bool has_codes = false;
    for (auto const& [id, credential] : to) {
        auto const kind = text_member(credential, "kind").value_or("");
        if (from.contains(id) || (kind == "recovery_key" && has_codes))
            continue;
        has_codes = has_codes || kind == "recovery_key";
        auto const time = what == "added" ? number_member(credential, "added_time") : std::nullopt;
        lines.push_back(
            fmt::format("{} {}{}", what, words_of(kind),
                        time ? fmt::format(", {}", print_time(base::from_unix_milliseconds(*time))) : ""));
    }
}

bool flag_of(json::object const& object, std::string_view name) {
    auto const* const value = object.if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

} // namespace

json::object account_snapshot(json::object const& account) {
    json::object kept{{"recovering", account.contains("recovery")}};
    for (std::string_view const name : {"account_id", "version", "epoch", "operator_recovery"})
        if (auto const* const value = account.if_contains(name))
            kept[name] = *value;
    json::array credentials;
    for (auto const& [id, credential] : credentials_of(account)) {
        json::object one{{"id", id}};
        for (std::string_view const name : {"kind", "added_time"})
            if (auto const* const value = credential.if_contains(name))
                one[name] = *value;
        credentials.push_back(std::move(one));
    }
    kept["credentials"] = std::move(credentials);
    return kept;
}

std::vector<std::string> changes_between(json::object const& before, json::object const& now) {
    std::vector<std::string> lines;
    auto const from = number_member(before, "version"), to = number_member(now, "version");
    if (text_member(before, "account_id") != text_member(now, "account_id") || !from || !to || *to <= *from)
        return lines;
    add_difference(lines, "added", credentials_of(before), credentials_of(now));
    add_difference(lines, "removed", credentials_of(now), credentials_of(before));
    if (number_member(before, "epoch") != number_member(now, "epoch"))
        lines.emplace_back("all sessions were ended");
    if (flag_of(before, "operator_recovery") != flag_of(now, "operator_recovery"))
        lines.emplace_back(flag_of(now, "operator_recovery") ? "operators may begin a recovery now"
                                                             : "operators may begin no recovery any more");
    if (flag_of(now, "recovering"))
        lines.emplace_back("somebody is recovering the account: bulla account cancel-recovery stops it");
    lines.push_back(fmt::format("{} of the account in all",
                                *to - *from == 1 ? "1 entry" : fmt::format("{} entries", *to - *from)));
    return lines;
}

std::vector<std::string> see_account(std::string const& server, json::object const& account) {
    auto const name = text_member(account, "username").value_or("");
    auto const before = load_seen_account(server, name);
    auto const now = account_snapshot(account);
    [[maybe_unused]] auto const kept = store_seen_account(server, name, now); // shown again next time
    return before ? changes_between(*before, now) : std::vector<std::string>();
}

} // namespace bulla::cli
