# Puts the data that script/bootstrap brought beside the program, where config/data_files.cpp looks
# for it. Without it a node runs all the same: no countries, and the short built-in list of crawlers.
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
