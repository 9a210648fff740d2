#include "service/peers.hpp"

#include "net/stopwatch.hpp"
#include "sequencer/side_rows.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace bulla::service {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds disk_wait_max{2'000};
constexpr std::chrono::milliseconds list_time_max{1'500}; // somebody looks at a page meanwhile

std::vector<ledger::Node> nodes_by_id(ledger::NodesRow const& row) {
    auto nodes = row.nodes;
    std::ranges::sort(nodes, {}, &ledger::Node::id);
    return nodes;
}

// Of a registration.
std::optional<ledger::Label> label_of(AdmissionRequest const& request) {
    auto const statement = ledger::decode<ledger::Register>(request.statement);
    if (!request.username || !statement)
        return std::nullopt;
    return statement->asks.label;
}

ServiceFault busy_for(std::chrono::seconds time) {
    return {.kind = ServiceFaultKind::busy, .retry_after = time};
}

// A refusal that more nodes would not turn into a yes.
ServiceFault fault_of(AdmissionRefusal refusal) {
    switch (refusal) {
    case AdmissionRefusal::promised: return busy_for(std::chrono::seconds{2});
    case AdmissionRefusal::taken: return {.kind = ServiceFaultKind::conflict};
    case AdmissionRefusal::wrong: return {.kind = ServiceFaultKind::refused};
    case AdmissionRefusal::busy: return busy_for(std::chrono::seconds{1});
    }
    CHECK_UNREACHABLE();
}

} // namespace

bool belongs_to(store::SideRow const& row, ledger::Label const& label, ledger::AccountState const& state) {
    auto const output = crypto::unverified_output(row.vrf_proof);
    return sequencer::has_records_of(row, state) && ledger::hash_opening(row.opening) == state.opening &&
           output && make_label(*output) == label;
}

bool is_name_of(Ground const& ground, store::SideRow const& row, ledger::Label const& label) {
    return !row.username || make_label(ground.keys.vrf_key, *row.username) == label;
}

class Peers::Count {
public:
    explicit Count(Peers& peers) : peers_(peers) {
        base::Lock const lock(peers_.mutex_);
        ++peers_.under_way_;
    }
    ~Count() {
        base::Lock const lock(peers_.mutex_);
        --peers_.under_way_;
        peers_.ended_.notify_all();
    }
    Count(Count const&) = delete;
    Count& operator=(Count const&) = delete;

private:
    Peers& peers_;
};

Peers::~Peers() {
    base::Lock const lock(mutex_);
    ended_.wait(mutex_, [this]() REQUIRES(mutex_) { return under_way_ == 0; });
}

// One admission being gathered; of the gathering coroutine's thread.
struct Peers::Gathering {
    Gathering(asio::any_io_executor const& executor, AdmissionRequest asked)
        : request(std::make_shared<AdmissionRequest const>(std::move(asked))), event(executor) {}
    std::shared_ptr<AdmissionRequest const> request;
    asio::steady_timer event; // something has come
    std::vector<ledger::Admission> admissions;
    std::optional<AdmissionRefusal> refusal; // the last one
    std::size_t open = 0; // questions without answer
};

void Peers::exchange_cosignatures(sequencer::Finality& finality, Cosigning::ForkObserver on_fork) {
    cosigning_ = std::make_unique<Cosigning>(ground_, channel_, finality, std::move(on_fork));
}

void Peers::exchange_sessions(ForeignSessions& foreign, SessionExchange::Calls calls) {
    sessions_ = std::make_unique<SessionExchange>(ground_, channel_, foreign, std::move(calls));
}

void Peers::exchange_secrets(OperatorAudit& audit) {
    secrets_ = std::make_unique<SecretExchange>(ground_, channel_, audit, disk_);
}

bool Peers::has_more_ends() {
    base::Lock const lock(mutex_);
    is_telling_ = std::exchange(tell_again_, false);
    return is_telling_;
}

asio::awaitable<void> Peers::tell_ends() {
    do
        co_await sessions_->tell_ends();
    while (has_more_ends());
}

void Peers::tell_session_ends(asio::any_io_executor const& executor) {
    if (sessions_ == nullptr || !sessions_->has_ends_to_tell())
        return;
    {
        base::Lock const lock(mutex_);
        tell_again_ = is_telling_;
        if (std::exchange(is_telling_, true))
            return;
    }
    asio::co_spawn(executor, tell_ends(),
                   [count = std::make_shared<Count>(*this)](std::exception_ptr const&) {});
}

// --- questions
// -------------------------------------------------------------------------------------------------

