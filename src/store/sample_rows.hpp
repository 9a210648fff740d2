// Rows and blocks for the tests of this folder. Not linked into the product.
#pragma once

#include "store/ledger_database.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace bulla::store {

template <class BytesType>
BytesType filled(std::uint8_t byte) {
    return BytesType::from(base::ByteBuffer(BytesType::size, byte));
}

inline ledger::AccountRow sample_account(std::uint8_t byte, std::uint64_t version) {
    ledger::AccountState state{
        .registered = ledger::AccountVersion{1},
        .opening = filled<ledger::OpeningHash>(byte),
        .epoch = ledger::Epoch{version},
        .credentials = {{.id = filled<ledger::CredentialId>(byte),
                         .key = {.public_key = ledger::PublicKey(filled<ledger::Ed25519PublicKey>(byte))},
                         .added_version = ledger::AccountVersion{1},
                         .added_time = base::from_unix_milliseconds(1'700'000'000'000)}},
        .window = {.start = base::from_unix_milliseconds(1'700'000'000'000), .count = version},
    };
    auto const commitment = ledger::commit(state);
    return {.head = {.version = ledger::AccountVersion{version},
                     .last_index = ledger::LeafIndex{version},
                     .head = filled<ledger::LeafHash>(byte),
                     .commitment = commitment},
            .state = std::move(state)};
}

inline ledger::AccountRow sample_tombstone(std::uint8_t byte) {
    return {.head = {.status = ledger::AccountStatus::erased,
                     .version = ledger::AccountVersion{2},
                     .last_index = ledger::LeafIndex{5},
                     .head = filled<ledger::LeafHash>(byte)},
            .state = std::nullopt};
}

inline SideRow sample_side_row(std::uint8_t byte) {
    return {.opaque_record = base::ByteBuffer(192, byte),
            .opening = filled<ledger::Opening>(byte),
            .vrf_proof = filled<crypto::VrfProof>(byte)};
}

inline ledger::SigningKeyRow sample_signing_key(std::uint8_t byte) {
    return {.node = filled<ledger::NodeId>(byte), .public_key = base::ByteBuffer(32, byte)};
}

inline ledger::NodesRow sample_nodes(std::uint64_t number) {
    return {.number = number,
            .log_key = filled<ledger::Ed25519PublicKey>(7),
            .origin = "bulla.example/log",
            .nodes = {{.id = filled<ledger::NodeId>(8),
                       .node_key = filled<ledger::Ed25519PublicKey>(9),
                       .cosigner_key = filled<ledger::Ed25519PublicKey>(10)}}};
}

inline ledger::PolicyRow sample_policy() {
    return {
        .issuer = "https://bulla.example", .rp_id = "bulla.example", .origins = {"https://bulla.example"}};
}

// Block `height` of blocks with two entries each. Entry i is 40 bytes of i.
inline BlockBatch sample_block(std::uint64_t height) {
    auto const byte = [&](std::uint64_t number) { return static_cast<std::uint8_t>(number); };
    auto const first = height * 2;
    BlockBatch block{.height = ledger::BlockHeight{height}, .first_index = ledger::LeafIndex{first}};
    block.entries = {base::ByteBuffer(40, byte(first)), base::ByteBuffer(40, byte(first + 1))};
    block.tiles = {{.level = 0, .number = 0, .hashes = base::ByteBuffer(32 * (first + 2), byte(height))}};
    return block;
}

// Block 0 with a row of every kind, and a block 1 that changes, adds and erases.
inline BlockBatch sample_block_0() {
    auto block = sample_block(0);
    block.accounts = {{filled<ledger::Label>(1), sample_account(1, 1)},
                      {filled<ledger::Label>(2), sample_account(2, 1)}};
    block.signing_keys = {{filled<ledger::KeyId>(3), sample_signing_key(3)}};
    block.nodes = sample_nodes(1);
    block.policy = sample_policy();
    block.side_writes = {{filled<ledger::Label>(1), sample_side_row(1)},
                         {filled<ledger::Label>(2), sample_side_row(2)}};
    return block;
}
inline BlockBatch sample_block_1() {
    auto block = sample_block(1);
    block.accounts = {{filled<ledger::Label>(1), sample_account(1, 2)},
                      {filled<ledger::Label>(2), sample_tombstone(2)}};
    block.signing_keys = {{filled<ledger::KeyId>(4), sample_signing_key(4)}};
    block.nodes = sample_nodes(2);
    block.side_writes = {{filled<ledger::Label>(2), std::nullopt},
                         {filled<ledger::Label>(5), sample_side_row(5)}};
    return block;
}

// Everything a ledger database answers.
struct Contents {
    std::optional<ledger::BlockHeight> height;
    std::map<std::uint64_t, base::ByteBuffer> entries;
    std::map<std::uint64_t, std::uint64_t> blocks;
    std::map<std::pair<std::uint8_t, std::uint64_t>, base::ByteBuffer> tiles;
    std::map<ledger::Label, ledger::AccountRow> accounts;
    std::map<ledger::KeyId, ledger::SigningKeyRow> signing_keys;
    std::map<ledger::Label, SideRow> side_rows;
    std::optional<ledger::NodesRow> nodes;
    std::optional<ledger::PolicyRow> policy;
    friend bool operator==(Contents const&, Contents const&) = default;
};

Stored<Contents> read_everything(LedgerDatabase& ledger);

template <class T>
testing::AssertionResult is_ok(Stored<T> const& stored) {
    if (stored)
        return testing::AssertionSuccess();
    return testing::AssertionFailure() << "fault " << int(stored.error().kind) << " at "
                                       << stored.error().place << ": " << stored.error().detail;
}
template <class T>
testing::AssertionResult is_fault(Stored<T> const& stored, StoreFaultKind kind) {
    if (stored)
        return testing::AssertionFailure() << "no fault";
    if (stored.error().kind != kind)
        return is_ok(stored);
    return testing::AssertionSuccess();
}

} // namespace bulla::store
