#include "sequencer/comet/dispatch.hpp"

namespace bulla::sequencer::comet {
namespace {

using Request = abci::Request;
using Response = abci::Response;

// State sync is not offered: a joining node takes the blocks.
abci::OfferSnapshotResponse refuse_snapshot() {
    abci::OfferSnapshotResponse response;
    response.set_result(abci::OfferSnapshotResponse::REJECT);
    return response;
}
abci::ApplySnapshotChunkResponse refuse_chunk() {
    abci::ApplySnapshotChunkResponse response;
    response.set_result(abci::ApplySnapshotChunkResponse::ABORT);
    return response;
}

Called<Response> answer_of_consensus(Application& application, Request const& request) {
    Response response;
    switch (request.value_case()) {
    case Request::kInitChain:
        *response.mutable_init_chain() = TRY(application.init_chain(request.init_chain()));
        return response;
    case Request::kPrepareProposal:
        *response.mutable_prepare_proposal() = TRY(application.prepare_proposal(request.prepare_proposal()));
        return response;
    case Request::kProcessProposal:
        *response.mutable_process_proposal() = TRY(application.process_proposal(request.process_proposal()));
        return response;
    case Request::kExtendVote: response.mutable_extend_vote(); return response;
    case Request::kVerifyVoteExtension:
        response.mutable_verify_vote_extension()->set_status(abci::StatusResponse::ACCEPT);
        return response;
    case Request::kFinalizeBlock:
        *response.mutable_finalize_block() = TRY(application.finalize_block(request.finalize_block()));
        return response;
    case Request::kCommit: *response.mutable_commit() = TRY(application.commit()); return response;
    default: return std::unexpected{CallFault::malformed};
    }
}

} // namespace

Called<Response> dispatch(Application& application, Request const& request) {
    Response response;
    switch (request.value_case()) {
    case Request::kEcho: response.mutable_echo()->set_message(request.echo().message()); return response;
    case Request::kFlush: response.mutable_flush(); return response;
    case Request::kInfo: *response.mutable_info() = TRY(application.info(request.info())); return response;
    case Request::kQuery:
        *response.mutable_query() = TRY(application.query(request.query()));
        return response;
    case Request::kCheckTx:
        *response.mutable_check_tx() = TRY(application.check_tx(request.check_tx()));
        return response;
    case Request::kListSnapshots: response.mutable_list_snapshots(); return response;
    case Request::kOfferSnapshot: *response.mutable_offer_snapshot() = refuse_snapshot(); return response;
    case Request::kLoadSnapshotChunk: response.mutable_load_snapshot_chunk(); return response;
    case Request::kApplySnapshotChunk:
        *response.mutable_apply_snapshot_chunk() = refuse_chunk();
        return response;
    default: return answer_of_consensus(application, request);
    }
}

Called<Response> dispatch(Application& application, base::ByteView message) {
    Request request;
    if (!request.ParseFromArray(message.data(), static_cast<int>(message.size())))
        return std::unexpected{CallFault::malformed};
    return dispatch(application, request);
}

Response exception_of(CallFault fault) {
    Response response;
    response.mutable_exception()->set_error("bulla: " + std::string(name(fault)) + ": " +
                                            std::string(advice(fault)));
    return response;
}

} // namespace bulla::sequencer::comet
