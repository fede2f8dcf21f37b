// Events of the last minute, a column for each second.

export function Rate({ seconds }: { seconds: number[] }) {
  // The second that runs now is not over, so it is not counted into the mean.
  const whole = seconds.slice(0, -1);
  const most = Math.max(...seconds, 4);
  const seen = whole.slice(
    Math.max(
      0,
      whole.findIndex((n) => n > 0),
    ),
  );
  const mean = seen.length ? seen.reduce((a, b) => a + b, 0) / seen.length : 0;
  return (
    <figure className="mb-3">
      <div
        className="flex h-14 items-end gap-px"
        role="img"
        aria-label={`Events that arrived here in each of the last 60 seconds, ${mean.toFixed(1)} a second on average`}
      >
        {seconds.map((n, i) => (
          <div
            key={i}
            className="grow rounded-t-[2px] bg-s1"
            style={{
              height: n ? `${Math.max(4, (n / most) * 100)}%` : '1px',
              opacity: n ? 0.35 + 0.65 * (i / seconds.length) : 0.35,
            }}
          />
        ))}
      </div>
      <figcaption className="num mt-1 flex justify-between text-[0.786rem] text-ink-3">
        <span>60 s ago</span>
        <span>{mean.toFixed(1)} a second here</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}
