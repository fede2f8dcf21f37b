// The pages by their addresses. Each is loaded when it is first opened.
import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';

import { userIdOf } from './lib/route';
import { Boundary } from './parts/boundary';
import { Shell } from './parts/shell';
import { Empty, SkeletonLines } from './parts/states';

const Live = lazy(() => import('./pages/live/page'));
const User = lazy(() => import('./pages/user/page'));
const Analytics = lazy(() => import('./pages/analytics/page'));
const Offers = lazy(() => import('./pages/offers/page'));
const System = lazy(() => import('./pages/system/page'));
const Reference = lazy(() => import('./pages/reference/page'));

export function App() {
  return (
    <Shell>
      <Boundary>
        <Suspense fallback={<SkeletonLines lines={6} />}>
          <Switch>
            <Route path="/" component={Live} />
            <Route path="/live">
              <Redirect to="/" replace />
            </Route>
            <Route path="/users/:id?">{() => <User id={userIdOf(window.location.pathname)} />}</Route>
            <Route path="/analytics" component={Analytics} />
            <Route path="/offers" component={Offers} />
            <Route path="/system" component={System} />
            <Route path="/reference" component={Reference} />
            <Route>
              <Empty title="There is no such page">Choose one of the six from the menu.</Empty>
            </Route>
          </Switch>
        </Suspense>
      </Boundary>
    </Shell>
  );
}
