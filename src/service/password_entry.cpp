#include "service/password_entry.hpp"

#include "service/peers.hpp"

#include <boost/asio/this_coro.hpp>

namespace bulla::service {
namespace {

struct Registering {
    ledger::Label label;
    ledger::StatementDigest digest;
};
std::optional<Registering> registration_in(base::ByteView bytes) {
    auto const decoded = ledger::decode_entry(bytes);
    auto const* const statement = decoded ? std::get_if<ledger::Register>(&decoded->statement) : nullptr;
    if (statement == nullptr)
        return std::nullopt;
    return Registering{.label = statement->asks.label, .digest = decoded->digest};
}

} // namespace

boost::asio::awaitable<Served<std::vector<ledger::Admission>>> admit_statement(Ground const* ground,
                                                                               PasswordEntry entry) {
    using Admissions = std::vector<ledger::Admission>;
    if (ground->peers == nullptr)
        co_return Admissions{make_admission(*ground, ledger::digest_statement(entry.kind, entry.statement))};
    co_return co_await ground->peers->gather_admissions(
        {.statement = std::move(entry.statement),
         .username = std::move(entry.username),
         .row = *std::move(entry.write.row),
         .recovers = entry.kind == ledger::EntryKind::begin_recovery});
}

boost::asio::awaitable<Served<sequencer::Submission>> admit_entry(Ground const* ground, PasswordEntry entry) {
    sequencer::Submission submission;
    submission.side_writes.push_back(entry.write);
    if (ground->peers == nullptr) {
        submission.entry =
            assemble_entry(*ground, entry.kind, std::move(entry.statement), std::move(entry.evidence));
        co_return submission;
    }
    auto admissions = CO_TRY(co_await admit_statement(ground, entry));
    submission.entry = ledger::encode(ledger::Entry{.kind = entry.kind,
                                                    .statement = std::move(entry.statement),
                                                    .evidence = std::move(entry.evidence),
                                                    .admissions = std::move(admissions)});
    co_return submission;
}

boost::asio::awaitable<Result<sequencer::Receipt, sequencer::OrderFault>> order_admitted(
    Ground const* ground, sequencer::Submission submission) {
    auto const entry = ground->peers == nullptr ? std::nullopt : registration_in(submission.entry);
    auto ordered = co_await ground->sequencer.order(std::move(submission));
    if (!ordered && entry && ordered.error().kind != sequencer::OrderFaultKind::unknown)
        ground->peers->withdraw(co_await boost::asio::this_coro::executor, entry->label, entry->digest);
    co_return ordered;
}

} // namespace bulla::service
