// /v1: registration and login by OPAQUE, for clients that keep the password to themselves
// (docs/formats/login.md). Without registration_request and record a registration is by passkey.
//
//   POST /v1/registrations        {username, registration_request?}                      201 the offer
//   POST /v1/registrations/{id}   {registration_record?, statement, evidence}
//                                 201 {account_id, username, receipt}
//   POST /v1/logins               {username, start_login_request, client, origin}        201 the offer
//   POST /v1/logins/{id}          {finish_login_request, statement, evidence}            200 the token
//   GET  /v1/network              200 the network's public keys
#pragma once

#include "http/context.hpp"
#include "http/problem.hpp"
#include "http/request.hpp"
#include "http/response.hpp"
#include "service/registration.hpp"
#include "service/tokens.hpp"

#include <boost/json/object.hpp>

namespace bulla::http {

boost::asio::awaitable<Response> begin_registration(Request request, Context context);
boost::asio::awaitable<Response> finish_registration(Request request, Context context);
boost::asio::awaitable<Response> begin_login(Request request, Context context);
boost::asio::awaitable<Response> finish_login(Request request, Context context);
boost::asio::awaitable<Response> show_network(Request request, Context context);

// Shared with the account's own routes.
boost::json::object offer_json(service::PasswordOffer const& offer, Context const& context);
boost::json::object issued_json(service::IssuedToken const& issued);
boost::json::object receipt_json(sequencer::Receipt const& receipt);
boost::json::object stretching_json(ledger::Stretching const& stretching);
Result<service::PendingId, Problem> parse_pending_id(Request const& request);
Result<service::NewPassword, Problem> parse_new_password(Request const& request);

} // namespace bulla::http
