// The way back to an account by a recovery code (docs/formats/recovery-codes.md).
//
//   POST /v1/recoveries · /v1/recoveries/{id}/proof · /v1/recoveries/{id}/begin ·
//   /v1/recoveries/{begin}/finish
#pragma once

#include "http/context.hpp"
#include "http/problem.hpp"
#include "service/application.hpp"

#include <boost/json/object.hpp>

namespace bulla::http {

boost::asio::awaitable<Response> ask_recovery(Request request, Context context);
boost::asio::awaitable<Response> prove_recovery(Request request, Context context);
boost::asio::awaitable<Response> begin_recovery(Request request, Context context);
boost::asio::awaitable<Response> finish_recovery(Request request, Context context);

// Shared with recovery by operators (resource_recovery_request.hpp).
boost::json::object offer_json(service::RecoveryOffer const& offer);
boost::json::object begun_json(service::RecoveryBegun const& begun);
Result<service::NewRecovery, Problem> parse_new_recovery(Request const& request);

// The pending recovery as the account's owner sees it, and with which credentials it can be cancelled.
boost::json::object recovery_json(ledger::PendingRecovery const& recovery, ledger::AccountState const& state);

} // namespace bulla::http
