// API: the node's own OpenAPI document, with every call to try.
import { useState } from 'react';
import { useSearchParams } from 'wouter';

import { useGet } from '@/api/queries';
import { callsByTag, type Call, type Document } from '@/lib/openapi';
import { words } from '@/lib/format';
import { Badge, Input } from '@/parts/controls';
import { Answer, Empty } from '@/parts/states';
import { PageHeader } from '@/parts/surface';

import { CallView } from './call_view';
import { Method } from './method';

export default function ReferencePage() {
  const document = useGet<Document>('/openapi.json');
  return (
    <>
      <PageHeader
        title="API"
        lead="Every route of this node, as it tells them itself. Each can be tried here: the calls are real."
      >
        <a href="/openapi.json" className="text-accent underline underline-offset-3">
          openapi.json
        </a>
      </PageHeader>
      <Answer of={document}>{(d) => <Reference document={d} />}</Answer>
    </>
  );
}

const fits = (call: Call, text: string) =>
  `${call.method} ${call.path} ${call.operation.summary ?? ''}`.toLowerCase().includes(text.toLowerCase());

function Reference({ document }: { document: Document }) {
  const [search, setSearch] = useSearchParams();
  const [filter, setFilter] = useState('');
  const tags = callsByTag(document);
  const all = tags.flatMap(([, calls]) => calls);
  const chosen =
    all.find((c) => c.id === search.get('call')) ??
    all.find((c) => c.path.startsWith('/api/recommendations')) ??
    all[0];
  const shown = tags
    .map(([tag, calls]) => [tag, calls.filter((c) => fits(c, filter))] as const)
    .filter(([, calls]) => calls.length);
  return (
    <div className="grid grid-cols-1 gap-5 lg:grid-cols-[19rem_minmax(0,1fr)]">
      <nav
        aria-label="Routes"
        className="min-w-0 lg:sticky lg:top-6 lg:max-h-[calc(100dvh-3rem)] lg:self-start lg:overflow-auto"
      >
        <Input
          aria-label="Find a route"
          placeholder="Find a route"
          value={filter}
          onChange={(e) => setFilter(e.target.value)}
        />
        <p className="mt-1.5 mb-2 text-[0.857rem] text-ink-3">
          {document.info.title} {document.info.version}, {all.length} calls
        </p>
        <div className="max-h-64 overflow-auto rounded-xl border border-line bg-surface p-1.5 lg:max-h-none lg:border-0 lg:bg-transparent lg:p-0">
          {shown.length === 0 ? <Empty title="No route fits" /> : null}
          {shown.map(([tag, calls]) => (
            <div key={tag} className="mb-3">
              <h2 className="px-2 py-1 text-[0.857rem] font-medium text-ink-3">{words(tag)}</h2>
              <ul>
                {calls.map((c) => (
                  <li key={c.id}>
                    <button
                      type="button"
                      aria-current={c.id === chosen?.id ? 'true' : undefined}
                      onClick={() => setSearch({ call: c.id }, { replace: true })}
                      className={`flex w-full items-center gap-2 rounded-lg px-2 py-1.5 text-left ${
                        c.id === chosen?.id ? 'bg-accent-soft' : 'hover:bg-sunken'
                      }`}
                    >
                      <Method name={c.method} />
                      <span className="min-w-0 truncate font-mono text-[0.821rem]" title={c.path}>
                        {c.path}
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </div>
      </nav>
      {chosen ? <CallView key={chosen.id} call={chosen} document={document} /> : <Badge>No routes</Badge>}
    </div>
  );
}
