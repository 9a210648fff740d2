#include "service/application.hpp"

#include "service/faults_of_order.hpp"

namespace bulla::service {
namespace {

constexpr std::chrono::seconds audit_wait_max{5};

// The limits' counters in the live database. A full disk is an answer; any other failed write ends the
// process.
class StoredCounters final : public CounterStore {
public:
    explicit StoredCounters(store::LiveDatabase& live) : live_(live) {}

    std::optional<base::ByteBuffer> load_counter(base::ByteView key) override {
        auto row = live_.load_counter(key);
        CHECK(row.has_value());
        return *std::move(row);
    }
    Kept change_counters(std::vector<store::CounterChange> const& changes) override {
        auto const changed = live_.change_counters(changes);
        if (!changed && changed.error().kind == store::StoreFaultKind::no_space)
            return Kept::no_space;
        CHECK(changed);
        return Kept::yes;
    }

private:
    store::LiveDatabase& live_;
};

} // namespace

std::string log_origin_of(Settings const& settings) {
    if (!settings.log_origin.empty())
        return settings.log_origin;
    auto const scheme = settings.issuer.find("://");
    return (scheme == std::string::npos ? settings.issuer : settings.issuer.substr(scheme + 3)) + "/log";
}

Application::Application(Settings settings, Parts parts)
    : settings_(std::move(settings)), counters_(std::make_unique<StoredCounters>(parts.live)),
      limits_(*counters_), keyring_(parts.keys),
      ground_{.settings = settings_,
              .keys = parts.keys,
              .keyring = keyring_,
              .network = parts.network,
              .node = ledger::make_node_id(parts.keys.node_key.public_key()),
              .sequencer = parts.sequencer,
              .ledger = parts.ledger,
              .live = parts.live,
              .limits = limits_,
              .clock = parts.clock,
              .randomness = parts.randomness,
              .events = events_},
      signing_keys_(ground_, std::move(parts.signing_keys), parts.disk_pool), tokens_(ground_, signing_keys_),
      registration_(ground_), login_(ground_, tokens_), key_login_(ground_, tokens_),
      recovery_requests_(ground_, recovery_attempts_), accounts_(ground_, recovery_requests_),
      plain_form_(ground_, {.registration = registration_,
                            .login = login_,
                            .tokens = tokens_,
                            .accounts = accounts_,
                            .argon2_pool = parts.argon2_pool}),
      blocks_(ground_), recovery_(ground_, recovery_attempts_), operator_desk_(ground_, recovery_requests_),
      operator_audit_(ground_), disk_pool_(parts.disk_pool) {
    events_.sign_ins().begin(parts.clock.now());
}

store::Stored<void> Application::join_network(NetworkParts const& parts) {
    desk_ = TRY(AdmissionDesk::open(ground_, parts.vrf_public_key));
    peers_ = std::make_unique<Peers>(ground_, *desk_, parts.disk, parts.tls);
    mender_ = std::make_unique<RecordMender>(ground_, *peers_, parts.lacking, parts.disk);
    foreign_ = std::make_unique<ForeignSessions>(settings_.token_lifetime);
    peers_->exchange_sessions(
        *foreign_,
        {.on_end = [this](auto const& id) { tokens_.forget_session(id); },
         .end_own = [this](auto const& id,
                           auto const& account) { return tokens_.end_session(account, id).value_or(false); },
         .list_own =
             [this](auto const& account) {
                 return tokens_.sessions(account).value_or(std::vector<SessionBrief>{});
             }});
    peers_->exchange_secrets(operator_audit_);
    ground_.foreign = foreign_.get();
    ground_.sessions = peers_->sessions();
    ground_.peers = peers_.get();
    ground_.lacking = &parts.lacking;
    ground_.joins = parts.joins;
    ground_.evidence = parts.evidence;
    return mender_->find_lacking();
}

std::vector<Application::Want> Application::wants() {
    bool const has_room = ground_.ledger.has_space();
    std::pair<Want, bool> const all[] = {
        {Want::start, ending_},
        {Want::room, !has_room},
        {Want::engine, has_room && !ground_.sequencer.accepts_entries()},
        {Want::signing_key, signing_keys_.in_force() == nullptr},
        {Want::records, ground_.lacking != nullptr && !ground_.lacking->is_empty()},
        {Want::keysets, !keyring_.has_all(*ground_.head()->policy)},
        {Want::clock,
         peers_ != nullptr && peers_->clocks().is_own_wrong(ground_.head()->nodes->nodes.size())},
        {Want::nodes, !holds_lease()},
    };
    std::vector<Want> wants;
    for (auto const& [want, is_wanted] : all)
        if (is_wanted)
            wants.push_back(want);
    return wants;
}

boost::asio::awaitable<void> Application::fetch_session(std::string token) {
    auto const elsewhere = tokens_.find_elsewhere(token);
    if (elsewhere)
        co_await ground_.sessions->fetch(*elsewhere);
}

boost::asio::awaitable<Served<OperatorAudit::View>> Application::read_operator_audit() {
    auto read = co_await disk_pool_.run([this] { return operator_audit_.read(); }, audit_wait_max);
    if (!read)
        co_return std::unexpected{
            ServiceFault{.kind = ServiceFaultKind::busy, .retry_after = std::chrono::seconds{1}}};
    co_return map_fault(*std::move(read),
                        [](store::StoreFault const& fault) { return to_service_fault(fault); });
}

boost::asio::awaitable<Served<HeldSecret>> Application::make_shared_secret(SecretKind kind) {
    if (keyring_.size() >= held_secrets_max)
        co_return refuse(ServiceFaultKind::conflict);
    auto made = co_await disk_pool_.run([this, kind] { return keyring_.make(kind, ground_.randomness); },
                                        audit_wait_max);
    if (!made)
        co_return std::unexpected{
            ServiceFault{.kind = ServiceFaultKind::busy, .retry_after = std::chrono::seconds{1}}};
    co_return map_fault(*std::move(made),
                        [](KeyFault const&) { return ServiceFault{.kind = ServiceFaultKind::internal}; });
}

boost::asio::awaitable<Served<bool>> Application::lacks_secret_of(ledger::LeafHash change) {
    auto const audit = CO_TRY(co_await read_operator_audit());
    auto const waiting = std::ranges::find(audit.waiting, change, &WaitingChange::change);
    auto const secret = waiting == audit.waiting.end() ? std::nullopt : secret_of(waiting->act);
    co_return secret && !keyring_.has(*secret);
}

} // namespace bulla::service
