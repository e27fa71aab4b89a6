# Injected into the build of llama-cpp-python (CMAKE_PROJECT_INCLUDE); see build.py.
# Only the library is built: nothing of llama.cpp's common code, tools, server, multimodal parts.

if(PROJECT_NAME STREQUAL "llama.cpp")
    set(LLAMA_BUILD_COMMON OFF)
    set(LLAMA_ALL_WARNINGS OFF)

    function(refdesk_tune)
        if(NOT CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
            return()
        endif()
        # Here is no arithmetic worth optimising, and it is two thirds of the compile.
        target_compile_options(llama PRIVATE -O1)
        target_precompile_headers(llama PRIVATE
            "$<$<COMPILE_LANGUAGE:CXX>:${CMAKE_CURRENT_SOURCE_DIR}/src/llama-model.h>"
            "$<$<COMPILE_LANGUAGE:CXX>:<regex$<ANGLE-R>>"
            "$<$<COMPILE_LANGUAGE:CXX>:<functional$<ANGLE-R>>"
            "$<$<COMPILE_LANGUAGE:CXX>:<algorithm$<ANGLE-R>>")
        # GCC's intrinsic for ldtilecfg does not tell that it reads all of its operand (seen with
        # GCC 12), so the stores before it are dropped and a processor with AMX faults at the first
        # prompt. Nothing but such a processor shows which compilers are better: leave AMX out.
        include(CheckCXXCompilerFlag)
        check_cxx_compiler_flag(-mno-amx-tile REFDESK_KNOWS_AMX)
        if(REFDESK_KNOWS_AMX)
            target_compile_options(ggml-cpu PRIVATE -mno-amx-tile -mno-amx-int8 -mno-amx-bf16)
        endif()
    endfunction()
    cmake_language(DEFER CALL refdesk_tune)
endif()
