#pragma once
// A touch as a question with its answer, for the calibration.

#include <cstdint>

#include "engine/calibration.hpp"
#include "engine/session_index.hpp"

namespace riq::engine {

class item_model;

/// Asks what would have been shown after the session's last visit, and teaches `pupil` that it was
/// `item`, met at `time` and not yet counted by `model`.
void take_lesson(const item_model& model, const indexed_session& session, std::uint32_t item,
                 std::int64_t time, calibration& pupil);

} // namespace riq::engine
