// What the commands remember between runs, in $XDG_STATE_HOME/bulla (else ~/.local/state/bulla): files of
// mode 0600.
//
//   session     the session signed in to: server, token, when it ends
//   recoveries  of each server and name: a recovery that has begun, and what ends it; no secret
//   accounts    of each server and name: what opened the account when it was last signed in to from here
//   networks    the keys of each server's network as first seen. A server that later shows others is refused:
//   it, or
//               somebody between, would otherwise learn enough to guess passwords
#pragma once

#include "base/result.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace bulla::cli {

std::filesystem::path state_directory();

struct SignedIn {
    std::string server; // URL
    std::string username;
    std::string access_token;
    std::string session_id;
};
std::optional<SignedIn> load_session();
Result<void, std::string> store_session(SignedIn const& session);
void forget_session();

std::optional<boost::json::object> load_recovery(std::string const& server, std::string const& name);
Result<void, std::string> store_recovery(std::string const& server, std::string const& name,
                                         boost::json::object const& recovery);
void forget_recovery(std::string const& server, std::string const& name);

std::optional<boost::json::object> load_seen_account(std::string const& server, std::string const& name);
Result<void, std::string> store_seen_account(std::string const& server, std::string const& name,
                                             boost::json::object const& account);

// The fingerprint that was first seen at the server; a new one is remembered. False: another one was seen
// before.
enum class SeenNetwork : std::uint8_t { first, same, other };
Result<SeenNetwork, std::string> see_network(std::string const& server, std::string const& fingerprint);
Result<void, std::string> trust_network(std::string const& server, std::string const& fingerprint);

} // namespace bulla::cli
