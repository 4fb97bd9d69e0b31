import { sql } from '@codemirror/lang-sql';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { Decoration, EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import classes from './SqlText.module.css';

export interface MarkedRange {
  start: number;
  end: number;
  label: string;
}

interface SqlTextProps {
  text: string;
  /** Offsets in UTF-16 code units, as the editor counts. */
  ranges: MarkedRange[];
  label: string;
  nonce: string;
}

const colors = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent-text)', fontWeight: '500' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--meas)' },
  { tag: tags.comment, color: 'var(--text-3)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'transparent', color: 'var(--text)', fontSize: '12px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '18px' },
  '.cm-content': { padding: '8px 0' },
  '.cm-line': { padding: '0 12px' },
});

/** SQL to read, not to write. What a rule added is marked and carries the rule's words. */
export default function SqlText({ text, ranges, label, nonce }: SqlTextProps) {
  const parent = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!parent.current) return;
    const marks = ranges
      .filter((range) => range.start < range.end && range.end <= text.length)
      .sort((left, right) => left.start - right.start)
      .map((range) =>
        Decoration.mark({ class: classes.rule ?? '', attributes: { title: range.label } }).range(
          range.start,
          range.end,
        ),
      );
    const view = new EditorView({
      parent: parent.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorView.cspNonce.of(nonce),
          EditorState.readOnly.of(true),
          EditorView.editable.of(false),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({
            tabindex: '0',
            'aria-label': label,
            role: 'textbox',
            'aria-readonly': 'true',
          }),
          EditorView.decorations.of(Decoration.set(marks)),
          sql(),
          syntaxHighlighting(colors),
          look,
        ],
      }),
    });
    return () => view.destroy();
  }, [text, ranges, label, nonce]);

  return <div ref={parent} className={classes.editor} />;
}
