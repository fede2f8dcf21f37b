const colors: Record<string, string> = {
  GET: 'text-accent',
  POST: 'text-warn',
  PUT: 'text-warn',
  DELETE: 'text-bad',
};

export function Method({ name }: { name: string }) {
  return (
    <span className={`w-13 shrink-0 font-mono text-[0.786rem] font-semibold ${colors[name] ?? 'text-ink-2'}`}>
      {name}
    </span>
  );
}
