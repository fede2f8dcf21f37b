set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
# Line tables are enough for a stack trace and halve what the linker moves.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")

# A unit here takes two gigabytes to compile; collecting garbage before that only takes time.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_compile_options("SHELL:--param ggc-min-heapsize=2000000")
endif()

# A compiler takes up to 2.5 GB: no more of them at once than there is memory for.
cmake_host_system_information(RESULT available_mb QUERY AVAILABLE_PHYSICAL_MEMORY)
math(EXPR fitting "${available_mb} / 2500")
if(fitting LESS 1)
  set(fitting 1)
endif()
set_property(GLOBAL PROPERTY JOB_POOLS compiling=${fitting})
set(CMAKE_JOB_POOL_COMPILE compiling)

find_program(CCACHE ccache)
if(CCACHE)
  # The sloppiness is what ccache needs to cache units that use a precompiled header. With paths
  # relative to the sources, checkouts in different folders share what was compiled. The namespace
  # keeps out precompiled headers that were cached before ccache.sh.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_NAMESPACE=by-dependencies CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      ${PROJECT_SOURCE_DIR}/cmake/ccache.sh ${CCACHE})
  add_compile_options(-fpch-preprocess)
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
if(RIQ_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
