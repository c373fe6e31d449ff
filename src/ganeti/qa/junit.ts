import { count, type JudgedTest } from './verdict.ts';

/**
 * The form that CI systems read tests from: JUnit's XML.  A failure that is known counts as skipped, for JUnit has no word for it, and
 * its message says what it is.
 */
export function junitXml(suite: string, tests: readonly JudgedTest[]): string {
  const { failed, known, skipped, seconds } = count(tests);
  const numbers = attributes({ tests: tests.length, failures: failed, errors: 0, skipped: known + skipped });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${numbers} time="${seconds.toFixed(3)}">`,
    `  <testsuite${attributes({ name: suite })}${numbers} time="${seconds.toFixed(3)}">`,
    ...tests.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(test: JudgedTest): string {
  const { name, title, template, groups, seconds } = test;
  const shown = [name, ...(template === undefined ? [] : [`[${template}]`]), title].join(' ').trim();
  const open = `    <testcase${attributes({ classname: groups[0] ?? 'always', name: shown, time: seconds.toFixed(3) })}`;
  const inner = outcome(test);
  return inner === undefined ? `${open}/>` : `${open}>${inner}</testcase>`;
}

function outcome({ outcome: result, known, reason = '' }: JudgedTest): string | undefined {
  if (result === 'passed') return undefined;
  if (result === 'skipped') return `<skipped${attributes({ message: reason })}/>`;
  if (known !== undefined) return `<skipped${attributes({ message: `known failure: ${known}` })}/>`;
  return `<failure${attributes({ message: reason })}/>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escape(String(value))}"`)
    .join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What tests print may be anything; XML cannot hold most control characters, not even escaped. */
function escape(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
    .replaceAll(/[\n\t\r]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll(/\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, '?');
}
