# Compiler, language and hardening. Sources of the flags: docs/decisions/0002-flags.md.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_LINK_WHAT_YOU_USE OFF)
set_property(GLOBAL PROPERTY USE_FOLDERS ON)

option(BULLA_TESTS "Build the unit tests" ON)
option(BULLA_WERROR "Treat warnings as errors" ON)
option(BULLA_PRECOMPILED_HEADERS "Precompile GoogleTest and RapidCheck for the test programs" OFF)
set(BULLA_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")
option(BULLA_MEMCHECK "Tell valgrind what is public (tests/constant_time)" OFF)
option(BULLA_FUZZ "Build the libFuzzer targets (else their corpora are replayed by a plain main)" OFF)

set_property(GLOBAL APPEND PROPERTY JOB_POOLS link_pool=1)
set(CMAKE_JOB_POOL_LINK link_pool)

# ccache sees paths relative to the build folder, so that a fresh clone finds what an older one compiled.
find_program(BULLA_CCACHE ccache)
if(BULLA_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${BULLA_CCACHE})
endif()
file(RELATIVE_PATH source_from_build ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR})
string(REGEX REPLACE "/$" "" source_from_build "${source_from_build}")

add_library(bulla_options INTERFACE)
target_compile_options(bulla_options INTERFACE
    -Wall -Wextra -Wpedantic -Wformat=2 -Wconversion -Wsign-conversion -Wimplicit-fallthrough -Wshadow
    -Wthread-safety
    -Wno-gnu-statement-expression -Wno-c99-designator -Wno-missing-designated-field-initializers
    -Werror=format-security -Werror=unused-result -Werror=switch
    -fno-strict-aliasing -fno-delete-null-pointer-checks
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${source_from_build}=.)
if(BULLA_WERROR)
    target_compile_options(bulla_options INTERFACE -Werror)
endif()
target_link_options(bulla_options INTERFACE -fuse-ld=lld)
target_include_directories(bulla_options INTERFACE ${CMAKE_SOURCE_DIR}/src)

if(BULLA_SANITIZE)
    # No FORTIFY and no -fno-strict-overflow here: both hide findings of the sanitizers.
    target_compile_options(bulla_options INTERFACE -fsanitize=${BULLA_SANITIZE} -fno-omit-frame-pointer
        -fno-sanitize-recover=all)
    target_link_options(bulla_options INTERFACE -fsanitize=${BULLA_SANITIZE})
    if(BULLA_FUZZ)
        target_compile_options(bulla_options INTERFACE -fsanitize=fuzzer-no-link)
    endif()
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(bulla_options INTERFACE
        -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS -fno-strict-overflow
        -fstack-clash-protection -fstack-protector-strong -fstrict-flex-arrays=3
        -fzero-call-used-regs=used-gpr)
    if(BULLA_MEMCHECK)
        target_compile_definitions(bulla_options INTERFACE BULLA_MEMCHECK)
    else()
        target_compile_options(bulla_options INTERFACE -ftrivial-auto-var-init=zero)
    endif()
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64")
        target_compile_options(bulla_options INTERFACE -fcf-protection=full)
    else()
        target_compile_options(bulla_options INTERFACE -mbranch-protection=standard)
    endif()
    target_link_options(bulla_options INTERFACE
        -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,nodlopen,-z,separate-code -Wl,--as-needed)
else()
    target_compile_options(bulla_options INTERFACE -D_GLIBCXX_ASSERTIONS)
endif()
