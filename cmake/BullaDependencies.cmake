# Everything comes from Debian 12 packages (docs/decisions/0003-dependencies.md).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(RocksDB REQUIRED)
if(EXISTS "${CMAKE_SOURCE_DIR}/.deps/boost")
    list(PREPEND CMAKE_PREFIX_PATH "${CMAKE_SOURCE_DIR}/.deps/boost/usr")
endif()
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
if(TARGET RocksDB::rocksdb-shared AND NOT TARGET RocksDB::rocksdb)
    add_library(RocksDB::rocksdb ALIAS RocksDB::rocksdb-shared)
endif()

# Asio keeps the frames of ended coroutines for the next ones: eight a thread, as deep as a request is served.
# Asio is compiled once: every coroutine file then costs about a second instead of four.
add_library(bulla_asio STATIC ${CMAKE_SOURCE_DIR}/cmake/asio.cpp)
add_library(bulla::asio ALIAS bulla_asio)
target_compile_definitions(bulla_asio PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
    BOOST_ASIO_DISABLE_BOOST_ARRAY BOOST_BEAST_USE_STD_STRING_VIEW
    BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8)
target_link_libraries(bulla_asio PUBLIC Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
