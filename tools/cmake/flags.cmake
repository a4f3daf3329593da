# Flags of style.md section 12 and the hardening of the release build.
include(CheckSymbolExists)
check_symbol_exists(__x86_64__ "stdint.h" KW_X86_64) # what sources ask, too

add_library(kw_flags INTERFACE)
target_compile_options(kw_flags INTERFACE
    -std=gnu17 -fvisibility=hidden -fno-strict-aliasing -fno-common -fstack-protector-strong
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
    -Wwrite-strings -Werror -Werror=incompatible-pointer-types)
target_include_directories(kw_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/include)
target_compile_definitions(kw_flags INTERFACE _GNU_SOURCE KW_VERSION="${PROJECT_VERSION}")
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    # Fat objects: programs are linked with LTO, the tests around them without, which is faster.
    target_compile_options(kw_flags INTERFACE -D_FORTIFY_SOURCE=2 -ffat-lto-objects
        $<$<BOOL:${KW_X86_64}>:-fcf-protection=full>)
    target_link_options(kw_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
if(KW_SANITIZE)
    target_compile_options(kw_flags INTERFACE
        -fsanitize=${KW_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(kw_flags INTERFACE -fsanitize=${KW_SANITIZE})
endif()
