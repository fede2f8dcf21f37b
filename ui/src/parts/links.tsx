// Users and items, the way they are named everywhere.
import { Link } from 'wouter';

import { useItem } from '@/api/queries';
import { userPath } from '@/lib/route';

export function UserLink({ id }: { id: string }) {
  return (
    <Link
      href={userPath(id)}
      className="font-mono text-[0.893rem] text-ink underline decoration-line-strong underline-offset-3 hover:text-accent hover:decoration-accent"
    >
      {id}
    </Link>
  );
}

/** An item by the catalogue's title, or by its id while that is not known. */
export function ItemName({ id }: { id: string }) {
  const { data } = useItem(id);
  return <span title={id}>{data?.title || id}</span>;
}
