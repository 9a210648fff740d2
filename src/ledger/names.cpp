#include "ledger/names.hpp"

#include "base/check.hpp"

namespace bulla::ledger {

std::string_view name_of(EntryKind kind) {
    using enum EntryKind;
    switch (kind) {
    case block: return "block";
    case genesis: return "genesis";
    case register_account: return "register";
    case add_credential: return "add_credential";
    case revoke_credential: return "revoke_credential";
    case replace_credential: return "replace_credential";
    case end_sessions: return "end_sessions";
    case erase: return "erase";
    case allow_operator_recovery: return "allow_operator_recovery";
    case forbid_operator_recovery: return "forbid_operator_recovery";
    case begin_recovery: return "begin_recovery";
    case finish_recovery: return "finish_recovery";
    case cancel_recovery: return "cancel_recovery";
    case register_client: return "register_client";
    case update_client: return "update_client";
    case remove_client: return "remove_client";
    case grant_role: return "grant_role";
    case revoke_role: return "revoke_role";
    case propose_change: return "propose_change";
    case approve_change: return "approve_change";
    case object_change: return "object_change";
    case apply_change: return "apply_change";
    case publish_signing_key: return "publish_signing_key";
    case retire_signing_key: return "retire_signing_key";
    case issuance: return "issuance";
    }
    CHECK_UNREACHABLE();
}

std::string_view name_of(CredentialKind kind) {
    switch (kind) {
    case CredentialKind::password: return "password";
    case CredentialKind::passkey: return "passkey";
    case CredentialKind::device_key: return "device_key";
    case CredentialKind::recovery_key: return "recovery_key";
    case CredentialKind::ssh_key: return "ssh_key";
    }
    CHECK_UNREACHABLE();
}

std::string_view name_of(AccountStatus status) {
    switch (status) {
    case AccountStatus::active: return "active";
    case AccountStatus::suspended: return "suspended";
    case AccountStatus::erased: return "erased";
    case AccountStatus::erased_closed: return "erased_closed";
    }
    CHECK_UNREACHABLE();
}

std::string_view name_of(Act const& act) {
    using enum ActKind;
    switch (std::visit([](auto const& each) { return each.kind; }, act)) {
    case suspend: return "suspend";
    case restore: return "restore";
    case recover_account: return "recover_account";
    case add_node: return "add_node";
    case remove_node: return "remove_node";
    case rotate_node_key: return "rotate_node_key";
    case change_policy: return "change_policy";
    case change_log: return "change_log";
    case change_keyset: return "change_keyset";
    case grant_operator: return "grant_operator";
    case revoke_operator: return "revoke_operator";
    case retire_key: return "retire_key";
    }
    CHECK_UNREACHABLE();
}

} // namespace bulla::ledger
