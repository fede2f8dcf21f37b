// Shapes of the node's answers, as far as the dashboard reads them.

export interface Features {
  userId: string;
  features: {
    views_7d: number;
    purchases_30d: number;
    avg_session_sec: number;
    fav_categories: string[];
    price_sensitivity: number;
    last_active: string;
  };
  segment: string;
  country: string;
  firstSeen: string;
  sessions: number;
  spend_30d: number;
  cartValue: number;
  cartItems: number;
  cartAbandonments: number;
  favBrands: string[];
  recentSearches: string[];
  totals: Totals;
  stale?: boolean;
}

export interface Totals {
  events: number;
  /** VIEW, CLICK, SCROLL, TIME_ON_PAGE, ADD_TO_CART, REMOVE_FROM_CART, SEARCH */
  byType: number[];
  orders: number;
  cancellations: number;
  units: number;
  spent: number;
  sessions: number;
  sessionSeconds: number;
}

export interface Touch {
  productId: string;
  kind: string;
  time: number;
  count: number;
  session: number;
}

export interface ArmState {
  campaign: string;
  arm: string;
  served: number;
  reward: number;
  at: number;
  servedToday: number;
}

export interface DayBucket {
  day: number;
  count: number;
  amount: number;
}

export interface Inspected {
  userId: string;
  shard: number;
  resident: boolean;
  known: boolean;
  memoryBytes: number;
  engineTime: string;
  segment: string;
  state?: {
    firstSeen: number;
    lastActive: number;
    applied: number;
    sourceOffsets: number[];
    recentIds: number[];
    country: string;
    totals: Totals;
    viewsByDay: DayBucket[];
    purchasesByDay: DayBucket[];
    session: { id: string; number: number; started: number; last: number; events: number };
    touches: Touch[];
    purchased: unknown[];
    categories: { name: string; weight: number; at: number }[];
    brands: { name: string; weight: number; at: number }[];
    searches: { query: string; time: number }[];
    cart: {
      lines: { productId: string; quantity: number; price: number; time: number }[];
      updated: number;
      abandoned: number;
      abandonments: number;
    };
    orders: { orderId: string; time: number; total?: number; status?: string }[];
    bandit: { arms: ArmState[]; pending: { campaign: string; arm: string; time?: number; at?: number }[] };
  };
  timers?: { kind: string; due: string; inSeconds: number }[];
}

export interface Recommendation {
  productId: string;
  score: number;
  reason: string;
  sources: string[];
  because: string[];
  userPref: number;
  itemQuality: number;
  recency: number;
  diversity: number;
}

/** Of the four terms of a score. */
export interface Weights {
  userPref: number;
  itemQuality: number;
  recency: number;
  diversity: number;
}

export interface Recommendations {
  userId: string;
  recommendations: Recommendation[];
  stateAsOf?: string;
  modelEpoch?: number;
  stale?: boolean;
  degraded?: boolean;
}

export interface Offer {
  userId: string;
  decisionId: string;
  campaign: string;
  /** Absent: the user is held out, and gets none. */
  offerId?: string;
  group?: string;
  type: string;
  code: string;
  terms: string;
  value: number;
  propensity: number;
  policy: string;
  position: string;
}

export interface Campaign {
  id: string;
  version: number;
  policy: { kind: string; epsilon?: number };
  reward?: string;
  holdout?: number;
  arms: { id: string; type: string; code?: string; terms?: string }[];
  learned?: {
    served: number;
    reward: number;
    changesNoticed: number;
    arms: { id: string; served: number; reward: number; mean: number; low: number; high: number }[];
  };
}

export interface Durations {
  count: number;
  lastMs: number;
  sumMs: number;
  within: number[];
}

/** How a shard's state came here from another node, or comes. */
export interface ShardRestore {
  done: boolean;
  since: number;
  tookMs: number;
  records: number;
  left: number;
  bytes: number;
}

export interface KafkaStatus {
  brokers: {
    client: string;
    broker: string;
    up: boolean;
    rttMs: number;
    rttP99Ms: number;
    errors: number;
    timeouts: number;
  }[];
  producers: { client: string; records: number; bytes: number }[];
  lags: { topic: string; partition: number; lag: number }[];
  groups: { group: string; rebalances: number; gained: number; lost: number }[];
  transactions: Durations;
  aborted: number;
  replaced: number;
}

export interface ShardStatus {
  partition: number;
  ready: boolean;
  resident: number;
  loading: number;
  saving: number;
  stored: number;
  dirty: number;
  appliedOffset: number;
  committedOffset: number;
  endOffset: number;
  lag: number;
  events: number;
  duplicates: number;
  snapshots: number;
  passivations: number;
  wakeups: number;
  waiting: number;
  mailbox: number;
  streamTime: number;
  stateBytes: number;
  failure: string;
  commits?: Durations;
  /** Records of the log read again until it was ready. */
  replayed?: number;
  /** From its start here until it was ready, -1 before. */
  readyAfterMs?: number;
  restore?: ShardRestore;
  /** Instead of all the others: why there are none, or which node has the shard. */
  error?: string;
}

export interface ProcessorStatus {
  ready: boolean;
  received: number;
  published: number;
  refused: number;
  refusedByReason: Record<string, number>;
  byType: Record<string, number>;
  byCountry: Record<string, number>;
  lag: number;
  failure: string;
}

export interface NodeStatus {
  ready: boolean;
  unready?: string;
  uptimeSec: number;
  time: number;
  memoryBytes: number;
  version?: string;
  logKind?: string;
  engineTime?: string;
  roles?: string[];
  bytesOnDisk?: number;
  log: { kind: string; ok: boolean; detail?: string; partitions: number };
  http: {
    connections: number;
    requests: number;
    failures: number;
    routes: { route: string; requests: number; p50Ms: number; p99Ms: number }[];
  };
  shards: ShardStatus;
  eventProcessor: ProcessorStatus;
  model: {
    ready: boolean;
    epoch: number;
    items: number;
    sessions: number;
    updates: number;
    bytes: number;
    lag: number;
    error?: string;
  };
  recentEvents: { time: number; userId: string; type: string; subject: string }[];
}

export interface DeadLetter {
  offset: number;
  time: number;
  userId: string;
  reason: string;
  detail: string;
  topic: string;
  partition: string;
  sourceOffset: string;
  original: string;
}

export interface DeadLetters {
  deadLetters: DeadLetter[];
  kept: number;
  total: number;
}

export interface Item {
  productId: string;
  title: string;
  category: string;
  brand: string;
  price: number;
  tags: string[];
  inStock: boolean;
  counts?: { views: number; carts: number; purchases: number; lastSeen: number };
}

export type Row = Record<string, number | string>;

export interface Analytics<R extends Row = Row, T extends Row = Row> {
  name: string;
  from: number;
  to: number;
  granularity: 'minute' | 'hour' | 'day';
  asOf: number;
  partial: boolean;
  shards: { asked: number; answered: number; missing: number[] };
  tooOld: number;
  error?: number;
  bound?: number;
  totals: T;
  columns: string[];
  rows: R[];
}
