// Two nodes of a network, each on a data directory of its own, talking through envelopes alone.
#include "service/network_founding.hpp"
#include "service/test_node.hpp"
#include "support/temporary_directory.hpp"

namespace bulla::service {
namespace {

using namespace std::chrono_literals;

class TwoNodes : public testing::Test {
protected:
    TwoNodes() {
        crypto::SystemRandomness randomness;
        std::vector<NewNode> const places{
            {directory.path() / "one", "http://127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"},
            {directory.path() / "two", "http://127.0.0.1:4", "127.0.0.1:5", "127.0.0.1:6"}};
        EXPECT_TRUE(found_network(places, Settings{}, clock.now(), randomness));
        one = open(places[0]);
        two = open(places[1]);
    }
    std::unique_ptr<TestNode> open(NewNode const& place) {
        Settings settings;
        settings.data = place.data;
        auto node = std::make_unique<TestNode>(settings, clock);
        auto const& vrf_key = node->application().ground().keys.vrf_key;
        EXPECT_TRUE(node->application().join_network(
            {.vrf_public_key = vrf_key.public_key(), .lacking = lacking, .disk = pool}));
        return node;
    }
    Ground const& ground(std::unique_ptr<TestNode> const& node) { return node->application().ground(); }

    AdmissionRequest registration(std::string const& name, std::uint8_t record) {
        auto const& at = ground(one);
        store::SideRow row{.opaque_record = base::ByteBuffer(192, record),
                           .opening = {},
                           .vrf_proof = at.keys.vrf_key.prove(base::as_bytes(name)),
                           .username = name};
        ledger::Register statement;
        statement.asks = {.network = at.network,
                          .label = make_label(at.keys.vrf_key, name),
                          .version = ledger::AccountVersion{1},
                          .previous = {},
                          .not_after = clock.now() + 60s};
        statement.credential.kind = ledger::CredentialKind::password;
        statement.credential.public_key = credential::PublicKey(at.keys.operator_key.public_key());
        statement.credential.generation = ledger::AccountVersion{1};
        statement.credential.keyset = 1;
        statement.credential.stretching = ledger::Stretching{};
        statement.credential.record =
            ledger::RecordHash::from(crypto::sha256(base::ByteView(*row.opaque_record)));
        statement.opening = ledger::hash_opening(row.opening);
        return {.statement = ledger::encode(statement), .username = name, .row = row};
    }
    NodeMessage question(AdmissionRequest const& request) {
        return {.purpose = NodePurpose::ask_admission,
                .from = ground(one).node,
                .to = ground(two).node,
                .question = {},
                .time = clock.now(),
                .body = ledger::encode(request)};
    }
    // What node two says to node one.
    AdmissionAnswer ask(AdmissionRequest const& request) {
        auto const envelope = seal_message(ground(one), question(request));
        auto const answer = two->wait(two->application().peers()->answer(*envelope));
        auto const message = open_envelope(ground(one), *answer);
        return ledger::decode<AdmissionAnswer>(message->body).value();
    }

    bool withdraw(Withdrawal const& withdrawal) {
        auto asking = question({});
        asking.purpose = NodePurpose::withdraw_promise;
        asking.body = ledger::encode(withdrawal);
        auto const answer = two->wait(two->application().peers()->answer(*seal_message(ground(one), asking)));
        return ledger::decode<SessionEnded>(open_envelope(ground(one), *answer)->body).value().ended;
    }

