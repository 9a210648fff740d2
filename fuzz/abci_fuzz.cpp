// LINK: sequencer
// What the engine's socket may bring: a stream of frames, each a call of an application that stands at the
// beginning of its chain. Also the engine's answers, log lines and genesis, which are JSON.
#include "sequencer/comet/dispatch.hpp"
#include "sequencer/comet/engine_log.hpp"
#include "sequencer/comet/engine_rpc.hpp"
#include "sequencer/comet/frame.hpp"
#include "support/comet_world.hpp"

using namespace bulla;
namespace comet = sequencer::comet;

namespace {

constexpr std::size_t frame_size_max = 64 * 1024;

void check_texts(std::string_view text) {
    comet::parse_engine_line(text);
    comet::parse_handover(text);
    if (auto const start = comet::parse_app_state(text))
        CHECK(comet::parse_app_state(comet::make_app_state(*start)) == start);
}

// An answer has the number of its request plus one, and never a status that stops the engine.
void check_answer(base::ByteView frame, abci::Response const& response) {
    abci::Request request;
    CHECK(request.ParseFromArray(frame.data(), static_cast<int>(frame.size())));
    CHECK(int{response.value_case()} == int{request.value_case()} + 1);
    CHECK(!response.has_process_proposal() ||
          response.process_proposal().status() != abci::StatusResponse::UNKNOWN);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static auto world = std::make_unique<test::CometWorld>();
    static auto const fresh = world->ledger.rows();
    base::ByteView const bytes(data, size);
    check_texts(base::as_text(bytes));
    comet::FrameReader frames(frame_size_max);
    frames.feed(bytes);
    while (true) {
        auto const frame = frames.next();
        if (!frame || !*frame)
            break;
        auto const response = comet::dispatch(*world->application, **frame);
        if (!response)
            break;
        check_answer(**frame, *response);
    }
    if (world->application->height() != store::EngineHeight{}) {
        world->ledger.put_back(fresh);
        world->start();
    }
    return 0;
}
