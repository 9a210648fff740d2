#include "service/signing_keys.hpp"

#include "crypto/kept.hpp"
#include "service/registration.hpp"

namespace bulla::service {
namespace {

using Kind = SigningKeyFaultKind;

constexpr std::chrono::seconds disk_wait_max{10};
constexpr int steps_max = 32;

std::unexpected<SigningKeyFault> refuse(Kind kind) {
    return std::unexpected{SigningKeyFault{.kind = kind}};
}
auto const key_fault = [](KeyFault const& fault) {
    return SigningKeyFault{.kind = Kind::file, .file = fault};
};
auto const pool_fault = [](net::PoolFault) { return SigningKeyFault{.kind = Kind::busy}; };

// Held while keys are changed.
class Turn {
public:
    explicit Turn(std::atomic_flag& taken) : taken_(taken), is_ours_(!taken.test_and_set()) {}
    ~Turn() {
        if (is_ours_)
            taken_.clear();
    }
    Turn(Turn const&) = delete;
    Turn& operator=(Turn const&) = delete;
    bool is_ours() const { return is_ours_; }

private:
    std::atomic_flag& taken_;
    bool is_ours_;
};

struct Signer {
    base::ByteBuffer id;
    crypto::Ed25519KeyPair const& key;
};

template <class Statement>
base::ByteBuffer signed_entry(Statement const& statement, std::initializer_list<Signer> signers) {
    ledger::Entry entry{
        .kind = Statement::kind, .statement = ledger::encode(statement), .evidence = {}, .admissions = {}};
    auto const digest = ledger::digest_statement(entry.kind, entry.statement);
    for (auto const& signer : signers)
        entry.evidence.push_back({.signer = signer.id, .parts = {base::to_buffer(signer.key.sign(digest))}});
    return ledger::encode(entry);
}

} // namespace

SigningKeys::SigningKeys(Ground& ground, std::vector<SigningKey> files, net::WorkerPool& pool)
    : ground_(ground), pool_(pool) {
    for (auto& file : files)
        files_.emplace_back(crypto::keep(std::move(file)));
}

// A key that a block ended has ended, whatever a clock says that was set back.
base::Timestamp SigningKeys::now() const {
    return ground_.entry_time();
}

SigningKeyState SigningKeys::state() const {
    auto const head = ground_.head();
    auto const* const node = head->nodes->find(ground_.node);
    SigningKeyState state;
    if (node != nullptr)
        state.live = node->signing_keys;
    auto const time = now();
    std::erase_if(state.live,
                  [&](ledger::LiveSigningKey const& key) { return key.ends && *key.ends <= time; });
    base::Lock const lock(mutex_);
    for (auto const& file : files_)
        state.files.push_back({.kid = file->kid, .made = file->made});
    return state;
}

// A node that has been removed, or comes to its network and is not there yet, changes nothing.
bool SigningKeys::is_listed() const {
    return ground_.head()->nodes->find(ground_.node) != nullptr;
}

std::shared_ptr<SigningKey const> SigningKeys::in_force() const {
    auto const kid = signing_kid(state());
    base::Lock const lock(mutex_);
    for (auto const& file : files_)
        if (kid && file->kid == *kid)
            return file;
    return nullptr;
}

std::vector<ListedSigningKey> SigningKeys::list() const {
    auto const present = state();
    auto const signing = signing_kid(present);
    std::vector<ListedSigningKey> listed;
    for (auto const& key : present.live) {
        auto const file = std::ranges::find(present.files, key.kid, &SigningKeyFile::kid);
        listed.push_back({.kid = key.kid,
                          .made = file == present.files.end() ? std::nullopt : std::optional(file->made),
                          .ends = key.ends,
                          .signs = key.kid == signing});
    }
    return listed;
}

// --- changes
// ---------------------------------------------------------------------------------------------------

SigningKeys::Changed<void> SigningKeys::settle() {
    Turn const turn(changing_);
    if (!turn.is_ours())
        co_return refuse(Kind::busy);
    co_return co_await settle_in_turn();
}

SigningKeys::Changed<ledger::KeyId> SigningKeys::rotate() {
    Turn const turn(changing_);
    if (!turn.is_ours())
        co_return refuse(Kind::busy);
    if (!is_listed())
        co_return refuse(Kind::not_listed);
    if (!has_room(state()))
        co_return refuse(Kind::no_room);
    auto const kid = CO_TRY(co_await publish());
    CO_TRY(co_await settle_in_turn());
    co_return kid;
}

SigningKeys::Changed<void> SigningKeys::end_now(ledger::KeyId kid) {
    Turn const turn(changing_);
    if (!turn.is_ours())
        co_return refuse(Kind::busy);
    auto const head = ground_.head();
    auto const row = head->signing_keys->find(kid);
    if (row == head->signing_keys->end() || row->second.node != ground_.node)
        co_return refuse(Kind::unknown_key);
    if (!is_listed())
        co_return refuse(Kind::not_listed);
    if (row->second.ends && *row->second.ends <= now())
        co_return refuse(Kind::ended);
    CO_TRY(co_await retire(kid, End::now));
    co_return co_await settle_in_turn();
}

SigningKeys::Changed<void> SigningKeys::settle_in_turn() {
    for (int steps = 0; steps < steps_max; ++steps) {
        if (!is_listed())
            co_return refuse(Kind::not_listed);
        auto const step = next_step(state(), now(), ground_.settings.signing_key_lifetime);
        if (std::holds_alternative<Settled>(step))
            co_return Result<void, SigningKeyFault>{};
        CO_TRY(co_await take(step));
    }
    co_return refuse(Kind::unsettled);
}

SigningKeys::Changed<void> SigningKeys::take(SigningKeyStep step) {
    if (auto const* const erase = std::get_if<EraseFile>(&step))
        co_return co_await erase_file(erase->kid);
    if (auto const* const outgoing = std::get_if<RetireKey>(&step))
        co_return co_await retire(outgoing->kid, End::when_its_tokens_have);
    if (auto const* const lost = std::get_if<EndKeyNow>(&step))
        co_return co_await retire(lost->kid, End::now);
    if (std::holds_alternative<PublishKey>(step))
        CO_TRY(co_await publish());
    co_return Result<void, SigningKeyFault>{};
}

// The key is there before its row is, so that it signs from the head on that names it. What the ledger
// refuses is erased by the next step.
SigningKeys::Changed<ledger::KeyId> SigningKeys::publish() {
    auto job = [&directory = ground_.keys.directory, &randomness = ground_.randomness,
                time = ground_.clock.now()] { return make_signing_key(directory, randomness, time); };
    auto ran = CO_TRY(map_fault(co_await pool_.run(std::move(job), disk_wait_max), pool_fault));
    std::shared_ptr<SigningKey const> const made = crypto::keep(CO_TRY(map_fault(std::move(ran), key_fault)));
    {
        base::Lock const lock(mutex_);
        files_.push_back(made);
    }
    ledger::PublishSigningKey const statement{
        {asks()}, ledger::SigningAlgorithm::eddsa, base::to_buffer(made->key.public_key())};
    CO_TRY(co_await order(signed_entry(statement, {{base::to_buffer(ground_.node), ground_.keys.node_key},
                                                   {base::to_buffer(made->kid), made->key}})));
    co_return made->kid;
}

SigningKeys::Changed<void> SigningKeys::retire(ledger::KeyId kid, End end) {
    ledger::RetireSigningKey const statement{{asks()}, kid, end == End::now};
    co_return co_await order(
        signed_entry(statement, {{base::to_buffer(ground_.node), ground_.keys.node_key}}));
}

SigningKeys::Changed<void> SigningKeys::erase_file(ledger::KeyId kid) {
    auto job = [&directory = ground_.keys.directory, kid] { return erase_signing_key(directory, kid); };
    auto ran = CO_TRY(map_fault(co_await pool_.run(std::move(job), disk_wait_max), pool_fault));
    CO_TRY(map_fault(std::move(ran), key_fault));
    base::Lock const lock(mutex_);
    std::erase_if(files_, [&](auto const& file) { return file->kid == kid; });
    co_return Result<void, SigningKeyFault>{};
}

ledger::NodePart SigningKeys::asks() const {
    auto const head = ground_.head();
    auto const* const node = head->nodes->find(ground_.node);
    CHECK(node != nullptr);
    return {.network = ground_.network,
            .signer = ground_.node,
            .sequence = node->sequence.next(),
            .not_after = now() + entry_validity};
}

SigningKeys::Changed<void> SigningKeys::order(base::ByteBuffer entry) {
    auto const ordered = co_await ground_.sequencer.order({.entry = std::move(entry), .side_writes = {}});
    if (!ordered)
        co_return std::unexpected{SigningKeyFault{.kind = Kind::not_ordered, .order = ordered.error()}};
    co_return Result<void, SigningKeyFault>{};
}

} // namespace bulla::service
