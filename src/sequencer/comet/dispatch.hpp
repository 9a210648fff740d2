// A message of the engine to the call it means, and the answer back as a message.
#pragma once

#include "sequencer/comet/application.hpp"

namespace bulla::sequencer::comet {

// Always an answer of the matching member, or the fault after which the connection ends.
Called<abci::Response> dispatch(Application& application, abci::Request const& request);

// The same on bytes. The last answer of a connection that ends tells the engine why.
Called<abci::Response> dispatch(Application& application, base::ByteView message);
abci::Response exception_of(CallFault fault);

} // namespace bulla::sequencer::comet
