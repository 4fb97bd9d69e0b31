import { Menu, UnstyledButton } from '@mantine/core';
import { ArrowDown, ArrowUp, ChevronDown, Lock } from 'lucide-react';
import type { MouseEvent } from 'react';
import type { ResultColumn } from '@/api/result';
import type { Sort } from '@/api/types';
import { t } from '@/lib/text';
import { FieldIcon } from '@/ui/FieldIcon';
import type { ColumnCommand } from './columnCommands';
import classes from './ResultGrid.module.css';
import { HEADER_ROW } from './selection';

interface ColumnHeaderProps {
  column: ResultColumn;
  index: number;
  last: boolean;
  sorts: Sort[];
  focusable: boolean;
  menuOpen: boolean;
  onMenu: (open: boolean) => void;
  onFocus: () => void;
  onSort: (add: boolean) => void;
  onCommand: (command: ColumnCommand) => void;
}

export function ColumnHeader(props: ColumnHeaderProps) {
  const { column, index, last, sorts, focusable, menuOpen, onMenu, onFocus, onSort, onCommand } = props;
  const place = sorts.findIndex((sort) => sort.field === column.name);
  const sort = sorts[place];
  const onClick = (event: MouseEvent) => {
    const inMenu = event.target instanceof Element && event.target.closest('[data-menu]');
    if (!inMenu) onSort(event.shiftKey);
  };
  const command = (id: ColumnCommand) => () => onCommand(id);

  return (
    <div
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={sort ? (sort.descending ? 'descending' : 'ascending') : 'none'}
      tabIndex={focusable ? 0 : -1}
      data-row={HEADER_ROW}
      data-column={index}
      data-kind={column.kind}
      data-align={column.type === 'number' ? 'right' : 'left'}
      className={classes.columnHeader}
      aria-description={t(`type.${column.type}`)}
      title={column.name}
      onClick={onClick}
      onFocus={(event) => event.target === event.currentTarget && onFocus()}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu(true);
      }}
    >
      <FieldIcon type={column.type} kind={column.kind} />
      <span className={classes.columnLabel}>{column.label}</span>
      {column.masked && <Lock size={12} role="img" aria-label={t('grid.masked')} />}
      {sort && (
        <span className={classes.sort}>
          {sort.descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />}
          {sorts.length > 1 && place + 1}
        </span>
      )}
      <span data-menu>
        <Menu opened={menuOpen} onChange={onMenu} position="bottom-end" withinPortal>
          <Menu.Target>
            <UnstyledButton
              tabIndex={-1}
              aria-label={t('grid.menu', { column: column.label })}
              className={classes.menuButton}
            >
              <ChevronDown size={14} aria-hidden />
            </UnstyledButton>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={command('sortUp')}>{t('grid.sortUp')}</Menu.Item>
            <Menu.Item onClick={command('sortDown')}>{t('grid.sortDown')}</Menu.Item>
            <Menu.Divider />
            <Menu.Item onClick={command('moveLeft')} disabled={index === 0}>
              {t('grid.moveLeft')}
            </Menu.Item>
            <Menu.Item onClick={command('moveRight')} disabled={last}>
              {t('grid.moveRight')}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item onClick={command('filter')}>{t('grid.filter')}</Menu.Item>
            <Menu.Item onClick={command('remove')}>{t('grid.remove')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </span>
    </div>
  );
}
