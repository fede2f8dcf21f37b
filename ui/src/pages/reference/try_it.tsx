// Makes the call for real, shows what came back, and the same as a line for a shell.
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import { ApiError, send } from '@/api/client';
import { useKey } from '@/api/key';
import { bytes, milliseconds } from '@/lib/format';
import { addressOf, asCurl, exampleOf, type Call, type Document, type Parameter } from '@/lib/openapi';
import { Badge, Button, Field, Input, Select } from '@/parts/controls';
import { Prose } from '@/parts/prose';
import { Card } from '@/parts/surface';

interface Result {
  status: number;
  text: string;
  ms: number;
  type: string;
}

const SHOWN = 60_000;

function pretty(text: string, type: string): string {
  if (!type.includes('json')) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Reads an answer; of one that never ends, such as the live stream, its first two seconds. */
async function readAnswer(answer: Response, stop: AbortController): Promise<string> {
  if (!answer.headers.get('content-type')?.includes('event-stream')) return answer.text();
  const reader = answer.body!.getReader();
  const decoder = new TextDecoder();
  let text = '';
  const timer = setTimeout(() => void reader.cancel(), 2_000);
  for (;;) {
    const { done, value } = await reader.read();
    if (done || text.length > SHOWN) break;
    text += decoder.decode(value, { stream: true });
  }
  clearTimeout(timer);
  stop.abort();
  return text;
}

const labelOf = (p: Parameter) => `${p.name}${p.required ? ' (required)' : ''}`;

// Values for paths that lead to something, in a shop as the demo and the README make one.
const known: Record<string, string> = {
  userId: 'user_42',
  productId: 'laptop_pro_2024',
  campaignId: 'default',
  name: 'revenue',
};

const firstValues = (call: Call): Record<string, string> =>
  Object.fromEntries(
    (call.operation.parameters ?? [])
      .filter((p) => p.in === 'path')
      .map((p) => [p.name, known[p.name] ?? '']),
  );

export function TryIt({ call, document }: { call: Call; document: Document }) {
  const key = useKey();
  const parameters = (call.operation.parameters ?? []).filter((p) => p.in !== 'header');
  const [type, content] = Object.entries(call.operation.requestBody?.content ?? {})[0] ?? ['', undefined];
  const lines = type.includes('ndjson');
  const first = useMemo(
    () => (content ? JSON.stringify(exampleOf(content.schema, document), null, lines ? undefined : 2) : ''),
    [call.id],
  );
  const [values, setValues] = useState(() => firstValues(call));
  const [body, setBody] = useState(first);
  const address = addressOf(call, values);
  const dangerous = call.method === 'DELETE';
  const [sure, setSure] = useState(false);

  const run = useMutation<Result, ApiError>({
    mutationFn: async () => {
      const begun = performance.now();
      const stop = new AbortController();
      const answer = await send(address, {
        method: call.method,
        body: content ? body : undefined,
        headers: content ? { 'Content-Type': type } : {},
        signal: stop.signal,
      });
      const text = await readAnswer(answer, stop);
      return {
        status: answer.status,
        text,
        ms: performance.now() - begun,
        type: answer.headers.get('content-type') ?? '',
      };
    },
  });
  const missing = parameters.some((p) => p.required && !values[p.name]);

  return (
    <Card title="Try it" note={dangerous ? 'This deletes for good.' : undefined} testId="try-it">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          run.mutate();
        }}
      >
        {parameters.length > 0 ? (
          <div className="mb-3 grid grid-cols-1 gap-3 sm:grid-cols-2 2xl:grid-cols-3">
            {parameters.map((p) => (
              <div key={p.name} className="min-w-0">
                <Field label={labelOf(p)}>
                  {p.schema?.enum || p.schema?.type === 'boolean' ? (
                    <Select
                      value={values[p.name] ?? ''}
                      onChange={(e) => setValues({ ...values, [p.name]: e.target.value })}
                    >
                      <option value="">
                        {p.schema.default !== undefined ? `default: ${String(p.schema.default)}` : '–'}
                      </option>
                      {(p.schema.enum ?? ['true', 'false']).map((v) => (
                        <option key={String(v)}>{String(v)}</option>
                      ))}
                    </Select>
                  ) : (
                    <Input
                      value={values[p.name] ?? ''}
                      placeholder={
                        p.schema?.default !== undefined && p.schema.default !== ''
                          ? String(p.schema.default)
                          : ''
                      }
                      onChange={(e) => setValues({ ...values, [p.name]: e.target.value })}
                    />
                  )}
                </Field>
                {p.description ? (
                  <p className="mt-1 text-[0.857rem] text-ink-3">
                    <Prose text={p.description} />
                  </p>
                ) : null}
              </div>
            ))}
          </div>
        ) : null}
        {content ? (
          <Field label={lines ? 'Body, a JSON document a line' : 'Body'}>
            <textarea
              className="mb-3 h-40 w-full rounded-lg border border-line-strong bg-sunken p-3 font-mono text-[0.857rem] focus-visible:outline-2 focus-visible:outline-accent"
              value={body}
              spellCheck={false}
              onChange={(e) => setBody(e.target.value)}
            />
          </Field>
        ) : null}
        {dangerous ? (
          <label className="mb-3 flex items-center gap-2 text-[0.929rem]">
            <input
              type="checkbox"
              className="size-4 accent-(--accent)"
              checked={sure}
              onChange={(e) => setSure(e.target.checked)}
            />
            I mean it
          </label>
        ) : null}
        <div className="flex flex-wrap items-center gap-3">
          <Button
            type="submit"
            kind="main"
            icon="play"
            disabled={run.isPending || missing || (dangerous && !sure)}
          >
            {run.isPending ? 'Calling…' : 'Call'}
          </Button>
          <code className="min-w-0 grow font-mono text-[0.821rem] break-all text-ink-2" data-testid="curl">
            {asCurl(call.method, window.location.origin + address, type, content ? body : '', key !== '')}
          </code>
        </div>
      </form>
      <div role="status" aria-live="polite">
        {run.error ? <p className="mt-3 text-bad">{run.error.message}</p> : null}
        {run.data ? (
          <div className="mt-4">
            <p className="num mb-1.5 flex items-center gap-2 text-[0.857rem] text-ink-2">
              <Badge tone={run.data.status < 300 ? 'good' : 'bad'}>{run.data.status}</Badge>
              {milliseconds(run.data.ms)}, {bytes(run.data.text.length)}
            </p>
            <pre
              tabIndex={0}
              data-testid="answer"
              className="max-h-96 overflow-auto rounded-lg bg-sunken p-3 font-mono text-[0.821rem] leading-relaxed"
            >
              {pretty(run.data.text, run.data.type).slice(0, SHOWN)}
            </pre>
          </div>
        ) : null}
      </div>
    </Card>
  );
}
