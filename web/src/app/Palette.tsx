import { useMantineColorScheme } from '@mantine/core';
import { Spotlight, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { CircleQuestionMark, House, LogOut, Search, SunMoon, Table2 } from 'lucide-react';
import { models, topics } from '@/api/queries';
import { t } from '@/lib/text';
import { useShortcut } from '@/ui/useShortcut';
import { useSignOut } from './identity';
import classes from './Palette.module.css';
import { SCHEMES } from './schemes';

/** Everything that can be opened or done from anywhere, by name. */
export function Palette({ onHelp }: { onHelp: () => void }) {
  useShortcut('palette', spotlight.open);
  const commands = useCommands(onHelp);
  const found = useTopicActions();
  return (
    <Spotlight
      actions={[found, commands]}
      shortcut={null}
      attributes={{ content: { 'aria-label': t('palette.placeholder') } }}
      lockScroll={false}
      classNames={{ actionDescription: classes.description ?? '' }}
      nothingFound={t('palette.nothing')}
      overlayProps={{ backgroundOpacity: 0.3 }}
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <Search size={16} aria-hidden />,
        placeholder: t('palette.placeholder'),
        'aria-label': t('palette.placeholder'),
      }}
    />
  );
}

function useTopicActions(): SpotlightActionGroupData {
  const navigate = useNavigate();
  const { data = [] } = useQuery(models);
  const open = data.filter((model) => model.can.query_topics.allowed);
  const lists = useQueries({ queries: open.map((model) => topics(model.id)) });
  const actions = open.flatMap((model, index) =>
    (lists[index]?.data ?? []).map((topic) => ({
      id: `topic ${model.id}/${topic.name}`,
      label: topic.label,
      description: topic.description ?? t('palette.explore', { model: model.label }),
      leftSection: <Table2 size={16} aria-hidden />,
      onClick: () =>
        navigate({ to: '/explore/$model/$topic', params: { model: model.id, topic: topic.name } }),
    })),
  );
  return { group: t('palette.topics'), actions };
}

function useCommands(onHelp: () => void): SpotlightActionGroupData {
  const navigate = useNavigate();
  const leave = useSignOut();
  const { setColorScheme } = useMantineColorScheme();
  return {
    group: t('palette.commands'),
    actions: [
      {
        id: 'home',
        label: t('palette.home'),
        leftSection: <House size={16} aria-hidden />,
        onClick: () => navigate({ to: '/' }),
      },
      ...SCHEMES.map((scheme) => ({
        id: `theme ${scheme}`,
        label: t('palette.theme', { theme: t(`theme.${scheme}`) }),
        leftSection: <SunMoon size={16} aria-hidden />,
        onClick: () => setColorScheme(scheme),
      })),
      {
        id: 'help',
        label: t('palette.help'),
        leftSection: <CircleQuestionMark size={16} aria-hidden />,
        onClick: onHelp,
      },
      {
        id: 'leave',
        label: t('palette.signOut'),
        leftSection: <LogOut size={16} aria-hidden />,
        onClick: leave,
      },
    ],
  };
}
