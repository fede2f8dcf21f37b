// The user of an address, `/users/{userId}`. Taken from the address as the browser has it: the router
// decodes a whole path at once, after which an escaped slash or percent sign in an id is lost.
export function userIdOf(pathname: string): string {
  const segment = /^\/users\/([^/]*)/.exec(pathname)?.[1] ?? '';
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // typed by hand, with a percent sign that escapes nothing
  }
}

export const userPath = (id: string): string => `/users/${encodeURIComponent(id)}`;
