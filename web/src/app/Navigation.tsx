import { UnstyledButton } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { Link } from '@tanstack/react-router';
import { CircleQuestionMark, House, PanelLeftClose, PanelLeftOpen, Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { shortcuts } from '@/lib/shortcuts';
import { t } from '@/lib/text';
import { IconButton } from '@/ui/IconButton';
import { Keys } from '@/ui/Keys';
import { Mark } from '@/ui/Mark';
import { MeMenu } from './MeMenu';
import { NavTopics } from './NavTopics';
import classes from './Shell.module.css';
import { ThemeButton } from './ThemeButton';

interface NavigationProps {
  collapsed: boolean;
  onToggle: () => void;
  onHelp: () => void;
}

export function Navigation({ collapsed, onToggle, onHelp }: NavigationProps) {
  return (
    <nav className={classes.nav} aria-label={t('nav.label')}>
      <div className={classes.brand}>
        {!collapsed && (
          <span className={classes.mark}>
            <Mark />
            {t('app.name')}
          </span>
        )}
        <IconButton
          label={collapsed ? t('nav.expand') : t('nav.collapse')}
          aria-expanded={!collapsed}
          icon={collapsed ? <PanelLeftOpen size={16} /> : <PanelLeftClose size={16} />}
          onClick={onToggle}
        />
      </div>
      <NavButton
        icon={<Search size={16} aria-hidden />}
        label={t('nav.search')}
        collapsed={collapsed}
        hint={<Keys keys={shortcuts.palette.keys[0]} />}
        onClick={spotlight.open}
      />
      <Link to="/" className={classes.item} activeOptions={{ exact: true }} aria-label={t('nav.home')}>
        <House size={16} aria-hidden />
        {!collapsed && <span className={classes.itemLabel}>{t('nav.home')}</span>}
      </Link>
      <div className={classes.topics}>{!collapsed && <NavTopics />}</div>
      <div className={classes.foot}>
        <NavButton
          icon={<CircleQuestionMark size={16} aria-hidden />}
          label={t('nav.help')}
          collapsed={collapsed}
          hint={<Keys keys={shortcuts.help.keys[0]} />}
          onClick={onHelp}
        />
        <ThemeButton collapsed={collapsed} />
        <MeMenu collapsed={collapsed} />
      </div>
    </nav>
  );
}

interface NavButtonProps {
  icon: ReactNode;
  label: string;
  collapsed: boolean;
  hint?: ReactNode;
  onClick: () => void;
}

function NavButton({ icon, label, collapsed, hint, onClick }: NavButtonProps) {
  return (
    <UnstyledButton
      className={classes.item}
      aria-label={collapsed ? label : undefined}
      title={collapsed ? label : undefined}
      onClick={onClick}
    >
      {icon}
      {!collapsed && <span className={classes.itemLabel}>{label}</span>}
      {!collapsed && hint}
    </UnstyledButton>
  );
}
