// Runs before the first paint, so that a chosen theme does not flash the other one.
(function () {
  try {
    var chosen = localStorage.getItem('riq.theme');
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  } catch (_) {
    // Storage may be closed to us; then the system's theme it is.
  }
})();