    test::TemporaryDirectory directory;
    SetClock clock;
    sequencer::LackingRecords lacking;
    net::WorkerPool pool{{.name = "admit", .threads = 1, .queue_max = 4}};
    std::unique_ptr<TestNode> one, two;
};

TEST_F(TwoNodes, admit_what_belongs_together_and_keep_its_record) {
    auto const request = registration("alice", 1);
    auto const answer = ask(request);
    ASSERT_TRUE(answer.admission.has_value());
    auto const digest = ledger::digest_statement(ledger::EntryKind::register_account, request.statement);
    EXPECT_EQ(answer.admission->node, ground(two).node);
    EXPECT_TRUE(crypto::verify(ground(two).keys.node_key.public_key(),
                               ledger::admission_message(answer.admission->until, digest),
                               answer.admission->signature));
    auto const kept = ground(two).ledger.load_kept(store::KeptKey::from(digest.view())).value();
    ASSERT_TRUE(kept.has_value());
    EXPECT_EQ(kept->writes.at(0).row, request.row);
}

TEST_F(TwoNodes, promise_a_name_to_one_registration_also_over_a_restart) {
    auto const request = registration("alice", 1);
    ASSERT_TRUE(ask(request).admission.has_value());
    EXPECT_TRUE(ask(request).admission.has_value());
    EXPECT_EQ(ask(registration("alice", 2)).refusal, AdmissionRefusal::promised);
    EXPECT_TRUE(ask(registration("bob", 2)).admission.has_value());
    two.reset();
    two = open({directory.path() / "two", {}, {}, {}});
    EXPECT_EQ(ask(registration("alice", 2)).refusal, AdmissionRefusal::promised);
    clock.advance(promise_lifetime + 1ms);
    EXPECT_TRUE(ask(registration("alice", 2)).admission.has_value());
}

TEST_F(TwoNodes, take_a_promise_back_when_its_asker_withdraws_it) {
    auto const loser = registration("alice", 1);
    auto const winner = registration("alice", 2);
    ASSERT_TRUE(ask(loser).admission.has_value());
    ASSERT_EQ(ask(winner).refusal, AdmissionRefusal::promised);
    auto const digest = ledger::digest_statement(ledger::EntryKind::register_account, loser.statement);
    Withdrawal const good{.label = make_label(ground(one).keys.vrf_key, "alice"),
                          .digest = digest,
                          .signature = ground(one).keys.node_key.sign(withdrawal_message(digest))};
    auto unsigned_one = good;
    unsigned_one.signature = ground(one).keys.operator_key.sign(withdrawal_message(digest));
    EXPECT_FALSE(withdraw(unsigned_one));
    EXPECT_EQ(ask(winner).refusal, AdmissionRefusal::promised);
    EXPECT_TRUE(withdraw(good));
    EXPECT_FALSE(ground(two).ledger.load_kept(store::KeptKey::from(digest.view())).value().has_value());
    EXPECT_TRUE(ask(winner).admission.has_value());
    EXPECT_FALSE(withdraw(good)); // the promise that is there now is another's
    EXPECT_EQ(ask(loser).refusal, AdmissionRefusal::promised);
}

TEST_F(TwoNodes, admit_nothing_whose_parts_do_not_belong_together) {
    auto const good = registration("alice", 1);
    auto other_name = good;
    other_name.username = "bob";
    EXPECT_EQ(ask(other_name).refusal, AdmissionRefusal::wrong);
    auto other_record = good;
    other_record.row.opaque_record->front() ^= 1;
    EXPECT_EQ(ask(other_record).refusal, AdmissionRefusal::wrong);
    auto other_opening = good;
    other_opening.row.opening.writable()[0] ^= 1;
    EXPECT_EQ(ask(other_opening).refusal, AdmissionRefusal::wrong);
    auto other_proof = good;
    other_proof.row.vrf_proof.writable()[79] ^= 1;
    EXPECT_EQ(ask(other_proof).refusal, AdmissionRefusal::wrong);
    EXPECT_TRUE(ask(good).admission.has_value());
}

bool contains(base::ByteView bytes, base::ByteView part) {
    return !std::ranges::search(bytes, part).empty();
}

TEST_F(TwoNodes, give_shared_keys_to_a_node_of_the_list_alone_and_never_bare) {
    auto asking = question({});
    asking.purpose = NodePurpose::ask_shared_keys;
    asking.body = {};
    auto const envelope = two->wait(two->application().peers()->answer(*seal_message(ground(one), asking)));
    auto const message = open_envelope(ground(one), *envelope);
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(message->purpose, NodePurpose::shared_keys);
    auto const sealed = ledger::decode<SharedKeysAnswer>(message->body).value().sealed;
    auto const from = channel_key_of(*ground(one).head()->nodes, ground(two).node);
    auto const opened = ground(one).keys.network->channel.open(*from, sealed);
    auto const own = read_shared_keys(ground(one).keys.directory);
    ASSERT_TRUE(opened && own);
    EXPECT_TRUE(base::same_secret(opened->expose(), own->expose()));
    for (std::string_view const name : shared_key_names)
        EXPECT_FALSE(contains(message->body, shared_key(*own, name))) << name;
    asking.from = ledger::NodeId::from(base::ByteBuffer(ledger::NodeId::size, 7));
    EXPECT_FALSE(two->wait(two->application().peers()->answer(*seal_message(ground(one), asking))));
}

TEST_F(TwoNodes, open_no_envelope_that_is_old_sent_back_or_of_another) {
    auto const message = question(registration("alice", 1));
    auto const envelope = seal_message(ground(one), message).value();
    EXPECT_TRUE(open_envelope(ground(two), envelope).has_value());
    EXPECT_FALSE(open_envelope(ground(one), envelope).has_value());
    // The two share one secret, so what one sealed opens at itself: the names inside say no.
    auto sent_back = base::concat(ground(two).node, base::ByteView(envelope).subspan(32));
    EXPECT_FALSE(open_envelope(ground(one), sent_back).has_value());
    auto changed = envelope;
    changed.back() ^= 1;
    EXPECT_FALSE(open_envelope(ground(two), changed).has_value());
    auto lying = message;
    lying.from = ground(two).node;
    EXPECT_FALSE(open_envelope(ground(two), seal_message(ground(one), lying).value()).has_value());
    clock.advance(question_age_max + 1ms);
    EXPECT_FALSE(open_envelope(ground(two), envelope).has_value());
}

} // namespace
} // namespace bulla::service
