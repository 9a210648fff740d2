// Statements and acts as JSON and in words.
#pragma once

#include "ledger/entry.hpp"

#include <boost/json/object.hpp>

namespace bulla::cli {

boost::json::object credential_json(ledger::NewCredential const& credential);
boost::json::object statement_json(ledger::DecodedEntry const& entry);
std::string statement_words(ledger::DecodedEntry const& entry);

} // namespace bulla::cli
