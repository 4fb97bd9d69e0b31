import { Button, CopyButton } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import { t } from '@/lib/text';

export function CopyText({ text, label = t('state.copy') }: { text: string; label?: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button
          variant="subtle"
          color="gray"
          onClick={copy}
          leftSection={copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
        >
          {copied ? t('state.copied') : label}
        </Button>
      )}
    </CopyButton>
  );
}
