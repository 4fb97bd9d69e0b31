import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { whenSignedOut } from '@/api/client';
import { toProblem } from '@/api/problems';
import { whoami } from '@/api/queries';
import { Home } from '@/features/home/Home';
import { validateExploreSearch } from '@/lib/exploration/address';
import { parseSearchText, writeSearchText } from '@/lib/searchText';
import { CrashedPage, MissingPage } from './ErrorPages';
import { queryClient } from './queryClient';
import { Shell } from './Shell';
import { SignInPage } from './SignInPage';
import { SupportRoute } from './SupportRoute';

const root = createRootRoute({
  validateSearch: () => ({}),
  component: Outlet,
  notFoundComponent: MissingPage,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: SignInPage,
  validateSearch: (search: Record<string, unknown>): { from?: string } =>
    isOwnAddress(search.from) ? { from: search.from } : {},
});

const support = createRoute({ getParentRoute: () => root, path: '/support', component: SupportRoute });

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(whoami);
    } catch (error) {
      if (toProblem(error).status === 401)
        throw redirect({ to: '/sign-in', search: { from: location.href } });
      throw error;
    }
  },
  errorComponent: CrashedPage,
});

const home = createRoute({ getParentRoute: () => signedIn, path: '/', component: Home });

const explore = createRoute({
  getParentRoute: () => signedIn,
  path: '/explore/$model/$topic',
  validateSearch: validateExploreSearch,
  component: lazyRouteComponent(() => import('./ExploreRoute'), 'ExploreRoute'),
});

export const router = createRouter({
  routeTree: root.addChildren([signIn, support, signedIn.addChildren([home, explore])]),
  // Both are needed for unknown keys to leave the address: `strict`, and a `validateSearch` at the root.
  search: { strict: true },
  parseSearch: parseSearchText,
  stringifySearch: writeSearchText,
  defaultNotFoundComponent: MissingPage,
  defaultErrorComponent: CrashedPage,
});

/** A return address is a path of this application, never another site. */
function isOwnAddress(value: unknown): value is string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value);
}

whenSignedOut(() => {
  const { pathname, href } = router.state.location;
  if (pathname === '/sign-in') return;
  queryClient.clear();
  router.navigate({ to: '/sign-in', search: { from: href }, replace: true });
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
