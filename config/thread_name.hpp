#pragma once
// Names a thread as tools such as `top -H` show it.

#include <pthread.h>

namespace riq {

/// Of the calling thread; what is longer than 15 characters is cut off.
inline void name_thread(const char* name) {
  char kept[16] = {};
  for (int i = 0; i < 15 && name[i] != '\0'; ++i) kept[i] = name[i];
  ::pthread_setname_np(::pthread_self(), kept);
}

} // namespace riq
