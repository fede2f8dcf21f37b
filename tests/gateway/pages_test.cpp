#include "gateway/ui_files.hpp"
#include "tests/gateway/fake_node.hpp"
#include "tests/temp_dir.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace riq::gateway::testing {
namespace {

namespace fs = std::filesystem;

/// A folder as the dashboard's build leaves it, and a secret beside it.
class built_ui {
 public:
  built_ui() {
    fs::create_directories(folder() / "assets");
    write("ui/index.html", "<title>RetargetIQ</title>");
    write("ui/index.html.gz", "zipped page");
    write("ui/assets/index-1a2b.js", "console.log(1)");
    write("ui/assets/index-1a2b.js.gz", "zipped code");
    write("ui/assets/small.css", "a{}");
    write("ui/notes.secret", "of no known type");
    write("secret.txt", "outside");
    fs::create_symlink(root_.path() / "secret.txt", folder() / "link.txt");
  }

  fs::path folder() const { return root_.path() / "ui"; }
  std::shared_ptr<const ui_files> files() const {
    auto loaded = ui_files::load(folder().string());
    EXPECT_TRUE(loaded);
    return std::make_shared<const ui_files>(std::move(*loaded));
  }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream{root_.path() / name, std::ios::binary} << text;
  }

 private:
  test::temp_dir root_;
};

TEST(ui_files, keep_what_a_dashboard_has_and_nothing_else) {
  const built_ui built;
  const auto files = ui_files::load(built.folder().string());
  ASSERT_TRUE(files) << files.error().detail;
  ASSERT_TRUE(files->page());
  EXPECT_EQ(files->page()->type, media::html);
  EXPECT_EQ(files->page()->gzip, "zipped page");
  EXPECT_FALSE(files->page()->immutable);
  const auto* code = files->find("/assets/index-1a2b.js");
  ASSERT_TRUE(code);
  EXPECT_EQ(code->type, "text/javascript; charset=utf-8");
  EXPECT_TRUE(code->immutable);
  EXPECT_NE(code->etag, files->page()->etag);
  EXPECT_TRUE(files->find("/assets/small.css")->gzip.empty());
  for (const auto* other : {"/notes.secret", "/link.txt", "/index.html.gz", "/../secret.txt",
                            "/assets/../../secret.txt", "/assets", "index.html", ""})
    EXPECT_FALSE(files->find(other)) << other;
}

TEST(ui_files, say_why_a_folder_is_no_dashboard) {
  const built_ui built;
  fs::remove(built.folder() / "index.html");
  EXPECT_EQ(ui_files::load(built.folder().string()).error().code, ec::not_found);
  EXPECT_EQ(ui_files::load("/no/such/folder").error().code, ec::storage);
  ASSERT_TRUE(ui_files::load(""));
  EXPECT_TRUE(ui_files::load("")->empty());
}

TEST(pages, serve_the_dashboard_under_a_strict_policy) {
  const built_ui built;
  fake_node n{fake_node::test_settings(), built.files()};
  auto c = n.client();
  const auto page = c.get("/");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_EQ(page->body, "<title>RetargetIQ</title>");
  EXPECT_EQ(page->header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page->header("Cache-Control"), "no-cache");
  const auto policy = page->header("Content-Security-Policy");
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(policy.find("connect-src 'self'"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(policy.find("http"), std::string::npos);
  EXPECT_EQ(page->header("X-Content-Type-Options"), "nosniff");
  const auto code = c.get("/assets/index-1a2b.js");
  EXPECT_EQ(code->body, "console.log(1)");
  EXPECT_NE(code->header("Cache-Control").find("immutable"), std::string::npos);
}

TEST(pages, answer_with_the_compressed_form_and_with_304) {
  const built_ui built;
  fake_node n{fake_node::test_settings(), built.files()};
  auto c = n.client();
  const auto small = c.get("/assets/index-1a2b.js", "Accept-Encoding: br, gzip;q=0.8\r\n");
  EXPECT_EQ(small->body, "zipped code");
  EXPECT_EQ(small->header("Content-Encoding"), "gzip");
  EXPECT_EQ(small->header("Vary"), "Accept-Encoding");
  const auto plain = c.get("/assets/index-1a2b.js", "Accept-Encoding: gzip;q=0\r\n");
  EXPECT_EQ(plain->body, "console.log(1)");
  EXPECT_NE(plain->header("ETag"), small->header("ETag"));
  const auto again =
    c.get("/assets/index-1a2b.js",
          "Accept-Encoding: gzip\r\nIf-None-Match: " + std::string{small->header("ETag")} + "\r\n");
  EXPECT_EQ(again->status, 304);
  EXPECT_EQ(again->header("ETag"), small->header("ETag"));
  // A 304 has no body, so the connection goes on at once.
  EXPECT_EQ(c.get("/assets/small.css")->body, "a{}");
}

TEST(pages, an_address_of_the_dashboard_opens_it_and_a_wrong_one_of_the_api_does_not) {
  const built_ui built;
  fake_node n{fake_node::test_settings(), built.files()};
  auto c = n.client();
  const std::string browser = "Accept: text/html,application/xhtml+xml\r\n";
  EXPECT_EQ(c.get("/users/user_42", browser)->body, "<title>RetargetIQ</title>");
  EXPECT_EQ(c.get("/a/b/c/d/e/f/g/h/i/j/k", browser)->status, 200);
  EXPECT_EQ(c.get("/users/user_42")->status, 404);
  EXPECT_EQ(c.get("/api/nothing", browser)->status, 404);
  EXPECT_EQ(c.get("/assets/gone.js", browser)->status, 404);
  for (const std::string bad : {"/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt",
                                "/assets/..%2f..%2fsecret.txt", "/link.txt"})
    EXPECT_EQ(c.get(bad)->status, 404) << bad;
  EXPECT_EQ(c.post("/users/user_42", "{}", browser)->status, 404);
}

TEST(pages, without_a_dashboard_tell_how_to_build_it) {
  fake_node n;
  const auto page = n.client().get("/");
  EXPECT_EQ(page->status, 200);
  EXPECT_NE(page->body.find("script/ui"), std::string::npos);
  EXPECT_EQ(page->body.find("https://"), std::string::npos);
}

} // namespace
} // namespace riq::gateway::testing
