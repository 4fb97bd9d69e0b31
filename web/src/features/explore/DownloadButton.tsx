import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { downloadCsv } from '@/api/runs';
import type { FieldQuery, Model } from '@/api/types';
import { saveFile } from '@/lib/saveFile';
import { t } from '@/lib/text';
import classes from './Explore.module.css';

interface DownloadButtonProps {
  model: Model;
  request: FieldQuery;
  disabled: boolean;
}

/** The whole answer as a file, however many rows the screen shows. */
export function DownloadButton({ model, request, disabled }: DownloadButtonProps) {
  const writing = useMutation({
    mutationFn: () => downloadCsv(model.id, request),
    onSuccess: (file) => saveFile(file, `${request.topic}.csv`),
  });
  return (
    <>
      <Button
        variant="default"
        leftSection={<Download size={14} aria-hidden />}
        disabled={disabled || writing.isPending}
        onClick={() => writing.mutate()}
      >
        {writing.isPending ? t('explore.downloading') : t('explore.download')}
      </Button>
      {writing.isError && (
        <span role="alert" className={classes.downloadProblem}>
          {writing.error.message}
        </span>
      )}
    </>
  );
}
