// A page that fails to draw, or whose file could not be loaded, does not take the others with it.
import { Component, type ReactNode } from 'react';

import { Button } from './controls';
import { Notice } from './states';

export class Boundary extends Component<{ children: ReactNode }, { failure: Error | null }> {
  override state = { failure: null as Error | null };

  static getDerivedStateFromError(failure: Error) {
    return { failure };
  }

  override render() {
    const { failure } = this.state;
    if (!failure) return this.props.children;
    return (
      <Notice
        icon="alert"
        tone="bad"
        title="This page could not be shown"
        action={
          <Button icon="refresh" onClick={() => window.location.reload()}>
            Load it again
          </Button>
        }
      >
        {failure.message}
      </Notice>
    );
  }
}
