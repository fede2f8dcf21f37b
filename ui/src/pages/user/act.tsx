// The form that sends any event as this shopper.
import { useState } from 'react';

import { words } from '@/lib/format';
import { Button, Field, Input, Select } from '@/parts/controls';
import { activityTypes } from '@/parts/event_type';
import { Card } from '@/parts/surface';

import { useSend, type Activity } from './send';

export function Act({ id, onSent }: { id: string; onSent: (position: string) => void }) {
  const [type, setType] = useState('VIEW');
  const [subject, setSubject] = useState('');
  const [category, setCategory] = useState('');
  const send = useSend(onSent);
  const search = type === 'SEARCH';
  const submit = () => {
    const activity: Activity = { userId: id, eventType: type };
    if (search) activity.query = subject.trim();
    else activity.productId = subject.trim();
    if (category.trim() && !search) activity.category = category.trim();
    if (type === 'TIME_ON_PAGE') activity.durationSec = 30;
    send.mutate(activity);
  };
  return (
    <Card title="Act as this shopper" note="What you send is an event like any other: it counts and stays">
      <form
        className="grid grid-cols-2 gap-2.5 md:grid-cols-[minmax(8rem,0.8fr)_1.2fr_1fr_auto]"
        onSubmit={(e) => {
          e.preventDefault();
          submit();
        }}
      >
        <Field label="Event">
          <Select value={type} onChange={(e) => setType(e.target.value)}>
            {activityTypes.map((t) => (
              <option key={t} value={t}>
                {words(t)}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={search ? 'Query' : 'Product id'}>
          <Input
            required
            value={subject}
            maxLength={256}
            placeholder={search ? 'light camera' : 'camera_011'}
            onChange={(e) => setSubject(e.target.value)}
          />
        </Field>
        <Field label="Category">
          <Input
            value={category}
            disabled={search}
            maxLength={256}
            placeholder="optional"
            onChange={(e) => setCategory(e.target.value)}
          />
        </Field>
        <div className="flex items-end">
          <Button type="submit" kind="main" className="w-full" disabled={send.isPending || !subject.trim()}>
            Send
          </Button>
        </div>
      </form>
      <p role="status" className={`mt-2 min-h-5 text-[0.857rem] ${send.error ? 'text-bad' : 'text-ink-3'}`}>
        {send.error
          ? `Not sent: ${send.error.field ? `${send.error.field} ` : ''}${send.error.message}`
          : send.isPending
            ? 'Sending…'
            : send.data
              ? `On the disk at ${send.data.position}; the list below is from after it.`
              : ''}
      </p>
    </Card>
  );
}
