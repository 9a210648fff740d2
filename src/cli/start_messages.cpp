#include "cli/start_messages.hpp"

#include <fmt/format.h>

#include <cstring>

namespace bulla::cli {
namespace {

std::string_view sentence(service::KeyFaultKind kind) {
    using enum service::KeyFaultKind;
    switch (kind) {
    case missing: return "the file is missing: put it back from where you keep it";
    case readable_by_others: return "others may read the file: chmod 600";
    case wrong_size: return "this is not the key it is named after";
    case failed: return "the file cannot be read or written";
    case damaged: return "the encrypted file was changed, or belongs elsewhere: put the right one back";
    case unknown_file: return "this is no key: move it out of the keys' directory";
    case encrypted_already: return "the keys are encrypted already: see bulla key change-passphrase";
    case not_encrypted:
        return "the keys are not encrypted, but a passphrase is given: stop the server and run bulla key "
               "encrypt, or take the passphrase out";
    case passphrase_missing:
        return "the keys are encrypted: name the file of the passphrase in [keys] passphrase_file or with "
               "--passphrase-file, or hand it over as the systemd credential bulla-passphrase";
    case passphrase_refused: return "the keys do not open: it is another passphrase";
    case passphrase_unfit: return "a passphrase has at least 12 bytes, in the first line of its file";
    case no_memory: return "there is no memory to stretch the passphrase";
    }
    CHECK_UNREACHABLE();
}

std::string_view sentence(store::StoreFaultKind kind) {
    switch (kind) {
    case store::StoreFaultKind::absent: return "there is no database here";
    case store::StoreFaultKind::in_use: return "another process holds the database";
    case store::StoreFaultKind::damaged: return "the database is damaged: run bulla ledger verify";
    case store::StoreFaultKind::no_space: return "the disk is full";
    case store::StoreFaultKind::failed: return "the database cannot be read or written";
    case store::StoreFaultKind::newer: return "a newer version of Bulla has written this database";
    }
    CHECK_UNREACHABLE();
}

std::string_view sentence(sequencer::GuardFault fault) {
    switch (fault) {
    case sequencer::GuardFault::rollback: return "the ledger is shorter than what was signed last";
    case sequencer::GuardFault::fork: return "the ledger is not the one that was signed last";
    case sequencer::GuardFault::changed: return "the record changed meanwhile: another signer is running";
    case sequencer::GuardFault::missing:
        return "the guard record is missing: without it nothing may be signed, lest two histories be. "
               "Bring it back, or see bulla recover-guard --help";
    case sequencer::GuardFault::damaged:
        return "the guard record is damaged, or of another log. If bulla recover-guard --new-origin has not "
               "ended, run it again";
    case sequencer::GuardFault::moved: return "this log goes on elsewhere: it must not sign here again";
    case sequencer::GuardFault::failed: return "the guard record cannot be read or written";
    }
    CHECK_UNREACHABLE();
}

std::string sentence(sequencer::ChainFault const& fault) {
    switch (fault.kind) {
    case sequencer::ChainFault::Kind::store: return fault.store ? describe(*fault.store) : "store";
    case sequencer::ChainFault::Kind::guard:
        return std::string(fault.guard ? sentence(*fault.guard) : "guard");
    case sequencer::ChainFault::Kind::behind_guard:
        return fmt::format(
            "the ledger has {} entries, but {} were signed: it was rolled back or restored from an old "
            "copy, and will not be signed again",
            fault.ledger_size, fault.guard_size);
    case sequencer::ChainFault::Kind::wrong_tip:
        return "the last block is not what its place says: run bulla ledger verify";
    case sequencer::ChainFault::Kind::wrong_log_root:
        return "the log's hashes do not lead to the last block: run bulla ledger verify";
    case sequencer::ChainFault::Kind::wrong_directory_root:
        return "the accounts are not those of the last block: run bulla ledger verify";
    case sequencer::ChainFault::Kind::wrong_network_root:
        return "nodes, policy or signing keys are not those of the last block: run bulla ledger verify";
    }
    CHECK_UNREACHABLE();
}

std::string reason(service::FoundingFault const& fault) {
    switch (fault.kind) {
    case service::FoundingFaultKind::not_a_data_directory:
        return "this is no data directory of Bulla, and not empty: name another with --data";
    case service::FoundingFaultKind::in_use: return "another instance is running on this directory";
    case service::FoundingFaultKind::file_system: return fault.detail;
    case service::FoundingFaultKind::key: return std::string(fault.key ? sentence(fault.key->kind) : "key");
    case service::FoundingFaultKind::foreign_key:
        return "this key is not the one that the ledger names: is it of another data directory?";
    case service::FoundingFaultKind::removed_node:
        return "this node was removed from the network and does not run again: destroy keys/cosigner; a new "
               "node is made by bulla network new-node";
    case service::FoundingFaultKind::store: return fault.store ? describe(*fault.store) : "store";
    case service::FoundingFaultKind::guard:
        return std::string(fault.guard ? sentence(*fault.guard) : "guard");
    case service::FoundingFaultKind::chain: return fault.chain ? sentence(*fault.chain) : "chain";
    case service::FoundingFaultKind::wrong_genesis:
        return "the ledger's first entry does not decode: run bulla ledger verify";
    }
    CHECK_UNREACHABLE();
}

} // namespace

std::string describe(service::KeyFault const& fault) {
    return fmt::format("{}: {}", fault.file.string(), sentence(fault.kind));
}

std::string describe(store::StoreFault const& fault) {
    auto text = fmt::format("{}", sentence(fault.kind));
    if (!fault.place.empty())
        text += fmt::format(": {}", fault.place);
    if (!fault.detail.empty())
        text += fmt::format(" ({})", fault.detail);
    return text;
}

std::string describe(service::FoundingFault const& fault) {
    auto const sentence = reason(fault);
    return fault.place.empty() ? sentence : fmt::format("{}: {}", fault.place.string(), sentence);
}

std::string describe(service::SigningKeyFault const& fault) {
    using enum service::SigningKeyFaultKind;
    switch (fault.kind) {
    case busy: return "another change of the token signing keys is under way";
    case no_room:
        return "the token signing key retired last still verifies, and there is no room for a third: see "
               "bulla "
               "key list";
    case unknown_key: return "this node has no token signing key of this id";
    case ended: return "this token signing key has ended already";
    case file: return fault.file ? describe(*fault.file) : "key file";
    case not_ordered: {
        auto const rejection = fault.order ? fault.order->rejection : std::nullopt;
        return fmt::format("the ledger did not take a change of the token signing keys: {}",
                           rejection ? ledger::name(*rejection) : "no capacity or no space");
    }
    case not_listed: return "the list of nodes does not name this node";
    case unsettled: return "the token signing keys do not come to rest";
    }
    CHECK_UNREACHABLE();
}

std::string_view describe(sequencer::DirectoryFileFault fault) {
    switch (fault) {
    case sequencer::DirectoryFileFault::missing: return "the map file is missing";
    case sequencer::DirectoryFileFault::unreadable: return "the map file cannot be read";
    case sequencer::DirectoryFileFault::damaged: return "the map file is damaged";
    case sequencer::DirectoryFileFault::other_ledger: return "the map file is of another ledger";
    case sequencer::DirectoryFileFault::ahead: return "the map file is newer than the ledger";
    case sequencer::DirectoryFileFault::too_far_behind: return "the map file is too old to be of use";
    case sequencer::DirectoryFileFault::wrong_root:
        return "the map file does not lead to the accounts of the last block";
    }
    CHECK_UNREACHABLE();
}

std::string_view describe(sequencer::StoreDirectoryFault fault) {
    switch (fault) {
    case sequencer::StoreDirectoryFault::no_space:
        return "the map file was not written, as too little space is left; the next start takes longer";
    case sequencer::StoreDirectoryFault::failed:
        return "the map file cannot be written; the next start takes longer";
    }
    CHECK_UNREACHABLE();
}

std::string describe(http::StartFault const& fault, std::string_view address) {
    switch (fault.kind) {
    case http::StartFaultKind::address_malformed:
        return fmt::format("{} is no address to listen on", address);
    case http::StartFaultKind::address_in_use:
        return fmt::format("{} is in use: stop the other program, or name another port with --listen",
                           address);
    case http::StartFaultKind::not_permitted: return fmt::format("not permitted to listen on {}", address);
    case http::StartFaultKind::failed:
        return fmt::format("cannot listen on {}: {}", address, std::strerror(fault.error_number));
    }
    CHECK_UNREACHABLE();
}

std::string describe(net::TlsFault const& fault) {
    auto const reason = [&]() -> std::string_view {
        switch (fault.kind) {
        case net::TlsFault::Kind::certificate_unreadable: return "no certificate in PEM can be read here";
        case net::TlsFault::Kind::key_unreadable:
            return "no private key in PEM, without passphrase, can be read here";
        case net::TlsFault::Kind::key_readable_by_others: return "others may read the private key: chmod 600";
        case net::TlsFault::Kind::key_differs: return "this is not the private key of the certificate";
        case net::TlsFault::Kind::failed: return "TLS cannot be set up";
        }
        CHECK_UNREACHABLE();
    }();
    return fault.file.empty() ? std::string(reason) : fmt::format("{}: {}", fault.file.string(), reason);
}

} // namespace bulla::cli
