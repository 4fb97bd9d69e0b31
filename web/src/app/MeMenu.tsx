import { Button, Popover, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { LogOut } from 'lucide-react';
import { whoami } from '@/api/queries';
import type { AttributeValue, Whoami } from '@/api/types';
import { t } from '@/lib/text';
import { useSignOut } from './identity';
import classes from './MeMenu.module.css';
import shellClasses from './Shell.module.css';

/** Who I am here, what I may do, and where each right and attribute comes from. */
export function MeMenu({ collapsed }: { collapsed: boolean }) {
  const { data: me } = useQuery(whoami);
  const leave = useSignOut();
  if (!me) return null;
  return (
    <Popover position="right-end" width={360} trapFocus>
      <Popover.Target>
        <UnstyledButton className={shellClasses.item} aria-label={collapsed ? me.actor.name : undefined}>
          <span className={classes.initial} aria-hidden>
            {me.actor.name.slice(0, 1)}
          </span>
          {!collapsed && <span className={shellClasses.itemLabel}>{me.actor.name}</span>}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={classes.panel} aria-label={t('me.open', { name: me.actor.name })}>
        <div className={classes.who}>
          <strong>{me.actor.name}</strong>
          <span>{me.actor.email}</span>
        </div>
        <dl className={classes.facts}>
          <dt>{t('me.organization')}</dt>
          <dd>{me.organization.name}</dd>
          <dt>{t('me.role')}</dt>
          <dd>{me.organization_role}</dd>
          <dt>{t('me.groups')}</dt>
          <dd>{me.groups.map((group) => group.name).join(', ') || t('me.noGroups')}</dd>
        </dl>
        <Attributes attributes={me.attributes} />
        <Abilities connections={me.connections} />
        <Button variant="default" fullWidth leftSection={<LogOut size={14} aria-hidden />} onClick={leave}>
          {t('me.signOut')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}

function Attributes({ attributes }: { attributes: AttributeValue[] }) {
  return (
    <section>
      <h2 className={classes.heading}>{t('me.attributes')}</h2>
      {attributes.length === 0 && <p className={classes.quiet}>{t('me.noAttributes')}</p>}
      <dl className={classes.facts}>
        {attributes.map((attribute) => (
          <div key={attribute.name}>
            <dt>{attribute.label}</dt>
            <dd>
              {attributeText(attribute)}
              {attribute.state !== 'missing' && <span className={classes.quiet}>{attribute.origin}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function attributeText({ state, values }: AttributeValue): string {
  if (state === 'missing') return t('me.attributeMissing');
  if (state === 'conflict') return t('me.attributeConflict');
  return values.map(String).join(', ');
}

function Abilities({ connections }: { connections: Whoami['connections'] }) {
  if (connections.length === 0) return <p className={classes.quiet}>{t('me.noAbilities')}</p>;
  return connections.map((connection) => (
    <section key={connection.name}>
      <h2 className={classes.heading}>{t('me.abilities', { connection: connection.name })}</h2>
      {reasonsOf(connection.abilities).map(([because, names]) => (
        <p key={because}>
          {names.join(', ')}
          <span className={classes.quiet}>{because}</span>
        </p>
      ))}
    </section>
  ));
}

/** Abilities of one origin belong together; there are many abilities and few origins. */
function reasonsOf(abilities: { name: string; because: string }[]): [string, string[]][] {
  const reasons = new Map<string, string[]>();
  for (const { name, because } of abilities) {
    reasons.set(because, [...(reasons.get(because) ?? []), name.replaceAll('_', ' ')]);
  }
  return [...reasons];
}
