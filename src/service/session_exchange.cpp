#include "service/session_exchange.hpp"

namespace bulla::service {
namespace {

namespace asio = boost::asio;

constexpr std::size_t ends_in_one_message_max = 256;

template <class List, class T>
bool contains(List const& list, T const& value) {
    return std::ranges::find(list, value) != list.end();
}

std::vector<base::ByteBuffer> as_bytes(std::vector<token::SessionId> const& ids) {
    std::vector<base::ByteBuffer> list;
    list.reserve(ids.size());
    for (auto const& id : ids)
        list.push_back(base::to_buffer(id));
    return list;
}

} // namespace

asio::awaitable<void> SessionExchange::fetch(SessionElsewhere wanted) {
    auto const nodes = ground_.head()->nodes;
    auto const* const node = nodes->find(wanted.node);
    if (node == nullptr)
        co_return;
    auto const body = co_await channel_.ask(*node, NodePurpose::ask_session,
                                            ledger::encode(SessionRequest{.id = wanted.id}));
    auto const answer =
        body ? ledger::decode<SessionAnswer>(*body) : Result<SessionAnswer, base::CborFault>{};
    if (!body || !answer)
        co_return;
    auto const now = ground_.clock.now();
    if (answer->session)
        foreign_.put(wanted.id, {.node = wanted.node, .session = *answer->session}, now);
    else
        foreign_.end(wanted.id, now);
}

asio::awaitable<std::optional<bool>> SessionExchange::end_there(SessionElsewhere session,
                                                                ledger::AccountId account) {
    auto const nodes = ground_.head()->nodes;
    auto const* const node = nodes->find(session.node);
    if (node == nullptr)
        co_return std::nullopt;
    auto const body = co_await channel_.ask(
        *node, NodePurpose::end_session, ledger::encode(SessionEnding{.id = session.id, .account = account}));
    auto const answer = body ? ledger::decode<SessionEnded>(*body) : Result<SessionEnded, base::CborFault>{};
    if (!body || !answer)
        co_return std::nullopt;
    if (answer->ended)
        take_end(session.id);
    co_return answer->ended;
}

void SessionExchange::take_end(token::SessionId const& id) {
    foreign_.end(id, ground_.clock.now());
    calls_.on_end(id);
}

// --- telling ends

void SessionExchange::note_end(token::SessionId const& id) {
    auto const until = ground_.clock.now() + ground_.settings.token_lifetime;
    base::Lock const lock(mutex_);
    telling_.push_back({.id = id, .until = until, .heard = {}});
}

bool SessionExchange::has_ends_to_tell() const {
    base::Lock const lock(mutex_);
    return !telling_.empty();
}

std::vector<token::SessionId> SessionExchange::untold(ledger::NodeId const& node) const {
    base::Lock const lock(mutex_);
    std::vector<token::SessionId> ids;
    for (auto const& each : telling_)
        if (ids.size() < ends_in_one_message_max && !contains(each.heard, node))
            ids.push_back(each.id);
    return ids;
}

void SessionExchange::note_heard(ledger::NodeId const& node, std::vector<token::SessionId> const& ids) {
    base::Lock const lock(mutex_);
    for (auto& each : telling_)
        if (contains(ids, each.id))
            each.heard.push_back(node);
}

void SessionExchange::drop_told() {
    auto const now = ground_.clock.now();
    auto const others = ground_.head()->nodes->nodes.size() - 1;
    base::Lock const lock(mutex_);
    std::erase_if(telling_,
                  [&](Telling const& each) { return each.until <= now || each.heard.size() >= others; });
}

asio::awaitable<void> SessionExchange::tell(ledger::Node node) {
    auto const ids = untold(node.id);
    auto const id = node.id;
    if (ids.empty())
        co_return;
    auto const body = co_await channel_.ask(std::move(node), NodePurpose::tell_ends,
                                            ledger::encode(SessionEnds{.ids = as_bytes(ids)}));
    if (body)
        note_heard(id, ids);
}

asio::awaitable<void> SessionExchange::tell_ends() {
    auto const nodes = ground_.head()->nodes;
    for (auto const& node : nodes->nodes)
        if (node.id != ground_.node)
            co_await tell(node);
    drop_told();
}

// --- answers

base::ByteBuffer SessionExchange::answer_fetch(base::ByteView question) const {
    auto const request = ledger::decode<SessionRequest>(question);
    SessionAnswer answer;
    if (request)
        answer.session = ground_.live.load_session(request->id).value_or(std::nullopt);
    return ledger::encode(answer);
}

base::ByteBuffer SessionExchange::answer_end(base::ByteView question) {
    auto const request = ledger::decode<SessionEnding>(question);
    return ledger::encode(SessionEnded{.ended = request && calls_.end_own(request->id, request->account)});
}

base::ByteBuffer SessionExchange::answer_list(base::ByteView question) const {
    auto const request = ledger::decode<SessionsRequest>(question);
    SessionsAnswer answer;
    if (request)
        answer.sessions = calls_.list_own(request->account);
    std::ranges::sort(answer.sessions, std::greater{}, &SessionBrief::began);
    if (answer.sessions.size() > sessions_in_one_message_max)
        answer.sessions.resize(sessions_in_one_message_max);
    return ledger::encode(answer);
}

base::ByteBuffer SessionExchange::answer_told(base::ByteView question) {
    auto const ends = ledger::decode<SessionEnds>(question);
    for (auto const& bytes : ends ? ends->ids : std::vector<base::ByteBuffer>{})
        if (auto const id = token::SessionId::parse(bytes))
            take_end(*id);
    return ledger::encode(SessionEnded{.ended = true});
}

} // namespace bulla::service
