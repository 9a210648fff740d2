// The way back to an account by a recovery code (docs/formats/recovery-codes.md).
//
//   POST /v1/recoveries · /v1/recoveries/{id}/proof · /v1/recoveries/{id}/begin ·
//   /v1/recoveries/{begin}/finish
#pragma once

#include "http/context.hpp"
#include "ledger/account.hpp"

#include <boost/json/object.hpp>

namespace bulla::http {

boost::asio::awaitable<Response> ask_recovery(Request request, Context context);
boost::asio::awaitable<Response> prove_recovery(Request request, Context context);
boost::asio::awaitable<Response> begin_recovery(Request request, Context context);
boost::asio::awaitable<Response> finish_recovery(Request request, Context context);

// The pending recovery as the account's owner sees it, and with which credentials it can be cancelled.
boost::json::object recovery_json(ledger::PendingRecovery const& recovery, ledger::AccountState const& state);

} // namespace bulla::http
