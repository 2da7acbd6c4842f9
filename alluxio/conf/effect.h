#ifndef ALLUXIO_CONF_EFFECT_H_
#define ALLUXIO_CONF_EFFECT_H_

#include <string>

#include "alluxio/conf/configuration.h"
#include "alluxio/conf/property_table.h"

namespace alluxio::conf {

// Whether some code reads the property. What none reads is accepted all the same,
// so that a site file of the original needs no change. `property` is a row of the
// table or a template.
bool HasEffect(const Property& property);

// The sentence for the log that names what somebody set for a process of this
// scope and nothing reads; "" if there is nothing. Clients' properties are left out:
// a master hands them on to Java clients, which do read them.
std::string SetWithoutEffect(const Configuration& configuration, Scope scope);

}  // namespace alluxio::conf

#endif  // ALLUXIO_CONF_EFFECT_H_
