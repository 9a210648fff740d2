#include "http/evidence_json.hpp"

#include "sequencer/finality.hpp"
#include "service/evidence.hpp"

#include <boost/json/object.hpp>

namespace bulla::http {
namespace {

namespace json = boost::json;

template <class Wanted>
json::array list_evidence(service::Ground const& ground, Wanted const& is_wanted) {
    json::array array;
    if (ground.evidence == nullptr)
        return array;
    for (auto const& each : ground.evidence->list())
        if (is_wanted(each))
            array.push_back(
                json::object{{"node", each.node}, {"offence", name(each.offence)}, {"at", each.at}});
    return array;
}

} // namespace

json::array evidence_json(service::Ground const& ground) {
    return list_evidence(ground, [](auto const&) { return true; });
}

json::array evidence_json(service::Ground const& ground, ledger::NodeId const& against) {
    return list_evidence(ground, [node = sequencer::cosigner_name(against)](service::Evidence const& each) {
        return each.node == node;
    });
}

} // namespace bulla::http
