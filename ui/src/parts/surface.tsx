// Cards and headings: the frame that everything stands in.
import type { ReactNode } from 'react';
import { useId } from 'react';

export function PageHeader({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <header className="mb-5 flex flex-wrap items-end gap-x-6 gap-y-3">
      <div className="min-w-0 grow">
        <h1 className="text-[1.6rem] leading-tight font-semibold tracking-[-0.022em]">{title}</h1>
        {lead ? <p className="mt-1 max-w-[70ch] text-ink-2">{lead}</p> : null}
      </div>
      {children ? <div className="flex flex-wrap items-center gap-2">{children}</div> : null}
    </header>
  );
}

interface CardProps {
  title?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Without inner space: for tables that reach the edges. */
  flush?: boolean;
  testId?: string;
}

export function Card({ title, note, actions, children, className = '', flush = false, testId }: CardProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={title ? id : undefined}
      data-testid={testId}
      className={`flex min-w-0 flex-col rounded-2xl border border-line bg-surface shadow-card ${className}`}
    >
      {title || actions ? (
        <div className="flex flex-wrap items-start gap-x-3 gap-y-2 px-4 pt-3.5 pb-2 sm:px-5">
          <div className="min-w-0 grow">
            {title ? (
              <h2 id={id} className="text-[1rem] leading-snug font-semibold">
                {title}
              </h2>
            ) : null}
            {note ? <p className="mt-0.5 text-[0.857rem] text-ink-3">{note}</p> : null}
          </div>
          {actions ? <div className="flex flex-wrap items-center gap-1.5">{actions}</div> : null}
        </div>
      ) : null}
      <div
        className={`flex min-w-0 grow flex-col ${flush ? 'pb-1' : `px-4 pb-4 sm:px-5 ${title ? '' : 'pt-4'}`}`}
      >
        {children}
      </div>
    </section>
  );
}

/** A name with its value, as many of them in a row. */
export function Facts({ items }: { items: [string, ReactNode][] }) {
  return (
    <dl className="grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-4 gap-y-1.5 text-[0.929rem]">
      {items.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-3">{name}</dt>
          <dd className="num min-w-0 [overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
