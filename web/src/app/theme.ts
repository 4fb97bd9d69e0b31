import {
  ActionIcon,
  Button,
  type CSSVariablesResolver,
  createTheme,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
  Menu,
  Modal,
  Popover,
  Select,
  TagsInput,
  TextInput,
  Tooltip,
} from '@mantine/core';

const accent: MantineColorsTuple = [
  '#eef1fe',
  '#c9d1f9',
  '#9fadf3',
  '#7486ea',
  '#4e61ed',
  '#4659dc',
  '#3d52d5',
  '#3346be',
  '#2a3999',
  '#1e2a80',
];

/** Mantine's own dark greys are neutral; on our bluish surfaces they look brown. */
const dark: MantineColorsTuple = [
  '#e8ebf0',
  '#b0b8c5',
  '#949dad',
  '#767f90',
  '#2a2f38',
  '#22262e',
  '#1c1f26',
  '#15171c',
  '#0f1115',
  '#0b0d10',
];

export const theme = createTheme({
  colors: { accent, dark },
  primaryColor: 'accent',
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  radius: { xs: '4px', sm: '4px', md: '6px', lg: '10px', xl: '16px' },
  defaultRadius: 'sm',
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs', radius: 'sm' } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { size: 28, variant: 'subtle', color: 'gray' } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'xs' } }),
    TagsInput: TagsInput.extend({ defaultProps: { size: 'xs' } }),
    Select: Select.extend({ defaultProps: { size: 'xs', checkIconPosition: 'right' } }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md', offset: 4, transitionProps: { duration: 90 } } }),
    Popover: Popover.extend({
      defaultProps: { returnFocus: true, shadow: 'md', offset: 4, transitionProps: { duration: 90 } },
    }),
    Modal: Modal.extend({
      // The page itself never scrolls, and locking it would add a style element without a nonce.
      defaultProps: { lockScroll: false, transitionProps: { duration: 120 }, overlayProps: { opacity: 0.4 } },
    }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 400, events: { hover: true, focus: true, touch: false } },
    }),
  },
});

const colors = {
  '--mantine-color-body': 'var(--bg-surface)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-3)',
  '--mantine-color-bright': 'var(--text)',
  '--mantine-color-placeholder': 'var(--text-3)',
  '--mantine-color-anchor': 'var(--accent-text)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-default': 'var(--bg-surface)',
  '--mantine-color-default-hover': 'var(--bg-hover)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-primary-color-filled': 'var(--accent)',
  '--mantine-primary-color-filled-hover': 'var(--accent-hover)',
  '--mantine-primary-color-light': 'var(--bg-selected)',
  '--mantine-primary-color-light-color': 'var(--accent-text)',
  '--mantine-color-accent-filled': 'var(--accent)',
  '--mantine-color-accent-filled-hover': 'var(--accent-hover)',
  '--mantine-color-gray-light-color': 'var(--text-2)',
  '--mantine-shadow-md': 'var(--shadow)',
};

export const resolveVariables: CSSVariablesResolver = () => ({ variables: {}, light: colors, dark: colors });

/** `/theme.js` reads the same key before the first paint. */
export const schemeManager = localStorageColorSchemeManager({ key: 'tessera-theme' });

/** Browsers hide the nonce from the attribute; it is read from the property. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.nonce ?? '';
}
