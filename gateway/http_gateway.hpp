#pragma once
// The gateway as the node starts and stops it: everything of this folder put together.
//
// Threading: start, stop and destruction from one thread.
// Lifecycle: started last, because it lets requests in; stopped first. It must be destroyed before
// the actor system and before the log, whose callbacks hold its requests until they have run.

#include "gateway/backend.hpp"
#include "gateway/server.hpp"

#include <memory>
#include <vector>

namespace riq::gateway {

class http_gateway {
 public:
  /// Builds the routes and takes the ports; serves when it returns. Errors name the setting.
  static result<std::unique_ptr<http_gateway>> start(parts with);

  ~http_gateway();

  /// Lets running requests finish, within a bound, and ends the io threads.
  void stop();

  /// In the order of the configuration's listeners.
  const std::vector<std::uint16_t>& ports() const { return server_->ports(); }

  /// Other parts of the node may put their metrics into its registry.
  metrics& counters() { return application_->counters(); }

  const std::vector<route>& routes() const { return application_->routes().routes(); }

 private:
  http_gateway() = default;

  std::unique_ptr<backend> backend_;
  std::shared_ptr<dispatcher> application_;
  std::unique_ptr<server> server_;
};

} // namespace riq::gateway
