#include "alluxio/master/meta/config_checker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "alluxio/conf/property_table.h"

namespace alluxio::master {
namespace {

using conf::Consistency;
using conf::Property;
using conf::Scope;

// Of one registration, and of workers: named by anybody who can reach the port.
constexpr size_t kMaxProperties = 5000;
constexpr size_t kMaxWorkers = 10'000;
// What the original's messages say of a property without a value.
constexpr char kNoValue[] = "__Optional__";

// The declared property, if nodes of `scope` are compared by it.
const Property* Compared(const std::string& key, Scope scope) {
  const Property* property = conf::FindProperty(key);
  if (property == nullptr) property = conf::FindTemplate(key);
  if (property == nullptr || property->consistency == Consistency::kIgnore || conf::IsCredential(key)) return nullptr;
  return conf::ScopeContains(property->scope, scope) ? property : nullptr;
}

// Port 0 is whichever is free: each who has it gets another, and means to.
bool IsAnyPort(absl::string_view key, absl::string_view value) { return value == "0" && absl::EndsWith(key, ".port"); }

const char* NameOf(Scope scope) {
  switch (scope) {
    case Scope::kMaster: return "MASTER";
    case Scope::kWorker: return "WORKER";
    case Scope::kClient: return "CLIENT";
    case Scope::kNone: return "NONE";
    default: return "SERVER";  // clients are not compared
  }
}

}  // namespace

ConfigChecker::ConfigChecker(const conf::Configuration& master) : master_([&master] {
      auto values = std::make_shared<Values>();
      for (const conf::Configuration::Entry& entry : master.All()) {
        if (entry.is_set && Compared(entry.key, Scope::kMaster) != nullptr) values->emplace(entry.key, entry.value);
      }
      return values;
    }()) {}

void ConfigChecker::SetWorker(const std::string& worker,
                              const google::protobuf::RepeatedPtrField<grpc::ConfigProperty>& configuration) {
  auto values = std::make_shared<Values>();
  for (const grpc::ConfigProperty& property : configuration) {
    if (!property.has_value() || values->size() >= kMaxProperties) continue;
    if (Compared(property.name(), Scope::kWorker) != nullptr) values->emplace(property.name(), property.value());
  }
  MutexLock lock(&mutex_);
  ValuesPtr kept = std::move(values);
  for (const auto& [name, other] : workers_) {
    if (other != kept && *other == *kept) {
      kept = other;
      break;
    }
  }
  if (workers_.size() < kMaxWorkers || workers_.contains(worker)) workers_[worker] = std::move(kept);
}

grpc::meta::ConfigCheckReport ConfigChecker::Report(const std::string& master, const std::set<std::string>& workers) {
  std::map<std::string, ValuesPtr> nodes;
  {
    MutexLock lock(&mutex_);
    std::erase_if(workers_, [&](const auto& worker) { return !workers.contains(worker.first); });
    nodes = workers_;
  }
  // Those with one configuration together.
  std::map<const Values*, std::vector<std::string>> groups;
  std::set<std::string> keys;
  for (const auto& [name, values] : nodes) groups[values.get()].push_back(name);
  for (const auto& [values, names] : groups) {
    for (const auto& [key, value] : *values) keys.insert(key);
  }
  for (const auto& [key, value] : *master_) keys.insert(key);

  grpc::meta::ConfigCheckReport report;
  report.set_status(grpc::meta::PASSED);
  for (const std::string& key : keys) {
    grpc::meta::InconsistentProperty property;
    property.set_name(key);
    const auto add = [&](const Values& values, const std::vector<std::string>& names) {
      const auto value = values.find(key);
      if (value != values.end() && IsAnyPort(key, value->second)) return;
      auto& list = (*property.mutable_values())[value == values.end() ? kNoValue : value->second];
      for (const std::string& name : names) list.add_values(name);
    };
    if (Compared(key, Scope::kMaster) != nullptr) add(*master_, {master});
    if (Compared(key, Scope::kWorker) != nullptr) {
      for (const auto& [values, names] : groups) add(*values, names);
    }
    if (property.values().size() < 2) continue;
    const Property* declared = conf::FindProperty(key);
    if (declared == nullptr) declared = conf::FindTemplate(key);
    const bool enforce = declared->consistency == Consistency::kEnforce;
    auto& by_scope = enforce ? *report.mutable_errors() : *report.mutable_warns();
    *by_scope[NameOf(declared->scope)].add_properties() = std::move(property);
  }
  if (!report.errors().empty()) {
    report.set_status(grpc::meta::FAILED);
  } else if (!report.warns().empty()) {
    report.set_status(grpc::meta::WARN);
  }
  return report;
}

}  // namespace alluxio::master
