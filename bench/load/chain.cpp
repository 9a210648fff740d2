#include "chain.hpp"

#include "base/encoding.hpp"
#include "scripts.hpp"

#include <boost/json/parse.hpp>

#include <deque>
#include <optional>
#include <thread>

namespace bulla::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::microseconds since(Clock::time_point time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - time);
}

// The second line of a signed note (reference: C2SP tlog-checkpoint).
std::uint64_t checkpoint_size(std::string_view note) {
    auto const line = note.substr(std::min(note.find('\n'), note.size() - 1) + 1);
    return base::parse_decimal(line.substr(0, line.find('\n'))).value_or(0);
}

std::uint64_t index_of(std::string_view body) {
    auto const answer = boost::json::parse(body);
    return answer.at_pointer("/receipt/index").to_number<std::uint64_t>();
}

// Asked again and again: the resolution is one exchange over loopback.
void await_entry(Stream& node, std::uint64_t index) {
    constexpr std::string_view request = "GET /log/checkpoint HTTP/1.1\r\nHost: localhost\r\n\r\n";
    while (checkpoint_size(node.exchange(request).body) <= index) {
    }
}

} // namespace

ChainTimes drive_chain(ChainPlan const& plan) {
    auto const script = make_registration_script(plan.name);
    Stream stream(plan.port);
    std::deque<Stream> others(plan.others.begin(), plan.others.end());
    ChainTimes times;
    while (times.receipt.size() + times.refused < plan.count) {
        std::this_thread::sleep_for(plan.pause);
        auto began = Clock::now();
        auto progress = Progress::underway;
        std::uint64_t index = 0;
        while (progress == Progress::underway) {
            auto const request = script->next_request();
            began = Clock::now();
            auto const answer = stream.exchange(request);
            progress = script->take(answer);
            if (progress == Progress::done)
                index = index_of(answer.body);
        }
        if (progress == Progress::refused) {
            ++times.refused;
            continue;
        }
        times.receipt.push_back(since(began));
        for (auto& other : others)
            await_entry(other, index);
        times.everywhere.push_back(since(began));
    }
    return times;
}

} // namespace bulla::bench
