// Sends an event as the shopper whose page it is.
import { useMutation } from '@tanstack/react-query';

import { ApiError, call } from '@/api/client';

export interface Activity {
  userId: string;
  eventType: string;
  productId?: string;
  query?: string;
  category?: string;
  brand?: string;
  price?: number;
  quantity?: number;
  durationSec?: number;
}

interface Tracked {
  message: string;
  eventId: string;
  position: string;
}

/** `onSent` gets the position that questions can wait for. */
export function useSend(onSent: (position: string) => void) {
  return useMutation<Tracked, ApiError, Activity>({
    mutationFn: (activity) => call<Tracked>('/api/users/activity', { method: 'POST', body: activity }),
    onSuccess: (tracked) => onSent(tracked.position),
  });
}
