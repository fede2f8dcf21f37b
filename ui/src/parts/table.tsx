// Tables that scroll sideways by themselves, and can be reached by the keyboard for it.
import type { ReactNode } from 'react';

export interface Column<R> {
  key: string;
  name: string;
  cell: (row: R) => ReactNode;
  right?: boolean;
  /** May break into lines. */
  wide?: boolean;
}

interface TableProps<R> {
  caption: string;
  columns: Column<R>[];
  rows: R[];
  rowKey: (row: R) => string;
  /** A height to scroll within. */
  height?: string;
}

export function Table<R>({ caption, columns, rows, rowKey, height }: TableProps<R>) {
  return (
    <div className={`overflow-auto ${height ?? ''}`} tabIndex={0} role="region" aria-label={caption}>
      <table className="w-full border-collapse text-[0.929rem]">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 z-[1] bg-surface">
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                className={`border-b border-line px-2 py-2 text-[0.857rem] font-medium whitespace-nowrap text-ink-3 first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5 ${
                  column.right ? 'text-right' : 'text-left'
                }`}
              >
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="border-b border-line last:border-0 hover:bg-sunken/60">
              {columns.map((column) => (
                <td
                  key={column.key}
                  className={`num px-2 py-1.5 first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5 ${
                    column.right ? 'text-right' : 'text-left'
                  } ${column.wide ? 'min-w-48 [overflow-wrap:anywhere]' : 'whitespace-nowrap'}`}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
