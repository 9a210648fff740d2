// The engine's rows (engine_rows.hpp) in the meta family of the ledger's database.
//
//   engine                         → CBOR {0: height}
//   result ‖ hash[32]              → CBOR of the TransactionResult
//   kept ‖ key[32]                 → CBOR of the KeptWrites
#pragma once

#include "store/engine_rows.hpp"
#include "store/rocks.hpp"

namespace bulla::store {

class RocksEngine {
public:
    explicit RocksEngine(Rocks& rocks) : rocks_(rocks) {}

    // Also takes away the kept writes that joined the step's block.
    Stored<void> put_step(rocksdb::WriteBatch& batch, EngineStep const& step);
    void put_kept(rocksdb::WriteBatch& batch, KeptKey const& key, KeptWrites const& kept);
    // The labels in what was kept are added to `dropped`: those bytes have to leave the disk.
    Stored<void> erase_kept(rocksdb::WriteBatch& batch, KeptKey const& key,
                            std::vector<ledger::Label>& dropped);

    Stored<EngineHeight> load_height();
    Stored<std::optional<TransactionResult>> load_result(TransactionHash const& hash);
    Stored<std::optional<KeptWrites>> load_kept(KeptKey const& key);
    using KeptVisitor = std::function<bool(KeptKey const&, KeptWrites const&)>;
    Stored<void> each_kept(KeptVisitor const& visit);

    // Where kept rows lie, for compaction.
    static base::ByteBuffer kept_first();
    static base::ByteBuffer kept_last();

private:
    template <class Row>
    Stored<std::optional<Row>> load(base::ByteBuffer const& key);

    Rocks& rocks_;
};

} // namespace bulla::store
