// The keys that fields() names and the ones that docs/formats writes down are the same.
#include "ledger/entry.hpp"
#include "ledger/login_statement.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace bulla::ledger {
namespace {

struct Field {
    bool optional = false;
    std::optional<std::uint64_t> constant;
    friend bool operator==(Field const&, Field const&) = default;
    friend void PrintTo(Field const& field, std::ostream* out) {
        *out << (field.optional ? "?" : "") << (field.constant ? std::to_string(*field.constant) : "any");
    }
};
using Fields = std::map<std::uint64_t, Field>;

struct KeyRecorder {
    Fields fields;
    void constant(std::uint64_t key, std::uint64_t number) {
        fields[key] = {.optional = false, .constant = number};
    }
    template <class T>
    void field(std::uint64_t key, T const&) {
        fields[key] = {};
    }
    template <class T>
    void optional(std::uint64_t key, std::optional<T> const&) {
        fields[key] = {.optional = true, .constant = std::nullopt};
    }
};

template <class T>
Fields fields_of() {
    KeyRecorder recorder;
    T value{};
    T::fields(recorder, value);
    return recorder.fields;
}

// --- the little of CDDL that these pages use: name = { members } and name = ( members )
// ------------------------

std::string without_comments(std::istream& in) {
    std::string text;
    for (std::string line; std::getline(in, line); text += '\n')
        text += line.substr(0, line.find(';'));
    return text;
}

std::string trim(std::string text) {
    auto const is_space = [](unsigned char letter) { return std::isspace(letter) != 0; };
    auto const begin = std::ranges::find_if_not(text, is_space);
    text.erase(text.begin(), begin);
    while (!text.empty() && is_space(static_cast<unsigned char>(text.back())))
        text.pop_back();
    return text;
}

// Splits at commas outside of brackets.
std::vector<std::string> members(std::string const& body) {
    std::vector<std::string> parts(1);
    int depth = 0;
    for (char const letter : body) {
        depth += std::string_view("([{").contains(letter) ? 1 : 0;
        depth -= std::string_view(")]}").contains(letter) ? 1 : 0;
        if (letter == ',' && depth == 0)
            parts.emplace_back();
        else
            parts.back() += letter;
    }
    std::ranges::transform(parts, parts.begin(), trim);
    std::erase(parts, "");
    return parts;
}

class Cddl {
public:
    Cddl(std::initializer_list<char const*> pages) {
        for (auto const* const page : pages) {
            std::ifstream in(page);
            EXPECT_TRUE(in.is_open()) << page;
            read(without_comments(in));
        }
    }

    Fields fields_of(std::string const& name) const {
        Fields fields;
        EXPECT_TRUE(bodies_.contains(name)) << name;
        if (auto const found = bodies_.find(name); found != bodies_.end())
            add(fields, found->second);
        return fields;
    }
    // The map that stands as the value of a key: name.key.
    Fields fields_of(std::string const& name, std::uint64_t key) const {
        Fields fields;
        for (auto const& member : members(bodies_.at(name)))
            if (member.starts_with(std::to_string(key) + ":") ||
                member.starts_with("? " + std::to_string(key) + ":"))
                add(fields, member.substr(member.find('{') + 1, member.rfind('}') - member.find('{') - 1));
        return fields;
    }

private:
    void read(std::string const& text) {
        for (std::size_t at = text.find('='); at != std::string::npos; at = text.find('=', at + 1)) {
            auto const open = text.find_first_not_of(" \n", at + 1);
            if (open == std::string::npos || (text[open] != '{' && text[open] != '('))
                continue;
            auto const line_begin = text.rfind('\n', at);
            auto const name = trim(text.substr(line_begin + 1, at - line_begin - 1));
            bodies_[name] = text.substr(open + 1, closing(text, open) - open - 1);
        }
    }
    static std::size_t closing(std::string const& text, std::size_t open) {
        int depth = 0;
        for (std::size_t at = open; at < text.size(); ++at) {
            depth += std::string_view("([{").contains(text[at]) ? 1 : 0;
            depth -= std::string_view(")]}").contains(text[at]) ? 1 : 0;
            if (depth == 0)
                return at;
        }
        return text.size();
    }
    void add(Fields& fields, std::string const& body) const {
        for (auto member : members(body)) {
            bool const optional = member.starts_with("?");
            member = trim(member.substr(optional ? 1 : 0));
            auto const colon = member.find(':');
            if (colon == std::string::npos) { // a group by its name
                add(fields, bodies_.at(member));
                continue;
            }
            auto const value = trim(member.substr(colon + 1));
            bool const is_number =
                std::ranges::all_of(value, [](unsigned char c) { return std::isdigit(c) != 0; });
            fields[std::stoull(member)] = {
                .optional = optional,
                .constant = is_number ? std::optional<std::uint64_t>(std::stoull(value)) : std::nullopt};
        }
    }

