// Texts as OpenSSH's public keys and signatures: whatever is read has the sizes that the ledger knows, and a
// key that was read is the same without its comment.
#include "credential/evidence.hpp"
#include "credential/ssh_key.hpp"

namespace {

namespace base = bulla::base;
namespace credential = bulla::credential;

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    auto const text = base::as_text({bytes, size});
    if (auto const key = credential::parse_ssh_public_key(text)) {
        auto const type_end = text.find(' ');
        auto const bare = text.substr(0, text.find_first_of(" \r\n", type_end + 1));
        CHECK(credential::parse_ssh_public_key(bare) == key);
        (void)credential::is_registrable(*key);
    }
    if (auto const made = credential::parse_ssh_signature(text)) {
        CHECK(made->signature.size() == 64);
        credential::StatementDigest const digest{};
        auto const check = credential::evidence_check({credential::CredentialKind::ssh_key, made->public_key},
                                                      {}, digest, std::span(&made->signature, 1));
        CHECK(check.has_value());
    }
    return 0;
}
