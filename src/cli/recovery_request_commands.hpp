// `bulla recover NAME --by-operators`: asks operators, and goes on where the request stands, run after run.
#pragma once

#include "cli/account_session.hpp"

namespace bulla::cli {

Went<void> recover_by_operators(ServerChoice const& choice, SignInClient const& client,
                                std::string const& name);

} // namespace bulla::cli
