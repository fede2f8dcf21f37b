# Writes SOURCE, an HTML file, as a C++ file OUTPUT that defines status_page().
file(READ "${SOURCE}" page)
file(WRITE "${OUTPUT}"
  "#include \"gateway/status_page.hpp\"\n\n"
  "namespace riq::gateway {\n\n"
  "std::string_view status_page() {\n"
  "  return R\"riqpage(${page})riqpage\";\n"
  "}\n\n"
  "} // namespace riq::gateway\n")