// What another node signs is checked here: an entry with a wrong admission would be refused as a whole.
asio::awaitable<std::optional<Peers::Answer>> Peers::ask_admission(
    ledger::Node node, std::shared_ptr<AdmissionRequest const> request) {
    base::ByteBuffer body;
    if (node.id == ground_.node)
        body = co_await answer_admission(ledger::encode(*request), ground_.node);
    else if (auto answer = co_await channel_.ask(node, NodePurpose::ask_admission, ledger::encode(*request)))
        body = *std::move(answer);
    else
        co_return std::nullopt;
    auto const answer = ledger::decode<AdmissionAnswer>(body);
    if (!answer)
        co_return std::nullopt;
    if (!answer->admission)
        co_return Answer{std::unexpect, answer->refusal.value_or(AdmissionRefusal::wrong)};
    auto const message = ledger::admission_message(
        answer->admission->until, ledger::digest_statement(kind_of(*request), request->statement));
    if (answer->admission->node != node.id ||
        !crypto::verify(node.node_key, message, answer->admission->signature))
        co_return std::nullopt;
    co_return Answer{*answer->admission};
}

asio::awaitable<void> Peers::ask_for(std::shared_ptr<Gathering> gathering, ledger::Node node) {
    auto const answer = co_await ask_admission(std::move(node), gathering->request);
    if (answer && *answer)
        gathering->admissions.push_back(**answer);
    else if (answer)
        gathering->refusal = answer->error();
    --gathering->open;
    gathering->event.cancel();
}

void Peers::ask_rest(std::shared_ptr<Gathering> const& gathering, std::vector<ledger::Node> nodes,
                     asio::any_io_executor const& executor) {
    gathering->open = nodes.size();
    for (auto& node : nodes)
        asio::co_spawn(executor, ask_for(gathering, std::move(node)),
                       [count = std::make_shared<Count>(*this)](std::exception_ptr const&) {});
}

asio::awaitable<Served<std::vector<ledger::Admission>>> Peers::gather_admissions(AdmissionRequest request) {
    Count const count(*this);
    auto const executor = co_await asio::this_coro::executor;
    auto const label = label_of(request);
    auto const gathering = std::make_shared<Gathering>(executor, std::move(request));
    auto admissions = co_await gather(gathering);
    // Only registrations promise anything.
    if (!admissions && label)
        withdraw(
            executor, *label,
            ledger::digest_statement(ledger::EntryKind::register_account, gathering->request->statement));
    co_return admissions;
}

