// The token signing keys on the control socket (cli/control.hpp): the routes, and asking them.
#pragma once

#include "cli/control.hpp"
#include "service/signing_keys.hpp"

#include <boost/json/object.hpp>

namespace bulla::cli {

std::vector<http::Route> make_key_routes();

struct KeyAnswer {
    int status = 0;
    boost::json::object body; // problem details when the status is not 200
};
using AskedKeys = Result<KeyAnswer, ControlFault>;

AskedKeys request_key_list(std::filesystem::path const& data);
AskedKeys request_key_rotation(std::filesystem::path const& data);
AskedKeys request_key_end(std::filesystem::path const& data, ledger::KeyId const& kid);

} // namespace bulla::cli
