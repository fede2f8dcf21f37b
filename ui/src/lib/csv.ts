// CSV as the node writes it (RFC 4180), fetched with the key and handed to the browser as a file.
import { callText, withQuery } from '@/api/client';

/** Saves text as a file of the person's. */
export function saveFile(name: string, text: string, type = 'text/csv;charset=utf-8'): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}

/** Downloads the CSV form of an analytics answer. */
export async function downloadCsv(path: string, name: string): Promise<void> {
  const [route, query] = path.split('?');
  const parameters = Object.fromEntries(new URLSearchParams(query));
  const text = await callText(withQuery(route ?? path, { ...parameters, format: 'csv' }));
  saveFile(`${name}.csv`, text);
}
