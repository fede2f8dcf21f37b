# A target's sources are compiled four at a time: headers, and what CAF's typed interfaces and the
# codecs instantiate, are then compiled once for all four, and a clean build takes a third of the
# time. In such a target a name in an anonymous namespace is unique. SEPARATE compiles each source of
# a library alone, -DRIQ_UNITY=OFF those of all targets.
option(RIQ_UNITY "Compile several sources of a target as one unit" ON)

# What every unit with an actor reads first.
set(RIQ_ACTOR_HEADERS <messages/interfaces.hpp> <caf/event_based_actor.hpp>
    <caf/stateful_actor.hpp> <caf/typed_event_based_actor.hpp> <spdlog/spdlog.h>)

# riq_library(NAME [SEPARATE] SOURCES a.cpp … [LINK lib …] [PCH <header> …])
# A static library of this folder, with the project's warnings and include root.
function(riq_options target)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_options(${target} PRIVATE -Wall -Wextra
                         -Wno-missing-field-initializers) # designated initialisers mean defaults
  # GCC 12 and 14 see overlaps and overruns in std::string's operator+ that are not there (PR 105651).
  target_compile_options(${target} PRIVATE -Wno-restrict -Wno-array-bounds)
  # CI's compiler lets no warning pass. A newer one has new ones, false ones among them: GCC 14 sees
  # overruns in std::string, and destructors of what a std::variant does not hold. Whoever builds with
  # it is told, but not stopped.
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE -Werror)
  else()
    target_compile_options(${target} PRIVATE -Wno-stringop-overflow -Wno-stringop-overread
                           -Wno-maybe-uninitialized)
  endif()
endfunction()

function(riq_library name)
  cmake_parse_arguments(ARG "SEPARATE" "" "SOURCES;LINK;PCH" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  riq_options(${name})
  if(RIQ_UNITY AND NOT ARG_SEPARATE)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 4)
  endif()
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  if(ARG_PCH)
    target_precompile_headers(${name} PRIVATE ${ARG_PCH})
  endif()
endfunction()

# riq_test(NAME SOURCES a_test.cpp … [LINK lib …] [PCH <header> …] [LABELS …])
# One GoogleTest program; each of its tests is a test of ctest's.
function(riq_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PCH;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  riq_options(${name})
  if(RIQ_UNITY)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 4)
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest_main GTest::gmock)
  target_precompile_headers(${name} PRIVATE <gtest/gtest.h> ${ARG_PCH})
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 300 LABELS "${ARG_LABELS}")
endfunction()
