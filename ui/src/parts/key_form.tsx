// The field for the API key of this tab.
import { useState } from 'react';

import { setKey, useKey } from '@/api/key';
import { queryClient } from '@/api/queries';

import { Button, Field, Input } from './controls';

export function KeyForm({ onDone }: { onDone?: () => void }) {
  const current = useKey();
  const [text, setText] = useState('');
  const use = (key: string) => {
    setKey(key);
    setText('');
    void queryClient.invalidateQueries();
    onDone?.();
  };
  return (
    <form
      className="w-full text-left"
      onSubmit={(e) => {
        e.preventDefault();
        if (text.trim()) use(text.trim());
      }}
    >
      <Field label="API key">
        <div className="flex gap-2">
          <Input
            type="password"
            value={text}
            placeholder={current ? 'A key is in use' : 'riq_…'}
            onChange={(e) => setText(e.target.value)}
          />
          <Button type="submit" kind="main" disabled={!text.trim()}>
            Use
          </Button>
        </div>
      </Field>
      <p className="mt-2 text-[0.857rem] text-ink-3">
        It stays in this tab and is forgotten with it. The dashboard needs the scope <b>admin</b> for
        everything, and <b>read</b> for figures.
      </p>
      {current ? (
        <Button small kind="danger" className="mt-2" onClick={() => use('')}>
          Forget the key
        </Button>
      ) : null}
    </form>
  );
}
