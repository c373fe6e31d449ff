import type { Help } from 'commander';
import { wrap } from './wrap.ts';

/** Help is not drawn wider than people read well. */
export const widestHelp = 100;

const leastWidth = 30;

/** How commander's lists look: on a narrow terminal, the description stands below its term instead of overflowing. */
export const helpFormat: Partial<Help> = {
  formatItem(term, termWidth, description, helper) {
    const width = helper.helpWidth ?? 80;
    const beside = width - termWidth - 4 >= leastWidth;
    const indent = ' '.repeat(beside ? termWidth + 4 : 6);
    const lines = wrap(description, width - indent.length).map((line) => `${indent}${line}`);
    if (!beside) return [`  ${term}`, ...lines].join('\n');
    return `  ${term.padEnd(termWidth)}  ${lines.join('\n').trimStart()}`.trimEnd();
  },
  // Below 40 columns commander would not wrap at all.
  minWidthToWrap: 20,
};
