// Lists that were just given to shoppers, with the reason of the first items.
import { clock, decimal, words } from '@/lib/format';
import { Badge } from '@/parts/controls';
import { ItemName, UserLink } from '@/parts/links';
import { Empty } from '@/parts/states';
import { Card } from '@/parts/surface';

import type { ServedList } from './store';

export function ServedLists({ lists }: { lists: ServedList[] }) {
  return (
    <Card title="Being recommended" note="The newest lists that shoppers were given, and why" flush>
      {lists.length === 0 ? (
        <Empty title="No list was asked for yet">Each call for recommendations appears here.</Empty>
      ) : (
        <ul className="max-h-[24rem] overflow-auto" tabIndex={0} aria-label="Newest lists">
          {lists.map((list) => (
            <li key={list.key} className="arriving border-b border-line px-4 py-2.5 last:border-0 sm:px-5">
              <div className="flex items-baseline gap-2 text-[0.857rem]">
                <UserLink id={list.userId} />
                <span className="num ml-auto text-ink-3">{clock(list.time)}</span>
              </div>
              <ol className="mt-1.5 space-y-1.5">
                {list.items.slice(0, 2).map((item) => (
                  <li key={item.productId} className="text-[0.929rem]">
                    <div className="flex items-baseline gap-2">
                      <span className="min-w-0 grow truncate font-medium">
                        <ItemName id={item.productId} />
                      </span>
                      <span className="num text-ink-2">{decimal(item.score, 3)}</span>
                    </div>
                    <div className="flex items-center gap-1.5 text-[0.857rem] text-ink-3">
                      <span className="min-w-0 truncate">{item.reason}</span>
                      {item.sources[0] ? <Badge>{words(item.sources[0])}</Badge> : null}
                    </div>
                  </li>
                ))}
              </ol>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
