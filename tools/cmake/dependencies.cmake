# Debian's packages, each bound to the folders that are its home (architecture.md); nothing else
# may link it. `tools/check_tree.py` guards the headers in the same way.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
foreach(module jansson yaml-0.1 zlib libzstd libssl libcrypto libsodium libseccomp libuv libnghttp2
        libcurl nettle libsecp256k1 sqlite3 libpq p11-kit-1 cmocka)
    string(MAKE_C_IDENTIFIER ${module} name)
    pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
endforeach()

# llhttp has no library package: Debian ships its C sources in node-llhttp.
add_library(kw_llhttp STATIC /usr/share/llhttp/api.c /usr/share/llhttp/http.c
    /usr/share/llhttp/llhttp.c)
target_include_directories(kw_llhttp SYSTEM PUBLIC /usr/share/include/llhttp)
target_compile_options(kw_llhttp PRIVATE -w -fvisibility=hidden -ffat-lto-objects)

set(KW_DEPENDS_base Threads::Threads)
set(KW_DEPENDS_os PkgConfig::libsodium PkgConfig::libseccomp)
set(KW_DEPENDS_codec PkgConfig::yaml_0_1 PkgConfig::zlib PkgConfig::libzstd)
set(KW_DEPENDS_crypto PkgConfig::libcrypto PkgConfig::libsodium PkgConfig::nettle
    PkgConfig::libsecp256k1)
set(KW_DEPENDS_net PkgConfig::libuv PkgConfig::libssl PkgConfig::libnghttp2 PkgConfig::libcurl
    kw_llhttp)
set(KW_DEPENDS_store PkgConfig::sqlite3 PkgConfig::libpq)
