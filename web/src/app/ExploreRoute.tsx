import { getRouteApi } from '@tanstack/react-router';
import { ExplorePage } from '@/features/explore/ExplorePage';
import { styleNonce } from './theme';

const route = getRouteApi('/signed-in/explore/$model/$topic');

/** A topic is a screen of its own: another one starts from nothing. */
export function ExploreRoute() {
  const { model, topic } = route.useParams();
  return <ExplorePage key={`${model}/${topic}`} model={model} topic={topic} styleNonce={styleNonce()} />;
}
