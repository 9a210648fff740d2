# bulla_folder(NAME LINKS … PRIVATE_LINKS … TEST_LINKS … [PROGRAM name])
#
# A folder of src/ is one library target bulla::NAME with every .cpp below it, and one test program
# NAME_test with every *_test.cpp beside them. Sources are found by globbing, so that adding a file touches
# no list.
function(bulla_folder name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "PROGRAM" "LINKS;PRIVATE_LINKS;TEST_LINKS")
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
    set(tests ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
    bulla_lower_optimisation(${sources} ${tests})

    if(sources)
        add_library(bulla_${name} STATIC ${sources})
        target_link_libraries(bulla_${name} PUBLIC bulla_options ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS})
    else()
        add_library(bulla_${name} INTERFACE)
        target_link_libraries(bulla_${name} INTERFACE bulla_options ${arg_LINKS} ${arg_PRIVATE_LINKS})
    endif()
    add_library(bulla::${name} ALIAS bulla_${name})

    if(arg_PROGRAM AND EXISTS ${CMAKE_SOURCE_DIR}/src/${name}/main.cpp)
        add_executable(${arg_PROGRAM} ${CMAKE_SOURCE_DIR}/src/${name}/main.cpp)
        target_link_libraries(${arg_PROGRAM} PRIVATE bulla_${name} ${arg_PRIVATE_LINKS})
        set_target_properties(${arg_PROGRAM} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
    endif()

    if(BULLA_TESTS AND tests)
        bulla_test_program(${name} SOURCES ${tests}
            LINKS bulla_${name} ${arg_PRIVATE_LINKS} ${arg_TEST_LINKS})
    endif()
endfunction()

# bulla_test_program(NAME SOURCES … LINKS …): the GoogleTest program NAME_test, which ctest runs as NAME in
# the root folder.
function(bulla_test_program name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
    add_executable(${name}_test ${arg_SOURCES} ${CMAKE_SOURCE_DIR}/tests/test_main.cpp)
    target_link_libraries(${name}_test PRIVATE ${arg_LINKS} bulla::test_support)
    bulla_precompile_tests(${name}_test)
    add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 900)
endfunction()

# GoogleTest and RapidCheck are most of what a test file costs. The debug preset compiles them once for all
# test programs; the sanitize preset does not, and so finds missing includes.
function(bulla_precompile_tests target)
    if(BULLA_PRECOMPILED_HEADERS)
        target_precompile_headers(${target} REUSE_FROM bulla_test_support)
        # The header is compiled for a library; -fPIE would not match its -fPIC.
        set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
        target_compile_options(${target} PRIVATE -fPIC "SHELL:-Xclang -fno-pch-timestamp")
    endif()
endfunction()

# Beast under sanitizers takes 30 s a file at -O1 and 12 s at -O0.
function(bulla_lower_optimisation)
    if(NOT BULLA_SANITIZE)
        return()
    endif()
    set(beast_files ${ARGN})
    list(FILTER beast_files INCLUDE REGEX "/src/(http/|net/[^/]*http[^/]*$)")
    if(beast_files)
        set_source_files_properties(${beast_files} PROPERTIES COMPILE_OPTIONS -O0)
    endif()
endfunction()

# A comment line "// LINK: http service" in the source of a fuzzer or benchmark names folders it needs beyond
# ledger.
function(bulla_linked_folders source result)
    set(folders bulla_ledger)
    file(STRINGS ${source} lines REGEX "^// LINK: ")
    foreach(line IN LISTS lines)
        string(REGEX REPLACE "^// LINK: +" "" names "${line}")
        separate_arguments(names)
        foreach(name IN LISTS names)
            if(NOT IS_DIRECTORY "${CMAKE_SOURCE_DIR}/src/${name}")
                message(FATAL_ERROR "${source}: LINK names \"${name}\", no folder of src")
            endif()
        endforeach()
        list(TRANSFORM names PREPEND bulla_)
        list(APPEND folders ${names})
    endforeach()
    set(${result} ${folders} PARENT_SCOPE)
endfunction()
