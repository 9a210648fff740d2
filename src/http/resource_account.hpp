// /v1: what a signed-in account sees and changes.
//
//   GET    /v1/account                   state, head and place in the ledger
//   GET    /v1/account/proof             the proof file (docs/formats/proof.md)
//   GET    /v1/account/proof/brief       the same in the brief form
//   POST   /v1/account/password          {registration_request}                          201 the offer
//   POST   /v1/account/password/{id}     {registration_record, statement, evidence}      201 the receipt
//   POST   /v1/account/entries           {kind, statement, evidence}                     201 the receipt
//   PUT    /v1/account/credentials/{id}  {name}                                          204
//   GET    /v1/account/export            everything held about it
//   GET    /v1/sessions · DELETE /v1/sessions/{id}
#pragma once

#include "http/context.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace bulla::http {

boost::asio::awaitable<Response> show_account(Request request, Context context);
boost::asio::awaitable<Response> prove_account(Request request, Context context);
boost::asio::awaitable<Response> prove_account_briefly(Request request, Context context);
boost::asio::awaitable<Response> begin_password_change(Request request, Context context);
boost::asio::awaitable<Response> finish_password_change(Request request, Context context);
boost::asio::awaitable<Response> submit_entry(Request request, Context context);
boost::asio::awaitable<Response> name_credential(Request request, Context context);
boost::asio::awaitable<Response> export_account(Request request, Context context);
boost::asio::awaitable<Response> list_sessions(Request request, Context context);
boost::asio::awaitable<Response> end_session(Request request, Context context);

} // namespace bulla::http
