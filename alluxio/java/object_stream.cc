#include "alluxio/java/object_stream.h"

#include <bit>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"

namespace alluxio::java {
namespace {

constexpr size_t kMaxBytes = size_t{1} << 20;
constexpr int kMaxDepth = 16;
// Of all that is made of a stream. A reference is five bytes, whatever it stands for.
constexpr size_t kMaxMade = size_t{16} << 20;
constexpr size_t kFieldOverhead = 64;
constexpr int32_t kFirstHandle = 0x7e0000;
// Of a class's descriptor: serializable, with no method of its own to write it.
constexpr uint8_t kPlainSerializable = 0x02;

enum Tag : uint8_t {
  kNull = 0x70,
  kReference = 0x71,
  kClassDescriptor = 0x72,
  kObject = 0x73,
  kString = 0x74,
  kArray = 0x75,
  kClass = 0x76,
  kEndBlockData = 0x78,
};

struct ClassDescriptor {
  std::string name;
  int64_t serial_version = 0;
  uint8_t flags = 0;
  std::vector<std::pair<char, std::string>> fields;  // type code and name
  std::shared_ptr<const ClassDescriptor> super;      // may be null
};
using ClassDescriptorPtr = std::shared_ptr<const ClassDescriptor>;

class Reader {
 public:
  explicit Reader(absl::string_view bytes) : bytes_(bytes) {}

  absl::StatusOr<Value> ReadStream() {
    ALLUXIO_ASSIGN_OR_RETURN(const uint64_t header, Unsigned(4));
    if (header != 0xaced0005) return Error("not a stream of Java's serialised objects");
    ALLUXIO_ASSIGN_OR_RETURN(Value value, ReadValue(0));
    if (at_ != bytes_.size()) return Error("something follows the object");
    return value;
  }

 private:
  // What a handle stands for; monostate: an object that is not complete yet.
  using Handle = std::variant<std::monostate, Value, ClassDescriptorPtr>;

  absl::Status Error(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(what, " (at byte ", at_, ")"));
  }

  absl::StatusOr<absl::string_view> Take(size_t count) {
    if (bytes_.size() - at_ < count) return Error("the serialised object is cut off");
    const absl::string_view taken = bytes_.substr(at_, count);
    at_ += count;
    return taken;
  }
  // Big-endian.
  absl::StatusOr<uint64_t> Unsigned(size_t count) {
    ALLUXIO_ASSIGN_OR_RETURN(const absl::string_view taken, Take(count));
    uint64_t value = 0;
    for (const char c : taken) value = value << 8 | static_cast<uint8_t>(c);
    return value;
  }
  absl::StatusOr<std::string> Utf() {
    ALLUXIO_ASSIGN_OR_RETURN(const uint64_t length, Unsigned(2));
    ALLUXIO_ASSIGN_OR_RETURN(const absl::string_view modified, Take(length));
    return FromModifiedUtf8(modified);
  }

  // Takes account of `bytes` of memory.
  absl::Status Spend(size_t bytes) {
    if (bytes > kMaxMade - made_) return Error("an object of more than 16 MiB");
    made_ += bytes;
    return absl::OkStatus();
  }

  size_t NewHandle() {
    handles_.emplace_back();
    return handles_.size() - 1;
  }
  absl::StatusOr<Handle> Referred() {
    ALLUXIO_ASSIGN_OR_RETURN(const uint64_t handle, Unsigned(4));
    const int64_t index = static_cast<int64_t>(handle) - kFirstHandle;
    if (index < 0 || index >= static_cast<int64_t>(handles_.size())) return Error("a reference to nothing");
    const Handle& referred = handles_[static_cast<size_t>(index)];
    if (std::holds_alternative<std::monostate>(referred)) return Error("an object that refers to itself");
    return referred;
  }

