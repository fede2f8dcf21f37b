# Puts the data that script/bootstrap brought, and the dashboard, beside the program, where
# config/data_files.cpp looks for them. Without them a node runs all the same: no countries, the short
# built-in list of crawlers, and a page that tells how to build the dashboard.
set(RIQ_DATA_CACHE ${PROJECT_SOURCE_DIR}/build/third-party CACHE PATH
    "Folder with country.mmdb and crawler-user-agents.json")

function(riq_bring_data)
  foreach(name country.mmdb crawler-user-agents.json)
    set(from ${RIQ_DATA_CACHE}/${name})
    set(to ${CMAKE_BINARY_DIR}/third-party/${name})
    if(NOT EXISTS ${from})
      message(STATUS "${name} was not brought: run script/bootstrap while online to have it")
    elseif(NOT from STREQUAL to)
      configure_file(${from} ${to} COPYONLY)
    endif()
  endforeach()
endfunction()
riq_bring_data()

# The dashboard that script/ui built lies in build/ui. Other build folders get a copy of it.
set(RIQ_UI_BUILT ${PROJECT_SOURCE_DIR}/build/ui)
if(EXISTS ${RIQ_UI_BUILT}/index.html
   AND NOT ${CMAKE_BINARY_DIR} STREQUAL ${PROJECT_SOURCE_DIR}/build)
  file(REMOVE_RECURSE ${CMAKE_BINARY_DIR}/ui)
  file(COPY ${RIQ_UI_BUILT} DESTINATION ${CMAKE_BINARY_DIR})
endif()
