// What a peer says of itself before anything else: SASL messages, PLAIN
// payloads, channel ids.
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "alluxio/base/check.h"
#include "alluxio/rpc/authentication.h"
#include "alluxio/rpc/session_registry.h"
#include "grpc/sasl_server.pb.h"

namespace {

using namespace alluxio::rpc;  // NOLINT

const ImpersonationRules& Rules() {
  static const auto* const rules = new ImpersonationRules(
      std::map<std::string, std::string>{{"alluxio.master.security.impersonation.yarn.users", "alice,bob"},
                                         {"alluxio.master.security.impersonation.hive.groups", "*"}},
      [](const std::string& user) -> absl::StatusOr<std::vector<std::string>> {
        if (user == "carol") return absl::NotFoundError("nobody");
        return std::vector<std::string>{user + "s"};
      });
  return *rules;
}

// SIMPLE never makes a session of an empty name, nor one of another's name
// without a rule.
void CheckPlain(absl::string_view message) {
  const absl::StatusOr<std::string> user = CheckPlainMessage(message, Rules());
  if (!user.ok()) {
    ALLUXIO_CHECK(user.status().code() == absl::StatusCode::kUnauthenticated);
    return;
  }
  ALLUXIO_CHECK(!user->empty());
  const absl::string_view rest = message.substr(message.find('\0') + 1);
  const std::string connection(rest.substr(0, rest.find('\0')));
  ALLUXIO_CHECK(*user == connection || connection == "yarn" || connection == "hive");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  CheckPlain(text);
  alluxio::grpc::sasl::SaslMessage message;
  if (message.ParseFromArray(data, static_cast<int>(size))) {
    CheckPlain(message.message());
    SessionRegistry sessions;
    const auto first = sessions.Register(message.clientid(), "first");
    if (first.ok()) {
      ALLUXIO_CHECK(*sessions.UserOf(message.clientid(), "m") == "first");
      // Whoever repeats an id takes the first one's session away and gets none.
      ALLUXIO_CHECK(!sessions.Register(message.clientid(), "second").ok());
      ALLUXIO_CHECK(!sessions.UserOf(message.clientid(), "m").ok());
      ALLUXIO_CHECK(sessions.size() == 0);
    }
  }
  SessionRegistry sessions;
  (void)sessions.UserOf(text, "m");
  if (const auto id = sessions.Register(text, "u"); id.ok()) {
    sessions.Forget(text, *id);
    ALLUXIO_CHECK(sessions.size() == 0);
  }
  return 0;
}