asio::awaitable<Served<std::vector<ledger::Admission>>> Peers::gather(std::shared_ptr<Gathering> gathering) {
    auto const quorum = ground_.head()->nodes->quorum();
    auto nodes = nodes_by_id(*ground_.head()->nodes);
    // Whoever was asked and not reached, or has no room, is asked no more.
    while (!nodes.empty() && gathering->admissions.empty()) {
        auto const first = nodes.front();
        nodes.erase(nodes.begin());
        auto const answer = co_await ask_admission(first, gathering->request);
        if (answer && *answer)
            gathering->admissions.push_back(**answer);
        else if (answer && answer->error() != AdmissionRefusal::busy)
            co_return std::unexpected{fault_of(answer->error())};
        else if (answer)
            gathering->refusal = answer->error();
    }
    ask_rest(gathering, std::move(nodes), co_await asio::this_coro::executor);
    while (gathering->admissions.size() < quorum && gathering->open > 0) {
        gathering->event.expires_after(2 * NodeChannel::question_time_max);
        co_await gathering->event.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (gathering->admissions.size() < quorum)
        co_return std::unexpected{gathering->refusal ? fault_of(*gathering->refusal)
                                                     : busy_for(std::chrono::seconds{5})};
    auto admissions = gathering->admissions;
    admissions.resize(quorum);
    std::ranges::sort(admissions, {}, &ledger::Admission::node);
    co_return admissions;
}

asio::awaitable<void> Peers::withdraw_at(ledger::Node node, Withdrawal withdrawal) {
    if (node.id == ground_.node)
        co_await answer_withdrawal(ledger::encode(withdrawal), ground_.node);
    else
        co_await channel_.ask(std::move(node), NodePurpose::withdraw_promise, ledger::encode(withdrawal));
}

void Peers::withdraw(asio::any_io_executor const& executor, ledger::Label const& label,
                     ledger::StatementDigest const& digest) {
    Withdrawal const withdrawal{.label = label,
                                .digest = digest,
                                .signature = ground_.keys.node_key.sign(withdrawal_message(digest))};
    auto const nodes = ground_.head()->nodes;
    for (auto const& node : nodes->nodes)
        asio::co_spawn(executor, withdraw_at(node, withdrawal),
                       [count = std::make_shared<Count>(*this)](std::exception_ptr const&) {});
}

asio::awaitable<std::optional<store::SideRow>> Peers::find_row(ledger::Label label,
                                                               ledger::AccountState state) {
    Count const count(*this);
    for (auto const& node : nodes_by_id(*ground_.head()->nodes)) {
        if (node.id == ground_.node)
            continue;
        auto const body = co_await channel_.ask(node, NodePurpose::ask_record,
                                                ledger::encode(RecordRequest{.label = label}));
        auto answer = body ? ledger::decode<RecordAnswer>(*body).value_or(RecordAnswer{}) : RecordAnswer{};
        if (answer.row && belongs_to(*answer.row, label, state) && is_name_of(ground_, *answer.row, label))
            co_return std::move(answer.row);
    }
    co_return std::nullopt;
}

// Of the asking coroutine's thread. Answers that come too late find nobody.
struct Peers::Asking {
    explicit Asking(asio::any_io_executor const& executor) : event(executor) {}
    asio::steady_timer event; // an answer has come
    NodePurpose purpose = NodePurpose::ask_head;
    base::ByteBuffer body;
    std::vector<PeerAnswer> answers;
    std::size_t open = 0;
};

asio::awaitable<void> Peers::ask_one(std::shared_ptr<Asking> asking, ledger::Node node) {
    auto const id = node.id;
    auto body = co_await channel_.ask(std::move(node), asking->purpose, asking->body);
    std::ranges::find(asking->answers, id, &PeerAnswer::node)->body = std::move(body);
    --asking->open;
    asking->event.cancel();
}

asio::awaitable<std::vector<Peers::PeerAnswer>> Peers::ask_all(NodePurpose purpose, base::ByteBuffer body,
                                                               std::chrono::milliseconds time_max) {
    Count const count(*this);
    auto const executor = co_await asio::this_coro::executor;
    auto const asking = std::make_shared<Asking>(executor);
    asking->purpose = purpose;
    asking->body = std::move(body);
    auto nodes = nodes_by_id(*ground_.head()->nodes);
    std::erase_if(nodes, [&](ledger::Node const& node) { return node.id == ground_.node; });
    for (auto const& node : nodes)
        asking->answers.push_back({.node = node.id, .body = std::nullopt});
    asking->open = nodes.size();
    for (auto& node : nodes)
        asio::co_spawn(executor, ask_one(asking, std::move(node)),
                       [under_way = std::make_shared<Count>(*this)](std::exception_ptr const&) {});
    net::Stopwatch const waited;
    while (asking->open > 0) {
        asking->event.expires_after(time_max - waited.elapsed());
        auto const [error] = co_await asking->event.async_wait(asio::as_tuple(asio::use_awaitable));
        if (!error)
            break;
    }
    co_return asking->answers;
}

asio::awaitable<std::vector<Peers::PeerHead>> Peers::ask_heads() {
    std::vector<PeerHead> heads;
    for (auto const& [node, body] :
         co_await ask_all(NodePurpose::ask_head, {}, 2 * NodeChannel::question_time_max)) {
        auto const head = body ? ledger::decode<HeadAnswer>(*body) : Result<HeadAnswer, base::CborFault>{};
        heads.push_back({.node = node, .head = body && head ? std::optional(*head) : std::nullopt});
    }
    co_return heads;
}

asio::awaitable<std::vector<Peers::PeerSessions>> Peers::ask_sessions(ledger::AccountId account) {
    std::vector<PeerSessions> lists;
    for (auto const& [node, body] : co_await ask_all(
             NodePurpose::ask_sessions, ledger::encode(SessionsRequest{.account = account}), list_time_max)) {
        auto answer =
            body ? ledger::decode<SessionsAnswer>(*body) : Result<SessionsAnswer, base::CborFault>{};
        auto& list = lists.emplace_back(PeerSessions{.node = node, .sessions = std::nullopt});
        if (body && answer)
            list.sessions = std::move(answer->sessions);
    }
    co_return lists;
}

asio::awaitable<std::optional<bool>> Peers::end_session_elsewhere(token::SessionId id,
                                                                  ledger::AccountId account) {
    bool has_everybody_answered = true;
    for (auto const& [node, body] : co_await ask_all(
             NodePurpose::end_session, ledger::encode(SessionEnding{.id = id, .account = account}),
             2 * NodeChannel::question_time_max)) {
        auto const answer =
            body ? ledger::decode<SessionEnded>(*body) : Result<SessionEnded, base::CborFault>{};
        if (!body || !answer) {
            has_everybody_answered = false;
        } else if (answer->ended) {
            sessions_->take_end(id);
            co_return true;
        }
    }
    co_return has_everybody_answered ? std::optional(false) : std::nullopt;
}

// --- answers
// ---------------------------------------------------------------------------------------------------

asio::awaitable<base::ByteBuffer> Peers::answer_admission(base::ByteBuffer body, ledger::NodeId asker) {
    auto job = [this, asker, body = std::move(body)]() -> Answer {
        auto const request = ledger::decode<AdmissionRequest>(body);
        if (!request)
            return Answer{std::unexpect, AdmissionRefusal::wrong};
        return desk_.admit(*request, asker);
    };
    auto const ran = co_await disk_.run(std::move(job), disk_wait_max);
    AdmissionAnswer answer;
    if (ran && *ran)
        answer.admission = **ran;
    else
        answer.refusal = ran ? ran->error() : AdmissionRefusal::busy;
    co_return ledger::encode(answer);
}

asio::awaitable<base::ByteBuffer> Peers::answer_withdrawal(base::ByteBuffer body, ledger::NodeId asker) {
    auto job = [this, asker, body = std::move(body)] {
        auto const withdrawal = ledger::decode<Withdrawal>(body);
        return withdrawal && desk_.withdraw(*withdrawal, asker);
    };
    auto const ran = co_await disk_.run(std::move(job), disk_wait_max);
    co_return ledger::encode(SessionEnded{.ended = ran && *ran});
}

// To a node of the list: a quorum of operators has let it in (LEDGER §8).
asio::awaitable<base::ByteBuffer> Peers::answer_shared_keys(ledger::NodeId asker) {
    auto job = [this, asker]() -> SharedKeysAnswer {
        auto const to = channel_key_of(*ground_.head()->nodes, asker);
        auto const keys = read_shared_keys(ground_.keys.directory);
        if (!to || !keys || !ground_.keys.network)
            return {};
        auto sealed = ground_.keys.network->channel.seal(*to, keys->expose(), ground_.randomness);
        return {.sealed = std::move(sealed).value_or(base::ByteBuffer{})};
    };
    auto const ran = co_await disk_.run(std::move(job), disk_wait_max);
    co_return ledger::encode(ran ? *ran : SharedKeysAnswer{});
}

base::ByteBuffer Peers::answer_record(base::ByteView body) const {
    auto const request = ledger::decode<RecordRequest>(body);
    RecordAnswer answer;
    if (request)
        answer.row = ground_.ledger.load_side_row(request->label).value_or(std::nullopt);
    return ledger::encode(answer);
}

asio::awaitable<std::optional<base::ByteBuffer>> Peers::answer_body(NodeMessage question) {
    using enum NodePurpose;
    switch (question.purpose) {
    case ask_admission: co_return co_await answer_admission(std::move(question.body), question.from);
    case withdraw_promise: co_return co_await answer_withdrawal(std::move(question.body), question.from);
    case ask_record: co_return answer_record(question.body);
    case ask_cosignature:
        co_return cosigning_ ? std::optional(cosigning_->answer(question.from, question.body)) : std::nullopt;
    case ask_session:
        co_return sessions_ ? std::optional(sessions_->answer_fetch(question.body)) : std::nullopt;
    case end_session: {
        auto answer = sessions_ ? std::optional(sessions_->answer_end(question.body)) : std::nullopt;
        tell_session_ends(co_await asio::this_coro::executor);
        co_return answer;
    }
    case tell_ends: co_return sessions_ ? std::optional(sessions_->answer_told(question.body)) : std::nullopt;
    case ask_sessions:
        co_return sessions_ ? std::optional(sessions_->answer_list(question.body)) : std::nullopt;
    case ask_head: co_return answer_head();
    case ask_shared_keys: co_return co_await answer_shared_keys(question.from);
    case ask_secret:
        co_return secrets_ ? std::optional(co_await secrets_->answer(std::move(question.body), question.from))
                           : std::nullopt;
    case ask_list_signature: co_return lists_.answer(question.body);
    default: co_return std::nullopt; // an answer to nothing
    }
}

base::ByteBuffer Peers::answer_head() const {
    auto const head = ground_.head();
    return ledger::encode(HeadAnswer{
        .height = head->block.height, .size = head->size, .root = head->root, .time = head->block.time});
}

asio::awaitable<std::optional<base::ByteBuffer>> Peers::answer(base::ByteBuffer envelope) {
    Count const count(*this);
    auto question = open_envelope_of_any_time(ground_, envelope);
    if (!question)
        co_return std::nullopt;
    bool const is_good = is_fresh(*question, ground_.clock.now());
    clocks_.note(question->from, is_good ? PeerClocks::Time::like_own : PeerClocks::Time::other);
    if (!is_good)
        co_return std::nullopt;
    NodeMessage answer{.purpose = answer_to(question->purpose),
                       .from = ground_.node,
                       .to = question->from,
                       .question = question->question,
                       .time = ground_.clock.now(),
                       .body = {}};
    auto body = co_await answer_body(*std::move(question));
    if (!body)
        co_return std::nullopt;
    answer.body = *std::move(body);
    co_return seal_message(ground_, answer);
}

} // namespace bulla::service
