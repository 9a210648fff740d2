// What the connections of the load generator do: logins, registrations, and one request again and again.
#pragma once

#include "drive.hpp"

namespace bulla::bench {

// The whole OPAQUE login of one account, again and again, each time from an address prefix of its own: the
// limits of the server stay as they are.
std::unique_ptr<Script> make_login_script(std::string name);

// The registration of NAME-1, NAME-2 and so on.
std::unique_ptr<Script> make_registration_script(std::string name);

// GET target with this bearer token.
std::unique_ptr<Script> make_get_script(std::string const& target, std::string const& token);

// Registers the account if it is not there, logs in, and answers the token.
std::string sign_in(std::uint16_t port, std::string const& name);

} // namespace bulla::bench
