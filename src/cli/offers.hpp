// The server's offers as JSON (docs/formats/login.md), read into what the client's walk takes. Nothing:
// malformed.
#pragma once

#include "service/client_walk.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace bulla::cli {

std::optional<service::PasswordOffer> read_password_offer(boost::json::object const& answer);
std::optional<service::RecoveryOffer> read_recovery_offer(boost::json::object const& answer);
std::optional<service::LoginOffer> read_login_offer(boost::json::object const& answer);
std::optional<service::NetworkKeys> read_network_keys(boost::json::object const& answer);

boost::json::object new_password_json(service::NewPassword const& made);
boost::json::object login_finish_json(service::LoginFinish const& made);
boost::json::object change_json(std::string_view kind, base::ByteView statement,
                                std::vector<ledger::Evidence> const& evidence);
boost::json::array evidence_json(std::vector<ledger::Evidence> const& list);

} // namespace bulla::cli
