// One request that operators recover an account, as a node keeps it (docs/formats/store.md).
//
//   id       nonce[16] ‖ u64be ends ‖ tag[8], the tag under a key of this run: whoever has it may go on. Kept
//            as its hash
//   number   SHA-256("bulla/recovery-request/v1" ‖ id)[0:5], eight symbols (credential/crockford.hpp): told
//            to an operator, no secret
#pragma once

#include "ledger/act.hpp"
#include "ledger/entry.hpp"

namespace bulla::service {

using RequestId = base::Bytes<struct RequestIdMeaning, 32>;
using RequestIdHash = base::Bytes<struct RequestIdHashMeaning, 32>;
using RequestNumber = base::Bytes<struct RequestNumberMeaning, 5>;

enum class RequestState : std::uint8_t {
    asked = 1, // waits for an operator
    accepted = 2, // waits for the new credential
    made = 3, // waits for the operators' decision
    begun = 4, // the recovery is on the ledger
};
bool is_known(RequestState state);

struct RecoveryRequest {
    RequestNumber number;
    RequestIdHash id;
    ledger::Label label;
    base::Timestamp asked;
    base::Timestamp ends;
    RequestState state = RequestState::asked;
    // Once it is made: the begin statement, the new credential's evidence, and until the begin a new
    // password's record.
    std::optional<base::ByteBuffer> statement = {};
    std::vector<base::ByteBuffer> parts = {};
    std::optional<base::ByteBuffer> opaque_record = {};

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.number);
        visitor.field(1, self.id);
        visitor.field(2, self.label);
        visitor.field(3, self.asked);
        visitor.field(4, self.ends);
        visitor.field(5, self.state);
        visitor.optional(6, self.statement);
        visitor.field(7, self.parts);
        visitor.optional(8, self.opaque_record);
    }
    std::optional<ledger::BeginRecovery> begin() const; // once it is made
    std::optional<ledger::StatementDigest> begin_digest() const;
    std::optional<ledger::CredentialId> credential() const; // the new one's id
    std::optional<ledger::RecoverAccount> act() const; // to be proposed
};

RequestNumber number_of(RequestId const& id);
RequestIdHash hash_of(RequestId const& id);
base::ByteBuffer request_key(RequestNumber const& number); // of its row in the live database: 'q' ‖ number

} // namespace bulla::service
