#include "sequencer/finality.hpp"

#include "base/encoding.hpp"
#include "sequencer/stored_tiles.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace bulla::sequencer {
namespace {

namespace asio = boost::asio;
using Verdict = CosignatureVerdict;

HeadPointer with_lines(Head const& head, std::map<ledger::NodeId, merkle::NoteLine> const& lines) {
    std::vector<merkle::NoteLine> list;
    list.reserve(lines.size());
    for (auto const& [node, line] : lines)
        list.push_back(line);
    auto noted = merkle::add_note_lines(head.checkpoint, list);
    CHECK(noted); // a note of this log, and lines that verify
    auto cosigned = std::make_shared<Head>(head);
    cosigned->checkpoint = *std::move(noted);
    return cosigned;
}

} // namespace

std::string cosigner_name(ledger::NodeId const& node) {
    return "node-" + base::to_hex(node.view().first(8));
}

merkle::VerifierKey cosigner_key_of(ledger::Node const& node) {
    return merkle::VerifierKey::make(cosigner_name(node.id), merkle::NoteKeyType::cosignature,
                                     node.cosigner_key);
}

merkle::Checkpoint Finality::checkpoint_of(Head const& head) const {
    return {.origin = head.nodes->origin, .size = head.size, .root = head.root};
}

std::optional<Cosignature> Finality::cosign_newest() {
    base::Lock const lock(mutex_);
    auto const head = parts_.heads.newest();
    if (head->checkpoint.empty() || head->nodes->find(parts_.node) == nullptr)
        return std::nullopt;
    auto const checkpoint = checkpoint_of(*head);
    auto& newest = newest_[parts_.node];
    if (head->size > newest) {
        auto line = merkle::cosign_note(merkle::print_checkpoint(checkpoint), cosigner_name(parts_.node),
                                        parts_.clock.now(), parts_.cosigner_key);
        auto& candidate = candidates_[head->size];
        candidate.head = head;
        candidate.lines.emplace(parts_.node, std::move(line));
        newest = head->size;
        settle(head->size);
        drop_old();
    }
    auto const found = candidates_.find(head->size);
    if (found == candidates_.end())
        return std::nullopt;
    return Cosignature{.checkpoint = checkpoint, .line = found->second.lines.at(parts_.node)};
}

std::optional<Cosignature> Finality::find_own(ledger::TreeSize size) const {
    base::Lock const lock(mutex_);
    auto const found = candidates_.find(size);
    if (found == candidates_.end())
        return std::nullopt;
    return Cosignature{.checkpoint = checkpoint_of(*found->second.head),
                       .line = found->second.lines.at(parts_.node)};
}

// The log does not change below its end, so the stored tiles say what its root was at any size.
bool Finality::is_of_this_log(Cosignature const& cosignature) const {
    auto const& checkpoint = cosignature.checkpoint;
    if (auto const found = candidates_.find(checkpoint.size); found != candidates_.end())
        return found->second.head->root == checkpoint.root;
    auto const root = merkle::load_root(StoredTiles(parts_.ledger), checkpoint.size);
    return root && *root == checkpoint.root;
}

CosignatureVerdict Finality::take(ledger::NodeId const& from, Cosignature const& cosignature) {
    base::Lock const lock(mutex_);
    auto const head = parts_.heads.newest();
    auto const& checkpoint = cosignature.checkpoint;
    auto const* const node = head->nodes->find(from);
    if (node == nullptr || checkpoint.origin != head->nodes->origin ||
        !merkle::check_note_line(merkle::print_checkpoint(checkpoint), cosignature.line,
                                 cosigner_key_of(*node)))
        return Verdict::wrong;
    if (checkpoint.size > newest_[parts_.node])
        return Verdict::ahead;
    if (!is_of_this_log(cosignature))
        return Verdict::fork;
    auto& newest = newest_[from];
    newest = std::max(newest, checkpoint.size);
    auto const found = candidates_.find(checkpoint.size);
    if (found == candidates_.end())
        return Verdict::old;
    if (found->second.lines.emplace(from, cosignature.line).second)
        settle(checkpoint.size);
    return Verdict::counted;
}

std::optional<std::string> Finality::find_note(ledger::NodeId const& from, ledger::TreeSize size) const {
    base::Lock const lock(mutex_);
    auto const found = candidates_.find(size);
    if (found == candidates_.end() || !found->second.lines.contains(from))
        return std::nullopt;
    auto const& line = found->second.lines.at(from);
    return with_lines(*found->second.head, {{from, line}})->checkpoint;
}

ledger::TreeSize Finality::final_size() const {
    base::Lock const lock(mutex_);
    return final_ ? final_->size : ledger::TreeSize{};
}

std::map<ledger::NodeId, ledger::TreeSize> Finality::newest_sizes() const {
    base::Lock const lock(mutex_);
    return newest_;
}

void Finality::drop_old() {
    while (candidates_.size() > sizes_max)
        candidates_.erase(candidates_.begin());
}

// The list in force before the checkpoint's last block is what counts; while a list is being changed that is
// the one of the head before, which is still kept.
void Finality::settle(ledger::TreeSize size) {
    auto const place = candidates_.find(size);
    auto const& candidate = place->second;
    auto const& before = place == candidates_.begin() ? candidate.head : std::prev(place)->second.head;
    auto const counts = [&](auto const& each) { return before->nodes->find(each.first) != nullptr; };
    auto const count = std::ranges::count_if(candidate.lines, counts);
    if (static_cast<std::size_t>(count) < before->nodes->quorum() || (final_ && size < final_->size))
        return;
    final_ = with_lines(*candidate.head, candidate.lines);
    parts_.heads.replace(size, final_);
    wake();
}

void Finality::wake() {
    auto const end = waiting_.upper_bound(final_->size);
    for (auto place = waiting_.begin(); place != end; ++place)
        asio::post(place->second->event.get_executor(), [wait = place->second, head = final_]() mutable {
            wait->head = std::move(head);
            wait->event.cancel();
        });
    waiting_.erase(waiting_.begin(), end);
}

asio::awaitable<HeadPointer> Finality::await_final(ledger::TreeSize size, std::chrono::milliseconds max) {
    auto const wait = std::make_shared<Wait>(co_await asio::this_coro::executor);
    {
        base::Lock const lock(mutex_);
        if (final_ && final_->size >= size)
            co_return final_;
        if (has_ended_)
            co_return nullptr;
        wait->event.expires_after(max);
        waiting_.emplace(size, wait);
    }
    co_await wait->event.async_wait(asio::as_tuple(asio::use_awaitable));
    base::Lock const lock(mutex_);
    std::erase_if(waiting_, [&](auto const& each) { return each.second == wait; });
    co_return wait->head;
}

void Finality::end() {
    base::Lock const lock(mutex_);
    has_ended_ = true;
    for (auto const& each : waiting_)
        asio::post(each.second->event.get_executor(), [wait = each.second] { wait->event.cancel(); });
    waiting_.clear();
}

} // namespace bulla::sequencer
