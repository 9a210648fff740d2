// Why a node does not start, in a sentence that says what to do.
#pragma once

#include "http/server.hpp"
#include "service/founding.hpp"
#include "service/signing_keys.hpp"

namespace bulla::cli {

std::string describe(service::KeyFault const& fault);
std::string describe(service::FoundingFault const& fault);
std::string describe(service::SigningKeyFault const& fault);
std::string describe(store::StoreFault const& fault);
std::string_view describe(sequencer::DirectoryFileFault fault);
std::string_view describe(sequencer::StoreDirectoryFault fault);
std::string describe(http::StartFault const& fault, std::string_view address);
std::string describe(net::TlsFault const& fault);

} // namespace bulla::cli
