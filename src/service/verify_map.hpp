// Part of verify: the directory's map file, which a start believes before it has hashed everything again.
#pragma once

#include "service/verify.hpp"

namespace bulla::service {

// Good when there is none, and when it is as of a block that the ledger has not yet: a server wrote it after
// the copy being verified was made, or an older ledger was put back. No start uses such a file.
std::optional<WrongThing> check_map_file(store::LedgerDatabase& ledger, std::filesystem::path const& file);

} // namespace bulla::service
