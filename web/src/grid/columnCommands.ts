export type ColumnCommand = 'sortUp' | 'sortDown' | 'moveLeft' | 'moveRight' | 'filter' | 'remove';