  // Null: there is none.
  absl::StatusOr<ClassDescriptorPtr> ReadClass(int depth) {
    if (depth > kMaxDepth) return Error("nested too deeply");
    ALLUXIO_ASSIGN_OR_RETURN(const uint64_t tag, Unsigned(1));
    if (tag == kNull) return nullptr;
    if (tag == kReference) {
      ALLUXIO_ASSIGN_OR_RETURN(const Handle referred, Referred());
      const auto* const known = std::get_if<ClassDescriptorPtr>(&referred);
      if (known == nullptr) return Error("a reference that should be to a class");
      return *known;
    }
    if (tag != kClassDescriptor) return Error(absl::StrCat("tag ", tag, " where a class should be"));
    auto made = std::make_shared<ClassDescriptor>();
    ALLUXIO_ASSIGN_OR_RETURN(made->name, Utf());
    ALLUXIO_ASSIGN_OR_RETURN(const uint64_t version, Unsigned(8));
    made->serial_version = static_cast<int64_t>(version);
    const size_t handle = NewHandle();
    ALLUXIO_ASSIGN_OR_RETURN(const uint64_t flags, Unsigned(1));
    made->flags = static_cast<uint8_t>(flags);
    ALLUXIO_ASSIGN_OR_RETURN(const uint64_t count, Unsigned(2));
    for (uint64_t i = 0; i < count; ++i) {
      ALLUXIO_ASSIGN_OR_RETURN(const uint64_t type, Unsigned(1));
      ALLUXIO_ASSIGN_OR_RETURN(std::string name, Utf());
      if (type == 'L' || type == '[') {
        ALLUXIO_ASSIGN_OR_RETURN(const Value type_name, ReadValue(depth + 1));
        if (!std::holds_alternative<std::string>(type_name)) return Error("a field whose type is no text");
      }
      made->fields.emplace_back(static_cast<char>(type), std::move(name));
    }
    ALLUXIO_ASSIGN_OR_RETURN(const uint64_t end, Unsigned(1));
    if (end != kEndBlockData) return Error(absl::StrCat("an annotation of class ", made->name));
    ALLUXIO_ASSIGN_OR_RETURN(made->super, ReadClass(depth + 1));
    handles_[handle] = ClassDescriptorPtr(made);
    return made;
  }

  absl::StatusOr<Value> ReadField(char type, int depth) {
    switch (type) {
      case 'Z':
      case 'C':
        return Number<uint16_t>(type == 'Z' ? 1 : 2);
      case 'B':
        return Number<int8_t>(1);
      case 'S':
        return Number<int16_t>(2);
      case 'I':
        return Number<int32_t>(4);
      case 'J':
        return Number<int64_t>(8);
      case 'F': {
        ALLUXIO_ASSIGN_OR_RETURN(const uint64_t bits, Unsigned(4));
        return Value(static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(bits))));
      }
      case 'D': {
        ALLUXIO_ASSIGN_OR_RETURN(const uint64_t bits, Unsigned(8));
        return Value(std::bit_cast<double>(bits));
      }
      case 'L':
      case '[':
        return ReadValue(depth);
      default:
        return Error("a field of an unknown type");
    }
  }
  template <typename T>
  absl::StatusOr<Value> Number(size_t count) {
    ALLUXIO_ASSIGN_OR_RETURN(const uint64_t bits, Unsigned(count));
    return Value(static_cast<int64_t>(static_cast<T>(bits)));
  }

  // From the topmost superclass down, as they were written.
  absl::Status ReadFields(const ClassDescriptor& of, int depth, Object* object) {
    if (of.flags != kPlainSerializable) return Error(absl::StrCat("class ", of.name, " writes itself its own way"));
    if (of.super != nullptr) ALLUXIO_RETURN_IF_ERROR(ReadFields(*of.super, depth, object));
    for (const auto& [type, name] : of.fields) {
      ALLUXIO_RETURN_IF_ERROR(Spend(kFieldOverhead + name.size()));
      ALLUXIO_ASSIGN_OR_RETURN(object->fields[name], ReadField(type, depth + 1));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Value> ReadValue(int depth) {
    if (depth > kMaxDepth) return Error("nested too deeply");
    ALLUXIO_ASSIGN_OR_RETURN(const uint64_t tag, Unsigned(1));
    switch (tag) {
      case kNull:
        return Value();
      case kReference: {
        ALLUXIO_ASSIGN_OR_RETURN(const Handle referred, Referred());
        const auto* const known = std::get_if<Value>(&referred);
        if (known == nullptr) return Error("a reference to a class where a value should be");
        if (const auto* const text = std::get_if<std::string>(known)) ALLUXIO_RETURN_IF_ERROR(Spend(text->size()));
        if (const auto* const array = std::get_if<ByteArray>(known)) ALLUXIO_RETURN_IF_ERROR(Spend(array->bytes.size()));
        if (const auto* const named = std::get_if<ClassName>(known)) ALLUXIO_RETURN_IF_ERROR(Spend(named->name.size()));
        return *known;
      }
      case kString: {
        const size_t handle = NewHandle();
        ALLUXIO_ASSIGN_OR_RETURN(std::string text, Utf());
        return Remember(handle, std::move(text));
      }
      case kClass: {
        ALLUXIO_ASSIGN_OR_RETURN(const ClassDescriptorPtr named, ReadClass(depth + 1));
        if (named == nullptr) return Error("a class without a name");
        ALLUXIO_RETURN_IF_ERROR(Spend(named->name.size()));
        return Remember(NewHandle(), ClassName{named->name});
      }
      case kArray: {
        ALLUXIO_ASSIGN_OR_RETURN(const ClassDescriptorPtr of, ReadClass(depth + 1));
        if (of == nullptr || of->name != "[B") return Error("an array that is not of bytes");
        const size_t handle = NewHandle();
        ALLUXIO_ASSIGN_OR_RETURN(const uint64_t length, Unsigned(4));
        ALLUXIO_ASSIGN_OR_RETURN(const absl::string_view content, Take(length));
        return Remember(handle, ByteArray{std::string(content)});
      }
      case kObject: {
        ALLUXIO_ASSIGN_OR_RETURN(const ClassDescriptorPtr of, ReadClass(depth + 1));
        if (of == nullptr) return Error("an object without a class");
        ALLUXIO_RETURN_IF_ERROR(Spend(kFieldOverhead + of->name.size()));
        const size_t handle = NewHandle();
        auto object = std::make_shared<Object>();
        object->class_name = of->name;
        object->serial_version = of->serial_version;
        ALLUXIO_RETURN_IF_ERROR(ReadFields(*of, depth, object.get()));
        return Remember(handle, std::shared_ptr<const Object>(std::move(object)));
      }
      default:
        return Error(absl::StrCat("tag ", tag, " where a value should be"));
    }
  }
  Value Remember(size_t handle, Value value) {
    handles_[handle] = value;
    return value;
  }

  const absl::string_view bytes_;
  size_t at_ = 0;
  size_t made_ = 0;
  std::vector<Handle> handles_;
};

void AppendUnit(uint32_t unit, std::string* out) {
  if (unit != 0 && unit < 0x80) {
    out->push_back(static_cast<char>(unit));
  } else if (unit < 0x800) {
    out->push_back(static_cast<char>(0xc0 | unit >> 6));
    out->push_back(static_cast<char>(0x80 | (unit & 0x3f)));
  } else {
    out->push_back(static_cast<char>(0xe0 | unit >> 12));
    out->push_back(static_cast<char>(0x80 | (unit >> 6 & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (unit & 0x3f)));
  }
}

// One character of one to `longest` bytes at `*at`; -1: malformed.
int32_t TakeUnit(absl::string_view text, int longest, size_t* at) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{0}; };
  const uint8_t first = byte((*at)++);
  if (first < 0x80) return first;
  const int length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc0 || first >= 0xf8 || length > longest) return -1;
  int32_t unit = first & (0x7f >> length);
  for (int i = 1; i < length; ++i) {
    const uint8_t next = byte((*at)++);
    if ((next & 0xc0) != 0x80) return -1;
    unit = unit << 6 | (next & 0x3f);
  }
  return unit;
}

}  // namespace

