// alluxio-site.properties and the *_JAVA_OPTS of the environment.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "alluxio/base/check.h"
#include "alluxio/conf/load.h"
#include "alluxio/conf/properties_text.h"
#include "alluxio/conf/units.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace alluxio::conf;  // NOLINT
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  (void)ParsePropertiesText(text);
  (void)ParseBytes(text);
  (void)ParseMillis(text);
  (void)ParseBool(text);
  (void)ParseList(text);
  std::optional<int64_t> memory;
  (void)SystemPropertiesOf(text, &memory);

  const size_t zero = text.find('\0');
  const std::string site(text.substr(0, zero));
  const std::string options(zero == absl::string_view::npos ? "" : text.substr(zero + 1));
  const Host host{.environment = [&](const std::string& name) -> std::optional<std::string> {
                    if (name == "ALLUXIO_JAVA_OPTS") return options;
                    return std::nullopt;
                  },
                  .read_file = [&](const std::string& path) -> absl::StatusOr<std::string> { return site; },
                  .machine = {}};
  const auto loaded = Load(Process::kMaster, {}, host);
  if (!loaded.ok()) {
    ALLUXIO_CHECK(!loaded.status().message().empty());
    return 0;
  }
  // What was accepted can be read without another error.
  (void)loaded->configuration.GetString("alluxio.master.mount.table.root.ufs");
  (void)loaded->configuration.GetString("alluxio.work.dir");
  (void)loaded->configuration.GetInt("alluxio.master.rpc.port");
  (void)loaded->configuration.GetBytes("alluxio.user.block.size.bytes.default");
  return 0;
}
