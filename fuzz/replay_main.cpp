// Replays a fuzz corpus without libFuzzer: every file as it is, then cut and flipped at up to 256 places.
// Fails when a folder holds no file, so that a lost corpus is noticed.
#include "crypto/start.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;
constexpr std::size_t places_max = 256;

// A copy on the heap of exactly this size, so that the address sanitizer sees a read past its end.
void run(Input const& input, std::size_t size) {
    Input const exact(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size));
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

void replay(Input input) {
    run(input, input.size());
    auto const stride = std::max<std::size_t>(1, input.size() / places_max);
    for (std::size_t place = 0; place < input.size(); place += stride) {
        run(input, place);
        auto const original = input[place];
        for (unsigned const bits : {0x01u, 0x80u, 0xffu}) {
            input[place] = static_cast<std::uint8_t>(original ^ bits);
            run(input, input.size());
        }
        input[place] = original;
    }
}

std::size_t replay_folder(std::filesystem::path const& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code fault;
    for (auto const& file : std::filesystem::directory_iterator(folder, fault))
        if (file.is_regular_file())
            files.push_back(file.path());
    std::ranges::sort(files);
    for (auto const& path : files) {
        std::ifstream file(path, std::ios::binary);
        replay(Input(std::istreambuf_iterator<char>(file), {}));
    }
    std::printf("%s: %zu inputs\n", folder.c_str(), files.size());
    return files.size();
}

} // namespace

int main(int argc, char** argv) {
    bulla::crypto::start();
    bool found_each = argc > 1;
    for (int i = 1; i < argc; ++i)
        found_each = replay_folder(argv[i]) > 0 && found_each;
    return found_each ? 0 : 1;
}
