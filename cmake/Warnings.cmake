# nscl_target_defaults(target): language level, warnings, hardening; the one place for compile options.
add_library(nscl_asio_switches INTERFACE)   # one definition of Asio's switches for whoever includes it (ODR)
target_compile_definitions(nscl_asio_switches INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(nscl_asio_switches INTERFACE Boost::headers Threads::Threads)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")   # optimising, g++ 12 takes Asio's own allocation of a coroutine for a mismatched one
  target_compile_options(nscl_asio_switches INTERFACE -Wno-mismatched-new-delete)
endif()
add_library(nscl_asio INTERFACE)           # with the bodies, which are compiled once (src/net)
target_link_libraries(nscl_asio INTERFACE nscl_asio_switches nscl_asio_bodies)

function(nscl_target_defaults target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/include)
  target_compile_definitions(${target} PUBLIC JSON_USE_IMPLICIT_CONVERSIONS=0 TOML_HEADER_ONLY=0)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast
    -Wcast-qual -Wno-missing-field-initializers -Werror
    -fstack-protector-strong -fstack-clash-protection -fcf-protection)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")   # g++ 12 sees a mismatch in coroutine frames whose allocation it has inlined
    target_compile_options(${target} PRIVATE -Wno-mismatched-new-delete)
  endif()
  if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT NSCL_SANITIZE)
    target_compile_definitions(${target} PRIVATE _FORTIFY_SOURCE=2 _GLIBCXX_ASSERTIONS)
  endif()
  if(NSCL_UNITY)   # the two warnings would be about names of other files in the same unit
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
    target_compile_options(${target} PRIVATE -Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
  nscl_sanitize(${target})
endfunction()

# nscl_layer(name SOURCES... LINK libraries...): the static library of one layer
function(nscl_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;LINK" ${ARGN})
  add_library(nscl_${name} STATIC ${LAYER_SOURCES})
  nscl_target_defaults(nscl_${name})
  target_link_libraries(nscl_${name} PUBLIC ${LAYER_LINK})
endfunction()
