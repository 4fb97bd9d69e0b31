import { Component, type ReactNode } from 'react';
import { t } from '@/lib/text';
import { ProblemNotice } from './ProblemNotice';

interface Props {
  /** A new value gives the pane another try. */
  resetKey?: unknown;
  children: ReactNode;
}

/** Every pane has one, so that a broken chart leaves the table alone. */
export class ErrorBoundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error ?? new Error(t('state.crashed')) };
  }

  override componentDidUpdate(previous: Props) {
    if (this.state.error !== null && previous.resetKey !== this.props.resetKey)
      this.setState({ error: null });
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <ProblemNotice error={this.state.error} onRetry={() => this.setState({ error: null })} />;
  }
}
