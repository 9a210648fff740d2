// /v1/operator: what operators see and decide (docs/operations.md). A token of an operator's, but for signing
// in.
//
//   POST /v1/operator/logins             {origin}                              201 the challenge
//   POST /v1/operator/logins/{id}        {statement, evidence, credential?}    200 the token
//   GET  /v1/operator/overview           nodes, operators, keys, what waits, what operators did
//   GET  /v1/operator/accounts/{label}   an account as the ledger has it
//   POST /v1/operator/accounts           {username}: the same
//   POST /v1/operator/entries            {kind, statement, evidence}           201 the receipt
#pragma once

#include "http/context.hpp"
#include "http/problem.hpp"
#include "service/application.hpp"

namespace bulla::http {

// `Bearer TOKEN` of an operator; a person's token is none.
Result<service::OperatorPrincipal, Problem> check_operator(Request const& request, Context const& context);

boost::asio::awaitable<Response> begin_operator_login(Request request, Context context);
boost::asio::awaitable<Response> finish_operator_login(Request request, Context context);
boost::asio::awaitable<Response> show_overview(Request request, Context context);
boost::asio::awaitable<Response> show_account_to_operator(Request request, Context context);
boost::asio::awaitable<Response> find_account_by_name(Request request, Context context);
boost::asio::awaitable<Response> make_shared_secret(Request request, Context context);
boost::asio::awaitable<Response> submit_decision(Request request, Context context);

} // namespace bulla::http
