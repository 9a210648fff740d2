#include "cli/key_commands.hpp"

#include "cli/api_client.hpp"
#include "cli/key_control.hpp"

#include <boost/json/array.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace json = boost::json;

ExitCode fail_answer(KeyCommand const& command, AskedKeys const& asked) {
    if (!asked && asked.error() == ControlFault::no_server)
        return fail(ExitCode::unreachable, fmt::format("no server runs on {}", command.data.string()));
    if (!asked)
        return fail(ExitCode::unreachable, "the running server does not answer");
    switch (asked->status) {
    case 404: return fail(ExitCode::refused, "this node has no token signing key of this id");
    case 409:
        return fail(ExitCode::refused,
                    "the key retired last still verifies, and there is no room for a third: wait until it "
                    "has ended (bulla key list), or end a stolen one with bulla key retire KID");
    case 410: return fail(ExitCode::refused, "this key has ended already");
    case 503: return fail(ExitCode::refused, "not now: another change is under way, or the disk is full");
    default:
        return fail(ExitCode::refused,
                    text_member(asked->body, "title").value_or("the server could not do it"));
    }
}

bool is_good(AskedKeys const& asked) {
    return asked && asked->status == 200;
}

std::string time_text(json::object const& key, std::string_view name) {
    auto const* const value = key.if_contains(name);
    if (value == nullptr || !value->is_int64())
        return "-";
    std::chrono::sys_time<std::chrono::milliseconds> const time{
        std::chrono::milliseconds{value->get_int64()}};
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<std::chrono::seconds>(time));
}

void print_key(json::object const& key) {
    auto const* const signs = key.if_contains("signs");
    bool const is_signing = signs != nullptr && signs->is_bool() && signs->get_bool();
    fmt::print("{}  {:<9} made {}  ends {}\n", text_member(key, "kid").value_or("?"),
               is_signing ? "signs" : "verifies", time_text(key, "made"), time_text(key, "ends"));
}

} // namespace

ExitCode list_keys(KeyCommand const& command) {
    auto const asked = request_key_list(command.data);
    if (!is_good(asked))
        return fail_answer(command, asked);
    if (command.form == OutputForm::json) {
        print_json(asked->body);
        return ExitCode::good;
    }
    auto const* const keys = asked->body.if_contains("keys");
    if (keys == nullptr || !keys->is_array())
        return fail(ExitCode::unreachable, "the running server does not answer");
    for (auto const& key : keys->get_array())
        if (key.is_object())
            print_key(key.get_object());
    return ExitCode::good;
}

ExitCode rotate_key(KeyCommand const& command) {
    auto const asked = request_key_rotation(command.data);
    if (!is_good(asked))
        return fail_answer(command, asked);
    if (command.form == OutputForm::json)
        print_json(asked->body);
    else
        fmt::print(
            "{} signs tokens from now on; the key before it verifies until what it signed has expired\n",
            text_member(asked->body, "kid").value_or("?"));
    return ExitCode::good;
}

ExitCode retire_key(KeyCommand const& command, std::string_view kid) {
    auto const parsed = token::parse_key_id(kid);
    if (!parsed)
        return fail(ExitCode::usage, "a key's id is 43 characters of base64url: see bulla key list");
    auto const asked = request_key_end(command.data, *parsed);
    if (!is_good(asked))
        return fail_answer(command, asked);
    if (command.form == OutputForm::json)
        print_json(asked->body);
    else
        fmt::print("{} has ended: what it signed is refused\n", kid);
    return ExitCode::good;
}

} // namespace bulla::cli
