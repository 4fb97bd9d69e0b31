import { Modal, Switch } from '@mantine/core';
import { useState } from 'react';
import { type ShortcutPlace, shortcuts } from '@/lib/shortcuts';
import { allowSingleKeys, singleKeysAllowed } from '@/lib/singleKeys';
import { t } from '@/lib/text';
import { Keys } from '@/ui/Keys';
import classes from './ShortcutHelp.module.css';

const PLACES: ShortcutPlace[] = ['anywhere', 'explore', 'fields', 'grid'];

export function ShortcutHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('shortcuts.title')}
      size={560}
      closeButtonProps={{ 'aria-label': t('app.close') }}
      attributes={{ header: { role: 'presentation' } }}
    >
      <div className={classes.places}>
        {PLACES.map((place) => (
          <section key={place}>
            <h3 className={classes.heading}>{t(`shortcuts.${place}`)}</h3>
            <dl>
              {Object.values(shortcuts)
                .filter((shortcut) => shortcut.place === place)
                .map((shortcut) => (
                  <div key={shortcut.text} className={classes.shortcut}>
                    <dt>{t(shortcut.text)}</dt>
                    <dd>
                      {shortcut.keys.map((keys) => (
                        <Keys key={keys} keys={keys} />
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <SingleKeys />
    </Modal>
  );
}

function SingleKeys() {
  const [allowed, setAllowed] = useState(singleKeysAllowed);
  const change = (next: boolean) => {
    allowSingleKeys(next);
    setAllowed(next);
  };
  return (
    <Switch
      className={classes.singleKeys}
      label={t('shortcuts.singleKeys')}
      description={t('shortcuts.singleKeysHelp')}
      checked={allowed}
      onChange={(event) => change(event.currentTarget.checked)}
    />
  );
}
