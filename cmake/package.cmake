# What an installation has besides program and library: manual pages and completion scripts, which the program writes from
# its own tables, and CPack's settings: `cpack -G DEB` in a build folder makes wring_VERSION_ARCH.deb, whose dependencies
# are those of the program as it was linked (a static one has none).
include(GNUInstallDirs)

# Adds a command that writes what `wring ARGUMENTS` prints to a file, and appends the file to `written`.
function(wring_prints file)
  add_custom_command(OUTPUT ${file} DEPENDS wring VERBATIM
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/pages
    COMMAND sh -c "out=$1; shift; \"$@\" >\"$out\"" sh ${file} $<TARGET_FILE:wring> ${ARGN})
  set(written ${written} ${file} PARENT_SCOPE)
endfunction()

if(NOT CMAKE_CROSSCOMPILING)
  set(pages ${PROJECT_BINARY_DIR}/pages)
  wring_prints(${pages}/wring.1 man)
  file(READ ${PROJECT_SOURCE_DIR}/cli/commands.def text)
  string(REGEX MATCHALL "\nCOMMAND\\([A-Z_]+, \"[a-z-]+\"" commands "${text}")
  foreach(line ${commands})
    string(REGEX REPLACE ".*\"([a-z-]+)\"" "\\1" command "${line}")
    wring_prints(${pages}/wring-${command}.1 man ${command})
  endforeach()
  install(DIRECTORY ${pages}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
  foreach(shell bash zsh fish)
    wring_prints(${pages}/${shell} completion ${shell})
  endforeach()
  add_custom_target(wring_pages ALL DEPENDS ${written})
  install(FILES ${pages}/bash RENAME wring DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${pages}/zsh RENAME _wring DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
  install(FILES ${pages}/fish RENAME wring.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()

set(CPACK_PACKAGE_NAME wring)
set(CPACK_PACKAGE_VENDOR wring)
set(CPACK_PACKAGE_CONTACT "wring developers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "WebAssembly optimizer, size shrinker and bloat auditor")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS OFF)
set(CPACK_GENERATOR DEB)
include(CPack)
