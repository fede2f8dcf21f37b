#pragma once
// Names a thread as tools such as `top -H` show it.

#include <string>

#include <pthread.h>

namespace riq {

/// Of the calling thread; what is longer than 15 characters is cut off.
inline void name_thread(const std::string& name) {
  ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
}

} // namespace riq
