// What a node of a network checks and keeps before it admits an entry that brings a password (LEDGER §6).
//
// An admission says: the name, its VRF proof, the record and the opening belong to the statement; this node
// holds record and opening durably; and it admits no other registration of the label meanwhile. The record
// joins the ledger's block at this node when the entry is ordered, and is dropped if it never is.
#pragma once

#include "service/node_message.hpp"
#include "service/promises.hpp"

namespace bulla::service {

// How long a promise binds: until its admission has expired, and 60 s more.
inline constexpr std::chrono::milliseconds promise_lifetime =
    ledger::admission_validity + std::chrono::milliseconds{60'000};

class AdmissionDesk {
public:
    // What was kept before a restart still binds. The ground outlives the desk.
    static store::Stored<std::unique_ptr<AdmissionDesk>> open(Ground const& ground,
                                                              crypto::VrfPublicKey const& vrf_public_key);

    // Writes to the disk, synced: for a pool. Any thread.
    Result<ledger::Admission, AdmissionRefusal> admit(AdmissionRequest const& request,
                                                      ledger::NodeId const& asker);
    // The promise that this node made is over, and what was kept for it goes. False: the withdrawal is not
    // signed by the node that asked, or there is no such promise. Writes to the disk too.
    bool withdraw(Withdrawal const& withdrawal, ledger::NodeId const& asker);

private:
    // What an entry is about, once it was found good.
    struct Subject {
        ledger::EntryKind kind;
        ledger::AccountPart asks; // of a recovery: without its place in the chain
        ledger::AccountVersion present;
    };
    AdmissionDesk(Ground const& ground, crypto::VrfPublicKey const& vrf_public_key)
        : ground_(ground), vrf_public_key_(vrf_public_key) {}

    store::Stored<void> load_promises();
    Result<Subject, AdmissionRefusal> check(AdmissionRequest const& request) const;
    Result<Subject, AdmissionRefusal> check_registration(AdmissionRequest const& request) const;
    Result<Subject, AdmissionRefusal> check_new_password(AdmissionRequest const& request) const;
    Result<Subject, AdmissionRefusal> check_recovery(AdmissionRequest const& request) const;
    Result<ledger::AccountHead, AdmissionRefusal> check_beside(AdmissionRequest const& request,
                                                               ledger::Label const& label) const;
    bool is_in_time(ledger::NetworkId const& network, base::Timestamp not_after,
                    std::chrono::milliseconds validity) const;
    Result<Subject, AdmissionRefusal> check_place(ledger::EntryKind kind,
                                                  ledger::AccountPart const& asks) const;
    Result<void, AdmissionRefusal> promise(Subject const& subject, ledger::StatementDigest const& digest,
                                           ledger::NodeId const& asker);

    Ground const& ground_;
    crypto::VrfPublicKey const vrf_public_key_;
    Promises promises_;
};

} // namespace bulla::service
