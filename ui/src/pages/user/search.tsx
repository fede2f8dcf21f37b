// The field for a user's id, with those who were active just now to choose from.
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';

import { useNode } from '@/api/queries';
import { userPath } from '@/lib/route';
import { Button, Input } from '@/parts/controls';

const SUGGESTED = 8;

export function Search({ id }: { id: string }) {
  const [text, setText] = useState(id);
  const [, go] = useLocation();
  const { data } = useNode(6_000);
  useEffect(() => setText(id), [id]);
  const recent = [...new Set((data?.recentEvents ?? []).map((e) => e.userId))].slice(0, SUGGESTED);
  const open = (user: string) => go(userPath(user));
  return (
    <div className="mb-5">
      <form
        role="search"
        className="flex max-w-xl gap-2"
        onSubmit={(e) => {
          e.preventDefault();
          if (text.trim()) open(text.trim());
        }}
      >
        <Input
          aria-label="User id"
          placeholder="User id, such as demo_17"
          value={text}
          maxLength={256}
          list="recent-users"
          onChange={(e) => setText(e.target.value)}
        />
        <datalist id="recent-users">
          {recent.map((user) => (
            <option key={user} value={user} />
          ))}
        </datalist>
        <Button type="submit" kind="main" icon="search">
          Look up
        </Button>
      </form>
      {recent.length > 0 ? (
        <div className="mt-2.5 flex flex-wrap items-center gap-1.5 text-[0.857rem]">
          <span className="mr-1 text-ink-3">Active now</span>
          {recent.map((user) => (
            <button
              key={user}
              type="button"
              onClick={() => open(user)}
              className={`rounded-md border px-2 py-0.5 font-mono transition-colors ${
                user === id
                  ? 'border-accent bg-accent-soft text-accent'
                  : 'border-line bg-surface text-ink-2 hover:border-line-strong hover:text-ink'
              }`}
            >
              {user}
            </button>
          ))}
        </div>
      ) : null}
    </div>
  );
}
