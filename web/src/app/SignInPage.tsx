import { getRouteApi } from '@tanstack/react-router';
import { SignIn } from '@/features/sign-in/SignIn';

const route = getRouteApi('/sign-in');

/**
 * INVARIANT: nothing that one person was shown stays for the next. Entering loads the page anew, so that neither the query
 * cache nor anything else in memory outlives a change of identity.
 */
export function SignInPage() {
  const { from } = route.useSearch();
  return <SignIn onSignedIn={() => window.location.assign(from ?? '/')} />;
}
