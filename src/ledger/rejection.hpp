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
    key_not_registrable = 17,       // not a point of the prime-order group, or of no algorithm of its kind
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
    already_revoked = 43, // revoke: the recovery key has its end already
    needs_quorum = 44, // begin_recovery without a recovery key, as an entry of its own
    unknown_recovery_key = 45, // begin_recovery: no recovery key was added by that version
    recovery_pending = 46, // begin_recovery: one is pending that does not give way
    unknown_recovery = 47, // finish, cancel: no pending recovery of that digest
    recovery_too_early = 48, // finish: the delay has not passed
    younger_credential = 49, // cancel: a credential younger than the recovery key
    operator_recovery_forbidden = 50, // operators: the account has not allowed it
    account_suspended = 51, // suspend, operators' recovery: the account is suspended
    not_suspended = 52, // restore: the account is not
    unknown_operator = 53, // no operator of a node in the list in force
    client_known = 54, // register_client: this id has a client
    unknown_client = 55, // no such client
    foreign_client = 56, // the client of another node
    role_known = 57, // grant: granted already
    unknown_role = 58, // revoke: not granted
    unknown_change = 59, // no pending change of that hash
    wrong_act = 60, // apply: not the act that was proposed
    change_expired = 61, // 30 days have passed since the proposal
    change_too_early = 62, // apply: the delay has not passed
    no_quorum = 63, // apply: too few nodes approve
    node_known = 64, // add_node: the id stands in the list
    unsound_node_list = 65, // keys used twice or not registrable, a wrong id or origin, too many nodes
    last_node = 66, // remove_node: none would remain
    wrong_kids = 67, // remove_node: not the signing keys of the node's row
    operator_known = 68, // the node has an operator with this public key
    too_many_operators = 69, // more than 32 of a node
    last_operator = 70, // revoke_operator: none would remain
    rp_id_changed = 71, // change_policy: rpId never changes
    unsound_policy = 72, // change_policy: origins, delays, stretching, or other keysets
    unsound_keyset = 73, // change_keyset: not the next number, threshold, nodes, or too many
    empty_issuance = 74, // issuance of no token
};

std::string_view name(Rejection rejection); // the enumerator's name, for logs and tools

} // namespace bulla::ledger
