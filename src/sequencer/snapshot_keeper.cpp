#include "sequencer/snapshot_keeper.hpp"

#include "ledger/fields.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace bulla::sequencer {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view unfinished = "new";
constexpr std::string_view offer_name = "offer";

fs::path chunk_name(std::size_t number) {
    return fmt::format("chunk-{}", number);
}

std::optional<base::ByteBuffer> read_file(fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return std::nullopt;
    base::ByteBuffer bytes{std::istreambuf_iterator<char>(in), {}};
    if (in.bad())
        return std::nullopt;
    return bytes;
}

// What is left on the disk is the ledger's.
bool has_room(fs::path const& place, std::size_t size) {
    std::error_code error;
    auto const space = fs::space(place, error);
    return error || space.available >= SnapshotKeeper::space_left_min + size;
}

bool write_file(fs::path const& file, base::ByteView bytes) {
    if (!has_room(file.parent_path(), bytes.size()))
        return false;
    int const descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return false;
    bool is_good = true;
    while (!bytes.empty() && is_good) {
        auto const size = ::write(descriptor, bytes.data(), bytes.size());
        is_good = size > 0;
        bytes = bytes.subspan(is_good ? static_cast<std::size_t>(size) : 0);
    }
    is_good = is_good && ::fsync(descriptor) == 0;
    return ::close(descriptor) == 0 && is_good;
}

std::optional<SnapshotOffer> read_offer(fs::path const& directory) {
    auto const bytes = read_file(directory / offer_name);
    auto offer = bytes ? ledger::decode<SnapshotOffer>(*bytes)
                       : Result<SnapshotOffer, base::CborFault>(std::unexpect, base::CborFault{});
    if (!offer || !is_sound(*offer) || directory.filename() != std::to_string(offer->height.number()))
        return std::nullopt;
    return *std::move(offer);
}

} // namespace

SnapshotKeeper::SnapshotKeeper(fs::path directory, std::shared_ptr<spdlog::logger> log,
                               std::size_t chunk_size)
    : directory_(std::move(directory)), log_(std::move(log)), chunk_size_(chunk_size),
      thread_("snapshots", [this](std::stop_token const& stop) { run(stop); }) {}

SnapshotKeeper::~SnapshotKeeper() {
    thread_.stop_and_join();
}

fs::path SnapshotKeeper::place_of(store::EngineHeight height) const {
    return directory_ / std::to_string(height.number());
}

void SnapshotKeeper::read_directory() {
    std::error_code ignored;
    std::vector<SnapshotOffer> found;
    std::vector<fs::path> useless;
    for (fs::directory_iterator each(directory_, ignored), end; each != end; each.increment(ignored)) {
        if (auto offer = read_offer(each->path()))
            found.push_back(*std::move(offer));
        else
            useless.push_back(each->path());
    }
    for (auto const& place : useless)
        fs::remove_all(place, ignored);
    std::ranges::sort(found, {}, &SnapshotOffer::height);
    base::Lock const lock(mutex_);
    offers_ = std::move(found);
}

bool SnapshotKeeper::is_busy() const {
    base::Lock const lock(mutex_);
    return is_busy_;
}

void SnapshotKeeper::take(Order order) {
    base::Lock const lock(mutex_);
    if (is_busy_)
        return;
    is_busy_ = true;
    order_.emplace(std::move(order));
    changed_.notify_all();
}

void SnapshotKeeper::await_idle() const {
    base::Lock const lock(mutex_);
    while (is_busy_)
        changed_.wait(mutex_);
}

void SnapshotKeeper::run(std::stop_token const& stop) {
    read_directory();
    while (!stop.stop_requested()) {
        std::optional<Order> order;
        {
            base::Lock const lock(mutex_);
            changed_.wait(mutex_, stop, [this]() REQUIRES(mutex_) { return order_.has_value(); });
            std::swap(order, order_);
        }
        if (!order)
            return;
        make(*order, stop);
        order.reset(); // the view ends before anybody hears of it
        base::Lock const lock(mutex_);
        is_busy_ = false;
        changed_.notify_all();
    }
}

bool SnapshotKeeper::write_chunks(Order& order, std::stop_token const& stop) {
    auto const place = directory_ / unfinished;
    bool is_written = true;
    ChunkCutter cutter(
        [&](base::ByteView chunk) {
            auto const number = order.offer.chunk_count();
            base::append(order.offer.hashes, hash_chunk(chunk));
            is_written = number < chunks_max && write_file(place / chunk_name(number), chunk);
            return is_written && !stop.stop_requested();
        },
        chunk_size_);
    auto const walked = order.view->each([&](store::StateRow const& row) { return cutter.add(row); });
    return walked.has_value() && is_written && !stop.stop_requested() && cutter.finish() && is_written;
}

void SnapshotKeeper::make(Order& order, std::stop_token const& stop) {
    auto const place = directory_ / unfinished;
    auto const final_place = place_of(order.offer.height);
    std::error_code error, ignored;
    fs::remove_all(place, ignored);
    fs::remove_all(final_place, ignored); // one that was replayed
    fs::create_directories(place, error);
    fs::permissions(directory_, fs::perms::owner_all, ignored);
    bool const is_written =
        !error && write_chunks(order, stop) && write_file(place / offer_name, ledger::encode(order.offer));
    if (is_written)
        fs::rename(place, final_place, error);
    if (!is_written || error) {
        fs::remove_all(place, ignored);
        if (!stop.stop_requested())
            log_->warn("the snapshot of height {} could not be written to {}", order.offer.height.number(),
                       directory_.string());
        return;
    }
    std::vector<SnapshotOffer> old;
    {
        base::Lock const lock(mutex_);
        std::erase_if(offers_, [&](SnapshotOffer const& each) { return each.height >= order.offer.height; });
        offers_.push_back(order.offer);
        while (offers_.size() > kept) {
            old.push_back(std::move(offers_.front()));
            offers_.erase(offers_.begin());
        }
    }
    for (auto const& each : old)
        fs::remove_all(place_of(each.height), ignored);
    auto const count = order.offer.chunk_count();
    log_->info("snapshot of height {}: {} chunk{}", order.offer.height.number(), count,
               count == 1 ? "" : "s");
}

SnapshotList SnapshotKeeper::list(store::EngineHeight newest) const {
    SnapshotList list;
    base::Lock const lock(mutex_);
    for (auto const& each : offers_)
        if (each.height <= newest)
            list.offers.insert(list.offers.begin(), each);
    return list;
}

std::optional<base::ByteBuffer> SnapshotKeeper::load_chunk(store::EngineHeight height,
                                                           std::uint32_t number) const {
    {
        base::Lock const lock(mutex_);
        bool const is_known = std::ranges::any_of(offers_, [&](SnapshotOffer const& each) {
            return each.height == height && number < each.chunk_count();
        });
        if (!is_known)
            return std::nullopt;
    }
    return read_file(place_of(height) / chunk_name(number));
}

} // namespace bulla::sequencer
