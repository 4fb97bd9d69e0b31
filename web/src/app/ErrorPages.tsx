import { Button } from '@mantine/core';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { CircleSlash } from 'lucide-react';
import { t } from '@/lib/text';
import { Notice } from '@/ui/Notice';
import { Page } from '@/ui/Page';
import { ProblemNotice } from '@/ui/ProblemNotice';

export function MissingPage() {
  return (
    <Page title={t('state.notFound')}>
      <Notice
        icon={CircleSlash}
        title={t('state.notFoundDetail')}
        actions={
          <Button component="a" href="/" variant="default">
            {t('state.home')}
          </Button>
        }
      />
    </Page>
  );
}

export function CrashedPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    router.invalidate();
  };
  return (
    <Page title={t('state.crashed')}>
      <ProblemNotice error={error} onRetry={retry} />
    </Page>
  );
}
