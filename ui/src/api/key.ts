// The API key of this tab. It lives in sessionStorage, so it is gone with the tab, and is shared with
// nobody else.
import { useSyncExternalStore } from 'react';

const NAME = 'riq.key';
const listeners = new Set<() => void>();

export function getKey(): string {
  try {
    return sessionStorage.getItem(NAME) ?? '';
  } catch {
    return '';
  }
}

export function setKey(key: string): void {
  try {
    if (key) sessionStorage.setItem(NAME, key);
    else sessionStorage.removeItem(NAME);
  } catch {
    // Without storage a key cannot be kept; the calls go on without one.
  }
  for (const listener of listeners) listener();
}

export function useKey(): string {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, getKey);
}
