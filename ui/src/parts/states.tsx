// What stands where data will be, is not, or cannot be.
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import type { ApiError } from '@/api/client';

import { Button } from './controls';
import { Icon, type IconName } from './icons';
import { KeyForm } from './key_form';

export function Skeleton({ className = 'h-4 w-full' }: { className?: string }) {
  return <div className={`skeleton ${className}`} aria-hidden="true" />;
}

export function SkeletonLines({ lines = 4 }: { lines?: number }) {
  return (
    <div role="status" aria-label="Loading" className="space-y-3 py-2">
      {Array.from({ length: lines }, (_, i) => (
        <Skeleton key={i} className={`h-4 ${['w-full', 'w-5/6', 'w-2/3', 'w-3/4'][i % 4]}`} />
      ))}
    </div>
  );
}

interface NoticeProps {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  tone?: 'plain' | 'bad';
}

export function Notice({ icon, title, children, action, tone = 'plain' }: NoticeProps) {
  return (
    <div
      role={tone === 'bad' ? 'alert' : undefined}
      className="flex flex-col items-center justify-center px-4 py-8 text-center"
    >
      <div
        className={`mb-3 grid size-11 place-items-center rounded-xl ${
          tone === 'bad' ? 'bg-bad-soft text-bad' : 'bg-sunken text-ink-3'
        }`}
      >
        <Icon name={icon} size={22} />
      </div>
      <p className="font-medium">{title}</p>
      {children ? <div className="mt-1 max-w-[46ch] text-[0.929rem] text-ink-2">{children}</div> : null}
      {action ? <div className="mt-4">{action}</div> : null}
    </div>
  );
}

export function Empty({
  title,
  children,
  icon = 'empty',
}: {
  title: string;
  children?: ReactNode;
  icon?: IconName;
}) {
  return (
    <Notice icon={icon} title={title}>
      {children}
    </Notice>
  );
}

export function Failure({ failure, retry }: { failure: ApiError; retry?: () => void }) {
  if (failure.locked)
    return (
      <Notice
        icon="key"
        title={failure.status === 401 ? 'This node asks for a key' : 'This key lacks a scope'}
      >
        <p className="mb-3">{failure.message}</p>
        <KeyForm />
      </Notice>
    );
  const again = retry ? (
    <Button icon="refresh" small onClick={retry}>
      Try again
    </Button>
  ) : undefined;
  if (failure.offline)
    return (
      <Notice icon="unplugged" title="The node cannot be reached" action={again} tone="bad">
        It is asked again by itself. What you see elsewhere on this page is what was known last.
      </Notice>
    );
  return (
    <Notice icon="alert" title={`The node answered ${failure.status}`} action={again} tone="bad">
      {failure.message}
    </Notice>
  );
}

interface AnswerProps<T> {
  of: UseQueryResult<T, ApiError>;
  children: (data: T) => ReactNode;
  /** What stands there until the first answer. */
  loading?: ReactNode;
  empty?: (data: T) => boolean;
  whenEmpty?: ReactNode;
}

/** A question's answer in whatever state it is; an old answer stays in sight while a new one fails. */
export function Answer<T>({ of, children, loading, empty, whenEmpty }: AnswerProps<T>) {
  if (of.data === undefined) {
    if (of.error) return <Failure failure={of.error} retry={() => void of.refetch()} />;
    return <>{loading ?? <SkeletonLines />}</>;
  }
  if (empty?.(of.data)) return <>{whenEmpty}</>;
  return (
    <>
      {of.error && !of.error.locked ? (
        <p role="status" className="mb-2 flex items-center gap-1.5 text-[0.857rem] text-warn">
          <Icon name="unplugged" size={14} /> Last known: {of.error.message}
        </p>
      ) : null}
      {children(of.data)}
    </>
  );
}
