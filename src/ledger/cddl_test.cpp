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
            if (member.starts_with(std::to_string(key) + ":"))
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

// Fields of the format that belong to rules not in force, and that the structs leave out.
Fields without(Fields fields, std::initializer_list<std::uint64_t> keys) {
    for (auto const key : keys)
        EXPECT_TRUE(fields.contains(key) && fields[key].optional && fields.erase(key) == 1) << key;
    return fields;
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
    EXPECT_EQ(fields_of<LoginStatement>(), pages().fields_of("login"));
    EXPECT_EQ(fields_of<CheckpointReference>(), pages().fields_of("login", 11));
}

TEST(Cddl, agrees_with_the_state_of_an_account) {
    EXPECT_EQ(fields_of<NewCredential>(), pages().fields_of("new-credential"));
    EXPECT_EQ(fields_of<Credential>(), pages().fields_of("credential"));
    EXPECT_EQ(fields_of<Stretching>(), pages().fields_of("stretching"));
    EXPECT_EQ(fields_of<AccountState>(), without(pages().fields_of("account-state"), {6}));
    EXPECT_EQ(fields_of<EntryWindow>(), pages().fields_of("account-state", 7));
}

TEST(Cddl, agrees_with_the_rows_of_the_network_map) {
    EXPECT_EQ(fields_of<NodesRow>(), pages().fields_of("nodes-row"));
    EXPECT_EQ(fields_of<Node>(), without(pages().fields_of("node"), {3, 4, 5, 6, 7, 8}));
    EXPECT_EQ(fields_of<Operator>(), pages().fields_of("operator"));
    EXPECT_EQ(fields_of<LiveSigningKey>(), pages().fields_of("live-signing-key"));
    EXPECT_EQ(fields_of<PolicyRow>(), without(pages().fields_of("policy-row"), {8}));
    EXPECT_EQ(fields_of<Delays>(), pages().fields_of("policy-row", 3));
    EXPECT_EQ(fields_of<Keyset>(), pages().fields_of("keyset"));
    EXPECT_EQ(fields_of<SigningKeyRow>(), pages().fields_of("signing-key-row"));
}

} // namespace
} // namespace bulla::ledger
