// What was changed about an account since the last sign-in from here: whoever takes an account over changes
// what opens it, and the owner should see that at the next sign-in on every device.
//
// The command line remembers, of each account, what its server said of it. What came and went between two
// sign-ins shows in the count of entries alone.
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace bulla::cli {

// What is kept of GET /v1/account.
boost::json::object account_snapshot(boost::json::object const& account);

// In plain words, a line each; none: nothing has changed, or it is another account.
std::vector<std::string> changes_between(boost::json::object const& before, boost::json::object const& now);

// The changes since the account was last seen from here, which is now.
std::vector<std::string> see_account(std::string const& server, boost::json::object const& account);

} // namespace bulla::cli
