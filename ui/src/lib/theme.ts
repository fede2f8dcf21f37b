// The theme: the system's, or the one a person chose (kept in localStorage, applied by /theme.js).
import { useSyncExternalStore } from 'react';

export type Theme = 'auto' | 'light' | 'dark';

const NAME = 'riq.theme';
const listeners = new Set<() => void>();
const system = window.matchMedia('(prefers-color-scheme: dark)');

const tell = () => {
  for (const listener of listeners) listener();
};
system.addEventListener('change', tell);

export function chosenTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === 'light' || chosen === 'dark' ? chosen : 'auto';
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === 'auto') localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, theme);
  } catch {
    // Then it holds for this visit only.
  }
  tell();
}

/** Whether it is dark now. */
const isDark = (): boolean => {
  const chosen = chosenTheme();
  return chosen === 'auto' ? system.matches : chosen === 'dark';
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useTheme = (): Theme => useSyncExternalStore(subscribe, chosenTheme);
export const useDark = (): boolean => useSyncExternalStore(subscribe, isDark);

/** The colour behind `var(--name)`, for canvases. */
export function resolveColor(color: string): string {
  const found = /^var\((--[\w-]+)\)$/.exec(color);
  if (!found) return color;
  return (
    getComputedStyle(document.documentElement)
      .getPropertyValue(found[1] as string)
      .trim() || '#888'
  );
}
