// The client's side of OPAQUE, as `bulla bench` has it.
#pragma once

#include "cli/bench_client.hpp"

namespace bulla::bench {

using cli::LoginClient;
using cli::password;
using cli::RegistrationClient;
using cli::unstretched;

} // namespace bulla::bench