absl::StatusOr<Value> ReadObjectStream(absl::string_view bytes) {
  if (bytes.size() > kMaxBytes) return absl::InvalidArgumentError("a serialised object of more than 1 MiB");
  return Reader(bytes).ReadStream();
}

absl::StatusOr<std::string> ToModifiedUtf8(absl::string_view utf8) {
  std::string modified;
  for (size_t at = 0; at < utf8.size();) {
    const size_t start = at;
    const int32_t point = TakeUnit(utf8, 4, &at);
    // Neither longer than need be, nor half of a pair.
    constexpr int32_t kFirst[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool half = point >= 0xd800 && point < 0xe000;
    if (point < 0 || point > 0x10ffff || half || point < kFirst[at - start]) return absl::InvalidArgumentError("text that is not UTF-8");
    if (point < 0x10000) {
      AppendUnit(static_cast<uint32_t>(point), &modified);
    } else {
      AppendUnit(0xd800 + (static_cast<uint32_t>(point - 0x10000) >> 10), &modified);
      AppendUnit(0xdc00 + (static_cast<uint32_t>(point - 0x10000) & 0x3ff), &modified);
    }
  }
  return modified;
}

absl::StatusOr<std::string> FromModifiedUtf8(absl::string_view modified) {
  std::string utf8;
  for (size_t at = 0; at < modified.size();) {
    int32_t unit = TakeUnit(modified, 3, &at);
    if (unit >= 0xd800 && unit < 0xdc00) {
      const int32_t low = at < modified.size() ? TakeUnit(modified, 3, &at) : -1;
      if (low < 0xdc00 || low >= 0xe000) return absl::InvalidArgumentError("half a character in a text of Java");
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
      utf8.push_back(static_cast<char>(0xf0 | unit >> 18));
      utf8.push_back(static_cast<char>(0x80 | (unit >> 12 & 0x3f)));
      utf8.push_back(static_cast<char>(0x80 | (unit >> 6 & 0x3f)));
      utf8.push_back(static_cast<char>(0x80 | (unit & 0x3f)));
      continue;
    }
    if (unit < 0 || (unit >= 0xdc00 && unit < 0xe000)) return absl::InvalidArgumentError("malformed text of Java");
    if (unit == 0) {
      utf8.push_back('\0');
    } else {
      AppendUnit(static_cast<uint32_t>(unit), &utf8);
    }
  }
  return utf8;
}

}  // namespace alluxio::java
