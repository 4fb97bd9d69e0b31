import { getRouteApi } from '@tanstack/react-router';
import type { DemoPerson } from '@/api/types';
import { SignIn } from '@/features/sign-in/SignIn';

const route = getRouteApi('/sign-in');

/**
 * INVARIANT: nothing that one person was shown stays for the next. Entering loads the page anew, so that neither the query
 * cache nor anything else in memory outlives a change of identity.
 */
export function SignInPage() {
  const { from } = route.useSearch();
  const onSignedIn = ({ kind }: DemoPerson) =>
    window.location.assign(kind === 'operator' ? '/support' : (from ?? '/'));
  return <SignIn onSignedIn={onSignedIn} />;
}
