// Keeps what proves that a node signed another history: a file a node and size in DATA/evidence, and a line
// in the log.
#pragma once

#include "service/cosigning.hpp"

#include <spdlog/logger.h>

#include <filesystem>

namespace bulla::cli {

service::Cosigning::ForkObserver make_fork_reporter(std::filesystem::path const& data,
                                                    std::shared_ptr<spdlog::logger> log);

} // namespace bulla::cli
