// Buttons, badges, choices and fields.
import type { ButtonHTMLAttributes, InputHTMLAttributes, ReactNode, SelectHTMLAttributes } from 'react';
import { useId } from 'react';

import { Icon, type IconName } from './icons';

const base =
  'inline-flex items-center justify-center gap-1.5 rounded-lg font-medium whitespace-nowrap transition-colors ' +
  'disabled:opacity-50 select-none';
const kinds = {
  main: 'bg-accent text-on-accent hover:brightness-110 border border-transparent',
  plain: 'bg-surface text-ink border border-line-strong hover:bg-sunken',
  quiet: 'text-ink-2 hover:bg-sunken hover:text-ink border border-transparent',
  danger: 'bg-surface text-bad border border-line-strong hover:bg-bad-soft',
} as const;

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: keyof typeof kinds;
  icon?: IconName;
  small?: boolean;
  /** The name of a button that shows its icon only. */
  label?: string;
}

export function Button({
  kind = 'plain',
  icon,
  small,
  label,
  children,
  className = '',
  ...rest
}: ButtonProps) {
  const size = label ? (small ? 'size-8' : 'size-9') : small ? 'h-8 px-2.5 text-[0.857rem]' : 'h-9 px-3.5';
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`${base} ${kinds[kind]} ${size} ${className}`}
      {...rest}
    >
      {icon ? <Icon name={icon} size={small ? 15 : 17} /> : null}
      {children}
    </button>
  );
}

const tones = {
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  accent: 'bg-accent-soft text-accent',
  plain: 'bg-sunken text-ink-2',
} as const;
export type Tone = keyof typeof tones;

export function Badge({
  tone = 'plain',
  children,
  title,
}: {
  tone?: Tone;
  children: ReactNode;
  title?: string;
}) {
  return (
    <span
      title={title}
      className={`inline-flex items-center gap-1 rounded-md px-1.5 py-0.5 text-[0.786rem] font-medium whitespace-nowrap ${tones[tone]}`}
    >
      {children}
    </span>
  );
}

interface SegmentedProps<T extends string> {
  label: string;
  value: T;
  options: { value: T; label: ReactNode; name?: string }[];
  onChange: (value: T) => void;
}

/** One of a few, all of them in sight. Radio buttons to the keyboard and to a screen reader. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
  const name = useId();
  return (
    <fieldset className="flex max-w-full min-w-0 overflow-x-auto rounded-lg border border-line bg-sunken p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className={`relative flex h-7.5 cursor-pointer items-center gap-1.5 rounded-md px-2.5 text-[0.857rem] font-medium whitespace-nowrap transition-colors has-focus-visible:outline-2 has-focus-visible:outline-accent ${
            option.value === value ? 'bg-raised text-ink shadow-card' : 'text-ink-2 hover:text-ink'
          }`}
        >
          <input
            type="radio"
            name={name}
            className="absolute inset-0 cursor-pointer opacity-0"
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            aria-label={option.name}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}

const field =
  'h-9 w-full min-w-0 rounded-lg border border-line-strong bg-surface px-3 text-ink placeholder:text-ink-3 ' +
  'focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-accent';

export function Field({ label, children, hide }: { label: string; children: ReactNode; hide?: boolean }) {
  return (
    <label className="block min-w-0">
      <span className={hide ? 'sr-only' : 'mb-1 block text-[0.857rem] font-medium text-ink-2'}>{label}</span>
      {children}
    </label>
  );
}

export function Input({ className = '', ...rest }: InputHTMLAttributes<HTMLInputElement>) {
  return <input autoComplete="off" spellCheck={false} className={`${field} ${className}`} {...rest} />;
}

export function Select({ className = '', children, ...rest }: SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <select className={`${field} pr-8 ${className}`} {...rest}>
      {children}
    </select>
  );
}
