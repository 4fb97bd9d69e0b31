import { useLocalStorage, useNetwork } from '@mantine/hooks';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { WifiOff } from 'lucide-react';
import { useState } from 'react';
import { SupportBanner } from '@/features/support/SupportBanner';
import { t } from '@/lib/text';
import { useShortcut, useShortcutDispatch } from '@/ui/useShortcut';
import { Navigation } from './Navigation';
import { Palette } from './Palette';
import classes from './Shell.module.css';
import { ShortcutHelp } from './ShortcutHelp';

/** What surrounds every screen of a signed-in person. */
export function Shell() {
  const [collapsed, setCollapsed] = useLocalStorage({ key: 'tessera-nav-collapsed', defaultValue: false });
  const [help, setHelp] = useState(false);
  const navigate = useNavigate();
  const { online } = useNetwork();
  useShortcutDispatch();
  useShortcut('nav', () => setCollapsed(!collapsed));
  useShortcut('help', () => setHelp(true));
  useShortcut('home', () => navigate({ to: '/' }));

  return (
    <div className={classes.shell} data-collapsed={collapsed || undefined}>
      <a href="#main" className={classes.skip}>
        {t('app.skip')}
      </a>
      <Navigation
        collapsed={collapsed}
        onToggle={() => setCollapsed(!collapsed)}
        onHelp={() => setHelp(true)}
      />
      <div className={classes.screen}>
        <SupportBanner onLeft={() => window.location.assign('/support')} />
        {!online && (
          <p className={classes.offline} role="status">
            <WifiOff size={14} aria-hidden />
            {t('app.offline')}
          </p>
        )}
        <Outlet />
      </div>
      <Palette onHelp={() => setHelp(true)} />
      <ShortcutHelp opened={help} onClose={() => setHelp(false)} />
    </div>
  );
}
