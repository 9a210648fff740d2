// What a node has seen of others that break the rules, as JSON: {node, offence, at} each, by node.
#pragma once

#include "service/ground.hpp"

#include <boost/json/array.hpp>

namespace bulla::http {

boost::json::array evidence_json(service::Ground const& ground);
boost::json::array evidence_json(service::Ground const& ground, ledger::NodeId const& against);

} // namespace bulla::http
