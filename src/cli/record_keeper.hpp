// Brings a node of a network the records it lacks, as long as there are some, and drops those of entries that
// never came.
#pragma once

#include "net/thread.hpp"
#include "service/record_mender.hpp"

#include <boost/asio/io_context.hpp>
#include <spdlog/logger.h>

namespace bulla::cli {

class RecordKeeper {
public:
    // All outlive the keeper; the context runs until after it.
    RecordKeeper(service::RecordMender& mender, sequencer::LackingRecords const& lacking,
                 boost::asio::io_context& context, std::shared_ptr<spdlog::logger> log);

private:
    void run(std::stop_token const& stop);
    void mend();
    void drop_old();

    service::RecordMender& mender_;
    sequencer::LackingRecords const& lacking_;
    boost::asio::io_context& context_;
    std::shared_ptr<spdlog::logger> log_;
    base::Mutex mutex_;
    base::Condition wake_;
    net::Thread thread_; // last
};

} // namespace bulla::cli
