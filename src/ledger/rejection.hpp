// Why an entry is refused. The numbers are consensus: pinned, never reused, listed in
// docs/formats/rejections.md.
//
// Of several faults the one first in the pinned order of checks is the rejection: decoding, then plan() in
// the order it is written, then evidence and admissions in the entry's order.
#pragma once

#include <cstdint>
#include <string_view>

namespace bulla::ledger {

enum class Rejection : std::uint16_t {
    malformed = 1,                  // not the deterministic CBOR of its kind
    too_large = 2,                  // beyond 65,535 bytes
    unknown_kind = 3,               // a kind number without meaning
    unsupported_kind = 4,           // a kind whose rules are not in force in this rules version
    purpose_mismatch = 5,           // the statement is for another purpose than the entry's kind
    wrong_network = 6,              // the statement names another network
    statement_expired = 7,          // not_after lies before the block's time
    sentinel_label = 8,             // 00…00 or ff…ff
    stale_version = 9,              // version is not the directory's + 1
    wrong_previous = 10,            // previous is not the head in the directory
    version_exhausted = 11,         // beyond 2³² − 1
    label_taken = 12,               // register: the label has an account
    unknown_account = 13,           // the label is absent
    account_erased = 14,            // the label holds a tombstone
    name_closed = 15,               // register: erased while suspended
    credential_kind_not_allowed = 16,
    key_not_registrable = 17,       // not a point of the prime-order subgroup, or of a kind without rules
    duplicate_public_key = 18,      // the account has this public key already
    too_many_credentials = 19,      // more than 32
    second_password = 20,           // the account has a password
    unknown_credential = 21,        // revoke, replace: no such credential
    last_credential = 22,           // no active credential would remain
    too_many_entries = 23,          // the 101st counted entry of a day
    wrong_generation = 24,          // generation is not the entry's version
    unknown_keyset = 25,            // not the newest keyset of the policy
    stretching_not_allowed = 26,    // weaker than the policy
    wrong_evidence_count = 27,      // not one evidence for each signer the kind wants
    wrong_signer = 28,              // evidence of a credential that may not sign this
    wrong_evidence = 29,            // evidence of a wrong shape or a signature that does not verify
    wrong_admissions =
        30, // not exactly the number asked for, of different nodes, ascending; or where none belong
    admission_expired = 31, // block time is later than until
    admission_of_stranger = 32, // a node that is not in the list in force
    wrong_admission = 33, // an admission's signature does not verify
    unknown_node = 34, // a node statement by a node that is not in the list in force
    wrong_sequence = 35, // not one more than in the signer's row
    unsupported_algorithm = 36, // a signing key of an algorithm without rules
    signing_key_known = 37, // this kid has been published before
    too_many_signing_keys = 38, // more than two live keys an algorithm and node
    unknown_signing_key = 39, // retire: no such kid
    foreign_signing_key = 40, // retire: the key of another node
    retirement_not_shorter = 41, // a later retirement can only shorten
    misplaced = 42, // a genesis or block entry where an ordinary entry stands
};

std::string_view name(Rejection rejection); // the enumerator's name, for logs and tools

} // namespace bulla::ledger
