# The messages of ABCI: protoc's C++ out of src/sequencer/comet/abci.proto, included as <abci.pb.h>.
find_package(Protobuf 3.21 REQUIRED)
set(abci_proto ${CMAKE_SOURCE_DIR}/src/sequencer/comet/abci.proto)
set(abci_folder ${CMAKE_BINARY_DIR}/abci)
add_custom_command(
    OUTPUT ${abci_folder}/abci.pb.cc ${abci_folder}/abci.pb.h
    COMMAND ${CMAKE_COMMAND} -E make_directory ${abci_folder}
    COMMAND protobuf::protoc --proto_path=${CMAKE_SOURCE_DIR}/src/sequencer/comet
        --cpp_out=${abci_folder} ${abci_proto}
    DEPENDS ${abci_proto})
add_library(bulla_abci STATIC ${abci_folder}/abci.pb.cc ${abci_folder}/abci.pb.h)
target_include_directories(bulla_abci SYSTEM PUBLIC ${abci_folder})
target_link_libraries(bulla_abci PUBLIC protobuf::libprotobuf-lite PRIVATE bulla_options)
target_compile_options(bulla_abci PRIVATE -w)
