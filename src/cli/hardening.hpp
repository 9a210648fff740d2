// What the process gives up at its start.
#pragma once

namespace bulla::cli {

// No core dumps, and no reading of the memory by other processes of the same user: it holds keys and
// passwords.
void forbid_memory_dumps();

// Files the program makes are its user's alone.
void restrict_new_files();

} // namespace bulla::cli
