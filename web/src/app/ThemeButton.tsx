import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { Check, Monitor, Moon, Sun } from 'lucide-react';
import { t } from '@/lib/text';
import classes from './Shell.module.css';
import { SCHEMES } from './schemes';

const ICONS = { light: Sun, dark: Moon, auto: Monitor };

export function ThemeButton({ collapsed }: { collapsed: boolean }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Icon = ICONS[colorScheme];
  const label = t('nav.theme', { theme: t(`theme.${colorScheme}`) });
  return (
    <Menu position="right-end">
      <Menu.Target>
        <UnstyledButton className={classes.item} aria-label={label} title={collapsed ? label : undefined}>
          <Icon size={16} aria-hidden />
          {!collapsed && <span className={classes.itemLabel}>{label}</span>}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map((scheme) => {
          const SchemeIcon = ICONS[scheme];
          return (
            <Menu.Item
              key={scheme}
              leftSection={<SchemeIcon size={14} aria-hidden />}
              rightSection={scheme === colorScheme && <Check size={14} aria-hidden />}
              onClick={() => setColorScheme(scheme)}
            >
              {t(`theme.${scheme}`)}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
