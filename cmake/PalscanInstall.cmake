# SPDX-License-Identifier: Apache-2.0
# The program finds its data beside itself (bin/../share/palscan), so a prefix
# may be moved. Man pages are files man/NAME.SECTION; adding one is enough.
install(TARGETS palscan RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# Named themselves, the folders of palscan's own are open to readers whatever the umask of the one who installs.
install(DIRECTORY DESTINATION ${CMAKE_INSTALL_DATADIR}/palscan)
install(DIRECTORY DESTINATION ${CMAKE_INSTALL_DOCDIR})
foreach(data policies snapshots)
  install(DIRECTORY ${data}/ DESTINATION ${CMAKE_INSTALL_DATADIR}/palscan/${data}
    PATTERN CMakeLists.txt EXCLUDE)
endforeach()
foreach(section 1 5 7)
  install(DIRECTORY man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} FILES_MATCHING PATTERN "*.${section}")
endforeach()
# systemd looks into lib/, whatever libraries have; a prefix of /usr or /usr/local is where it does.
install(FILES scanner/systemd/palscan.service scanner/systemd/palscan.timer DESTINATION lib/systemd/system)
install(FILES scanner/systemd/palscan.sysusers DESTINATION lib/sysusers.d RENAME palscan.conf)
foreach(text LICENSE README.md CHANGELOG.md SECURITY.md)
  if(EXISTS "${CMAKE_SOURCE_DIR}/${text}")
    install(FILES ${text} DESTINATION ${CMAKE_INSTALL_DOCDIR})
  endif()
endforeach()
