#include "alluxio/java/load_job_request.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/java/object_stream.h"

namespace alluxio::java {
namespace {

constexpr absl::string_view kRequestClass = "alluxio.job.LoadJobRequest";
constexpr int64_t kRequestVersion = -4100882786127020489;
constexpr absl::string_view kOptionsClass = "alluxio.grpc.LoadJobPOptions";
// What a Protobuf message makes of itself. The shaded client has it under a name of its own.
constexpr absl::string_view kMessageClass = "com.google.protobuf.GeneratedMessageLite$SerializedForm";

using ObjectPtr = std::shared_ptr<const Object>;

bool IsMessageClass(absl::string_view name) {
  return name == kMessageClass || absl::EndsWith(name, absl::StrCat(".", kMessageClass));
}

// Writes what Java's ObjectOutputStream would; names in the descriptors below are its order.
class Writer {
 public:
  void Byte(uint8_t byte) { out_.push_back(static_cast<char>(byte)); }
  void Number(uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) Byte(static_cast<uint8_t>(value >> (8 * i)));
  }
  void Raw(absl::string_view bytes) { out_.append(bytes.data(), bytes.size()); }
  void Utf(absl::string_view modified) {
    Number(modified.size(), 2);
    Raw(modified);
  }
  void String(absl::string_view modified) {
    Byte(0x74);
    Utf(modified);
  }
  void Reference(int handle) {
    Byte(0x71);
    Number(0x7e0000 + static_cast<uint64_t>(handle), 4);
  }
  void Class(absl::string_view name, int64_t version, int fields) {
    Byte(0x72);
    Utf(name);
    Number(static_cast<uint64_t>(version), 8);
    Byte(0x02);
    Number(static_cast<uint64_t>(fields), 2);
  }
  void Field(char type, absl::string_view name) {
    Byte(static_cast<uint8_t>(type));
    Utf(name);
  }
  void EndClass() { Byte(0x78); }
  void Null() { Byte(0x70); }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace

absl::StatusOr<LoadJobRequest> ParseLoadJobRequest(absl::string_view body) {
  ALLUXIO_ASSIGN_OR_RETURN(const Value value, ReadObjectStream(body));
  const auto* const object = std::get_if<ObjectPtr>(&value);
  if (object == nullptr) return absl::InvalidArgumentError("not a job request");
  const Object& request = **object;
  if (request.class_name != kRequestClass) {
    if (absl::StartsWith(request.class_name, "alluxio.job.")) {
      return absl::UnimplementedError(absl::StrCat("jobs of class ", request.class_name, " are not supported"));
    }
    return absl::InvalidArgumentError(absl::StrCat("an object of class ", request.class_name, " is not a job request"));
  }
  if (request.serial_version != kRequestVersion) {
    return absl::InvalidArgumentError(absl::StrCat(kRequestClass, " of another version: ", request.serial_version));
  }
  LoadJobRequest result;
  const auto* const path = request.Field<std::string>("mPath");
  if (path == nullptr) return absl::InvalidArgumentError("The file path cannot be null");
  result.path = *path;
  const auto* const options = request.Field<ObjectPtr>("mOptions");
  if (options == nullptr) return absl::InvalidArgumentError("The load job options cannot be null");
  const auto* const name = (*options)->Field<std::string>("messageClassName");
  const auto* const bytes = (*options)->Field<ByteArray>("asBytes");
  if (!IsMessageClass((*options)->class_name) || name == nullptr || *name != kOptionsClass || bytes == nullptr ||
      !result.options.ParseFromString(bytes->bytes)) {
    return absl::InvalidArgumentError(absl::StrCat("the options are no ", kOptionsClass));
  }
  return result;
}

absl::StatusOr<std::string> SerializeLoadJobRequest(const LoadJobRequest& request) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, ToModifiedUtf8(request.path));
  if (path.size() > 0xffff) return absl::InvalidArgumentError("The path is too long");
  const std::string options = request.options.SerializeAsString();
  Writer out;
  out.Number(0xaced0005, 4);
  // Handles are counted from 0 as classes, strings and objects come.
  out.Byte(0x73);
  out.Class(kRequestClass, kRequestVersion, 2);  // 0
  out.Field('L', "mOptions");
  out.String("Lalluxio/grpc/LoadJobPOptions;");  // 1
  out.Field('L', "mPath");
  out.String("Ljava/lang/String;");  // 2
  out.EndClass();
  out.Null();
  // 3: the request.
  out.Byte(0x73);
  out.Class(kMessageClass, 0, 3);  // 4
  out.Field('[', "asBytes");
  out.String("[B");  // 5
  out.Field('L', "messageClass");
  out.String("Ljava/lang/Class;");  // 6
  out.Field('L', "messageClassName");
  out.Reference(2);
  out.EndClass();
  out.Null();
  // 7: the options.
  out.Byte(0x75);
  out.Class("[B", -5984413125824719648, 0);  // 8
  out.EndClass();
  out.Null();
  out.Number(options.size(), 4);  // 9
  out.Raw(options);
  out.Byte(0x76);
  out.Class(kOptionsClass, 0, 5);  // 10
  out.Field('J', "bandwidth_");
  out.Field('I', "bitField0_");
  out.Field('B', "memoizedIsInitialized");
  out.Field('Z', "partialListing_");
  out.Field('Z', "verify_");
  out.EndClass();
  out.Class("com.google.protobuf.GeneratedMessageV3", 1, 1);
  out.Field('L', "unknownFields");
  out.String("Lcom/google/protobuf/UnknownFieldSet;");
  out.EndClass();
  out.Null();
  out.String(kOptionsClass);
  out.String(path);
  return out.Take();
}

}  // namespace alluxio::java
