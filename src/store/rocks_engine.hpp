// The engine's rows (engine_rows.hpp) in the meta family of the ledger's database.
//
//   engine                         → CBOR {0: height}
//   result ‖ hash[32]              → CBOR of the TransactionResult
//   kept ‖ hash[32]                → CBOR of the KeptWrites
#pragma once

#include "store/engine_rows.hpp"
#include "store/rocks.hpp"

namespace bulla::store {

class RocksEngine {
public:
    explicit RocksEngine(Rocks& rocks) : rocks_(rocks) {}

    // Also takes away what was kept for the step's transactions. The labels in what was kept for refused ones
    // are added to `dropped`: those bytes have to leave the disk.
    Stored<void> put_step(rocksdb::WriteBatch& batch, EngineStep const& step,
                          std::vector<ledger::Label>& dropped);
    void put_kept(rocksdb::WriteBatch& batch, TransactionHash const& hash, KeptWrites const& kept);
    Stored<void> erase_kept(rocksdb::WriteBatch& batch, TransactionHash const& hash,
                            std::vector<ledger::Label>& dropped);

    Stored<EngineHeight> load_height();
    Stored<std::optional<TransactionResult>> load_result(TransactionHash const& hash);
    Stored<std::optional<KeptWrites>> load_kept(TransactionHash const& hash);
    Stored<std::vector<TransactionHash>> kept_before(base::Timestamp time);

    // Where kept rows lie, for compaction.
    static base::ByteBuffer kept_first();
    static base::ByteBuffer kept_last();

private:
    template <class Row>
    Stored<std::optional<Row>> load(base::ByteBuffer const& key);

    Rocks& rocks_;
};

} // namespace bulla::store
