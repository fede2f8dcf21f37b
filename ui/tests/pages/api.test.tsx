import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import ReferencePage from '@/pages/reference/page';

import { fakeNode, show } from '../support';

describe('the API page', () => {
  it('makes the call that was filled in', async () => {
    fakeNode({
      'GET /openapi.json': () => ({
        openapi: '3.1.0',
        info: { title: 'RetargetIQ', version: '1' },
        paths: {
          '/api/recommendations/{userId}': {
            get: {
              tags: ['recommendations'],
              summary: 'What to show.',
              parameters: [{ name: 'userId', in: 'path', required: true, schema: { type: 'string' } }],
              responses: { 200: { description: 'Done.', content: { 'application/json': {} } } },
            },
          },
        },
      }),
      'GET /api/recommendations/me': () => ({ userId: 'me', recommendations: [] }),
    });
    show(<ReferencePage />, '/reference');
    const field = await screen.findByLabelText('userId (required)');
    await userEvent.clear(field);
    expect(screen.getByRole('button', { name: 'Call' })).toBeDisabled();
    await userEvent.type(field, 'me');
    expect(screen.getByTestId('curl')).toHaveTextContent(/^curl 'http.*\/api\/recommendations\/me'$/);
    await userEvent.click(screen.getByRole('button', { name: 'Call' }));
    expect(await screen.findByTestId('answer')).toHaveTextContent('"userId": "me"');
  });
});
