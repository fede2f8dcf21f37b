// The members of a schema, those of members one click away.
import { follow, typeText, type Document, type Schema } from '@/lib/openapi';
import { Prose } from '@/parts/prose';

interface SchemaViewProps {
  schema: Schema;
  document: Document;
  depth?: number;
}

const DEEPEST = 4;

/** The object within: of the schema itself, or of the items of a list. */
function within(schema: Schema, document: Document): Schema | undefined {
  const s = follow(schema, document);
  if (s.properties) return s;
  if (s.items) return within(s.items, document);
  return undefined;
}

export function SchemaView({ schema, document, depth = 0 }: SchemaViewProps) {
  const members = Object.entries(schema.properties ?? {});
  if (members.length === 0)
    return (
      <p className="text-[0.929rem] text-ink-2">
        {schema.description ??
          (typeText(schema) === 'anything' || typeText(schema) === 'object'
            ? 'An object.'
            : typeText(schema))}
      </p>
    );
  return (
    <dl className="space-y-2 text-[0.929rem]">
      {members.map(([name, member]) => {
        const inner = depth < DEEPEST ? within(member, document) : undefined;
        return (
          <div key={name}>
            <dt className="flex flex-wrap items-baseline gap-x-2">
              <code className="font-mono text-[0.893rem] font-medium">{name}</code>
              <span className="text-[0.857rem] text-ink-3">{typeText(member)}</span>
              {schema.required?.includes(name) ? (
                <span className="text-[0.786rem] text-warn">required</span>
              ) : null}
            </dt>
            <dd className="text-ink-2">
              <Prose text={member.description ?? follow(member, document).description ?? ''} />
              {inner && Object.keys(inner.properties ?? {}).length > 0 ? (
                <details className="mt-1">
                  <summary className="w-fit rounded text-[0.857rem] text-ink-3 hover:text-ink">
                    {Object.keys(inner.properties ?? {}).length} members
                  </summary>
                  <div className="mt-2 border-l border-line pl-3">
                    <SchemaView schema={inner} document={document} depth={depth + 1} />
                  </div>
                </details>
              ) : null}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
