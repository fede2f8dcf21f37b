// What the API page reads of an OpenAPI 3.1 document, and what a call is made of.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  enum?: unknown[];
  examples?: unknown[];
  example?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  schema?: Schema;
}

export interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema?: Schema }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema?: Schema }> }>;
  security?: Record<string, string[]>[];
}

export interface Document {
  openapi: string;
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

export interface Call {
  id: string;
  method: string;
  path: string;
  operation: Operation;
}

const methods = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options'];

/** The calls by tag, both in the document's order. */
export function callsByTag(document: Document): [string, Call[]][] {
  const tags = new Map<string, Call[]>();
  for (const [path, item] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(item)) {
      if (!methods.includes(method)) continue;
      const tag = operation.tags?.[0] ?? 'other';
      const call = {
        id: `${method}-${path}`.replace(/[^a-zA-Z0-9]+/g, '-'),
        method: method.toUpperCase(),
        path,
        operation,
      };
      tags.set(tag, [...(tags.get(tag) ?? []), call]);
    }
  return [...tags.entries()];
}

/** The schema that a reference leads to, its parts put together. A reference to nothing is empty. */
export function follow(schema: Schema | undefined, document: Document, steps = 0): Schema {
  const at = schema ?? {};
  if (steps > 16) return {};
  if (at.$ref) {
    const name = at.$ref.replace('#/components/schemas/', '');
    return follow(document.components?.schemas?.[name], document, steps + 1);
  }
  if (!at.allOf) return at;
  const parts = at.allOf.map((part) => follow(part, document, steps + 1));
  return {
    ...at,
    type: 'object',
    properties: Object.assign({}, ...parts.map((p) => p.properties), at.properties),
    required: [...parts.flatMap((p) => p.required ?? []), ...(at.required ?? [])],
  };
}

export const nameOf = (schema: Schema | undefined): string => schema?.$ref?.split('/').at(-1) ?? '';

/** `string`, `integer 1 – 200`, `array of Item` */
export function typeText(schema: Schema | undefined): string {
  if (!schema) return 'anything';
  if (schema.$ref) return nameOf(schema);
  if (schema.enum) return schema.enum.map(String).join(' | ');
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return variants.map(typeText).join(' or ');
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'anything');
  if (type === 'array') return `array of ${typeText(schema.items)}`;
  if (schema.minimum !== undefined && schema.maximum !== undefined && schema.maximum < 1e15)
    return `${type} ${schema.minimum} – ${schema.maximum}`;
  return type;
}

// Values that make sense in this API, where the document has no example of its own.
const known: Record<string, unknown> = {
  userId: 'user_42',
  eventType: 'VIEW',
  productId: 'laptop_pro_2024',
  orderId: 'order_789',
  quantity: 1,
  price: 1299.99,
  totalAmount: 1299.99,
  title: 'Laptop Pro',
  category: 'electronics.laptop',
  brand: 'nordwind',
  inStock: true,
  reward: 1,
  candidates: ['laptop_pro_2024'],
};

/** An example of a schema: its own, else its required members filled in. */
export function exampleOf(schema: Schema | undefined, document: Document, name = '', depth = 0): unknown {
  const s = follow(schema, document);
  if (s.example !== undefined) return s.example;
  if (s.examples?.length) return s.examples[0];
  if (name in known) return known[name];
  if (s.default !== undefined) return s.default;
  if (s.enum?.length) return s.enum[0];
  const type = Array.isArray(s.type) ? s.type[0] : s.type;
  if (depth > 5) return null;
  if (type === 'object' || s.properties) {
    const out: Record<string, unknown> = {};
    const members = s.properties ?? {};
    const wanted = s.required?.length ? s.required : Object.keys(members).slice(0, 3);
    for (const member of wanted) out[member] = exampleOf(members[member], document, member, depth + 1);
    // An activity without an item is refused, though only a SEARCH may lack one.
    if ('eventType' in out && 'productId' in members) out.productId = known.productId;
    return out;
  }
  if (type === 'array') return [exampleOf(s.items, document, '', depth + 1)];
  if (type === 'integer' || type === 'number') return s.minimum ?? 0;
  if (type === 'boolean') return false;
  return type === 'string' ? 'text' : {};
}

/** The address of a call with its parameters filled in. */
export function addressOf(call: Call, values: Record<string, string>): string {
  let path = call.path;
  const query = new URLSearchParams();
  for (const p of call.operation.parameters ?? []) {
    const value = values[p.name] ?? '';
    if (p.in === 'path') path = path.replace(`{${p.name}}`, encodeURIComponent(value));
    else if (p.in === 'query' && value !== '') query.set(p.name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The same call as a line for a shell. The key stays out of it: lines get pasted. */
export function asCurl(method: string, url: string, type: string, body: string, withKey: boolean): string {
  const parts = ['curl'];
  if (method !== 'GET') parts.push('-X', method);
  parts.push(quoted(url));
  if (withKey) parts.push('-H "Authorization: Bearer $KEY"');
  if (body) parts.push(`-H ${quoted(`Content-Type: ${type}`)}`, `-d ${quoted(body)}`);
  return parts.join(' ');
}
