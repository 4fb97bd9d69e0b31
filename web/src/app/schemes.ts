import type { MantineColorScheme } from '@mantine/core';

export const SCHEMES: readonly MantineColorScheme[] = ['light', 'dark', 'auto'];
