// An offer, why it was chosen, and what it brought. Asking for one is a decision that is logged, so
// it happens when a person presses the button and not by itself.
import { useMutation } from '@tanstack/react-query';

import { ApiError, call } from '@/api/client';
import type { Offer } from '@/api/types';
import { percent, words } from '@/lib/format';
import { Badge, Button } from '@/parts/controls';
import { Failure } from '@/parts/states';
import { Card } from '@/parts/surface';

import { Weighed } from './weighed';

function why(offer: Offer): string {
  const chance = `It was drawn with a chance of ${percent(offer.propensity, 1)}`;
  if (offer.policy !== 'epsilon_greedy')
    return `${chance} by the policy ${words(offer.policy).toLowerCase()}.`;
  return offer.propensity >= 0.5
    ? `${chance}: what is known of this user, its segment and everybody makes it the best bet.`
    : `${chance}: it is not the best bet, but trying it keeps the policy learning.`;
}

export function OfferCard({ id, onSent }: { id: string; onSent: (position: string) => void }) {
  const ask = useMutation<Offer, ApiError, void>({
    mutationFn: () => call<Offer>(`/api/offers/${encodeURIComponent(id)}`),
    onSuccess: (offer) => {
      outcome.reset();
      onSent(offer.position);
    },
  });
  const outcome = useMutation<{ position?: string }, ApiError, { decisionId: string; outcome: string }>({
    mutationFn: ({ decisionId, outcome: word }) =>
      call(`/api/offers/${encodeURIComponent(decisionId)}/outcome`, {
        method: 'POST',
        body: { outcome: word },
      }),
    // Told twice it changes nothing, and has no position to wait for.
    onSuccess: (noted) => noted.position && onSent(noted.position),
  });
  const offer = ask.data;
  return (
    <Card
      title="Offer"
      note="Asking is a decision: it is logged and counted"
      actions={
        <Button
          small
          kind={offer ? 'plain' : 'main'}
          icon="offers"
          disabled={ask.isPending}
          onClick={() => ask.mutate()}
        >
          {offer ? 'Ask again' : 'Ask for an offer'}
        </Button>
      }
    >
      {ask.error ? (
        <Failure failure={ask.error} />
      ) : offer && !offer.offerId ? (
        <p className="text-ink-2">
          This user is held out: the campaign {offer.campaign} makes no offer, so that it can be told what
          offers change.
        </p>
      ) : offer ? (
        <div className="rounded-xl border border-dashed border-line-strong bg-sunken p-4">
          <div className="flex flex-wrap items-center gap-2">
            <span className="font-mono text-[1.07rem] font-semibold tracking-wide">
              {offer.code || offer.offerId}
            </span>
            <Badge tone="accent">{words(offer.type)}</Badge>
            <Badge tone={offer.propensity >= 0.5 ? 'good' : 'warn'}>
              {offer.propensity >= 0.5 ? 'Exploit' : 'Explore'}
            </Badge>
          </div>
          <p className="mt-1.5">{offer.terms}</p>
          <p className="mt-2 text-[0.857rem] text-ink-2">{why(offer)}</p>
          <Weighed decisionId={offer.decisionId} />
          <div className="mt-3 flex flex-wrap items-center gap-2" role="status">
            {outcome.isSuccess ? (
              <Badge tone="good">Noted: {outcome.variables?.outcome}</Badge>
            ) : (
              <>
                <Button
                  small
                  icon="check"
                  disabled={outcome.isPending}
                  onClick={() => outcome.mutate({ decisionId: offer.decisionId, outcome: 'accepted' })}
                >
                  It was taken
                </Button>
                <Button
                  small
                  kind="quiet"
                  icon="close"
                  disabled={outcome.isPending}
                  onClick={() => outcome.mutate({ decisionId: offer.decisionId, outcome: 'dismissed' })}
                >
                  It was dismissed
                </Button>
              </>
            )}
            {outcome.error ? <span className="text-[0.857rem] text-bad">{outcome.error.message}</span> : null}
          </div>
        </div>
      ) : (
        <p className="text-ink-2">
          The actor weighs the open arms by what this user, the user’s segment and everybody made of them.
        </p>
      )}
    </Card>
  );
}
