// What stands around every page: the way to the others, how the node is, theme and key.
import type { ReactNode } from 'react';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';

import { chooseTheme, useTheme, type Theme } from '@/lib/theme';

import { Button } from './controls';
import { ConnectionBanner, NodePill } from './connection';
import { Icon, Mark, type IconName } from './icons';
import { KeyForm } from './key_form';

const pages: { path: string; name: string; icon: IconName }[] = [
  { path: '/', name: 'Live', icon: 'live' },
  { path: '/users', name: 'User', icon: 'user' },
  { path: '/analytics', name: 'Analytics', icon: 'analytics' },
  { path: '/offers', name: 'Offers', icon: 'offers' },
  { path: '/system', name: 'System', icon: 'system' },
  { path: '/reference', name: 'API', icon: 'reference' },
];

const isAt = (path: string, at: string) =>
  path === '/' ? at === '/' : at === path || at.startsWith(`${path}/`);

function ThemeButton() {
  const theme = useTheme();
  const next: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' };
  const names: Record<Theme, string> = { auto: 'as the system', light: 'light', dark: 'dark' };
  const icons: Record<Theme, IconName> = { auto: 'auto', light: 'sun', dark: 'moon' };
  return (
    <Button
      kind="quiet"
      icon={icons[theme]}
      label={`Theme: ${names[theme]}. Change to ${names[next[theme]]}`}
      onClick={() => chooseTheme(next[theme])}
    />
  );
}

function KeyButton() {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <Button kind="quiet" icon="key" label="API key" onClick={() => dialog.current?.showModal()} />
      <dialog
        ref={dialog}
        aria-label="API key"
        className="m-auto w-[min(26rem,calc(100vw-2rem))] rounded-2xl border border-line bg-surface p-5 text-ink shadow-high backdrop:bg-black/40"
        onClick={(e) => {
          if (e.target === e.currentTarget) dialog.current?.close();
        }}
      >
        <div className="mb-3 flex items-center justify-between">
          <h2 className="text-[1.07rem] font-semibold">API key</h2>
          <Button kind="quiet" small icon="close" label="Close" onClick={() => dialog.current?.close()} />
        </div>
        <KeyForm onDone={() => dialog.current?.close()} />
      </dialog>
    </>
  );
}

export function Shell({ children }: { children: ReactNode }) {
  const [at] = useLocation();
  const main = useRef<HTMLElement>(null);
  const [first, setFirst] = useState(true);
  const page = pages.find((p) => isAt(p.path, at));

  // After a change of page, the keyboard goes on at its beginning.
  useEffect(() => {
    document.title = page ? `${page.name} · RetargetIQ` : 'RetargetIQ';
    if (first) {
      setFirst(false);
      return;
    }
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [page?.path]);

  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[13.5rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only z-50 rounded-lg bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to the page
      </a>

      <div className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-sunken px-3 py-4 lg:flex">
        <Link
          href="/"
          className="mb-6 flex items-center gap-2.5 px-2 text-[1.07rem] font-semibold tracking-[-0.02em]"
        >
          <Mark /> RetargetIQ
        </Link>
        <nav aria-label="Pages" className="grow space-y-0.5">
          {pages.map((p) => {
            const here = isAt(p.path, at);
            return (
              <Link
                key={p.path}
                href={p.path}
                aria-current={here ? 'page' : undefined}
                className={`flex h-9 items-center gap-2.5 rounded-lg px-2.5 font-medium transition-colors ${
                  here ? 'bg-raised text-ink shadow-card' : 'text-ink-2 hover:bg-line/60 hover:text-ink'
                }`}
              >
                <Icon name={p.icon} className={here ? 'text-accent' : ''} /> {p.name}
              </Link>
            );
          })}
        </nav>
        <div className="space-y-3 px-1">
          <NodePill />
          <div className="flex gap-1">
            <ThemeButton />
            <KeyButton />
          </div>
        </div>
      </div>

      <div className="min-w-0">
        <header className="sticky top-0 z-20 flex h-13 items-center gap-2 border-b border-line bg-page/90 px-4 backdrop-blur lg:hidden">
          <Link
            href="/"
            aria-label="RetargetIQ, live"
            className="flex items-center gap-2 font-semibold tracking-[-0.02em]"
          >
            <Mark size={24} /> RetargetIQ
          </Link>
          <div className="ml-auto flex items-center gap-0.5">
            <NodePill compact />
            <ThemeButton />
            <KeyButton />
          </div>
        </header>
        <ConnectionBanner />
        <main
          id="main"
          ref={main}
          tabIndex={-1}
          className="mx-auto w-full max-w-[92rem] px-4 pt-5 pb-24 outline-none sm:px-6 lg:px-8 lg:pt-7 lg:pb-12"
        >
          {children}
        </main>
      </div>

      <nav
        aria-label="Pages"
        className="fixed inset-x-0 bottom-0 z-20 grid grid-cols-6 border-t border-line bg-surface/95 pb-[env(safe-area-inset-bottom)] backdrop-blur lg:hidden"
      >
        {pages.map((p) => {
          const here = isAt(p.path, at);
          return (
            <Link
              key={p.path}
              href={p.path}
              aria-current={here ? 'page' : undefined}
              className={`flex h-14 flex-col items-center justify-center gap-0.5 text-[0.75rem] font-medium ${
                here ? 'text-accent' : 'text-ink-2'
              }`}
            >
              <Icon name={p.icon} size={20} /> {p.name}
            </Link>
          );
        })}
      </nav>
    </div>
  );
}
