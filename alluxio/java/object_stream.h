#ifndef ALLUXIO_JAVA_OBJECT_STREAM_H_
#define ALLUXIO_JAVA_OBJECT_STREAM_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// One object as Java serialises it (java.io.ObjectOutputStream, stream protocol
// version 2), read as data: nothing is looked up by a class's name, made or run.
namespace alluxio::java {

struct Object;

// A java.lang.Class, by its name.
struct ClassName {
  std::string name;
};
// A byte[].
struct ByteArray {
  std::string bytes;
};

// Null, a number (boolean, byte, char, short, int and long alike), a
// floating-point number, a String (UTF-8), or one of the above.
using Value = std::variant<std::monostate, int64_t, double, std::string, ByteArray, ClassName,
                           std::shared_ptr<const Object>>;

struct Object {
  std::string class_name;
  int64_t serial_version = 0;  // serialVersionUID
  // With those of its superclasses; a class's field hides one of the same name above it.
  std::map<std::string, Value> fields;

  // Null: no such field, or of another kind.
  template <typename T>
  const T* Field(const std::string& name) const {
    const auto field = fields.find(name);
    return field == fields.end() ? nullptr : std::get_if<T>(&field->second);
  }
};

// Reads a stream that holds exactly one value. Of the protocol it knows what plain
// Serializable classes make: objects, strings, byte arrays, classes, null and
// references to what is complete. INVALID_ARGUMENT, with the offset: anything else
// (a class with a writeObject method, Externalizable, a proxy, an enum, block data,
// an exception), a stream that ends too early or too late, one of more than 1 MiB,
// of which more than 16 MiB would be made, or with objects nested deeper than 16.
absl::StatusOr<Value> ReadObjectStream(absl::string_view bytes);

// Java's modified UTF-8 (no NUL byte; surrogate pairs apart) of UTF-8, and back.
// INVALID_ARGUMENT: malformed.
absl::StatusOr<std::string> ToModifiedUtf8(absl::string_view utf8);
absl::StatusOr<std::string> FromModifiedUtf8(absl::string_view modified);

}  // namespace alluxio::java

#endif  // ALLUXIO_JAVA_OBJECT_STREAM_H_
