# bulla_document(FOLDER FILE FUNCTION): FUNCTION() of the folder's namespace, declared in its header of the
# file's name, returns the file's text. A change of the file configures again.
function(bulla_document folder file function)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${file})
    file(READ ${CMAKE_SOURCE_DIR}/${file} text)
    string(FIND "${text}" ")_document_\"" end)
    if(NOT end EQUAL -1)
        message(FATAL_ERROR "${file} holds the mark that would end it")
    endif()
    get_filename_component(name ${file} NAME_WE)
    set(source ${CMAKE_BINARY_DIR}/documents/${name}.cpp)
    # A literal of this length is beyond what the standard asks of a compiler, not of ours.
    file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
#include "@folder@/@name@.hpp"

#pragma clang diagnostic ignored "-Woverlength-strings"

namespace bulla::@folder@ {

std::string_view @function@() {
    return R"_document_(@text@)_document_";
}

} // namespace bulla::@folder@
]])
    target_sources(bulla_${folder} PRIVATE ${source})
endfunction()
