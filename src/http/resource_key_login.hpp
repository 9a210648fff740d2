// /v1: login by a passkey, an SSH key or a device key (docs/formats/login.md).
//
//   POST /v1/key-logins        {client, origin, username?}                               201 the challenge
//   POST /v1/key-logins/{id}   {statement, evidence, account_id?, username?, passkey?, credential?,
//                               public_key?}
//                              200 the token, as POST /v1/logins/{id}
#pragma once

#include "http/context.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace bulla::http {

boost::asio::awaitable<Response> begin_key_login(Request request, Context context);
boost::asio::awaitable<Response> finish_key_login(Request request, Context context);

} // namespace bulla::http
