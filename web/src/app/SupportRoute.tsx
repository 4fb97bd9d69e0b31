import { SupportPage } from '@/features/support/SupportPage';

/** Entering and leaving load the page anew, as every change of identity does. */
export function SupportRoute() {
  return (
    <SupportPage
      onEntered={() => window.location.assign('/')}
      onSignedOut={() => window.location.assign('/sign-in')}
    />
  );
}
