// Requests that operators recover an account (docs/formats/recovery-requests.md).
//
//   POST /v1/recovery-requests                   {username}                 201 {id, number, network, time,
//   ends} GET  /v1/recovery-requests/{id}              200 {state, number, time, ends, begin?, finish_from?}
//   POST /v1/recovery-requests/{id}/offer        {registration_request?}    200 the offer
//   POST /v1/recovery-requests/{id}/credential   {statement, evidence, registration_record?}   201 {begin}
//   POST /v1/recovery-requests/{id}/begin        {}                         201 {begin, finish_from, receipt}
//
// and of operators, with their token:
//   POST /v1/operator/recovery-requests          {number, decision: accept | drop}   200 the requests
#pragma once

#include "http/context.hpp"
#include "service/application.hpp"

#include <boost/json/array.hpp>

namespace bulla::http {

boost::asio::awaitable<Response> ask_operators(Request request, Context context);
boost::asio::awaitable<Response> show_recovery_request(Request request, Context context);
boost::asio::awaitable<Response> offer_to_request(Request request, Context context);
boost::asio::awaitable<Response> make_requested_credential(Request request, Context context);
boost::asio::awaitable<Response> begin_requested_recovery(Request request, Context context);
boost::asio::awaitable<Response> decide_recovery_request(Request request, Context context);

// What the owner of an account sees of it before a recovery has begun: requests at this node, and what
// operators have proposed anywhere.
boost::json::object operator_help_json(service::Application& application, ledger::Label const& label,
                                       std::vector<service::WaitingChange> const& waiting);
// As operators see them.
boost::json::array recovery_requests_json(service::Application& application);

} // namespace bulla::http
