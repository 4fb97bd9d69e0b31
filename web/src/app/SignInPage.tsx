import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { SignIn } from '@/features/sign-in/SignIn';

const route = getRouteApi('/sign-in');

export function SignInPage() {
  const { from } = route.useSearch();
  const client = useQueryClient();
  const router = useRouter();
  const enter = () => {
    client.clear();
    router.history.push(from ?? '/');
  };
  return <SignIn onSignedIn={enter} />;
}
