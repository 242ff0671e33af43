# find_package(cajal): compiled Cajal modules in a CMake project. It knows the folders by its own place.
#
#   cajal::cajal2c   the compiler; set CAJAL2C to another one, where this one does not run
#   cajal::headers   cajal.h and cajal.hpp, for programs that load modules
#   cajal::cajal     the runtime library, with OpenBLAS
#   cajal::cajal-none
#                    the same without OpenBLAS, for what is compiled with --blas none
#
#   cajal_add_module(TARGET FILE.cajal [STATIC|SHARED|MODULE] [HORIZON N] [DOUBLE] [WEIGHTS FILE.safetensors]
#                    [BLAS openblas|none] [PREFIX NAME] [NO_GRADIENT] [FLAGS FLAG...])
#
# adds a library with what the file compiles to. Who links it has the module's header, FILE.h. The kind is that of
# add_library: static, if neither it nor BUILD_SHARED_LIBS says otherwise; MODULE is an object for dlopen, TARGET.so.
# The file, the weights and the compiler are watched. FLAGS go to cajal2c.
cmake_policy(PUSH)
cmake_policy(VERSION 3.16)

get_filename_component(_cajal_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(CAJAL2C "${_cajal_prefix}/bin/cajal2c" CACHE FILEPATH "The Cajal compiler that runs here")
mark_as_advanced(CAJAL2C)

if(NOT TARGET cajal::cajal2c)
  add_executable(cajal::cajal2c IMPORTED)
  set_target_properties(cajal::cajal2c PROPERTIES IMPORTED_LOCATION "${CAJAL2C}")

  add_library(cajal::headers INTERFACE IMPORTED)
  set_target_properties(cajal::headers PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${_cajal_prefix}/include"
    INTERFACE_LINK_LIBRARIES "${CMAKE_DL_LIBS}")

  add_library(cajal::cajal STATIC IMPORTED)
  set_target_properties(cajal::cajal PROPERTIES
    IMPORTED_LOCATION "${_cajal_prefix}/lib/libcajal.a"
    INTERFACE_INCLUDE_DIRECTORIES "${_cajal_prefix}/include"
    INTERFACE_LINK_LIBRARIES "openblas;m")

  add_library(cajal::cajal-none STATIC IMPORTED)
  set_target_properties(cajal::cajal-none PROPERTIES
    IMPORTED_LOCATION "${_cajal_prefix}/lib/libcajal-none.a"
    INTERFACE_INCLUDE_DIRECTORIES "${_cajal_prefix}/include"
    INTERFACE_LINK_LIBRARIES "m")
endif()
unset(_cajal_prefix)

function(cajal_add_module target source)
  cmake_parse_arguments(PARSE_ARGV 2 the
    "STATIC;SHARED;MODULE;DOUBLE;NO_GRADIENT" "HORIZON;WEIGHTS;BLAS;PREFIX" "FLAGS")
  if(DEFINED the_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "cajal_add_module(${target}): what is `${the_UNPARSED_ARGUMENTS}`? It takes STATIC, SHARED or "
      "MODULE, HORIZON N, DOUBLE, WEIGHTS FILE, BLAS openblas|none, PREFIX NAME, NO_GRADIENT and FLAGS FLAG...")
  endif()
  if(DEFINED the_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "cajal_add_module(${target}): nothing follows ${the_KEYWORDS_MISSING_VALUES}")
  endif()
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(NOT "C" IN_LIST languages)
    message(FATAL_ERROR "cajal_add_module(${target}): modules are compiled to C; add it: project(... LANGUAGES C CXX)")
  endif()
  get_filename_component(source "${source}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  if(NOT EXISTS "${source}" OR IS_DIRECTORY "${source}")
    message(FATAL_ERROR "cajal_add_module(${target}): there is no file ${source}")
  endif()

  set(kind)
  foreach(one STATIC SHARED MODULE)
    if(the_${one})
      list(APPEND kind ${one})
    endif()
  endforeach()
  list(LENGTH kind kinds)
  if(kinds GREATER 1)
    message(FATAL_ERROR "cajal_add_module(${target}): STATIC, SHARED or MODULE, one of them")
  endif()

  set(flags)
  set(watched "${source}")
  set(runtime cajal::cajal)
  if(NOT the_NO_GRADIENT)
    list(APPEND flags --emit-grad)
  endif()
  if(DEFINED the_HORIZON)
    list(APPEND flags --horizon "${the_HORIZON}")
  endif()
  if(the_DOUBLE)
    list(APPEND flags --real double)
  endif()
  if(DEFINED the_PREFIX)
    list(APPEND flags --prefix "${the_PREFIX}")
  endif()
  if(DEFINED the_BLAS)
    if(the_BLAS STREQUAL "none")
      set(runtime cajal::cajal-none)
    elseif(NOT the_BLAS STREQUAL "openblas")
      message(FATAL_ERROR "cajal_add_module(${target}): BLAS is openblas or none, not `${the_BLAS}`")
    endif()
    list(APPEND flags --blas "${the_BLAS}")
  endif()
  if(DEFINED the_WEIGHTS)
    get_filename_component(weights "${the_WEIGHTS}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
    list(APPEND flags --weights "${weights}")
    list(APPEND watched "${weights}")
  endif()

  # A folder for each target, since one file may be compiled in several ways.
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/cajal/${target}")
  get_filename_component(stem "${source}" NAME)
  string(REGEX REPLACE "\\.cajal$" "" stem "${stem}")
  file(MAKE_DIRECTORY "${folder}")
  add_custom_command(
    OUTPUT "${folder}/${stem}.c" "${folder}/${stem}.h"
    COMMAND cajal::cajal2c compile ${flags} ${the_FLAGS} "${source}" -o "${folder}/${stem}.c"
    DEPENDS ${watched} "${CAJAL2C}"
    COMMENT "Compiling ${stem}.cajal" VERBATIM)

  add_library(${target} ${kind} "${folder}/${stem}.c" "${folder}/${stem}.h")
  set_target_properties(${target} PROPERTIES
    C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  # C++ that is added to the target: with g++'s default the object would never be unloaded.
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_include_directories(${target} PUBLIC "${folder}")
  target_link_libraries(${target} PUBLIC cajal::headers PRIVATE ${runtime})
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "STATIC_LIBRARY")
    target_compile_definitions(${target} PRIVATE CAJAL_SHARED_OBJECT)
    # OpenBLAS is loaded with a module only if the module uses it.
    target_link_options(${target} PRIVATE -Wl,-z,defs -Wl,-Bsymbolic -Wl,--gc-sections -Wl,--as-needed)
  endif()
  if(type STREQUAL "MODULE_LIBRARY")
    set_target_properties(${target} PROPERTIES PREFIX "")
  endif()
endfunction()

cmake_policy(POP)
