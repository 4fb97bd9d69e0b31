import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import type { Result } from '@/api/result';
import { locale } from '@/lib/locale';
import classes from './ChartPane.module.css';
import { chartData } from './chartData';
import type { ChartSpec } from './spec';
import { type ChartTheme, seriesColors, toEcharts } from './toEcharts';

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

/** Colours that values got in earlier drawings, for as long as the page lives. */
const known = new Map<string, string>();

interface DrawingProps {
  spec: ChartSpec;
  result: Result;
  /** What the drawing says, in words. */
  label: string;
}

/** The only place that knows the drawing library; loaded when the first chart is shown. Made anew for another theme. */
export default function Drawing({ spec, result, label }: DrawingProps) {
  const element = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!element.current) return;
    const chart = init(element.current);
    chart.setOption(toEcharts(spec, result, themeOf(element.current)));
    remember(spec, result);
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [spec, result]);

  return <div ref={element} role="img" aria-label={label} className={classes.drawing} />;
}

function themeOf(element: HTMLElement): ChartTheme {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: token('--text'),
    muted: token('--text-3'),
    line: token('--line'),
    raised: token('--bg-raised'),
    font: token('--font'),
    locale,
    known,
  };
}

function remember(spec: ChartSpec, result: Result): void {
  if (spec.series === null) return;
  const series = chartData(spec, result, locale)?.panels.flat() ?? [];
  for (const [value, color] of seriesColors(series, known)) known.set(value, color);
}
