# bulla_pages(FOLDER DIRECTORY): page_files() of http/resource_pages.hpp returns the files of the directory,
# each with its compressed copies FILE.gz and FILE.br where there are such.
function(bulla_pages folder directory)
    set(root ${CMAKE_SOURCE_DIR}/${directory})
    file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${root} ${root}/*)
    list(SORT files)
    set(arrays "")
    set(rows "")
    set(number 0)
    foreach(file IN LISTS files)
        if(file MATCHES "\\.(gz|br)$")
            continue()
        endif()
        bulla_page_type(${file} type)
        set(row "{\"/${file}\", \"${type}\"")
        foreach(ending "" .gz .br)
            bulla_page_array(${root}/${file}${ending} file_${number})
            string(APPEND row ", ${view}")
            math(EXPR number "${number} + 1")
        endforeach()
        string(APPEND rows "        ${row}},\n")
    endforeach()
    set(source ${CMAKE_BINARY_DIR}/documents/pages.cpp)
    file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
#include "http/resource_pages.hpp"

#pragma clang diagnostic ignored "-Wc23-extensions"

namespace bulla::http {
namespace {

template <std::size_t size>
std::string_view view(unsigned char const (&bytes)[size]) {
    return {reinterpret_cast<char const*>(bytes), size};
}
@arrays@
} // namespace

std::span<PageFile const> page_files() {
    static PageFile const files[] = {
@rows@    };
    return files;
}

} // namespace bulla::http
]])
    target_sources(bulla_${folder} PRIVATE ${source})
endfunction()

# Appends to `arrays` and sets `view` in the caller. The digest makes a cache of compilations see a change.
function(bulla_page_array file name)
    if(NOT EXISTS ${file})
        set(view "{}" PARENT_SCOPE)
        return()
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(SHA256 ${file} digest)
    string(APPEND arrays "
constexpr unsigned char ${name}[] = { // ${digest}
#embed \"${file}\"
};")
    set(arrays "${arrays}" PARENT_SCOPE)
    set(view "view(${name})" PARENT_SCOPE)
endfunction()

function(bulla_page_type file result)
    set(html "text/html; charset=utf-8")
    set(js "text/javascript; charset=utf-8")
    set(css "text/css; charset=utf-8")
    set(svg "image/svg+xml")
    set(wasm "application/wasm")
    set(txt "text/plain; charset=utf-8")
    cmake_path(GET file EXTENSION LAST_ONLY ending)
    string(SUBSTRING "${ending}" 1 -1 ending)
    if(NOT DEFINED ${ending})
        message(FATAL_ERROR "${file}: no content type is known for .${ending}")
    endif()
    set(${result} "${${ending}}" PARENT_SCOPE)
endfunction()
