// A program that runs in the foreground of this process's terminal until it ends, so that it can ask whoever
// sits there: ssh-keygen for a passphrase.
//
// It has our environment, our standard error and no standard input; what it prints to its standard output is
// dropped. Its name is looked for in PATH; no shell is between.
#pragma once

#include "net/child_process.hpp"

namespace bulla::net {

ChildEnd run_in_foreground(std::vector<std::string> arguments);

} // namespace bulla::net
