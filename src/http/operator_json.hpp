// What operators see, as JSON.
#pragma once

#include "service/application.hpp"

#include <boost/json/object.hpp>

namespace bulla::http {

// {act, label?, node?, operator?, …}: what of an act a person decides on.
boost::json::object act_json(ledger::Act const& act);

boost::json::object account_json(ledger::Label const& label, ledger::AccountRow const& account);

struct Overview {
    service::OperatorPrincipal who;
    service::OperatorAudit::View audit;
    std::vector<service::Peers::PeerHead> peers;
};
boost::json::object overview_json(service::Application& application, Overview const& overview);

} // namespace bulla::http
