#ifndef ALLUXIO_SECURITY_MODE_H_
#define ALLUXIO_SECURITY_MODE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace alluxio::security {

// What one class of users may do, as the three bits of Unix.
enum class Bits : uint8_t {
  kNone = 0,
  kExecute = 1,
  kWrite = 2,
  kWriteExecute = 3,
  kRead = 4,
  kReadExecute = 5,
  kReadWrite = 6,
  kAll = 7,
};

constexpr Bits operator|(Bits a, Bits b) { return Bits(uint8_t(a) | uint8_t(b)); }
constexpr Bits operator&(Bits a, Bits b) { return Bits(uint8_t(a) & uint8_t(b)); }
constexpr Bits operator~(Bits a) { return Bits(~uint8_t(a) & 7); }
// Whether `have` allows all that `want` asks for.
constexpr bool Implies(Bits have, Bits want) { return (have & want) == want; }

// "r-x".
absl::string_view BitsText(Bits bits);

// Errors:
//   INVALID_ARGUMENT  not three characters of the form [r-][w-][x-].
absl::StatusOr<Bits> ParseBits(absl::string_view text);

// The nine permission bits of a file or directory.
class Mode {
 public:
  static constexpr uint16_t kDirectoryDefault = 0777;
  static constexpr uint16_t kFileDefault = 0666;

  constexpr Mode() = default;
  // Takes the lowest nine bits.
  constexpr explicit Mode(int value) : value_(static_cast<uint16_t>(value & 0777)) {}
  constexpr Mode(Bits owner, Bits group, Bits other)
      : value_(static_cast<uint16_t>(int(owner) << 6 | int(group) << 3 | int(other))) {}

  // "755", or "u=rwx,go=rx".
  //
  // Errors:
  //   INVALID_ARGUMENT  `Invalid mode 999 - contains invalid segment 999`.
  static absl::StatusOr<Mode> Parse(absl::string_view text);

  constexpr int value() const { return value_; }
  constexpr Bits owner() const { return Bits(value_ >> 6); }
  constexpr Bits group() const { return Bits(value_ >> 3 & 7); }
  constexpr Bits other() const { return Bits(value_ & 7); }

  constexpr Mode WithOwner(Bits bits) const { return Mode(bits, group(), other()); }
  constexpr Mode WithGroup(Bits bits) const { return Mode(owner(), bits, other()); }
  constexpr Mode WithOther(Bits bits) const { return Mode(owner(), group(), bits); }

  // Without the bits of `umask` (alluxio.security.authorization.permission.umask).
  constexpr Mode WithUmask(Mode umask) const { return Mode(value_ & ~umask.value_); }

  // "rwxr-xr-x".
  std::string ToString() const;

  friend constexpr bool operator==(Mode, Mode) = default;

 private:
  uint16_t value_ = 0;
};

}  // namespace alluxio::security

#endif  // ALLUXIO_SECURITY_MODE_H_
