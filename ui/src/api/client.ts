// Calls to the node that serves this page. Failures are `ApiError`s whose text a person can act on.
import { getKey } from './key';

export interface Problem {
  status: number;
  title?: string;
  detail?: string;
  code?: string;
  field?: string;
}

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string;

  constructor(problem: Problem) {
    super(problem.detail || problem.title || `the node answered ${problem.status}`);
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code ?? '';
    this.field = problem.field ?? '';
  }

  /** No answer came at all: the node or the network is away. */
  get offline(): boolean {
    return this.status === 0;
  }
  /** The node wants a key, or one with more scopes. */
  get locked(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

export interface RequestOptions {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Milliseconds after which the call is given up. */
  timeout?: number;
}

const DEFAULT_TIMEOUT = 15_000;

/** Headers of every call: the key when there is one. */
export function authHeaders(): Record<string, string> {
  const key = getKey();
  return key ? { Authorization: `Bearer ${key}` } : {};
}

function anySignal(timeout: number, other?: AbortSignal): AbortSignal {
  const own = AbortSignal.timeout(timeout);
  return other ? AbortSignal.any([own, other]) : own;
}

/** The answer as it came; an `ApiError` with status 0 when none did. */
export async function send(path: string, options: RequestOptions = {}): Promise<Response> {
  const { method = 'GET', body, headers = {}, signal, timeout = DEFAULT_TIMEOUT } = options;
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  try {
    return await fetch(path, {
      method,
      body: text as string | undefined,
      headers: {
        ...authHeaders(),
        ...(text === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      signal: anySignal(timeout, signal),
      cache: 'no-store',
    });
  } catch (reason) {
    if (signal?.aborted) throw reason;
    const late = reason instanceof DOMException && reason.name === 'TimeoutError';
    throw new ApiError({
      status: 0,
      code: late ? 'timed_out' : 'offline',
      detail: late ? 'The node did not answer in time.' : 'The node cannot be reached.',
    });
  }
}

/** The problem of an answer that is none of success. */
export async function problemOf(answer: Response): Promise<ApiError> {
  let problem: Partial<Problem> = {};
  try {
    problem = (await answer.json()) as Partial<Problem>;
  } catch {
    // Not a problem document: a proxy between us and the node.
  }
  return new ApiError({ ...problem, status: answer.status, title: problem.title ?? answer.statusText });
}

/** JSON of a good answer. */
export async function call<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const answer = await send(path, options);
  if (!answer.ok) throw await problemOf(answer);
  return (await answer.json()) as T;
}

/** Text of a good answer. */
export async function callText(path: string, options: RequestOptions = {}): Promise<string> {
  const answer = await send(path, options);
  if (!answer.ok) throw await problemOf(answer);
  return answer.text();
}

/** `/path?a=1&b=x`, without what is empty. */
export function withQuery(
  path: string,
  parameters: Record<string, string | number | boolean | undefined | null>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}
