// What the node shall send: by type, user and category. Filtering there keeps rare events in sight
// even when thousands of others pass.
import { useEffect, useState } from 'react';

import { useSettled } from '@/lib/now';
import { words } from '@/lib/format';
import { Button, Field, Input, Select } from '@/parts/controls';
import { eventTypes } from '@/parts/event_type';

import type { Filters } from './store';

const none: Filters = { user: '', type: '', category: '' };

// Offers have kinds of their own on the stream.
const types = eventTypes.filter((t) => !t.startsWith('OFFER_'));

export function FilterBar({ value, onChange }: { value: Filters; onChange: (filters: Filters) => void }) {
  const [typed, setTyped] = useState(value);
  const settled = useSettled(typed);
  useEffect(() => {
    const clean = { ...settled, user: settled.user.trim(), category: settled.category.trim() };
    if (JSON.stringify(clean) !== JSON.stringify(value)) onChange(clean);
  }, [settled]);
  const active = Object.values(typed).some(Boolean);
  return (
    <div className="mb-3 grid grid-cols-2 gap-2 sm:grid-cols-[1fr_1fr_1fr_auto]">
      <Field label="Type of event" hide>
        <Select value={typed.type} onChange={(e) => setTyped({ ...typed, type: e.target.value })}>
          <option value="">All types</option>
          {types.map((type) => (
            <option key={type} value={type}>
              {words(type)}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="User" hide>
        <Input
          placeholder="User id"
          value={typed.user}
          onChange={(e) => setTyped({ ...typed, user: e.target.value })}
        />
      </Field>
      <Field label="Category" hide>
        <Input
          placeholder="Category"
          value={typed.category}
          onChange={(e) => setTyped({ ...typed, category: e.target.value })}
        />
      </Field>
      <Button kind="quiet" icon="close" disabled={!active} onClick={() => setTyped(none)}>
        Clear
      </Button>
    </div>
  );
}
