// User: the live state of one shopper's actor, what it recommends and offers, and why.
import { useEffect, useState } from 'react';

import { useFeatures, useInspected } from '@/api/queries';
import { Answer, Empty } from '@/parts/states';
import { PageHeader } from '@/parts/surface';

import { Act } from './act';
import { ActorFacts } from './actor_facts';
import { Arms } from './arms';
import { Cart } from './cart';
import { Identity } from './identity';
import { OfferCard } from './offer_card';
import { Ranked } from './ranked';
import { Search } from './search';
import { Session } from './session';
import { Tastes } from './tastes';

export default function UserPage({ id }: { id: string }) {
  return (
    <>
      <PageHeader
        title="User"
        lead="Each shopper is an actor of its own. Look into one, act as it, and watch what it recommends change."
      />
      <Search id={id} />
      {id ? (
        <Shopper key={id} id={id} />
      ) : (
        <Empty title="Choose a shopper" icon="user">
          Type a user’s id, or take one of those who were active just now.
        </Empty>
      )}
    </>
  );
}

function Shopper({ id }: { id: string }) {
  // The position of the last event sent from here: questions wait until it is applied.
  const [after, setAfter] = useState('');
  useEffect(() => setAfter(''), [id]);
  const features = useFeatures(id, after);
  const inspected = useInspected(id, after);
  return (
    <Answer of={features}>
      {(known) => (
        <>
          <Identity features={known} inspected={inspected.data} />
          <div className="mt-4 grid grid-cols-1 gap-4 xl:grid-cols-[minmax(0,1.35fr)_minmax(0,1fr)]">
            <div className="flex min-w-0 flex-col gap-4">
              <Act id={id} onSent={setAfter} />
              <Ranked id={id} after={after} onSent={setAfter} />
            </div>
            <div className="flex min-w-0 flex-col gap-4">
              <OfferCard id={id} onSent={setAfter} />
              <Cart inspected={inspected.data} features={known} />
              <Session of={inspected} />
              <Arms of={inspected} />
              <Tastes features={known} inspected={inspected.data} />
              <ActorFacts of={inspected} />
            </div>
          </div>
        </>
      )}
    </Answer>
  );
}
