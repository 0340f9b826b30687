# NSCL_SANITIZE: "", "address,undefined", "thread" or "fuzzer-no-link,address,undefined"; NSCL_COVERAGE for gcovr.
set(NSCL_SANITIZE "" CACHE STRING "value of -fsanitize for every target")
option(NSCL_COVERAGE "instrument for gcovr" OFF)
function(nscl_sanitize target)
  if(NSCL_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=${NSCL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${NSCL_SANITIZE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")   # instrumented code makes g++ 12 see uninitialised values that are none
      target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    else()   # a check that clang-14 cannot put into coroutines
      target_compile_options(${target} PRIVATE -fno-sanitize=function)
    endif()
  endif()
  if(NSCL_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-tsan)   # Asio's fences, which g++ warns it cannot follow
  endif()
  if(NSCL_COVERAGE)
    target_compile_options(${target} PUBLIC --coverage -fprofile-update=atomic)
    target_link_options(${target} PUBLIC --coverage)
  endif()
endfunction()
