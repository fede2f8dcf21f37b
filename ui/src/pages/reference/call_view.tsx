// One call: what it takes, what it answers, and a form that makes it.
import { follow, nameOf, type Call, type Document } from '@/lib/openapi';
import { Badge } from '@/parts/controls';
import { Prose } from '@/parts/prose';
import { Card } from '@/parts/surface';

import { Method } from './method';
import { SchemaView } from './schema_view';
import { TryIt } from './try_it';

function scopeOf(call: Call): string {
  for (const way of call.operation.security ?? [])
    for (const scopes of Object.values(way)) if (scopes[0]) return scopes[0];
  return '';
}

export function CallView({ call, document }: { call: Call; document: Document }) {
  const { operation } = call;
  const body = Object.entries(operation.requestBody?.content ?? {})[0];
  const good = operation.responses['200'] ?? operation.responses['201'];
  const answer = Object.entries(good?.content ?? {})[0];
  const scope = scopeOf(call);
  const problems = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
  return (
    <article className="min-w-0 space-y-4" aria-labelledby="call-title">
      <header>
        <h2 id="call-title" className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Method name={call.method} />
          <span className="min-w-0 font-mono text-[1.07rem] font-semibold break-all">{call.path}</span>
          {scope ? (
            <Badge title="Scope that a key needs, where keys are asked for">{scope}</Badge>
          ) : (
            <Badge tone="good">open</Badge>
          )}
        </h2>
        <p className="mt-1.5 max-w-[75ch] text-ink-2">
          <Prose text={operation.summary ?? ''} />
        </p>
        {operation.description ? (
          <p className="mt-1 max-w-[75ch] text-ink-2">
            <Prose text={operation.description} />
          </p>
        ) : null}
      </header>
      <TryIt call={call} document={document} />
      <div className="grid grid-cols-1 gap-4 2xl:grid-cols-2">
        {body ? (
          <Card
            title="Body"
            note={`${body[0]}${nameOf(body[1].schema) ? `, ${nameOf(body[1].schema)}` : ''}`}
          >
            <SchemaView schema={follow(body[1].schema, document)} document={document} />
          </Card>
        ) : null}
        <Card
          title="Answer"
          note={
            answer
              ? `200, ${answer[0]}${nameOf(answer[1].schema) ? `, ${nameOf(answer[1].schema)}` : ''}`
              : '200'
          }
        >
          {answer?.[1].schema ? (
            <SchemaView schema={follow(answer[1].schema, document)} document={document} />
          ) : (
            <p className="text-ink-2">Text.</p>
          )}
          <h3 className="mt-4 mb-1.5 text-[0.857rem] font-medium text-ink-3">Problems (RFC 9457)</h3>
          <ul className="space-y-1 text-[0.929rem]">
            {problems.map(([status, response]) => (
              <li key={status} className="flex gap-3">
                <span className="num w-8 shrink-0 font-medium">{status}</span>
                <span className="text-ink-2">
                  <Prose text={response.description ?? ''} />
                </span>
              </li>
            ))}
          </ul>
        </Card>
      </div>
    </article>
  );
}
