import { useState } from 'react';

import { analyticsPath, useAnalytics } from '@/api/queries';
import { Cohorts, type CohortCell } from '@/charts/cohorts';
import { AnalyticsCard } from '@/parts/analytics_card';
import { Segmented } from '@/parts/controls';

type CohortRow = CohortCell & Record<string, number | string>;

/** Users by the week they were first seen, and who came back. */
export function CohortsCard() {
  const [show, setShow] = useState<'retention' | 'revenue'>('retention');
  const cohorts = useAnalytics<CohortRow>('cohorts', {}, 60_000);
  return (
    <AnalyticsCard
      title="Cohorts"
      note="By the week a shopper was first seen; the last 12 weeks"
      of={cohorts}
      path={analyticsPath('cohorts')}
      className="lg:col-span-full"
      empty={(a) => a.rows.length === 0}
      emptyText="A week's cohort appears with its first shopper."
      actions={
        <Segmented
          label="Shown in the cells"
          value={show}
          onChange={setShow}
          options={[
            { value: 'retention', label: 'Retention' },
            { value: 'revenue', label: 'Revenue' },
          ]}
        />
      }
    >
      {(answer) => <Cohorts cells={answer.rows} show={show} />}
    </AnalyticsCard>
  );
}
