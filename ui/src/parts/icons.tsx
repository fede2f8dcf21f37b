// The dashboard's own icons: 20 by 20, drawn with the text's colour.
import type { ReactNode } from 'react';

const shapes: Record<string, ReactNode> = {
  live: <path d="M2 10.5h3.2l2.3-6 4 11.5 2.6-7.5 1.2 2H18" />,
  user: (
    <>
      <circle cx="10" cy="6.6" r="3.3" />
      <path d="M3.6 17c.8-3.3 3.2-5 6.4-5s5.6 1.7 6.4 5" />
    </>
  ),
  analytics: <path d="M3 3v14h14M6.5 13.5v-3M10 13.5v-7M13.5 13.5V9" />,
  offers: (
    <>
      <path d="M10.6 2.9 17 3l.1 6.4-7.5 7.5a1.6 1.6 0 0 1-2.3 0l-4.2-4.2a1.6 1.6 0 0 1 0-2.3z" />
      <circle cx="13.4" cy="6.6" r="1" />
    </>
  ),
  system: (
    <>
      <rect x="3" y="3.5" width="14" height="5.2" rx="1.4" />
      <rect x="3" y="11.3" width="14" height="5.2" rx="1.4" />
      <path d="M6 6.1h.01M6 13.9h.01M9 6.1h5M9 13.9h5" />
    </>
  ),
  reference: <path d="m7 5.5-4.5 4.5L7 14.5M13 5.5l4.5 4.5-4.5 4.5" />,
  sun: (
    <>
      <circle cx="10" cy="10" r="3.2" />
      <path d="M10 2.5v1.6M10 15.9v1.6M2.5 10h1.6M15.9 10h1.6M4.7 4.7l1.1 1.1M14.2 14.2l1.1 1.1M4.7 15.3l1.1-1.1M14.2 5.8l1.1-1.1" />
    </>
  ),
  moon: <path d="M16.6 11.9A7 7 0 0 1 8.1 3.4a7 7 0 1 0 8.5 8.5z" />,
  auto: (
    <>
      <circle cx="10" cy="10" r="6.8" />
      <path d="M10 3.2v13.6a6.8 6.8 0 0 0 0-13.6z" fill="currentColor" />
    </>
  ),
  key: (
    <>
      <circle cx="6.6" cy="13.4" r="3.4" />
      <path d="m9.2 10.8 7.3-7.3M13.4 6.6l2.4 2.4" />
    </>
  ),
  download: <path d="M10 3v9.5M6.3 9 10 12.7 13.7 9M3.5 16.5h13" />,
  pause: <path d="M7 4.5v11M13 4.5v11" />,
  play: <path d="M6 4.2v11.6l9.5-5.8z" />,
  search: (
    <>
      <circle cx="8.8" cy="8.8" r="5.3" />
      <path d="m13 13 4 4" />
    </>
  ),
  close: <path d="m5 5 10 10M15 5 5 15" />,
  check: <path d="m4 10.5 4 4 8-9" />,
  alert: <path d="M10 3 1.9 17h16.2zM10 8.4v3.8M10 14.6h.01" />,
  unplugged: <path d="M7.5 3v3.5M12.5 3v3.5M5 6.5h10v3a5 5 0 0 1-10 0zM10 14.5V18M2.5 2.5l15 15" />,
  empty: <path d="M3 10.5 5.2 4h9.6l2.2 6.5V16H3zM3 10.5h4l1.2 2h3.6l1.2-2h4" />,
  cart: (
    <>
      <path d="M2 3h2.3l2 9h8.4L17 5.8H5" />
      <circle cx="7.4" cy="15.8" r="1.1" />
      <circle cx="13.6" cy="15.8" r="1.1" />
    </>
  ),
  clock: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M10 5.8V10l2.8 1.8" />
    </>
  ),
  chevron: <path d="m7 4.5 5.5 5.5L7 15.5" />,
  table: <path d="M3 4h14v12H3zM3 8h14M3 12h14M8.5 8v8" />,
  chart: <path d="M3 16.5h14M4 13l4-4.5 3 2.5 5-6.5" />,
  refresh: (
    <path d="M16.5 9A6.8 6.8 0 0 0 4.6 6L3 7.7M3 3.6v4.1h4.1M3.5 11a6.8 6.8 0 0 0 11.9 3l1.6-1.7M17 16.4v-4.1h-4.1" />
  ),
  up: <path d="M10 15.5v-11M5.5 9 10 4.5 14.5 9" />,
  down: <path d="M10 4.5v11M5.5 11l4.5 4.5 4.5-4.5" />,
};

export type IconName = keyof typeof shapes;

export function Icon({
  name,
  size = 18,
  className = '',
}: {
  name: IconName;
  size?: number;
  className?: string;
}) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={`shrink-0 ${className}`}
    >
      {shapes[name]}
    </svg>
  );
}

export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="shrink-0">
      <rect width="32" height="32" rx="9" fill="#0b5d4e" />
      <path
        d="M23.5 11.2A9 9 0 1 0 25 16"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
      <path
        d="M24.6 6.6v5h-5"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <circle cx="16" cy="16" r="3.2" fill="#ffb066" />
    </svg>
  );
}
