find_package(Threads REQUIRED)
find_package(RocksDB REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(MMDB REQUIRED IMPORTED_TARGET libmaxminddb)
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)

# cctz ships no CMake package.
find_library(CCTZ_LIBRARY cctz REQUIRED)
add_library(riq_cctz INTERFACE)
target_link_libraries(riq_cctz INTERFACE ${CCTZ_LIBRARY})

# CAF 0.17 ships no CMake package.
find_library(CAF_CORE_LIBRARY caf_core REQUIRED)
find_library(CAF_IO_LIBRARY caf_io REQUIRED)
add_library(riq_caf INTERFACE)
target_link_libraries(riq_caf INTERFACE ${CAF_IO_LIBRARY} ${CAF_CORE_LIBRARY} Threads::Threads)

# Messages are freed by other threads than made them: jemalloc does that without contention. The
# sanitizers bring their own allocator.
find_library(JEMALLOC_LIBRARY jemalloc REQUIRED)
add_library(riq_allocator INTERFACE)
if(NOT RIQ_SANITIZE)
  target_link_libraries(riq_allocator INTERFACE -Wl,--no-as-needed ${JEMALLOC_LIBRARY} -Wl,--as-needed)
endif()

# msgpack-cxx is header-only; its CMake package has another name on each Debian.
find_path(MSGPACK_INCLUDE_DIR msgpack.hpp REQUIRED)
