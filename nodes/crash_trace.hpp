#pragma once
// A process that dies of a fault says so and where: without it a crash leaves nothing in the log.

namespace riq {

/// From now on a fatal signal (SEGV, BUS, ILL, FPE, ABRT) writes its name and the faulting thread's
/// stack to the standard error, then ends the process as it would have. Addresses are offsets into
/// the program, for `addr2line -Cfe retargetiq`. Sanitizers keep their own reports.
void trace_crashes();

} // namespace riq
