// The three plain routes, to the letter of the article they come from: form in, text out.
//
//   POST /register              200 Registration successful · 409 Username already taken · 400 with the
//   reason POST /login                 200 the token · 401 Invalid username or password GET
//   /protected-resource     200 Welcome, NAME! · 401 No token provided · Token expired · Invalid token GET
//   /verify                 forward authentication: 200 with Remote-User, or 401
#pragma once

#include "http/context.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace bulla::http {

boost::asio::awaitable<Response> plain_register(Request request, Context context);
boost::asio::awaitable<Response> plain_login(Request request, Context context);
boost::asio::awaitable<Response> protected_resource(Request request, Context context);
boost::asio::awaitable<Response> verify(Request request, Context context);

} // namespace bulla::http
