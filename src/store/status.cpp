#include "store/status.hpp"

namespace bulla::store {
namespace {

bool is_of_a_file_name(char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') || letter == '-';
}

// "… in /somewhere/000012.sst offset 34" names 000012.sst.
std::string_view named_file(std::string_view words) {
    for (std::string_view const ending : {".sst", ".log"}) {
        auto const dot = words.find(ending);
        if (dot == words.npos)
            continue;
        auto begin = dot;
        while (begin > 0 && is_of_a_file_name(words[begin - 1]))
            --begin;
        if (begin < dot)
            return words.substr(begin, dot + ending.size() - begin);
    }
    for (std::string_view const beginning : {"MANIFEST-", "CURRENT"}) {
        auto const begin = words.find(beginning);
        if (begin == words.npos)
            continue;
        auto end = begin;
        while (end < words.size() && is_of_a_file_name(words[end]))
            ++end;
        return words.substr(begin, end - begin);
    }
    return {};
}

} // namespace

StoreFaultKind kind_of(rocksdb::Status const& status) {
    if (status.IsNoSpace())
        return StoreFaultKind::no_space;
    // What a changed byte can lead to: another checksum, a file of another name, a format that does not
    // exist.
    if (status.IsCorruption() || status.IsNotFound() || status.IsNotSupported() ||
        status.IsInvalidArgument() || status.IsPathNotFound())
        return StoreFaultKind::damaged;
    return StoreFaultKind::failed;
}

StoreFault to_fault(rocksdb::Status const& status, std::string_view place) {
    auto words = status.ToString();
    auto const file = named_file(words);
    return {.kind = kind_of(status),
            .place = std::string(file.empty() ? place : file),
            .detail = std::move(words)};
}

bool is_lock_refused(rocksdb::Status const& status) {
    auto const words = status.ToString();
    return status.IsIOError() && (words.contains("lock hold by") || words.contains("While lock file"));
}

} // namespace bulla::store