    std::map<std::string, std::string> bodies_;
};

Cddl const& pages() {
    static Cddl const cddl{"docs/formats/entries.cddl", "docs/formats/network-map.cddl"};
    return cddl;
}

TEST(Cddl, agrees_with_the_entries_that_hold_their_fields_alone) {
    EXPECT_EQ(fields_of<BlockEntry>(), pages().fields_of("block-entry"));
    EXPECT_EQ(fields_of<Genesis>(), pages().fields_of("genesis-entry"));
    EXPECT_EQ(fields_of<Admission>(), pages().fields_of("admission"));
}

TEST(Cddl, agrees_with_every_statement_in_force) {
    EXPECT_EQ(fields_of<Register>(), pages().fields_of("register"));
    EXPECT_EQ(fields_of<AddCredential>(), pages().fields_of("add-credential"));
    EXPECT_EQ(fields_of<RevokeCredential>(), pages().fields_of("revoke-credential"));
    EXPECT_EQ(fields_of<ReplaceCredential>(), pages().fields_of("replace-credential"));
    EXPECT_EQ(fields_of<EndSessions>(), pages().fields_of("end-sessions"));
    EXPECT_EQ(fields_of<Erase>(), pages().fields_of("erase"));
    EXPECT_EQ(fields_of<PublishSigningKey>(), pages().fields_of("publish-signing-key"));
    EXPECT_EQ(fields_of<RetireSigningKey>(), pages().fields_of("retire-signing-key"));
    EXPECT_EQ(fields_of<AllowOperatorRecovery>(), pages().fields_of("allow-operator-recovery"));
    EXPECT_EQ(fields_of<ForbidOperatorRecovery>(), pages().fields_of("forbid-operator-recovery"));
    EXPECT_EQ(fields_of<BeginRecovery>(), pages().fields_of("begin-recovery"));
    EXPECT_EQ(fields_of<FinishRecovery>(), pages().fields_of("finish-recovery"));
    EXPECT_EQ(fields_of<CancelRecovery>(), pages().fields_of("cancel-recovery"));
    EXPECT_EQ(fields_of<RegisterClient>(), pages().fields_of("register-client"));
    EXPECT_EQ(fields_of<UpdateClient>(), pages().fields_of("update-client"));
    EXPECT_EQ(fields_of<RemoveClient>(), pages().fields_of("remove-client"));
    EXPECT_EQ(fields_of<GrantRole>(), pages().fields_of("grant-role"));
    EXPECT_EQ(fields_of<RevokeRole>(), pages().fields_of("revoke-role"));
    EXPECT_EQ(fields_of<ProposeChange>(), pages().fields_of("propose-change"));
    EXPECT_EQ(fields_of<ApproveChange>(), pages().fields_of("approve-change"));
    EXPECT_EQ(fields_of<ObjectChange>(), pages().fields_of("object-change"));
    EXPECT_EQ(fields_of<ApplyChange>(), pages().fields_of("apply-change"));
    EXPECT_EQ(fields_of<Issuance>(), pages().fields_of("issuance"));
    EXPECT_EQ(fields_of<LoginStatement>(), pages().fields_of("login"));
    EXPECT_EQ(fields_of<CheckpointReference>(), pages().fields_of("login", 11));
    EXPECT_EQ(fields_of<NamelessLogin>(), pages().fields_of("nameless-login"));
}

TEST(Cddl, agrees_with_every_act) {
    EXPECT_EQ(fields_of<Suspend>(), pages().fields_of("suspend"));
    EXPECT_EQ(fields_of<Restore>(), pages().fields_of("restore"));
    EXPECT_EQ(fields_of<RecoverAccount>(), pages().fields_of("recover-account"));
    EXPECT_EQ(fields_of<AddNode>(), pages().fields_of("add-node"));
    EXPECT_EQ(fields_of<RemoveNode>(), pages().fields_of("remove-node"));
    EXPECT_EQ(fields_of<RotateNodeKey>(), pages().fields_of("rotate-node-key"));
    EXPECT_EQ(fields_of<ChangePolicy>(), pages().fields_of("change-policy"));
    EXPECT_EQ(fields_of<ChangeLog>(), pages().fields_of("change-log"));
    EXPECT_EQ(fields_of<ChangeKeyset>(), pages().fields_of("change-keyset"));
    EXPECT_EQ(fields_of<GrantOperator>(), pages().fields_of("grant-operator"));
    EXPECT_EQ(fields_of<RevokeOperator>(), pages().fields_of("revoke-operator"));
    EXPECT_EQ(fields_of<RetireKey>(), pages().fields_of("retire-key"));
    EXPECT_EQ(fields_of<NewOperator>(), pages().fields_of("new-operator"));
    EXPECT_EQ(fields_of<NodeList>(), pages().fields_of("node-list"));
    EXPECT_EQ(fields_of<ListedNode>(), pages().fields_of("listed-node"));
    EXPECT_EQ(std::variant_size_v<Act>, std::to_underlying(ActKind::retire_key));
}

TEST(Cddl, agrees_with_the_state_of_an_account) {
    EXPECT_EQ(fields_of<NewCredential>(), pages().fields_of("new-credential"));
    EXPECT_EQ(fields_of<Credential>(), pages().fields_of("credential"));
    EXPECT_EQ(fields_of<Stretching>(), pages().fields_of("stretching"));
    EXPECT_EQ(fields_of<AccountState>(), pages().fields_of("account-state"));
    EXPECT_EQ(fields_of<PendingRecovery>(), pages().fields_of("pending-recovery"));
    EXPECT_EQ(fields_of<EntryWindow>(), pages().fields_of("account-state", 7));
}

TEST(Cddl, agrees_with_the_rows_of_the_network_map) {
    EXPECT_EQ(fields_of<NodesRow>(), pages().fields_of("nodes-row"));
    EXPECT_EQ(fields_of<Node>(), pages().fields_of("node"));
    EXPECT_EQ(fields_of<Operator>(), pages().fields_of("operator"));
    EXPECT_EQ(fields_of<LiveSigningKey>(), pages().fields_of("live-signing-key"));
    EXPECT_EQ(fields_of<PolicyRow>(), pages().fields_of("policy-row"));
    EXPECT_EQ(fields_of<Delays>(), pages().fields_of("policy-row", 3));
    EXPECT_EQ(fields_of<Keyset>(), pages().fields_of("keyset"));
    EXPECT_EQ(fields_of<PendingUpgrade>(), pages().fields_of("policy-row", 8));
    EXPECT_EQ(fields_of<ClientRow>(), pages().fields_of("client-row"));
    EXPECT_EQ(fields_of<PendingChangeRow>(), pages().fields_of("pending-change-row"));
    EXPECT_EQ(fields_of<Approval>(), pages().fields_of("approval"));
    EXPECT_EQ(fields_of<SigningKeyRow>(), pages().fields_of("signing-key-row"));
}

} // namespace
} // namespace bulla::ledger
